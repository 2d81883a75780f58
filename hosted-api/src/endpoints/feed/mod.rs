//! The feed, and the snapshot it continues from.

pub(crate) mod follow;
pub(crate) mod snapshot;
