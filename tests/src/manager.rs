//! A window manager, and what a user can do to a window with its keys or taskbar.

use std::process::Stdio;
use std::time::Duration;

use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    AtomEnum, ChangeWindowAttributesAux, ClientMessageEvent, ConnectionExt, EventMask, Window as Id,
};
use x11rb::rust_connection::RustConnection;

use crate::deadline::IN_TIME;
use crate::desktop::Desktop;
use crate::failure::{Failure, While};
use crate::process::{Process, command};

/// The polling interval.
const LOOK: Duration = Duration::from_millis(50);
/// Removes a window's state (freedesktop.org, EWMH 1.5).
const REMOVE: u32 = 0;
/// Iconifies a window (ICCCM 4.1.4).
const ICONIC: u32 = 3;
/// The request comes from a pager or taskbar, not an application (EWMH 1.5).
const PAGER: u32 = 2;

type Refused = Box<dyn std::error::Error>;

/// A window manager on a dedicated desktop. Dropping it ends it.
#[derive(Debug)]
pub struct WindowManager {
    display: RustConnection,
    root: Id,
    _process: Process,
}

/// The one window it manages, and its changes since it was first observed.
#[derive(Debug)]
pub struct Managed<'a> {
    by: &'a WindowManager,
    window: Id,
}

/// A change of a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Becomes {
    /// As large as the screen.
    Filling,
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
        std::fs::write(&configuration, "<?xml version=\"1.0\"?>\n<JWM/>\n").while_doing("configuring jwm")?;
        let mut jwm = command("jwm");
        jwm.arg("-f").arg(&configuration).envs(desktop.environment()).stdout(Stdio::null()).stderr(Stdio::null());
        let process = Process::start("jwm", &mut jwm)?;
        let (display, screen) = x11rb::connect(desktop.display().as_deref()).map_err(refused)?;
        let root = display.setup().roots.get(screen).ok_or_else(|| refused("it has no screen"))?.root;
        let manager = Self { display, root, _process: process };
        let is_there = || manager.windows("_NET_SUPPORTING_WM_CHECK").map(|it| it.first().copied());
        manager.until("nobody manages windows", is_there).await?;
        Ok(manager)
    }

    /// The window it manages, once there is one.
    pub async fn window(&self) -> Result<Managed<'_>, Failure> {
        let first = || self.windows("_NET_CLIENT_LIST").map(|them| them.first().copied());
        let window = self.until("it manages no window", first).await?;
        let changes = ChangeWindowAttributesAux::new().event_mask(EventMask::STRUCTURE_NOTIFY);
        let watch = self.display.change_window_attributes(window, &changes).map_err(refused)?;
        watch.check().map_err(refused)?;
        Ok(Managed { by: self, window })
    }

    /// The windows that a property of the screen names.
    fn windows(&self, property: &str) -> Result<Vec<Id>, Refused> {
        let property = self.atom(property)?;
        let named = self.display.get_property(false, self.root, property, AtomEnum::WINDOW, 0, 32)?.reply()?;
        Ok(named.value32().map(Iterator::collect).unwrap_or_default())
    }

    fn atom(&self, name: &str) -> Result<u32, Refused> {
        Ok(self.display.intern_atom(false, name.as_bytes())?.reply()?.atom)
    }

    /// Sends the window manager a request about `window`.
    fn ask(&self, window: Id, what: &str, how: [u32; 5]) -> Result<(), Refused> {
        let message = ClientMessageEvent::new(32, window, self.atom(what)?, how);
        let to = EventMask::SUBSTRUCTURE_REDIRECT | EventMask::SUBSTRUCTURE_NOTIFY;
        Ok(self.display.send_event(false, self.root, to, message)?.check()?)
    }

    /// Polls until `look` returns something.
    async fn until<T>(&self, else_: &str, look: impl Fn() -> Result<Option<T>, Refused>) -> Result<T, Failure> {
        let mut again = tokio::time::interval(LOOK);
        let looking = async {
            loop {
                again.tick().await;
                if let Some(found) = look().map_err(refused)? {
                    return Ok(found);
                }
            }
        };
        tokio::time::timeout(IN_TIME, looking).await.unwrap_or_else(|_late| Err(refused(else_)))
    }
}

impl Managed<'_> {
    /// Ends its full screen, as a window manager's key does.
    pub fn take_off_the_screen(&self) -> Result<(), Failure> {
        let asked = self.by.atom("_NET_WM_STATE_FULLSCREEN");
        asked.and_then(|full| self.by.ask(self.window, "_NET_WM_STATE", [REMOVE, full, 0, PAGER, 0])).map_err(refused)
    }

    /// Iconifies it, as a click in a taskbar does.
    pub fn hide(&self) -> Result<(), Failure> {
        self.by.ask(self.window, "WM_CHANGE_STATE", [ICONIC, 0, 0, 0, 0]).map_err(refused)
    }

    /// Waits for this change since the last check.
    pub async fn until(&self, wanted: Becomes) -> Result<(), Failure> {
        self.by.until(&format!("the window does not become {wanted:?}"), || self.look_for(wanted)).await
    }

    /// Whether this change has happened since the last check.
    pub fn has_become(&self, wanted: Becomes) -> Result<bool, Failure> {
        self.look_for(wanted).map(|found| found.is_some()).map_err(refused)
    }

    /// Reads the changes since the last check, up to the one that is `wanted`.
    fn look_for(&self, wanted: Becomes) -> Result<Option<()>, Refused> {
        let screen = self.by.display.get_geometry(self.by.root)?.reply()?;
        let whole = (screen.width, screen.height);
        while let Some(event) = self.by.display.poll_for_event()? {
            let change = match event {
                Event::ConfigureNotify(now) if (now.width, now.height) == whole => Becomes::Filling,
                Event::ConfigureNotify(_) => Becomes::Smaller,
                Event::UnmapNotify(_) => Becomes::Hidden,
                Event::MapNotify(_) => Becomes::Shown,
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
