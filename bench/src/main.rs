//! Benchmarks of the whole system, in release builds: printed as tables and kept in `bench/RESULTS.md`.
//!
//! They measure and never fail: what is slow on one machine is fast on another, so the goals are printed beside the
//! figures for the reader. Deliberately absent: microbenchmarks.

mod application;
mod beside;
mod cores;
mod crowd;
mod desktop;
mod healing;
mod herd;
mod listeners;
mod machine;
mod memory;
mod nchan;
mod process;
mod publish;
mod publisher;
mod report;
mod sizes;
mod streams;
mod windows;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};
use ringside_core::ServerUrl;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
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
    /// From a trainer's click to the athlete's screen; the server alone
    Live {
        /// An empty Postgres that keeps what it commits; without one, its row is missing
        #[arg(long, env = "RINGSIDE_BENCH_POSTGRES")]
        postgres: Option<String>,
        /// Measure this alone, and keep it in a section of its own
        #[arg(long)]
        only: Option<Part>,
        /// How many streams are open at once, two to a session
        #[arg(long, default_value_t = 8_000, value_parser = clap::value_parser!(u64).range(8..=20_000))]
        streams: u64,
    },
    /// The installed application: its size, start and memory, beside a Tauri application with nothing in it
    Desktop {
        /// The application's Debian package, which is installed and afterwards removed
        #[arg(long)]
        package: PathBuf,
        /// The package of the application with nothing in it
        #[arg(long)]
        empty: PathBuf,
    },
    /// Desktop cores for the benchmarks; reads refresh tokens from its standard input
    #[command(hide = true)]
    Cores {
        /// Their server
        #[arg(long)]
        server: ServerUrl,
        /// Where their files go
        #[arg(long)]
        directory: PathBuf,
    },
}

/// A part of a benchmark.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// From click to painted
    Windows,
    /// From a request to its event, one after the other
    Publish,
    /// Thousands of open streams
    Streams,
    /// After a break
    Healing,
    /// The server's program
    Sizes,
}

/// Why a benchmark has no result.
#[derive(Debug, thiserror::Error)]
enum Problem {
    #[error(transparent)]
    Stage(#[from] Failure),
    #[error("{what}: {cause}")]
    Io { what: String, cause: std::io::Error },
    #[error("{0}")]
    Unexpected(String),
}

// One thread for whatever must end with the program; the streams of the server's benchmark have their own threads.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    have_many_files();
    let done = match Arguments::parse().what {
        What::Live { postgres, only, streams } => {
            let section = live(postgres, only, usize::try_from(streams).unwrap_or(usize::MAX)).await;
            section.and_then(|section| keep(&section))
        }
        What::Desktop { package, empty } => desktop::section(&package, &empty).await.and_then(|section| keep(&section)),
        What::Cores { server, directory } => cores::run(server, &directory).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

async fn live(postgres: Option<String>, only: Option<Part>, streams: usize) -> Result<Section, Problem> {
    let wanted = |part| only.is_none_or(|only| only == part);
    let mut rows = Vec::new();
    if wanted(Part::Windows) {
        rows.push(windows::release_to_painted().await?);
    }
    if wanted(Part::Publish) {
        let databases = [Some(("SQLite", Database::Sqlite)), postgres.map(|url| ("Postgres", Database::Postgres(url)))];
        for (name, database) in databases.into_iter().flatten() {
            rows.push(publish::release_to_event(name, database).await?);
        }
    }
    if wanted(Part::Healing) {
        rows.extend(healing::rows().await?);
    }
    if wanted(Part::Streams) {
        rows.extend(streams::rows(streams).await?);
    }
    if wanted(Part::Sizes) {
        rows.push(sizes::server()?);
    }
    let name = match only {
        None => "live",
        Some(Part::Windows) => "live, windows only",
        Some(Part::Publish) => "live, publish only",
        Some(Part::Streams) => "live, streams only",
        Some(Part::Healing) => "live, healing only",
        Some(Part::Sizes) => "live, sizes only",
    };
    Ok(Section { name, rows, notes: Vec::new() })
}

/// Prints the results and saves them.
fn keep(section: &Section) -> Result<(), Problem> {
    println!("\n{section}");
    report::keep(section)?;
    println!("Kept in bench/RESULTS.md");
    Ok(())
}

/// Raises the limit of open files to the maximum for this process and its children: each stream is one.
fn have_many_files() {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    // If that fails, opening the streams reports it.
    setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }).ok();
}

fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Problem {
    let what = what.into();
    |cause| Problem::Io { what, cause }
}

fn unexpected(error: &impl std::error::Error) -> Problem {
    Problem::Unexpected(error.to_string())
}

/// Milliseconds with the significant digits only.
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
