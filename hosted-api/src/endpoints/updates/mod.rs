//! What desktops are offered.

pub(crate) mod check;
pub(crate) mod download;
