//! A real window: one process of the application, driven by a WebDriver of its own.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Map, json};

use crate::deadline::IN_TIME;
use crate::desktop::Desktop;
use crate::failure::{Failure, While};
use crate::port::Port;
use crate::process::{Process, command};
use crate::{application, console, programs};

/// How long a window may take to answer its driver; longer than a script of the driver's may run.
const ANSWERS_WITHIN: Duration = Duration::from_secs(45);

/// A window's position on its display.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Left edge and top edge, in pixels.
    pub at: (u16, u16),
    /// Width and height, in pixels.
    pub size: (u16, u16),
}

impl Place {
    /// The usual size, on the left.
    pub const LEFT: Self = Self { at: (0, 0), size: (1280, 800) };
    /// The usual size, on the right.
    pub const RIGHT: Self = Self { at: (1280, 0), size: (1280, 800) };
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ((x, y), (width, height)) = (self.at, self.size);
        write!(f, "{width}x{height}+{x}+{y}")
    }
}

/// A window. Dropping it ends the application and the driver.
#[derive(Debug)]
pub struct Window {
    pub(crate) client: Client,
    pub(crate) patience: Duration,
    name: String,
    console: PathBuf,
    started: PathBuf,
    /// `None`: wherever the system, or the application itself, put it.
    place: Option<Place>,
    driver: Process,
    /// Declared after the driver, which must be dropped first.
    _ports: [Port; 2],
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
        Self::open_program(desktop, &programs::ours("ringside")?, profile, server, place).await
    }

    /// The same at its window's last position, or where the system puts it.
    pub async fn open_where_it_was(desktop: &Desktop, profile: &str, server: &str) -> Result<Self, Failure> {
        Self::start(desktop, &programs::ours("ringside")?, Some(profile), Some(server), None, None).await
    }

    /// The same for a link somebody clicked on.
    pub async fn open_for_link(desktop: &Desktop, profile: &str, server: &str, link: &str) -> Result<Self, Failure> {
        Self::start(desktop, &programs::ours("ringside")?, Some(profile), Some(server), None, Some(link)).await
    }

    /// Opens the application on `desktop` as a user does: without arguments.
    pub async fn open_as_it_is(desktop: &Desktop) -> Result<Self, Failure> {
        Self::start(desktop, &programs::ours("ringside")?, None, None, None, None).await
    }

    /// The same with an application installed at `program`.
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

        let (port, native_port) = (Port::take()?, Port::take()?);
        let mut driver = command(programs::tool("tauri-driver")?);
        driver.args(["--port", &port.number().to_string(), "--native-port", &native_port.number().to_string()]);
        driver.envs(desktop.environment()).env("RINGSIDE_HOME", desktop.ringside_home());
        driver.env("RINGSIDE_CONSOLE_LOG", "1").stdout(Stdio::null()).stderr(Stdio::null());
        let mut driver = Process::start("tauri-driver", &mut driver)?;
        for port in [&native_port, &port] {
            until_it_listens(&mut driver, port.number()).await?;
        }

        let geometry = place.map(|place| place.to_string());
        let mut arguments: Vec<&str> = profile.into_iter().flat_map(|profile| ["--profile", profile]).collect();
        arguments.extend(geometry.iter().flat_map(|geometry| ["--geometry", geometry]));
        arguments.extend(server.into_iter().flat_map(|server| ["--server", server]));
        arguments.extend(link);
        let mut capabilities = Map::new();
        capabilities.insert("tauri:options".to_owned(), json!({"application": application, "args": arguments}));
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let url = format!("http://127.0.0.1:{}", port.number());
        let connecting = tokio::time::timeout(IN_TIME, builder.capabilities(capabilities).connect(&url));
        let Ok(connected) = connecting.await else {
            let printed = std::fs::read_to_string(&console).unwrap_or_default();
            let problem = format!("opened no window; it printed:\n{printed}");
            return Err(Failure::Program { program: "ringside".to_owned(), problem });
        };
        let client = connected.map_err(|error| Failure::Open(Box::new(error)))?;
        Ok(Self {
            client,
            patience: IN_TIME,
            name: name.to_owned(),
            console,
            started,
            place,
            driver,
            _ports: [port, native_port],
        })
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
        let text = std::fs::read_to_string(&self.started).while_doing(&what)?;
        text.trim().parse().map_err(std::io::Error::other).while_doing(what)
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
        let (happened, ()) = tokio::join!(meanwhile, tokio::time::sleep(time));
        signal(&processes, Signal::CONT)?;
        happened
    }

    /// Stops its application's process for good, as if it hung.
    pub fn hang(&self) -> Result<(), Failure> {
        signal(&application(self.driver.id(), "ringside")?, Signal::STOP)
    }

    /// Waits until its application has ended by itself.
    pub async fn until_it_ends(&self) -> Result<(), Failure> {
        let deadline = Instant::now() + self.patience;
        let mut look = tokio::time::interval(Duration::from_millis(50));
        while application(self.driver.id(), "ringside").is_ok() {
            if Instant::now() > deadline {
                let problem = format!("{} does not close", self.name);
                return Err(Failure::Program { program: "ringside".to_owned(), problem });
            }
            look.tick().await;
        }
        Ok(())
    }

    /// The driver's process, of which the application's is a descendant.
    pub fn driver_id(&self) -> u32 {
        self.driver.id()
    }

    /// Sets how long its waits may take.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// How long its waits may take.
    pub fn patience(&self) -> Duration {
        self.patience
    }

    /// Runs a driver command with a time-out: the driver itself would wait for ever for a window that hangs.
    pub(crate) async fn driven<T>(
        &self,
        command: impl Future<Output = Result<T, fantoccini::error::CmdError>>,
    ) -> Result<T, Failure> {
        match tokio::time::timeout(ANSWERS_WITHIN, command).await {
            Ok(answer) => Ok(answer?),
            Err(_late) => Err(Failure::Program {
                program: format!("the {}'s window", self.name),
                problem: format!("answers nothing, for {} seconds", ANSWERS_WITHIN.as_secs()),
            }),
        }
    }

    /// Closes the window, as a user would.
    pub async fn close(self) -> Result<(), Failure> {
        self.driven(self.client.clone().close()).await?;
        // The next process to open the profile must not meet one that is about to end.
        self.until_it_ends().await
    }

    /// The warnings and errors its page wrote to the console, since it was first opened on its desktop.
    pub fn complaints(&self) -> Result<Vec<String>, Failure> {
        console::complaints(&self.console)
    }

    /// Waits until its application, or the one that replaced it, has printed `text`.
    pub async fn prints(&self, text: &str) -> Result<(), Failure> {
        let deadline = Instant::now() + self.patience;
        let mut look = tokio::time::interval(Duration::from_millis(100));
        loop {
            look.tick().await;
            let printed = std::fs::read_to_string(&self.console).unwrap_or_default();
            if printed.contains(text) {
                return Ok(());
            }
            if Instant::now() > deadline {
                let (window, what) = (self.name.clone(), format!("{text:?} to be printed"));
                return Err(Failure::InVain { window, what, screen: printed });
            }
        }
    }

    /// What it shows, as a PNG.
    pub async fn picture(&self) -> Result<Vec<u8>, Failure> {
        self.driven(self.client.screenshot()).await
    }

    /// Saves a picture of it at `path` once its page is painted: an element is found before it is drawn.
    pub async fn keep_picture(&self, path: &Path) -> Result<(), Failure> {
        self.at_rest().await?;
        self.painted().await?;
        if let Some(directory) = path.parent() {
            std::fs::create_dir_all(directory).while_doing("making a directory for pictures")?;
        }
        std::fs::write(path, self.picture().await?).while_doing(format!("keeping {}", path.display()))
    }
}

