//! An isolated desktop: display, session bus, keyring and home, none of which are the user's.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::deadline::IN_TIME;
use crate::failure::{Failure, IoContext};
use crate::place::Place;
use crate::process::{Process, command};
use crate::programs;
use crate::server::Account;

/// Two windows of 1280×800 fit side by side, with room for a larger one.
const SCREEN: (u16, u16) = (2560, 1080);
/// WebKit's variable for its renderer.
const RENDERER: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";
/// The list of plugins of `GStreamer`, below this repository. It is made anew wherever there is none, and then a window's
/// first video takes long.
const GSTREAMER_REGISTRY: &str = "target/gstreamer-registry.bin";
/// Unlocks this desktop's keyring, which protects nothing and lives as long as the desktop.
const KEYRING_PASSWORD: &str = "a keyring for one run";

/// A desktop. Dropping it ends its programs and removes its home.
#[derive(Debug)]
pub struct Desktop {
    // Ended in this order: the keyring leaves the bus before the bus goes.
    keyring: Option<Process>,
    notification_daemon: Option<Process>,
    _bus: Process,
    _screen: Option<Process>,
    environment: Vec<(OsString, OsString)>,
    home: TempDir,
}

impl Desktop {
    /// A desktop on a virtual display, with a keyring.
    pub fn start() -> Result<Self, Failure> {
        let mut desktop = Self::without_keyring()?;
        desktop.unlock_keyring()?;
        Ok(desktop)
    }

    /// The same, on a display of this width and height at least.
    pub fn start_on_screen((width, height): (u16, u16)) -> Result<Self, Failure> {
        let mut desktop = Self::virtual_display((width.max(SCREEN.0), height.max(SCREEN.1)))?;
        desktop.unlock_keyring()?;
        Ok(desktop)
    }

    /// A desktop on a virtual display on which no Secret Service answers.
    pub fn without_keyring() -> Result<Self, Failure> {
        Self::virtual_display(SCREEN)
    }

    fn virtual_display((width, height): (u16, u16)) -> Result<Self, Failure> {
        let screen = format!("{width}x{height}x24");
        let mut xvfb = command("Xvfb");
        xvfb.args(["-displayfd", "1", "-screen", "0", &screen, "-nolisten", "tcp", "-noreset"]).stderr(Stdio::null());
        let (screen, number) = Process::start_and_read("Xvfb", &mut xvfb)?;
        let display = ("DISPLAY".into(), format!(":{number}").into());
        // Software rendering: a virtual display has no graphics card.
        let mut backend =
            vec![display, ("GDK_BACKEND".into(), "x11".into()), ("LIBGL_ALWAYS_SOFTWARE".into(), "1".into())];
        // As chosen by its person: the application must not take a slow test machine for a bad graphics driver.
        backend.push((RENDERER.into(), "0".into()));
        Self::on(Some(screen), backend)
    }

