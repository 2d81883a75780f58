//! The feed as clients read it: by live stream or by polling.
//!
//! The database is the source of truth; the [`Hub`] only wakes. Deliberately absent: sequence numbers, which the store
//! assigns, and who may see what, which the `training` crate decides.

mod frame;
mod hub;
mod inbox;
mod poll;
mod stream;
mod wake;

pub(crate) use hub::Hub;
pub(crate) use poll::poll;
pub(crate) use stream::open;
pub(crate) use wake::Wake;
