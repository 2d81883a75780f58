//! A real window: one process of the application, driven by a separate `WebKitWebDriver`.
//!
//! Tauri's own driver is not used: on Linux it only renames a capability and sets an environment variable.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Map, json};

use crate::application::Application;
use crate::deadline::IN_TIME;
use crate::desktop::Desktop;
use crate::failure::{Failure, IoContext};
use crate::family::application;
use crate::place::Place;
use crate::port::Port;
use crate::process::{Process, command};
use crate::{console, programs};

/// The program that drives web views, of the Debian package `webkit2gtk-driver`.
const DRIVER: &str = "WebKitWebDriver";
/// How long a window may take to answer its driver: longer than the driver lets a script run.
const ANSWERS_WITHIN: Duration = Duration::from_secs(45);

/// A window. Dropping it ends the application and the driver.
#[derive(Debug)]
pub struct Window {
    pub(crate) client: Client,
    pub(crate) timeout: Duration,
    name: String,
    console: PathBuf,
    started: PathBuf,
    /// `None`: wherever the system, or the application itself, put it.
    place: Option<Place>,
    driver: Process,
    /// Declared after the driver, which must be dropped first.
    _port: Port,
}

impl Window {
    /// Opens the application on `desktop`, bound to `profile`, talking to `server` or to whatever it is configured for.
    ///
    /// Opened again with the same profile, it is the same application restarted.
    pub async fn open<'a>(
        desktop: &Desktop,
        profile: &str,
        server: impl Into<Option<&'a str>>,
        place: Place,
    ) -> Result<Self, Failure> {
        Self::open_program(desktop, &programs::program_path("ringside")?, profile, server, place).await
    }

    /// Opens the application at its window's last position, or where the system puts it.
    pub async fn open_at_saved_position(desktop: &Desktop, profile: &str, server: &str) -> Result<Self, Failure> {
        Self::start(desktop, &programs::program_path("ringside")?, Some(profile), Some(server), None, None).await
    }

    /// Opens the application for a link somebody clicked on, talking to `server` or to whatever the link says.
    pub async fn open_for_link<'a>(
        desktop: &Desktop,
        profile: &str,
        server: impl Into<Option<&'a str>>,
        link: &str,
    ) -> Result<Self, Failure> {
        let program = programs::program_path("ringside")?;
        Self::start(desktop, &program, Some(profile), server.into(), None, Some(link)).await
    }

    /// Opens the application on `desktop` as a user does: without arguments.
    pub async fn open_without_arguments(desktop: &Desktop) -> Result<Self, Failure> {
        Self::start(desktop, &programs::program_path("ringside")?, None, None, None, None).await
    }

    /// Opens the application installed at `program`.
    pub async fn open_program<'a>(
        desktop: &Desktop,
        program: &Path,
        profile: &str,
        server: impl Into<Option<&'a str>>,
        place: Place,
    ) -> Result<Self, Failure> {
        Self::start(desktop, program, Some(profile), server.into(), Some(place), None).await
    }

    async fn start(
        desktop: &Desktop,
        program: &Path,
        profile: Option<&str>,
        server: Option<&str>,
        place: Option<Place>,
        link: Option<&str>,
    ) -> Result<Self, Failure> {
        let name = profile.unwrap_or("unnamed");
        let [console, application, started] =
            ["console", "sh", "started"].map(|kind| desktop.path().join(format!("{name}.{kind}")));
        write_launcher(&application, program, &console, &started)?;

        let port = Port::reserve()?;
        let mut driver = command(DRIVER);
        driver.args(["--host=127.0.0.1", &format!("--port={}", port.number())]);
        driver.envs(desktop.environment()).env("RINGSIDE_HOME", desktop.ringside_home());
        // Without this variable, Tauri's web view refuses to be driven.
        driver.env("TAURI_WEBVIEW_AUTOMATION", "true");
        driver.env("RINGSIDE_CONSOLE_LOG", "1").stdout(Stdio::null()).stderr(Stdio::null());
        let mut driver = Process::start(DRIVER, &mut driver)?;
        wait_until_listening(&mut driver, port.number()).await?;

        let geometry = place.map(|place| place.to_string());
        let mut arguments: Vec<&str> = profile.into_iter().flat_map(|profile| ["--profile", profile]).collect();
        arguments.extend(geometry.iter().flat_map(|geometry| ["--geometry", geometry]));
        arguments.extend(server.into_iter().flat_map(|server| ["--server", server]));
        arguments.extend(link);
        let mut capabilities = Map::new();
        capabilities.insert("webkitgtk:browserOptions".to_owned(), json!({"binary": application, "args": arguments}));
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let url = format!("http://127.0.0.1:{}", port.number());
        let connecting = tokio::time::timeout(IN_TIME, builder.capabilities(capabilities).connect(&url));
        let Ok(connected) = connecting.await else {
            let printed = std::fs::read_to_string(&console).unwrap_or_default();
            let problem = format!("opened no window; it printed:\n{printed}");
            return Err(Failure::Program { program: "ringside".to_owned(), problem });
        };
        let client = connected.map_err(|error| Failure::Open(Box::new(error)))?;
        Ok(Self { client, timeout: IN_TIME, name: name.to_owned(), console, started, place, driver, _port: port })
    }

    /// The profile it is bound to, which is its name in messages.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its position on its display.
    pub(crate) fn place(&self) -> Option<Place> {
        self.place
    }

    /// When its application was started, in milliseconds since the Unix epoch.
    pub fn started_at_ms(&self) -> Result<u64, Failure> {
        let what = format!("reading {}", self.started.display());
        let text = std::fs::read_to_string(&self.started).context(&what)?;
        text.trim().parse().map_err(std::io::Error::other).context(what)
    }

    /// Stops its application's process, as closing a laptop's lid does, runs `meanwhile`, and resumes it after `time`.
    ///
    /// This sleeps on purpose: it is the time that the application misses.
    pub async fn freeze_for<T>(
        &self,
        time: Duration,
        meanwhile: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        let processes = application(self.driver.id(), "ringside")?;
        signal(&processes, Signal::STOP)?;
        let (result, ()) = tokio::join!(meanwhile, tokio::time::sleep(time));
        signal(&processes, Signal::CONT)?;
        result
    }

    /// Stops its application's process for good, as if it hung.
    pub fn suspend(&self) -> Result<(), Failure> {
        signal(&application(self.driver.id(), "ringside")?, Signal::STOP)
    }

    /// Waits until its application has ended by itself.
    pub async fn wait_until_ended(&self) -> Result<(), Failure> {
        let deadline = Instant::now() + self.timeout;
        let mut interval = tokio::time::interval(Duration::from_millis(50));
        while application(self.driver.id(), "ringside").is_ok() {
            if Instant::now() > deadline {
                let problem = format!("{} does not close", self.name);
                return Err(Failure::Program { program: "ringside".to_owned(), problem });
            }
            interval.tick().await;
        }
        Ok(())
    }

    /// The driver's process, of which the application's is a descendant.
    pub fn driver_id(&self) -> u32 {
        self.driver.id()
    }

    /// The application from outside, which goes on when its page and with it this window's driver are gone.
    pub fn from_outside(&self) -> Application {
        Application::of_driver(self.driver.id(), self.console.clone())
    }

    /// Sets the time limit of its waits.
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// The time limit of its waits.
    pub fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Runs a command of the driver with a time limit: the driver itself would wait forever for a window that hangs.
    pub(crate) async fn run_command<T>(
        &self,
        command: impl Future<Output = Result<T, fantoccini::error::CmdError>>,
    ) -> Result<T, Failure> {
        match tokio::time::timeout(ANSWERS_WITHIN, command).await {
            Ok(answer) => Ok(answer?),
            Err(_elapsed) => Err(Failure::Program {
                program: format!("the {}'s window", self.name),
                problem: format!("did not answer for {} seconds", ANSWERS_WITHIN.as_secs()),
            }),
        }
    }

    /// Closes the window, as a user would.
    pub async fn close(self) -> Result<(), Failure> {
        self.run_command(self.client.clone().close()).await?;
        // The next process to open the profile must not meet one that is about to end.
        self.wait_until_ended().await
    }

    /// The warnings and errors its page wrote to the console, since it was first opened on its desktop.
    pub fn console_problems(&self) -> Result<Vec<String>, Failure> {
        console::console_problems(&self.console)
    }

    /// Waits until its application, or the one that replaced it, has printed `text`.
    pub async fn prints(&self, text: &str) -> Result<(), Failure> {
        let deadline = Instant::now() + self.timeout;
        let mut interval = tokio::time::interval(Duration::from_millis(100));
        loop {
            interval.tick().await;
            let printed = std::fs::read_to_string(&self.console).unwrap_or_default();
            if printed.contains(text) {
                return Ok(());
            }
            if Instant::now() > deadline {
                let (window, what) = (self.name.clone(), format!("{text:?} to be printed"));
                return Err(Failure::Timeout { window, what, screen: printed });
            }
        }
    }

    /// What it shows, as a PNG.
    pub async fn screenshot(&self) -> Result<Vec<u8>, Failure> {
        self.run_command(self.client.screenshot()).await
    }

    /// Saves a picture of it at `path` once its page is painted: an element is found before it is drawn.
    pub async fn save_screenshot(&self, path: &Path) -> Result<(), Failure> {
        self.at_rest().await?;
        self.painted().await?;
        if let Some(directory) = path.parent() {
            std::fs::create_dir_all(directory).context("making a directory for pictures")?;
        }
        std::fs::write(path, self.screenshot().await?).context(format!("keeping {}", path.display()))
    }
}

