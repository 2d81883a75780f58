//! `cargo xtask faults`: hunts for faults.

use std::process::ExitCode;
use std::time::Instant;

use clap::{Args, Parser};
use ringside_faults::{real, simulation};

/// Hunts for faults: everything goes wrong on purpose, and afterwards everything must be right
#[derive(Parser)]
#[command(name = "cargo xtask faults", bin_name = "cargo xtask faults")]
struct Arguments {
    #[command(flatten)]
    mode: Mode,
    /// Simulate so many seeds, from 0
    #[arg(long, default_value_t = 1_000, requires = "sim", value_name = "N")]
    seeds: u64,
    /// Try so many runs on the real stack, on SQLite and on Postgres in turn
    #[arg(long, default_value_t = 20, requires = "real", value_name = "N")]
    runs: u64,
    /// Simulate this seed alone, and print everything that happens
    #[arg(long, requires = "sim", conflicts_with = "seeds", value_name = "N")]
    seed: Option<u64>,
}

/// How many real runs run in parallel: they mostly wait.
const CONCURRENT_RUNS: usize = 4;

/// What the kills of an application that sends a video follow from.
const UPLOAD_SEED: u64 = 4;

/// How often it is killed.
const UPLOAD_KILLS: u32 = 20;

#[derive(Args)]
#[group(required = true, multiple = false)]
struct Mode {
    /// The core against a model of the server, on virtual time
    #[arg(long)]
    sim: bool,
    /// The real server and real people at work, each a process that is killed, behind networks that break
    #[arg(long)]
    real: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match arguments.seed {
        _ if arguments.mode.real => run_real(arguments.runs),
        Some(seed) => simulate_one(seed),
        None => simulate_many(arguments.seeds),
    }
}

fn run_real(runs: u64) -> ExitCode {
    let began = Instant::now();
    let batch = match real::run_many(0..runs, CONCURRENT_RUNS) {
        Ok(batch) => batch,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    println!("{}", batch.tally);
    println!(
        "{:.0} s; {} runs in which something was lost, doubled or wrong",
        began.elapsed().as_secs_f64(),
        batch.violations.len()
    );
    batch.violations.iter().for_each(|violation| println!("{violation}"));
    let upload = real::kill_uploads(UPLOAD_SEED, UPLOAD_KILLS);
    match &upload {
        Ok(()) => println!("a video whose application was killed {UPLOAD_KILLS} times on its way arrived whole, once"),
        Err(violation) => println!("a video whose application was killed on its way: {violation}"),
    }
    if batch.violations.is_empty() && upload.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn simulate_one(seed: u64) -> ExitCode {
    match simulation::run(seed, true) {
        Ok(tally) => {
            println!("seed {seed}: all is well. {tally}");
            ExitCode::SUCCESS
        }
        Err(violation) => {
            eprintln!("{violation}");
            ExitCode::FAILURE
        }
    }
}

fn simulate_many(seeds: u64) -> ExitCode {
    let began = Instant::now();
    let batch = simulation::run_many(0..seeds);
    println!("{seeds} runs in {:.0} s: {}", began.elapsed().as_secs_f64(), batch.tally);
    println!("{} runs in which something was lost, doubled or wrong", batch.violations.len());
    for violation in &batch.violations {
        println!("{violation}");
    }
    if let Some(first) = batch.violations.first() {
        println!("To see one of them: cargo xtask faults --sim --seed {}", first.seed);
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
