//! `cargo xtask bench`: builds for release and hands over to the program that measures.
//!
//! That program is `ringside-bench` in `bench/`, because it is made of the same parts the whole-system tests are.

use clap::ValueEnum;
use xshell::{Shell, cmd};

use crate::cargo::cargo;
use crate::failure::Failure;
use crate::postgres::{Cluster, Durability};
use crate::{setup, step};

/// What can be measured.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum What {
    /// From a trainer's click to the athlete's screen; the server alone; the application's start, memory and size
    Live,
}

/// Measures.
pub(crate) fn bench(sh: &Shell, what: What) -> Result<(), Failure> {
    setup::everything(sh)?;
    setup::compared_with(sh)?;
    step::npm(sh, "build")?;
    cargo(sh).args(["build", "--locked", "--release", "--workspace", "--bins"]).run()?;
    match what {
        What::Live => {
            let cluster = Cluster::start(sh, Durability::Kept)?;
            let address = cluster.address();
            Ok(cmd!(sh, "target/release/ringside-bench live").env("RINGSIDE_BENCH_POSTGRES", address).run()?)
        }
    }
}
