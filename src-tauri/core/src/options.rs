//! The options to open an agent with.

use std::sync::Arc;

use crate::address::ServerUrl;
use crate::bridge::{Failure, Message};
use crate::environment::Environment;
use crate::home::Home;
use crate::host::Host;
use crate::profile::Profile;
use crate::updates::Updater;
use crate::vault::Vault;

/// The server to use when none is configured.
const DEFAULT_SERVER: &str = "http://127.0.0.1:8787";

/// Passes a message to the window. Messages arrive in call order.
pub type Emit = Arc<dyn Fn(Message) + Send + Sync>;

/// The options to open an agent with.
#[derive(Clone)]
pub struct Options {
    /// The application's data directory.
    pub home: Home,
    /// Which profile.
    pub profile: Profile,
    /// The server to use, whatever the configuration says.
    pub server: Option<ServerUrl>,
    /// The application's version, as the window shows it.
    pub app_version: String,
    /// Where the sign-in is stored; `None`: in the system's keyring.
    pub vault: Option<Vault>,
    /// The network, the clock and the source of randomness.
    pub environment: Arc<dyn Environment>,
    /// Finds and installs newer versions; `None`: this build does not update itself.
    pub updater: Option<Arc<dyn Updater>>,
    /// The desktop around the window; `None`: there is no window.
    pub host: Option<Arc<dyn Host>>,
    /// Where messages go.
    pub emit: Emit,
}

impl Options {
    /// The server for a profile opened with these options.
    pub(crate) fn server(&self) -> Result<ServerUrl, Failure> {
        let Self { home, profile, server, .. } = self;
        if let Some(server) = server.clone().map_or_else(|| home.chosen_server(profile), |server| Ok(Some(server)))? {
            return Ok(server);
        }
        let default = || DEFAULT_SERVER.parse().expect("the default server's address is an address");
        Ok(home.configured_server()?.unwrap_or_else(default))
    }
}
