//! The endpoints: one file each, with its handler and what it says of itself in `/openapi.json`.
//!
//! Their tests are not here but in `tests`, by subject, because they go through HTTP and run on both databases.

pub(crate) mod add_round;
pub(crate) mod cancel_session;
pub(crate) mod change_me;
pub(crate) mod change_password;
pub(crate) mod check_update;
pub(crate) mod complete_round;
pub(crate) mod delete_round;
pub(crate) mod download_artefact;
pub(crate) mod edit_round;
pub(crate) mod feed;
pub(crate) mod health;
pub(crate) mod join_session;
pub(crate) mod late_feedback;
pub(crate) mod list_exercises;
pub(crate) mod list_sessions;
pub(crate) mod log_exercise;
pub(crate) mod me;
pub(crate) mod metrics;
pub(crate) mod read_session;
pub(crate) mod readiness;
pub(crate) mod recall_round;
pub(crate) mod refresh;
pub(crate) mod release_round;
pub(crate) mod sign_in;
pub(crate) mod sign_out;
pub(crate) mod snapshot;
pub(crate) mod start_round;
pub(crate) mod start_session;
