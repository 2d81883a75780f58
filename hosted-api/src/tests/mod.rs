//! Tests of what no single endpoint holds: who may, faults that must not come back, the feed, the end.

mod access;
mod account;
mod artefacts;
mod draining;
mod failing;
mod faults;
mod feed;
mod handover;
mod idempotency;
mod publishing;
mod races;
mod reading;
mod requests;
mod sign_in;
mod updates;