fn signal(processes: &[u32], signal: Signal) -> Result<(), Failure> {
    for id in processes {
        let pid = i32::try_from(*id).ok().and_then(Pid::from_raw);
        let sent = pid.map_or(Ok(()), |pid| kill_process(pid, signal));
        sent.map_err(std::io::Error::from).context(format!("sending {signal:?} to {id}"))?;
    }
    Ok(())
}

/// The driver discards the application's output, so a script starts the application, which saves its output and the time
/// of its start.
fn write_launcher(path: &Path, application: &Path, console: &Path, started: &Path) -> Result<(), Failure> {
    let [application, console, started] = [application, console, started].map(Path::display);
    let script = format!("#!/bin/sh\ndate +%s%3N >'{started}'\nexec '{application}' \"$@\" >>'{console}' 2>&1\n");
    let (text, what) = (path.with_extension("text"), "writing a launcher");
    std::fs::write(&text, script).context(what)?;
    // Written by a separate process: a file that this one has just written may still be open in another test's child,
    // and can't be executed until it is closed.
    let installed = Command::new("install").arg("--mode=755").args([text.as_path(), path]).output().context(what)?;
    if installed.status.success() {
        return Ok(());
    }
    let problem = String::from_utf8_lossy(&installed.stderr).trim().to_owned();
    Err(Failure::Program { program: "install".to_owned(), problem })
}

async fn wait_until_listening(driver: &mut Process, port: u16) -> Result<(), Failure> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let deadline = Instant::now() + IN_TIME;
    while tokio::net::TcpStream::connect(address).await.is_err() {
        if driver.has_ended() || Instant::now() > deadline {
            let problem = format!("does not listen on port {port}");
            return Err(Failure::Program { program: DRIVER.to_owned(), problem });
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Ok(())
}
