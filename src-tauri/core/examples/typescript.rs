//! Prints the bridge's TypeScript, for `cargo xtask codegen`.

fn main() {
    print!("{}", ringside_core::typescript());
}
