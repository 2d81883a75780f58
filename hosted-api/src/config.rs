//! The configuration of a server, in one typed struct.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use logging::LostLines;

use crate::http::TrustedProxies;
use crate::retention::Retention;
use crate::store::DatabaseUrl;
use crate::updates::PublicUrl;

/// How a server runs.
#[derive(Clone, Debug)]
pub struct Config {
    /// The address it listens on; port 0 picks a free one.
    pub listen: SocketAddr,
    /// Where it answers `/metrics`.
    pub metrics: Option<SocketAddr>,
    /// Its database.
    pub database: DatabaseUrl,
    /// How long things are kept.
    pub retention: Retention,
    /// The lifetime of an access token.
    pub access_lifetime: Duration,
    /// How long it keeps taking connections after it was asked to stop, so that load balancers see it is not ready.
    pub drain_grace: Duration,
    /// How long sent data may stay unacknowledged before the connection is closed (`TCP_USER_TIMEOUT`, on Linux).
    pub tcp_user_timeout: Duration,
    /// The directory of release artefacts and videos, shared by all nodes. Without one, there are none.
    pub data_dir: Option<PathBuf>,
    /// The proxies in front of it.
    pub trusted_proxies: TrustedProxies,
    /// The URL at which desktops reach the server; if absent, the one that each request names.
    pub public_url: Option<PublicUrl>,
    /// How many lines of the process's log were lost, for the metrics.
    pub lost_log_lines: LostLines,
}

impl Config {
    /// A server for this machine, on any free port.
    pub fn local(database: DatabaseUrl) -> Self {
        Self {
            listen: (Ipv4Addr::LOCALHOST, 0).into(),
            metrics: None,
            database,
            retention: Retention::default(),
            access_lifetime: Duration::from_mins(15),
            drain_grace: Duration::ZERO,
            tcp_user_timeout: Duration::from_mins(1),
            data_dir: None,
            trusted_proxies: TrustedProxies::default(),
            public_url: None,
            lost_log_lines: LostLines::default(),
        }
    }
}
