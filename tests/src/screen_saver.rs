//! A mock of the screen saver: those in Debian that accept requests to keep the screen on need a login manager and a
//! system bus, which a test does not have.

use std::collections::HashMap;

use tokio::sync::watch;
use zbus::{Connection, connection, interface};

use crate::desktop::Desktop;
use crate::failure::Failure;

/// Its standard name on the session bus.
const NAME: &str = "org.freedesktop.ScreenSaver";

/// See the module.
pub struct ScreenSaverMock {
    /// The reasons to keep the screen on, by the number of each active request.
    pub reasons: watch::Receiver<HashMap<u32, String>>,
    _bus: Connection,
}

impl ScreenSaverMock {
    /// Registers on `desktop`.
    pub async fn on(desktop: &Desktop) -> Result<Self, Failure> {
        let (sender, reasons) = watch::channel(HashMap::new());
        let refused = |error: zbus::Error| Failure::Program {
            program: "the session bus".to_owned(),
            problem: format!("refused the screen saver: {error}"),
        };
        let serve = |address: &str| {
            let requests = Requests { reasons: sender, last: 0 };
            connection::Builder::address(address)?.name(NAME)?.serve_at("/org/freedesktop/ScreenSaver", requests)
        };
        let bus = async { serve(&desktop.bus())?.build().await }.await.map_err(refused)?;
        Ok(Self { reasons, _bus: bus })
    }
}

struct Requests {
    reasons: watch::Sender<HashMap<u32, String>>,
    last: u32,
}

#[interface(name = "org.freedesktop.ScreenSaver")]
impl Requests {
    #[expect(clippy::needless_pass_by_value, reason = "as the bus hands them over")]
    fn inhibit(&mut self, application: String, reason: String) -> u32 {
        self.last += 1;
        self.reasons.send_modify(|reasons| drop(reasons.insert(self.last, format!("{application}: {reason}"))));
        self.last
    }

    fn un_inhibit(&mut self, request: u32) {
        self.reasons.send_modify(|reasons| drop(reasons.remove(&request)));
    }
}
