//! For the operator of the server.

pub(crate) mod health;
pub(crate) mod metrics;
pub(crate) mod readiness;
