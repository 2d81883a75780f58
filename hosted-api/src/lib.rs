//! Ringside's hosted API: a REST API with a live feed.
//!
//! The path of a request: `connections` → `http::boundary` → `router` (the table of routes and permissions) →
//! `endpoints` (one file each) → `commands` → `store` (the only place with SQL) → `feed` (waking streams).
//! Separate from these are the desktop's `updates`.
//!
//! Deliberately absent: the rules of a session, which are in the `training` crate.

// They panic when the stream is closed or its disk is full.
#![warn(clippy::print_stdout, clippy::print_stderr)]

mod access;
mod accounts;
mod app;
mod backup;
mod bench_people;
mod blobs;
mod clock;
mod commands;
mod config;
mod connections;
mod data_directory;
mod doctor;
mod endpoints;
mod erasing;
mod export;
mod feed;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
mod http;
mod import_jobs;
mod maintenance;
mod metrics;
mod openapi;
mod path_problem;
mod private_files;
mod rate_limiter;
mod rebuild;
mod retention;
mod router;
mod seed;
mod server;
mod shared_rate_limiter;
mod starter;
mod store;
mod studio;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod updates;
mod videos;

pub use backup::{BackupError, back_up, begin_epochs};
pub use bench_people::{Pair, Tokens, seed_athletes, seed_bench_people};
pub use config::Config;
pub use doctor::{Check, Health, examine};
pub use http::{BadTrustedProxies, TrustedProxies};
pub use path_problem::PathProblem;
pub use private_files::create_private_directory;
pub use rebuild::{Rebuilt, rebuild};
pub use retention::{BadRetention, Retention};
pub use seed::{Seeded, SeededAccount, seed_demo};
pub use server::{MAX_DRAIN_GRACE_S, RunningServer, StartError, UnexpectedEnd, start};
pub use starter::StarterError;
pub use store::{BadDatabaseUrl, DatabaseUrl, Difference, StoreError};
pub use studio::{CreatedStudio, NewStudio, StudioError, create_studio, invite_person};
pub use training::people::{Invitation, InvitationPurpose};
pub use training::wire::Locale;
pub use updates::{
    BadFile, BadKey, BadPublicUrl, BadSignature, Change, ChangeError, Channel, Percent, PublicUrl, Publication,
    PublishError, Published, ReleaseSummary, artefacts_directory, change_release, list_releases, publish_release,
};
