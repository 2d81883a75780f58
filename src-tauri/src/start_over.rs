//! Starts the application over, in place of this process.

use std::io;
use std::os::unix::process::CommandExt;
use std::process::Command;

use tauri::Env;
use tauri::process::current_binary;

use crate::log;

/// Starts the application over with the same arguments and these environment variables. Returns only if that fails.
pub(crate) fn start_over<'a>(variables: impl IntoIterator<Item = (&'a str, &'a str)>) -> io::Error {
    log::flush();
    match current_binary(&Env::default()) {
        Ok(application) => Command::new(application).args(std::env::args_os().skip(1)).envs(variables).exec(),
        Err(error) => error,
    }
}
