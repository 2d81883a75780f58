//! The pages for people who have no application yet: where an invitation leads, and the installers.
//!
//! Plain HTML in three languages. Nothing comes from another server, and nothing is kept in the browser. The policy lets
//! one style and one script run, by their hashes. Without JavaScript everything works except opening the application.

pub(crate) mod download;
pub(crate) mod home;
mod html;
mod installers;
pub(crate) mod join;
mod words;
