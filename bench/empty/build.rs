//! What every Tauri application has Tauri do before it is compiled.

fn main() {
    tauri_build::build();
}
