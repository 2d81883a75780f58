//! An empty database in the throwaway Postgres that `cargo xtask test` runs beside the tests.

use std::process::Command;

use crate::failure::{Failure, IoContext};

/// Where the cluster is.
const ADDRESS: &str = "RINGSIDE_TEST_POSTGRES";

/// A dedicated database. Dropping it removes it.
#[derive(Debug)]
pub struct Postgres {
    cluster: String,
    name: String,
}

impl Postgres {
    /// Makes an empty database.
    pub fn empty() -> Result<Self, Failure> {
        let cluster =
            std::env::var(ADDRESS).map_err(|_| problem(&format!("has no {ADDRESS}: run `cargo xtask test`")))?;
        // Unique among all tests, in this process or another.
        let unique = tempfile::Builder::new().prefix("ringside_").rand_bytes(12).tempfile();
        let unique = unique.context("choosing a name for a database")?;
        let name = unique.path().file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
        execute(&cluster, &format!("CREATE DATABASE \"{name}\""))?;
        Ok(Self { cluster, name })
    }

    /// Its URL.
    pub fn url(&self) -> String {
        let server = self.cluster.rsplit_once('/').map_or(self.cluster.as_str(), |(server, _)| server);
        format!("{server}/{}", self.name)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // If the cluster is gone, so is the database.
        execute(&self.cluster, &format!("DROP DATABASE \"{}\" WITH (FORCE)", self.name)).ok();
    }
}

fn execute(cluster: &str, sql: &str) -> Result<(), Failure> {
    let ran = Command::new("psql").args(["--quiet", "--no-psqlrc", "--command", sql, cluster]).output();
    let ran = ran.context("running psql")?;
    if ran.status.success() { Ok(()) } else { Err(problem(&String::from_utf8_lossy(&ran.stderr))) }
}

fn problem(problem: &str) -> Failure {
    Failure::Program { program: "psql".to_owned(), problem: problem.to_owned() }
}
