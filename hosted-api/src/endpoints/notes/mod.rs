//! Private notes on sessions.

pub(crate) mod read;
pub(crate) mod save;
