//! What a server can be told, in one typed struct.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use crate::store::DatabaseUrl;
use crate::updates::PublicUrl;

/// How a server runs.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where it listens; port 0 picks a free one.
    pub listen: SocketAddr,
    /// Its database.
    pub database: DatabaseUrl,
    /// How long events stay in feeds. Who was away longer takes a new snapshot.
    pub feed_retention: Duration,
    /// How long an access token is good for.
    pub access_lifetime: Duration,
    /// How long it keeps taking connections after it was told to stop, so that load balancers see it is not ready.
    pub drain_grace: Duration,
    /// How long what was sent may stay unread by the other end before its connection is closed (on Linux).
    pub unread_for: Duration,
    /// Where the artefacts of releases are; the same for all nodes. Without a place, nothing is published.
    pub artefacts: Option<PathBuf>,
    /// Where desktops reach the server; if absent, each where its request says it did.
    pub public_url: Option<PublicUrl>,
}

impl Config {
    /// A server for this machine, on any free port.
    pub fn local(database: DatabaseUrl) -> Self {
        Self {
            listen: (Ipv4Addr::LOCALHOST, 0).into(),
            database,
            feed_retention: Duration::from_hours(30 * 24),
            access_lifetime: Duration::from_mins(15),
            drain_grace: Duration::ZERO,
            unread_for: Duration::from_mins(1),
            artefacts: None,
            public_url: None,
        }
    }
}
