//! Tests of what no single endpoint holds: who may, faults that must not come back, the feed, the end.

mod access;
mod draining;
mod faults;
mod feed;
mod idempotency;
mod requests;
mod sign_in;
