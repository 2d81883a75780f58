//! The people of a studio, for its admins.

pub(crate) mod change;
pub(crate) mod create;
pub(crate) mod devices;
pub(crate) mod end_device;
pub(crate) mod erase;
pub(crate) mod export;
pub(crate) mod invite;
pub(crate) mod list;
pub(crate) mod read;
pub(crate) mod withdraw_invitation;
