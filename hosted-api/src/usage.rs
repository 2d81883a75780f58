//! The usage that is printed with an error of the command line.
//!
//! Clap writes what was given into it, and an option that the environment gives counts as that: `RINGSIDE_DATA_DIR` would
//! make `--data-dir` look like something that has to be said.

use std::ffi::OsString;

use clap::Command;
use clap::error::{ContextKind, ContextValue, Error};

/// The error with the usage of the command it is about.
pub(crate) fn without_environment(mut error: Error, command: Command) -> Error {
    if error.get(ContextKind::Usage).is_some() {
        let usage = usage(command, std::env::args_os().skip(1));
        error.insert(ContextKind::Usage, ContextValue::StyledStr(usage));
    }
    error
}

/// The usage of the command that these arguments name.
fn usage(mut command: Command, arguments: impl Iterator<Item = OsString>) -> clap::builder::StyledStr {
    command.build();
    for argument in arguments {
        if let Some(named) = argument.to_str().and_then(|name| command.find_subcommand(name)) {
            command = named.clone();
        }
    }
    command.render_usage()
}
