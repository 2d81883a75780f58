//! Declares the application's one command to Tauri's permission system, so that a window needs a capability for it.

fn main() {
    let commands = tauri_build::AppManifest::new().commands(&["call"]);
    if let Err(error) = tauri_build::try_build(tauri_build::Attributes::new().app_manifest(commands)) {
        eprintln!("{error:#}");
        std::process::exit(1);
    }
}
