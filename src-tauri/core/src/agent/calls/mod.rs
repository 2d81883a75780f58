//! The agent's answers to a window's calls, by subject.
//!
//! What a command changed is not taken from its answer but from the feed, the one way in; an answer only wakes a feed
//! that is waiting to be tried again.

mod account;
mod host;
mod library;
mod session;
mod update;
