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

/// zig as build scripts expect a C compiler.
///
/// They name system and version in clang's way, which zig refuses. Objective-C wants the headers of Apple's frameworks, which
/// are Apple's alone; nothing is linked here, so nothing is compiled in its place.
fn compiler() -> String {
    script_of(
        r#"for argument do
    shift
    case $argument in
        --target=* | -mmacos-version-min=* | -mmacosx-version-min=*) ;;
        *.m | *.mm) set -- "$@" -x c /dev/null ;;
        *) set -- "$@" "$argument" ;;
    esac
done
"#,
        "cc -target aarch64-macos",
    )
}

fn archiver() -> String {
    script_of("", "ar")
}

/// A script that ends in a command of zig's, which keeps its cache with everything else that is compiled here.
fn script_of(before: &str, command: &str) -> String {
    let (zig, cache) = (setup::zig::path(), crate::root().join(TARGET).join("zig"));
    let (zig, cache) = (zig.display(), cache.display());
    format!("#!/bin/sh\n{before}export ZIG_GLOBAL_CACHE_DIR=\"{cache}\"\nexec \"{zig}\" {command} \"$@\"\n")
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
