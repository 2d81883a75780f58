//! Benchmarks of the whole system, in release builds: printed as tables and kept in `bench/RESULTS.md`.
//!
//! They measure and never fail: what is slow on one machine is fast on another, so the goals are printed beside the
//! figures for the reader. Deliberately absent: microbenchmarks.

mod application;
mod board;
mod comparison;
mod core_pool;
mod cores;
mod day;
mod delivery;
mod desktop;
mod guessing;
mod history;
mod import;
mod listeners;
mod machine;
mod memory;
mod nchan;
mod population;
mod problem;
mod process;
mod progress;
mod publish;
mod publisher;
mod recovery;
mod report;
mod restart;
mod sizes;
mod streams;
mod studio;
mod windows;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};
use ringside_core::ServerUrl;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use system_tests::Database;

use crate::problem::Problem;
use crate::report::Section;

/// Durations, counts and sizes of the real thing.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    benchmark: Benchmark,
}

#[derive(Subcommand)]
enum Benchmark {
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
    /// An admin's place with a thousand people, the search in ten thousand, and a video
    Studio,
    /// A trainer's day around the sessions: the board with eight athletes, an athlete's history, the search in it
    Day,
    /// A large file of another tracker, read into a plan
    Import,
    /// Statistics, charts, export and import of somebody who has trained for five years
    Progress {
        /// An empty Postgres that keeps what it commits; without one, its rows are missing
        #[arg(long, env = "RINGSIDE_BENCH_POSTGRES")]
        postgres: Option<String>,
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
    /// Signing in while somebody tries wrong passwords
    Guessing,
    /// The server's program
    Sizes,
}

// One thread for whatever must end with the program; the streams of the server's benchmark have their own threads.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    raise_open_file_limit();
    let result = match Arguments::parse().benchmark {
        Benchmark::Live { postgres, only, streams } => {
            let section = live(postgres, only, usize::try_from(streams).unwrap_or(usize::MAX)).await;
            section.and_then(|section| save(&section))
        }
        Benchmark::Day => day::section().await.and_then(|section| save(&section)),
        Benchmark::Import => import::section().await.and_then(|section| save(&section)),
        Benchmark::Progress { postgres } => progress::section(postgres).await.and_then(|section| save(&section)),
        Benchmark::Studio => studio::section().await.and_then(|section| save(&section)),
        Benchmark::Desktop { package, empty } => {
            desktop::section(&package, &empty).await.and_then(|section| save(&section))
        }
        Benchmark::Cores { server, directory } => cores::run(server, &directory).await,
    };
    match result {
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
        rows.extend(recovery::rows().await?);
    }
    if wanted(Part::Guessing) {
        rows.extend(guessing::rows().await?);
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
        Some(Part::Guessing) => "live, guessing only",
        Some(Part::Sizes) => "live, sizes only",
    };
    Ok(Section { name, rows, notes: Vec::new() })
}

/// Prints the results and saves them.
fn save(section: &Section) -> Result<(), Problem> {
    println!("\n{section}");
    report::save(section)?;
    println!("Kept in bench/RESULTS.md");
    Ok(())
}

/// Raises the limit of open files to the maximum for this process and its children: each stream is one.
fn raise_open_file_limit() {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    // If that fails, opening the streams reports it.
    setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }).ok();
}
