//! Sessions.

pub(crate) mod cancel;
pub(crate) mod join;
pub(crate) mod list;
pub(crate) mod read;
pub(crate) mod start;
