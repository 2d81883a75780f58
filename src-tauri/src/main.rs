//! The Ringside desktop application: a thin shell around the core.
//!
//! It parses the command line, opens one window bound to one profile, and carries calls to the core and messages back.
//! Deliberately absent: any rule, any HTTP, any token; those are the core's.

#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

mod arguments;
mod desk;
mod window;

use clap::Parser;
use tracing_subscriber::EnvFilter;

use crate::arguments::Arguments;
use crate::desk::Desk;

fn main() {
    let arguments = Arguments::parse();
    let filter = EnvFilter::try_from_env("RINGSIDE_LOG").unwrap_or_else(|_| EnvFilter::new("warn,ringside_core=info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();

    let run = tauri::Builder::default()
        .invoke_handler(tauri::generate_handler![desk::call])
        .setup(move |app| {
            window::open(app.handle(), arguments)?;
            Ok(())
        })
        .manage(Desk::default())
        .run(tauri::generate_context!());
    if let Err(error) = run {
        eprintln!("Ringside can't open its window: {error}");
        std::process::exit(1);
    }
}
