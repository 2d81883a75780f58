//! Invitations, for whoever holds the code of one.

pub(crate) mod claim;
pub(crate) mod look;
