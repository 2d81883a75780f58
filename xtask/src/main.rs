//! `cargo xtask …`: everything a person runs in this repository.
//!
//! Few dependencies, because on a fresh machine nothing happens until this is built. Deliberately absent: the windows,
//! the server and their tests. They are other crates, which this one only builds and starts.

mod bench;
mod bundle;
mod cargo;
mod codegen;
mod conformance;
mod cross;
mod demo;
mod failure;
mod faults;
mod fuzz;
mod licences;
mod package;
mod package_defect;
mod postgres;
mod run_steps;
#[cfg(test)]
mod scripts;
mod setup;
mod step;
mod test_summary;
mod test_update;
mod timing;
#[cfg(test)]
mod workflows;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::failure::Failure;
use crate::step::Step;

/// Everything a person runs in this repository.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Set up what is missing, then run every check and every test
    Test {
        /// Run this step alone
        #[arg(long, value_name = "STEP")]
        only: Option<Step>,
    },
    /// Set up what is missing, then start the server and open a trainer's and an athlete's window, signed in
    Demo {
        /// Play a whole session on a virtual display and leave pictures of every step in target/demo
        #[arg(long)]
        headless: bool,
    },
    /// Build two signed packages, install the older one, and let it update itself to the newer one
    TestUpdate,
    /// Measure release builds and keep the figures in bench/RESULTS.md
    Bench {
        /// What is measured
        what: bench::What,
    },
    /// Build this system's installers, with signatures for the updater where a key is given
    Bundle {
        #[command(flatten)]
        options: bundle::Options,
    },
    /// Search for faults: in a simulation, or with real programs; `-- --help` says more
    Faults {
        /// Arguments of `ringside-faults`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Test whether the API does what its description says, with schemathesis, in every role on both databases
    Conformance {
        /// The number of examples for each operation
        #[arg(long, default_value_t = 100)]
        examples: u32,
    },
    /// Look for inputs on which a parser panics, with libFuzzer
    Fuzz {
        /// One target; if absent, each
        target: Option<String>,
        /// How long each
        #[arg(long, default_value_t = 60)]
        seconds: u32,
    },
    /// Compile the workspace for another system
    Cross {
        #[command(subcommand)]
        system: cross::System,
    },
    /// Write the windows' TypeScript from the Rust declarations
    Codegen,
    /// Write the list of third-party software we deliver, with its licences
    Licences,
    /// Run a command with a temporary Postgres cluster, whose address is in `RINGSIDE_TEST_POSTGRES`
    Postgres {
        /// The command and its arguments
        #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
        command: Vec<String>,
    },
}

fn main() -> ExitCode {
    match run(Arguments::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("\n{failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Result<(), Failure> {
    let sh = shell()?;
    match task {
        Task::Test { only } => run_steps::run_steps(&sh, only),
        Task::Demo { headless } => demo::demo(&sh, headless),
        Task::Bench { what } => bench::bench(&sh, what),
        Task::TestUpdate => test_update::test_update(&sh),
        Task::Bundle { options } => bundle::bundle(&sh, &options).map(drop),
        Task::Faults { arguments } => faults::faults(&sh, &arguments),
        Task::Conformance { examples } => conformance::conformance(&sh, examples),
        Task::Fuzz { target, seconds } => fuzz::fuzz(&sh, target, seconds),
        Task::Cross { system } => cross::cross(&sh, system),
        Task::Codegen => codegen::write(&sh),
        Task::Licences => licences::write(&sh),
        Task::Postgres { command } => postgres::run_with_cluster(&sh, &command),
    }
}

/// A shell in the repository's directory. It can't be shared between threads.
fn shell() -> Result<xshell::Shell, Failure> {
    let sh = xshell::Shell::new()?;
    sh.change_dir(root());
    Ok(sh)
}

/// The repository's directory.
fn root() -> &'static std::path::Path {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("this crate lives in the repository's directory")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        use clap::CommandFactory;
        Arguments::command().debug_assert();
    }
}
