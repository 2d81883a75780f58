//! The feed, and the snapshot it goes on from.

pub(crate) mod follow;
pub(crate) mod snapshot;
