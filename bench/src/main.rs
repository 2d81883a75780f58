//! Benchmarks of the whole system, in release builds: printed as tables and kept in `bench/RESULTS.md`.
//!
//! They measure and never judge: what is slow on one machine is quick on another, so the goals stand beside the figures
//! for whoever reads them. Deliberately absent: microbenchmarks.

mod machine;
mod memory;
mod publish;
mod report;
mod sizes;
mod windows;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use system_tests::{Database, Failure};

use crate::report::{Row, Section};

/// Durations, counts and sizes of the real thing.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// From a trainer's click to the athlete's screen; the server alone; the application's start, memory and size
    Live {
        /// An empty Postgres that keeps what it commits; without one, its row is missing
        #[arg(long, env = "RINGSIDE_BENCH_POSTGRES")]
        postgres: Option<String>,
    },
}

/// Why a benchmark did not come to a figure.
#[derive(Debug, thiserror::Error)]
enum Problem {
    #[error(transparent)]
    Stage(#[from] Failure),
    #[error("{what}: {cause}")]
    Io { what: String, cause: std::io::Error },
    #[error("{0}")]
    Unexpected(String),
}

// One thread for what must end with the program; the streams of the server's benchmark have threads of their own.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let What::Live { postgres } = Arguments::parse().what;
    match live(postgres).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

async fn live(postgres: Option<String>) -> Result<(), Problem> {
    let mut rows = vec![windows::release_to_painted().await?];
    let databases = [Some(("SQLite", Database::Sqlite)), postgres.map(|url| ("Postgres", Database::Postgres(url)))];
    for (name, database) in databases.into_iter().flatten() {
        rows.push(publish::release_to_event(name, database).await?);
    }
    rows.extend(windows::start_and_memory().await?);
    rows.extend(sizes::rows()?);
    let section = Section { name: "live", rows };
    println!("\n{section}");
    report::keep(&section)?;
    println!("Kept in bench/RESULTS.md");
    Ok(())
}

fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Problem {
    let what = what.into();
    |cause| Problem::Io { what, cause }
}

/// Milliseconds with as many digits as mean something.
fn milliseconds(time: std::time::Duration) -> String {
    let ms = time.as_secs_f64() * 1000.0;
    if ms < 10.0 { format!("{ms:.2} ms") } else { format!("{ms:.0} ms") }
}

/// A row of percentiles.
fn times(what: impl Into<String>, times: &system_tests::Percentiles, goal: &'static str) -> Row {
    let [p50, p99, most] = [50, 99, 100].map(|share| milliseconds(times.at(share)));
    let figure = format!("p50 {p50}, p99 {p99}, most {most}, of {}", times.count());
    Row { what: what.into(), figure, goal }
}
