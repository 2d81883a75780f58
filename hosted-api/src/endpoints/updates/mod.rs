//! Updates of the desktop application.

pub(crate) mod check;
pub(crate) mod download;