    /// The user's own display, but a separate session bus and keyring.
    pub fn on_this_display() -> Result<Self, Failure> {
        let kept = ["DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "GDK_BACKEND"];
        let display = kept.into_iter().filter_map(|name| Some((name.into(), std::env::var_os(name)?)));
        let mut desktop = Self::on(None, display.collect())?;
        // A Wayland display is a socket in the user's runtime directory.
        if let Some(directory) = std::env::var_os("XDG_RUNTIME_DIR") {
            desktop.environment.push(("XDG_RUNTIME_DIR".into(), directory));
        }
        desktop.unlock_keyring()?;
        Ok(desktop)
    }

    fn on(screen: Option<Process>, mut environment: Vec<(OsString, OsString)>) -> Result<Self, Failure> {
        let home = tempfile::Builder::new().prefix("ringside-").tempdir().context("making a desktop's home")?;
        let at = |name: &str| home.path().join(name);
        for name in ["config", "data", "cache", "runtime"] {
            std::fs::create_dir(at(name)).context("making a desktop's home")?;
        }
        // Some programs refuse sockets in it unless only its owner has access.
        let private = std::os::unix::fs::PermissionsExt::from_mode(0o700);
        std::fs::set_permissions(at("runtime"), private).context("closing the runtime directory")?;
        environment.extend([
            ("HOME".into(), home.path().into()),
            ("XDG_CONFIG_HOME".into(), at("config").into()),
            ("XDG_DATA_HOME".into(), at("data").into()),
            ("XDG_CACHE_HOME".into(), at("cache").into()),
            ("XDG_RUNTIME_DIR".into(), at("runtime").into()),
            // No bridge to screen readers: it would try to start services that this bus does not have.
            ("NO_AT_BRIDGE".into(), "1".into()),
            ("GTK_A11Y".into(), "none".into()),
            ("GSETTINGS_BACKEND".into(), "memory".into()),
            ("GST_REGISTRY".into(), programs::root().join(GSTREAMER_REGISTRY).into()),
        ]);

        let configuration = at("bus.conf");
        std::fs::write(&configuration, bus_configuration(home.path())).context("configuring a session bus")?;
        let mut daemon = command("dbus-daemon");
        daemon.arg("--config-file").arg(&configuration).args(["--nofork", "--nopidfile", "--print-address=1"]);
        daemon.envs(environment.iter().cloned()).stderr(Stdio::null());
        let (bus, address) = Process::start_and_read("dbus-daemon", &mut daemon)?;
        environment.push(("DBUS_SESSION_BUS_ADDRESS".into(), address.into()));
        Ok(Self { keyring: None, notification_daemon: None, _bus: bus, _screen: screen, environment, home })
    }

    /// Ends the keyring. Its secrets stay on the disk.
    pub fn stop_keyring(&mut self) {
        self.keyring = None;
    }

    /// Starts the keyring, unlocked, and waits until it responds.
    pub fn unlock_keyring(&mut self) -> Result<(), Failure> {
        self.start_keyring(&["--unlock"])
    }

    /// Ends the keyring and starts it again, locked, as on a machine that signs its user in without a password.
    pub fn lock_keyring(&mut self) -> Result<(), Failure> {
        self.stop_keyring();
        self.start_keyring(&[])
    }

    fn start_keyring(&mut self, arguments: &[&str]) -> Result<(), Failure> {
        let mut daemon = command("gnome-keyring-daemon");
        daemon.args(["--foreground", "--components=secrets"]).args(arguments);
        daemon.envs(self.environment()).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut keyring = Process::start("gnome-keyring-daemon", &mut daemon)?;
        // Read only with "--unlock".
        keyring.write(KEYRING_PASSWORD)?;
        self.keyring = Some(keyring);
        self.wait_for_bus_name("org.freedesktop.secrets")
    }

    /// The environment variables of a program on this desktop.
    pub(crate) fn environment(&self) -> impl Iterator<Item = (OsString, OsString)> {
        self.environment.iter().cloned()
    }

    /// The address of its session bus.
    pub(crate) fn bus(&self) -> String {
        let address = self.environment.iter().find(|(name, _)| name == "DBUS_SESSION_BUS_ADDRESS");
        address.map(|(_, address)| address.to_string_lossy().into_owned()).unwrap_or_default()
    }

    /// Waits until `profile` is open in no process.
    pub async fn wait_until_closed(&self, profile: &str) -> Result<(), Failure> {
        let path = self.ringside_home().join("profiles").join(profile).join(".lock");
        let what = format!("waiting until {profile} is closed");
        let lock = std::fs::File::open(path).context(&what)?;
        // After a time-out the thread goes on waiting; it ends with this process.
        let free = tokio::task::spawn_blocking(move || lock.lock());
        match tokio::time::timeout(IN_TIME, free).await {
            Ok(locked) => locked.map_err(std::io::Error::other).and_then(|locked| locked).context(what),
            Err(_elapsed) => Err(Failure::Program {
                program: format!("the window of {profile}"),
                problem: "does not close".to_owned(),
            }),
        }
    }

    /// Waits until `profile` was opened for the first time.
    pub async fn wait_until_opened(&self, profile: &str) -> Result<(), Failure> {
        let replica = self.ringside_home().join("profiles").join(profile).join("replica.sqlite");
        let deadline = Instant::now() + IN_TIME;
        let mut interval = tokio::time::interval(Duration::from_millis(50));
        while !replica.exists() {
            if Instant::now() > deadline {
                let problem = "was not opened".to_owned();
                return Err(Failure::Program { program: format!("the profile {profile}"), problem });
            }
            interval.tick().await;
        }
        Ok(())
    }

    /// Starts a daemon that shows the system's notifications on this desktop, and waits until it is ready.
    pub fn start_notification_daemon(&mut self) -> Result<(), Failure> {
        let configuration = self.path().join("dunstrc");
        // A notification stays until it is dismissed: on a slow machine it would disappear before the test looks.
        let text = "[global]\nsticky_history = yes\n[urgency_low]\ntimeout = 0\n[urgency_normal]\ntimeout = 0\n";
        std::fs::write(&configuration, text).context("configuring dunst")?;
        let mut dunst = command("/usr/bin/dunst");
        dunst.arg("-config").arg(&configuration).envs(self.environment()).stdout(Stdio::null()).stderr(Stdio::null());
        self.notification_daemon = Some(Process::start("dunst", &mut dunst)?);
        self.wait_for_bus_name("org.freedesktop.Notifications")
    }

    /// Sends a command to the notification daemon.
    pub fn dunstctl(&self, arguments: &[&str]) -> Result<String, Failure> {
        let mut ask = Command::new("dunstctl");
        let answer = ask.args(arguments).envs(self.environment()).output().context("asking dunst")?;
        Ok(String::from_utf8_lossy(&answer.stdout).into_owned())
    }

    /// A command that prints every message of `member` on this session bus from then on.
    pub fn monitor_bus(&self, member: &str) -> Command {
        let mut monitor = command("dbus-monitor");
        monitor.args(["--session", &format!("member='{member}'")]).envs(self.environment());
        monitor
    }

    fn wait_for_bus_name(&self, name: &str) -> Result<(), Failure> {
        let mut wait = Command::new("gdbus");
        wait.args(["wait", "--session", "--timeout=90", name]).envs(self.environment());
        let waited = wait.stdin(Stdio::null()).status().context(format!("waiting for {name}"))?;
        if waited.success() {
            Ok(())
        } else {
            let problem = format!("has no {name}");
            Err(Failure::Program { program: "the session bus".to_owned(), problem })
        }
    }

    /// Sets an environment variable for programs started on this desktop from now on.
    pub fn set(&mut self, name: &str, value: impl AsRef<std::ffi::OsStr>) {
        self.unset(name);
        self.environment.push((name.into(), value.as_ref().into()));
    }

    /// Removes an environment variable for programs started on this desktop from now on.
    pub fn unset(&mut self, name: &str) {
        self.environment.retain(|(known, _)| known != name);
    }

    /// Leaves the choice of the renderer to the application.
    pub fn leave_renderer_to_application(&mut self) {
        self.unset(RENDERER);
    }

    /// The name of its display.
    pub(crate) fn display(&self) -> Option<String> {
        let (_, display) = self.environment.iter().find(|(name, _)| name == "DISPLAY")?;
        display.to_str().map(str::to_owned)
    }

    /// A directory of this desktop.
    pub fn path(&self) -> &Path {
        self.home.path()
    }

    /// The application's data directory on this desktop.
    pub fn ringside_home(&self) -> PathBuf {
        self.home.path().join("ringside")
    }

    /// The command that opens the application on this desktop without a driver, as a user would.
    pub fn application(&self, profile: &str, server: &str, place: Place) -> Result<Command, Failure> {
        let mut application = command(programs::program_path("ringside")?);
        application.args(["--profile", profile, "--server", server, "--geometry", &place.to_string()]);
        application.envs(self.environment()).env("RINGSIDE_HOME", self.ringside_home());
        Ok(application)
    }

    /// A program of this repository on this desktop, with the application's data directory in `RINGSIDE_HOME`.
    pub fn program(&self, name: &str) -> Result<Command, Failure> {
        let mut program = command(programs::program_path(name)?);
        program.envs(self.environment()).env("RINGSIDE_HOME", self.ringside_home());
        Ok(program)
    }

    /// Signs `account` in on `profile` without a window, as if an earlier run had done so.
    pub fn sign_in(&self, profile: &str, server: &str, account: &Account) -> Result<(), Failure> {
        let mut sign_in = command(programs::program_path("ringside-sign-in")?);
        sign_in.args(["--profile", profile, "--server", server]).arg("--home").arg(self.ringside_home());
        let mut process = Process::start("ringside-sign-in", sign_in.envs(self.environment()).stdin(Stdio::piped()))?;
        // On standard input: everybody on the machine can read a command line.
        process.write(&format!("{}\n{}\n", account.email, account.password))?;
        process.wait()
    }
}

/// A session bus that activates no services: only those started explicitly are on it.
fn bus_configuration(directory: &Path) -> String {
    format!(
        r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:dir={}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#,
        directory.display()
    )
}