fn signal(processes: &[u32], signal: Signal) -> Result<(), Failure> {
    for id in processes {
        let pid = i32::try_from(*id).ok().and_then(Pid::from_raw);
        let told = pid.map_or(Ok(()), |pid| kill_process(pid, signal));
        told.map_err(std::io::Error::from).while_doing(format!("telling {id} to {signal:?}"))?;
    }
    Ok(())
}

/// The driver discards what the application prints, so the application is started through a script that keeps it, and
/// when it was started.
fn write_launcher(path: &Path, application: &Path, console: &Path, started: &Path) -> Result<(), Failure> {
    let [application, console, started] = [application, console, started].map(Path::display);
    let script = format!("#!/bin/sh\ndate +%s%3N >'{started}'\nexec '{application}' \"$@\" >>'{console}' 2>&1\n");
    let (text, what) = (path.with_extension("text"), "writing a launcher");
    std::fs::write(&text, script).while_doing(what)?;
    // Written by a separate process: a file that this one has just written may still be open in another test's child,
    // and can't be executed until it is closed.
    let installed =
        Command::new("install").arg("--mode=755").args([text.as_path(), path]).output().while_doing(what)?;
    if installed.status.success() {
        return Ok(());
    }
    let problem = String::from_utf8_lossy(&installed.stderr).trim().to_owned();
    Err(Failure::Program { program: "install".to_owned(), problem })
}

async fn until_it_listens(driver: &mut Process, port: u16) -> Result<(), Failure> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let deadline = Instant::now() + IN_TIME;
    while tokio::net::TcpStream::connect(address).await.is_err() {
        if driver.has_ended() || Instant::now() > deadline {
            let problem = format!("does not listen on port {port}");
            return Err(Failure::Program { program: "tauri-driver".to_owned(), problem });
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Ok(())
}
