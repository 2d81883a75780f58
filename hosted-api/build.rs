//! A new migration must be compiled in, although no source has changed.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
