//! A Tauri application with nothing in it: one window, one page that paints a word.
//!
//! `cargo xtask bench desktop` builds, installs and measures it in the same way as ours, so that what is ours shows.
//! Deliberately absent: plugins, commands, and everything else.

#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

fn main() {
    if let Err(error) = tauri::Builder::default().run(tauri::generate_context!()) {
        eprintln!("the window can't be opened: {error}");
        std::process::exit(1);
    }
}
