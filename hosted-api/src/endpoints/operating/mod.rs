//! For whoever runs the server.

pub(crate) mod health;
pub(crate) mod metrics;
pub(crate) mod readiness;
