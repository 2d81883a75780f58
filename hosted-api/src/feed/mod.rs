//! The feed as people read it: live by stream, or polled.
//!
//! The database is the truth; the [`Hub`] only wakes. Deliberately absent: the numbering, which is the store's, and who
//! may see what, which is the `training` crate's.

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
