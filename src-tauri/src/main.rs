//! The Ringside desktop application: a thin shell around the core.
//!
//! It parses the command line, opens one window bound to one profile, and carries calls to the core and messages back.
//! Deliberately absent: any rule, any HTTP, any token; those are the core's.

#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

mod arguments;
mod desk;
mod updater;
mod window;

use clap::Parser;
use tracing_subscriber::EnvFilter;

use crate::arguments::Arguments;
use crate::desk::Desk;

/// Whether there is somewhere for a window. Where a desktop is not told by the environment, there always is.
fn has_display() -> bool {
    let named = ["DISPLAY", "WAYLAND_DISPLAY"].into_iter().filter_map(std::env::var_os);
    !cfg!(target_os = "linux") || named.into_iter().any(|name| !name.is_empty())
}

fn main() {
    let arguments = Arguments::parse();
    let filter = EnvFilter::try_from_env("RINGSIDE_LOG").unwrap_or_else(|_| EnvFilter::new("warn,ringside_core=info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();

    if !has_display() {
        eprintln!("Ringside can't open its window: there is no display. Start it within a desktop session.");
        std::process::exit(1);
    }
    let run = tauri::Builder::default()
        .plugin(tauri_plugin_updater::Builder::new().build())
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
