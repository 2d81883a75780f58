//! The exercise library.

pub(crate) mod archive;
mod check_uploads;
pub(crate) mod create;
pub(crate) mod edit;
pub(crate) mod list;
pub(crate) mod read;
pub(crate) mod remove_video;
pub(crate) mod restore;
pub(crate) mod set_video;
