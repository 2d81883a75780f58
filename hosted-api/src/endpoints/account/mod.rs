//! The caller's own account.

pub(crate) mod change;
pub(crate) mod change_password;
pub(crate) mod devices;
pub(crate) mod end_device;
pub(crate) mod read;
