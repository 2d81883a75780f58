//! Declares the application's commands to Tauri's permission system, so that a window needs a capability for each.

fn main() {
    let commands = tauri_build::AppManifest::new().commands(&["call", "put_file", "read_video"]);
    if let Err(error) = tauri_build::try_build(tauri_build::Attributes::new().app_manifest(commands)) {
        eprintln!("{error:#}");
        std::process::exit(1);
    }
}
