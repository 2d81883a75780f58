//! The tests of the API, over HTTP and by subject.

mod access;
mod account;
mod artefacts;
mod audit;
mod backup;
mod devices;
mod draining;
mod failing;
mod faults;
mod feed;
mod handover;
mod idempotency;
mod invitations;
mod library;
mod limits;
mod operating;
mod pages;
mod people;
mod publishing;
mod races;
mod reading;
mod requests;
mod sign_in;
mod sign_in_attack;
mod updates;
mod versions;
