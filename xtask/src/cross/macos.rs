//! macOS: type-checked, with zig as the compiler of what is C.
//!
//! Deliberately absent: linking. It wants the libraries of Apple's frameworks, which may not be had elsewhere.

use std::path::PathBuf;

use xshell::{Shell, cmd};

use crate::cross::check;
use crate::cross::toolchain::{TARGET, Toolchain};
use crate::failure::Failure;
use crate::{setup, step};

const TRIPLE: &str = "aarch64-apple-darwin";

/// Nothing: the system tests, which can't run there, compile all the same.
const EXCLUDED: &[(&str, &str)] = &[];

/// Type-checks.
pub(crate) fn macos(sh: &Shell) -> Result<(), Failure> {
    setup::for_macos(sh)?;
    step::built_ui(sh)?;
    let toolchain = Toolchain::set_up(sh, TRIPLE)?
        .with("CC_aarch64_apple_darwin", script(sh, "cc", &compiler())?)
        .with("AR_aarch64_apple_darwin", script(sh, "ar", &archiver())?);
    check(sh, &toolchain, EXCLUDED)
}

/// zig as cargo's build scripts expect a C compiler. They name system and version in clang's way, which zig refuses.
fn compiler() -> String {
    let zig = setup::zig::path();
    format!(
        r#"#!/bin/sh
for argument do
    shift
    case $argument in
        --target=* | -mmacosx-version-min=*) ;;
        *) set -- "$@" "$argument" ;;
    esac
done
exec "{}" cc -target aarch64-macos "$@"
"#,
        zig.display()
    )
}

fn archiver() -> String {
    format!("#!/bin/sh\nexec \"{}\" ar \"$@\"\n", setup::zig::path().display())
}

/// Writes a script beside what is compiled; where it is.
fn script(sh: &Shell, name: &str, text: &str) -> Result<PathBuf, Failure> {
    let path = crate::root().join(TARGET).join(format!("{TRIPLE}-{name}"));
    // Written only when it is new: cargo would compile again what was compiled by another compiler.
    if !sh.read_file(&path).is_ok_and(|written| written == text) {
        sh.write_file(&path, text)?;
        cmd!(sh, "chmod +x {path}").quiet().run()?;
    }
    Ok(path)
}
