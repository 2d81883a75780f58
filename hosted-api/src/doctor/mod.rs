//! `ringside-api admin doctor`: whether what the server needs is there, and what to do where it is not.
//!
//! It only looks. Migrating the database, for one, is left to the server.

mod installers;
mod public_address;

use std::path::Path;
use std::time::Duration;

use crate::clock;
use crate::data_directory;
use crate::store::{DatabaseUrl, Store, StoreError};
use crate::updates::PublicUrl;

/// How far a stored instant may be in the future before the clock is to blame.
const MAX_CLOCK_SKEW: Duration = Duration::from_mins(1);
/// 2026-01-01. A clock before it was never set.
const EARLIEST_PLAUSIBLE_MS: i64 = 1_767_225_600_000;

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// All is well.
    Ok,
    /// It works, with something to know about.
    Warning,
    /// It doesn't work.
    Problem,
}

/// What was checked, and what was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What.
    pub what: &'static str,
    /// How it ended.
    pub health: Health,
    /// What was found and, where it is not well, what to do.
    pub finding: String,
}

/// Checks everything.
pub async fn examine(database: &DatabaseUrl, data_dir: Option<&Path>, public_url: Option<&PublicUrl>) -> Vec<Check> {
    let mut checks = Vec::new();
    let (mut shared, mut published) = (None, None);
    match Store::connect_unchanged(database).await {
        Ok(store) => {
            checks.extend(examine_database(&store, database).await);
            shared = sharing(&store, data_dir).await;
            published = installers::installers(&store, data_dir).await;
            store.close().await;
        }
        Err(error) => {
            checks.push(Check::problem("database", cannot_open(&error)));
            checks.push(time_alone());
        }
    }
    let directory = directory(data_dir);
    checks.push(if directory.health == Health::Ok { shared.unwrap_or(directory) } else { directory });
    checks.push(public_address::public_address(public_url).await);
    checks.extend(published);
    checks
}

impl Check {
    fn of(what: &'static str, health: Health, finding: impl Into<String>) -> Self {
        Self { what, health, finding: finding.into() }
    }

    fn ok(what: &'static str, finding: impl Into<String>) -> Self {
        Self::of(what, Health::Ok, finding)
    }

    fn warning(what: &'static str, finding: impl Into<String>) -> Self {
        Self::of(what, Health::Warning, finding)
    }

    fn problem(what: &'static str, finding: impl Into<String>) -> Self {
        Self::of(what, Health::Problem, finding)
    }
}

async fn examine_database(store: &Store, database: &DatabaseUrl) -> [Check; 2] {
    let finding = match store.due_migrations().await {
        Ok(0) => return [people(store, database).await, time(store).await],
        Ok(due) => Check::warning(
            "database",
            format!(
                "{database} opens, but is from an older version ({due} migrations are due): start the server, which \
                 migrates it, and check again"
            ),
        ),
        Err(error) => Check::problem("database", cannot_open(&error)),
    };
    // What else is asked may be in tables that are not there yet.
    [finding, time_alone()]
}

async fn people(store: &Store, database: &DatabaseUrl) -> Check {
    match store.active_admins().await {
        Ok(0) => Check::warning(
            "database",
            format!(
                "{database} opens, but no admin can sign in: create a studio with `ringside-api admin create-studio`, or \
                 get a new link with `ringside-api admin invite EMAIL`"
            ),
        ),
        Ok(_) => Check::ok("database", format!("{database} opens, and its tables are up to date")),
        Err(error) => Check::problem("database", cannot_open(&error)),
    }
}

fn cannot_open(error: &StoreError) -> String {
    let mut text = error.to_string();
    if let Some(cause) = std::error::Error::source(error) {
        text = format!("{text}: {cause}");
    }
    let advice = match error {
        // It says so itself.
        StoreError::File { .. } => return text,
        StoreError::Missing(_) => {
            "start the server or create a studio, which makes it, or correct RINGSIDE_DATABASE_URL or RINGSIDE_DATA_DIR"
        }
        _ => "correct RINGSIDE_DATABASE_URL, or see to it that the database runs and lets this user in",
    };
    format!("{text}; {advice}")
}

async fn time(store: &Store) -> Check {
    let (now, alone) = (clock::now(), time_alone());
    if alone.health != Health::Ok {
        return alone;
    }
    match store.newest_instant().await {
        Ok(Some(newest)) if newest > clock::after(now, MAX_CLOCK_SKEW) => Check::problem(
            "clock",
            format!(
                "this machine says {now}, but the database has something from {newest}; set the clock, best by NTP"
            ),
        ),
        Ok(_) => alone,
        Err(error) => Check::problem("clock", cannot_open(&error)),
    }
}

