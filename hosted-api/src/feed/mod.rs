//! The feed as clients read it: by live stream or by polling.
//!
//! The database is the source of truth; the [`Hub`] only wakes. Deliberately absent: sequence numbers, which the store
//! assigns, and who may see what, which the `training` crate decides.

mod frame;
mod hub;
mod inbox;
mod poll;
mod presence;
mod stream;
mod wake;

use std::time::Duration;

use training::ProblemCode;

pub(crate) use hub::Hub;
pub(crate) use poll::poll;
pub(crate) use presence::Attendance;
pub(crate) use stream::open;
pub(crate) use wake::Wake;

use crate::http::ApiError;
use hub::NotSubscribed;

/// How long somebody waits who has too many listeners: by then one that the network lost has been noticed.
const RETRY_AFTER: Duration = Duration::from_secs(30);

impl From<NotSubscribed> for ApiError {
    fn from(why: NotSubscribed) -> Self {
        match why {
            NotSubscribed::Draining => Self::draining(),
            NotSubscribed::TooMany => Self::new(ProblemCode::TooManyStreams).retry_after(RETRY_AFTER),
        }
    }
}
