//! The endpoints: one file each, by resource, with its handler and its description in `/openapi.json`.
//!
//! Their tests are not here but in `tests`, by subject, because they go through HTTP and run on both databases.

pub(crate) mod account;
pub(crate) mod athletes;
pub(crate) mod audit;
pub(crate) mod auth;
pub(crate) mod exercises;
pub(crate) mod feed;
pub(crate) mod imports;
pub(crate) mod invitations;
pub(crate) mod journal;
pub(crate) mod notes;
pub(crate) mod operating;
pub(crate) mod pages;
pub(crate) mod rounds;
pub(crate) mod sessions;
pub(crate) mod templates;
pub(crate) mod updates;
pub(crate) mod uploads;
pub(crate) mod users;
pub(crate) mod videos;
pub(crate) mod weights;
