//! A window manager, and what a user can do to a window with its keys or taskbar.

use std::process::Stdio;
use std::time::Duration;

use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    AtomEnum, ChangeWindowAttributesAux, ClientMessageEvent, ConfigureWindowAux, ConnectionExt, EventMask, Window as Id,
};
use x11rb::rust_connection::RustConnection;

use crate::deadline::IN_TIME;
use crate::desktop::Desktop;
use crate::failure::{Failure, IoContext};
use crate::process::{Process, command};

/// The polling interval.
const POLL_INTERVAL: Duration = Duration::from_millis(50);
/// Removes a state of a window (freedesktop.org, EWMH 1.5).
const REMOVE: u32 = 0;
/// Iconifies a window (ICCCM 4.1.4).
const ICONIC: u32 = 3;
/// The request comes from a pager or taskbar, not an application (EWMH 1.5).
const PAGER: u32 = 2;

type DisplayError = Box<dyn std::error::Error>;

/// A window manager on a dedicated desktop. Dropping it ends it.
#[derive(Debug)]
pub struct WindowManager {
    display: RustConnection,
    root: Id,
    _process: Process,
}

/// The one window it manages, and its changes since it was first observed.
#[derive(Debug)]
pub struct ManagedWindow<'a> {
    manager: &'a WindowManager,
    window: Id,
}

/// A change of a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WindowChange {
    /// As large as the screen.
    FullScreen,
    /// Smaller than the screen.
    Smaller,
    /// Iconified or unmapped.
    Hidden,
    /// Visible.
    Shown,
}

impl WindowManager {
    /// Starts one on `desktop`, and waits until it manages windows.
    pub async fn on(desktop: &Desktop) -> Result<Self, Failure> {
        let configuration = desktop.path().join("jwmrc");
        std::fs::write(&configuration, "<?xml version=\"1.0\"?>\n<JWM/>\n").context("configuring jwm")?;
        let mut jwm = command("jwm");
        jwm.arg("-f").arg(&configuration).envs(desktop.environment()).stdout(Stdio::null()).stderr(Stdio::null());
        let process = Process::start("jwm", &mut jwm)?;
        let (display, screen) = x11rb::connect(desktop.display().as_deref()).map_err(refused)?;
        let root = display.setup().roots.get(screen).ok_or_else(|| refused("found no screen"))?.root;
        let manager = Self { display, root, _process: process };
        let check_window = || manager.windows("_NET_SUPPORTING_WM_CHECK").map(|it| it.first().copied());
        manager.poll_until("does not manage windows", check_window).await?;
        Ok(manager)
    }

    /// The window it manages, once there is one.
    pub async fn window(&self) -> Result<ManagedWindow<'_>, Failure> {
        let first = || self.windows("_NET_CLIENT_LIST").map(|them| them.first().copied());
        let window = self.poll_until("manages no window", first).await?;
        let changes = ChangeWindowAttributesAux::new().event_mask(EventMask::STRUCTURE_NOTIFY);
        let subscribed = self.display.change_window_attributes(window, &changes).map_err(refused)?;
        subscribed.check().map_err(refused)?;
        Ok(ManagedWindow { manager: self, window })
    }

    /// The windows that a property of the screen names.
    fn windows(&self, property: &str) -> Result<Vec<Id>, DisplayError> {
        let property = self.atom(property)?;
        let named = self.display.get_property(false, self.root, property, AtomEnum::WINDOW, 0, 32)?.reply()?;
        Ok(named.value32().map(Iterator::collect).unwrap_or_default())
    }

    fn atom(&self, name: &str) -> Result<u32, DisplayError> {
        Ok(self.display.intern_atom(false, name.as_bytes())?.reply()?.atom)
    }

    /// Sends the window manager a request about `window`.
    fn send_request(&self, window: Id, name: &str, data: [u32; 5]) -> Result<(), DisplayError> {
        let message = ClientMessageEvent::new(32, window, self.atom(name)?, data);
        let to = EventMask::SUBSTRUCTURE_REDIRECT | EventMask::SUBSTRUCTURE_NOTIFY;
        Ok(self.display.send_event(false, self.root, to, message)?.check()?)
    }

    /// Polls until `look` returns something.
    async fn poll_until<T>(
        &self,
        problem: &str,
        look: impl Fn() -> Result<Option<T>, DisplayError>,
    ) -> Result<T, Failure> {
        let mut interval = tokio::time::interval(POLL_INTERVAL);
        let looking = async {
            loop {
                interval.tick().await;
                if let Some(found) = look().map_err(refused)? {
                    return Ok(found);
                }
            }
        };
        tokio::time::timeout(IN_TIME, looking).await.unwrap_or_else(|_late| Err(refused(problem)))
    }
}

impl ManagedWindow<'_> {
    /// Ends its full screen, as a window manager's key does.
    pub fn leave_full_screen(&self) -> Result<(), Failure> {
        let atom = self.manager.atom("_NET_WM_STATE_FULLSCREEN");
        atom.and_then(|full| self.manager.send_request(self.window, "_NET_WM_STATE", [REMOVE, full, 0, PAGER, 0]))
            .map_err(refused)
    }

    /// Iconifies it, as a click in a taskbar does.
    pub fn minimise(&self) -> Result<(), Failure> {
        self.manager.send_request(self.window, "WM_CHANGE_STATE", [ICONIC, 0, 0, 0, 0]).map_err(refused)
    }

    /// Takes the lower third of its height and leaves it full screen, as an on-screen keyboard of the system does.
    pub fn shorten(&self) -> Result<(), Failure> {
        let shorten = || {
            let screen = self.manager.display.get_geometry(self.manager.root)?.reply()?;
            let height = ConfigureWindowAux::new().height(u32::from(screen.height) * 2 / 3);
            Ok(self.manager.display.configure_window(self.window, &height)?.check()?)
        };
        shorten().map_err(|refused: DisplayError| self::refused(refused))
    }

    /// Waits for this change since the last check.
    pub async fn wait_for(&self, wanted: WindowChange) -> Result<(), Failure> {
        self.manager
            .poll_until(&format!("did not make this change to the window: {wanted:?}"), || self.look_for(wanted))
            .await
    }

    /// Whether this change has happened since the last check.
    pub fn has_changed(&self, wanted: WindowChange) -> Result<bool, Failure> {
        self.look_for(wanted).map(|found| found.is_some()).map_err(refused)
    }

    /// Reads the changes since the last check, up to the one that is `wanted`.
    fn look_for(&self, wanted: WindowChange) -> Result<Option<()>, DisplayError> {
        let screen = self.manager.display.get_geometry(self.manager.root)?.reply()?;
        let full_size = (screen.width, screen.height);
        while let Some(event) = self.manager.display.poll_for_event()? {
            let change = match event {
                Event::ConfigureNotify(now) if (now.width, now.height) == full_size => WindowChange::FullScreen,
                Event::ConfigureNotify(_) => WindowChange::Smaller,
                Event::UnmapNotify(_) => WindowChange::Hidden,
                Event::MapNotify(_) => WindowChange::Shown,
                _ => continue,
            };
            if change == wanted {
                return Ok(Some(()));
            }
        }
        Ok(None)
    }
}

fn refused(problem: impl std::fmt::Display) -> Failure {
    Failure::Program { program: "the window manager".to_owned(), problem: problem.to_string() }
}
