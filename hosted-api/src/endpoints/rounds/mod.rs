//! Rounds of a session.

pub(crate) mod add;
pub(crate) mod complete;
pub(crate) mod correct_exercise;
pub(crate) mod delete;
pub(crate) mod edit;
pub(crate) mod late_feedback;
pub(crate) mod log_exercise;
pub(crate) mod recall;
pub(crate) mod release;
pub(crate) mod start;
