//! `cargo xtask bench`: builds for release and hands over to the program that measures.
//!
//! That program is `ringside-bench` in `bench/`, because it is made of the same parts the whole-system tests are.

use std::path::PathBuf;

use clap::ValueEnum;
use xshell::{Shell, cmd};

use crate::cargo::cargo;
use crate::failure::Failure;
use crate::postgres::{Cluster, Durability};
use crate::{package, setup, step};

/// Where the packages are that a benchmark installs.
const DIRECTORY: &str = "target/bench";

/// What can be measured.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum What {
    /// From a trainer's click to the athlete's screen; the server alone
    Live,
    /// An admin's place with a thousand people, the search in ten thousand, and a video
    Studio,
    /// A trainer's day around the sessions: the board with eight athletes, an athlete's history, the search in it
    Day,
    /// A large file of another tracker, read into a plan
    Import,
    /// Statistics, charts, export and import of somebody who has trained for five years
    Progress,
    /// The installed application: its size, start and memory, beside a Tauri application with nothing in it
    Desktop,
}

/// Runs a benchmark.
pub(crate) fn bench(sh: &Shell, what: What) -> Result<(), Failure> {
    match what {
        What::Live => on_both_databases(sh, "live"),
        What::Studio => windows(sh, "studio"),
        What::Day => windows(sh, "day"),
        What::Import => import(sh),
        What::Progress => on_both_databases(sh, "progress"),
        What::Desktop => desktop(sh),
    }
}

/// A benchmark with a Postgres beside the SQLite.
fn on_both_databases(sh: &Shell, benchmark: &str) -> Result<(), Failure> {
    setup::everything(sh)?;
    setup::benchmarks(sh)?;
    build_programs(sh)?;
    let cluster = Cluster::start(sh, Durability::On)?;
    let address = cluster.address();
    Ok(cmd!(sh, "target/release/ringside-bench {benchmark}").env("RINGSIDE_BENCH_POSTGRES", address).run()?)
}

/// A benchmark that needs nothing but the programs.
fn windows(sh: &Shell, benchmark: &str) -> Result<(), Failure> {
    setup::everything(sh)?;
    build_programs(sh)?;
    Ok(cmd!(sh, "target/release/ringside-bench {benchmark}").run()?)
}

/// A benchmark that needs nothing but the program that measures.
fn import(sh: &Shell) -> Result<(), Failure> {
    cargo(sh).args(["build", "--locked", "--release", "--package", "bench"]).run()?;
    Ok(cmd!(sh, "target/release/ringside-bench import").run()?)
}

fn desktop(sh: &Shell) -> Result<(), Failure> {
    // Checked first: building takes minutes.
    may_install(sh)?;
    setup::everything(sh)?;
    build_programs(sh)?;
    let (ours, empty) = build_packages(sh)?;
    Ok(cmd!(sh, "target/release/ringside-bench desktop --package {ours} --empty {empty}").run()?)
}

/// Builds the programs that measure, and those that are measured without being installed.
fn build_programs(sh: &Shell) -> Result<(), Failure> {
    step::npm(sh, "build")?;
    Ok(cargo(sh).args(["build", "--locked", "--release", "--workspace", "--bins"]).run()?)
}

/// Builds the packages of the application, as it is released, and of the empty application. The former is signed, so
/// that it checks for updates.
fn build_packages(sh: &Shell) -> Result<(PathBuf, PathBuf), Failure> {
    let directory = crate::root().join(DIRECTORY);
    sh.remove_path(&directory)?;
    let key = directory.join("key");
    package::generate_key(sh, &key)?;
    let ours = package::application(sh, None, &key, &directory)?;
    Ok((ours, package::empty_application(sh, &directory)?))
}

fn may_install(sh: &Shell) -> Result<(), Failure> {
    if cmd!(sh, "id -u").quiet().read()? == "0" {
        return Ok(());
    }
    // It may ask for a password.
    cmd!(sh, "sudo --validate").quiet().run().map_err(|_| Failure::MayNotInstall)
}
