//! The outbox: what a person did, from the moment they did it until the server has answered.
//!
//! An act is checked by the rules, written down with its idempotency key, and sent in the order it was done. While it
//! waits, what it will change is shown ([`overlay`]); what the server then refuses is kept until the person has decided
//! about it. The entries lie in the replica's file, so they survive whatever happens to the process.

mod entry;
mod overlay;
mod send;

pub(crate) use entry::{Act, Entry, Refused};
pub(crate) use overlay::{decided, overlay};
pub(crate) use send::{Answer, send_waiting};
