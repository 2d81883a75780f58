//! Commands on sessions: from a request to a change that is stored and announced.
//!
//! The rules are the `training` crate's; here is only the order of things: claim the key, lock the session, ask who
//! this is to it, decide, store, tell both feeds, keep the answer, commit, wake.

mod announce;
mod answer;
mod perform;
mod start;

pub(crate) use answer::Answered;
pub(crate) use perform::{Order, Target, part, perform};
pub(crate) use start::start;