fn time_alone() -> Check {
    let now = clock::now();
    if now.as_millisecond() < EARLIEST_PLAUSIBLE_MS {
        return Check::problem("clock", format!("this machine says {now}, which is long past; set it, best by NTP"));
    }
    Check::ok("clock", format!("{now}, time zone {}", clock::time_zone()))
}

fn directory(data_dir: Option<&Path>) -> Check {
    let what = "data directory";
    let Some(path) = data_dir else {
        return Check::problem(what, "there is none: set RINGSIDE_DATA_DIR to a directory");
    };
    if !path.is_dir() {
        return Check::problem(
            what,
            format!("{} is no directory: make it, or correct RINGSIDE_DATA_DIR", path.display()),
        );
    }
    let probe = path.join(format!(".doctor-{}", uuid::Uuid::now_v7()));
    let written = std::fs::write(&probe, b"").and_then(|()| std::fs::remove_file(&probe));
    match written {
        Ok(()) => Check::ok(what, format!("{} can be written to", path.display())),
        Err(error) => Check::problem(
            what,
            format!("{} can't be written to ({error}): give it to the user that runs the server", path.display()),
        ),
    }
}

/// Whether the directory is the one that all servers on the database share; nothing if it is, or none was marked yet.
async fn sharing(store: &Store, data_dir: Option<&Path>) -> Option<Check> {
    // On tables that are due to be migrated, the server will say.
    let is_marked = matches!(store.data_directory().await, Ok(Some(_)));
    let error = data_directory::check(store, data_dir.filter(|_| is_marked)?).await.err()?;
    Some(Check::problem("data directory", error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn health(checks: &[Check], what: &str) -> Health {
        checks.iter().find(|check| check.what == what).expect("it is checked").health
    }

    #[tokio::test]
    async fn what_is_missing_is_named_with_what_to_do() {
        let place = tempfile::tempdir().expect("a directory");
        let missing = place.path().join("missing");
        let url = DatabaseUrl::sqlite(&place.path().join("ringside.db")).expect("an absolute path");
        let checks = examine(&url, Some(&missing), None).await;
        assert_eq!(health(&checks, "database"), Health::Problem);
        assert_eq!(health(&checks, "data directory"), Health::Problem);
        assert_eq!(health(&checks, "public address"), Health::Warning);
        assert_eq!(health(&checks, "clock"), Health::Ok);
        assert!(!place.path().join("ringside.db").exists(), "looking makes nothing");

        std::fs::write(place.path().join("ringside.db"), b"").expect("writable");
        for _ in 0..2 {
            let checks = examine(&url, Some(place.path()), None).await;
            let database = checks.iter().find(|check| check.what == "database").expect("it is checked");
            assert_eq!(database.health, Health::Warning, "{}", database.finding);
            assert!(database.finding.contains("migrations are due"), "{}", database.finding);
            let store = Store::connect_unchanged(&url).await.expect("it opens");
            assert!(store.due_migrations().await.expect("it is read") > 5, "looking migrates nothing");
            store.close().await;
        }

        Store::connect(&url).await.expect("it is migrated").close().await;
        let checks = examine(&url, Some(place.path()), None).await;
        assert_eq!(health(&checks, "database"), Health::Warning, "there is no admin yet");
        assert_eq!(health(&checks, "data directory"), Health::Ok);
        let files = std::fs::read_dir(place.path()).expect("a directory");
        let is_probe = |file: std::io::Result<std::fs::DirEntry>| {
            file.is_ok_and(|file| file.file_name().to_string_lossy().contains("doctor"))
        };
        assert!(!files.into_iter().any(is_probe), "and leaves nothing behind");
    }

    #[tokio::test]
    async fn a_directory_that_is_not_the_shared_one_is_named_with_what_to_do() {
        let (place, other) = (tempfile::tempdir().expect("a directory"), tempfile::tempdir().expect("another"));
        let url = DatabaseUrl::sqlite(&place.path().join("ringside.db")).expect("an absolute path");
        let store = Store::connect(&url).await.expect("it is migrated");
        data_directory::mark(&store, place.path()).await.expect("it is marked");
        data_directory::mark(&store, other.path()).await.expect("another is marked already");
        store.close().await;
        assert_eq!(health(&examine(&url, Some(place.path()), None).await, "data directory"), Health::Ok);
        let checks = examine(&url, Some(other.path()), None).await;
        let directory = checks.iter().find(|check| check.what == "data directory").expect("it is checked");
        assert_eq!(directory.health, Health::Problem);
        assert!(directory.finding.contains("write"), "{}", directory.finding);
    }
}
