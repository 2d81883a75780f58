//! What an agent's calls and its background tasks work on.
//!
//! Each part is a type of its own. [`Connection`] knows nothing of the [`Store`], so its lock is always taken last; and
//! what the window is told about documents goes through [`store::Locked`], which exists only while the replica is locked. So
//! messages are emitted in the order of the changes, and a window that applies them in order never goes back in time.

mod activity;
pub(crate) mod acts;
mod connection;
mod delivery;
mod presence;
mod recordings;
mod refused;
mod sign_in;
mod store;
mod update_task;
mod uploads;
mod videos;

use std::sync::Arc;

use rand::rngs::StdRng;

pub(crate) use self::activity::{Activity, diagnostics};
use self::acts::Acts;
pub(crate) use self::connection::Connection;
use self::delivery::Delivery;
use self::recordings::Recordings;
use self::sign_in::SignIn;
use self::store::Store;
use self::update_task::UpdateTask;
pub(crate) use self::uploads::{GivenVideo, Uploads};
pub(crate) use self::videos::Videos;
use crate::api::Api;
use crate::environment::{Environment, rng};
use crate::home::Home;
use crate::options::Emit;
use crate::profile::Profile;
use crate::replica::Replica;

/// See the module.
pub(crate) struct AgentContext {
    pub(crate) home: Home,
    pub(crate) profile: Profile,
    pub(crate) environment: Arc<dyn Environment>,
    pub(crate) connection: Arc<Connection>,
    pub(crate) store: Arc<Store>,
    pub(crate) sign_in: SignIn,
    pub(crate) acts: Acts,
    pub(crate) delivery: Delivery,
    pub(crate) recordings: Recordings,
    pub(crate) updates: UpdateTask,
    pub(crate) uploads: Uploads,
    pub(crate) videos: Videos,
}

impl AgentContext {
    pub(crate) fn new(
        home: Home,
        profile: Profile,
        app_version: String,
        emit: Emit,
        environment: Arc<dyn Environment>,
        api: Api,
        replica: Replica,
    ) -> Self {
        let connection = Arc::new(Connection::new(emit, api, replica.contents().clock_offset_ms));
        let store = Arc::new(Store::new(profile.clone(), app_version, Arc::clone(&connection), replica));
        Self {
            sign_in: SignIn::new(Arc::clone(&store)),
            acts: Acts::new(Arc::clone(&store), Arc::clone(&environment)),
            delivery: Delivery::new(Arc::clone(&store)),
            recordings: Recordings::default(),
            updates: UpdateTask::new(home.clone(), Arc::clone(&store), Arc::clone(&environment)),
            uploads: Uploads::new(Arc::clone(&store), Arc::clone(&environment), home.staged_files(&profile)),
            videos: Videos::new(Arc::clone(&store), Arc::clone(&environment), home.videos()),
            home,
            profile,
            environment,
            connection,
            store,
        }
    }

    /// The client of the server's API, as the present sign-in.
    pub(crate) fn api(&self) -> Api {
        self.connection.api()
    }

    /// The time by this machine's clock.
    pub(crate) fn now(&self) -> jiff::Timestamp {
        self.environment.now()
    }

    /// A random number generator for one use.
    pub(crate) fn rng(&self) -> StdRng {
        rng(&*self.environment)
    }
}
