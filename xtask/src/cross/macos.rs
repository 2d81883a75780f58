//! Type-checks for macOS, with zig as the C compiler.
//!
//! Deliberately absent: linking. It needs the libraries of Apple's frameworks, which are not available elsewhere.

use std::path::PathBuf;

use xshell::{Shell, cmd};

use crate::cross::check;
use crate::cross::toolchain::{TARGET, Toolchain};
use crate::failure::Failure;
use crate::{setup, step};

const TRIPLE: &str = "aarch64-apple-darwin";

/// Nothing: even the system tests, which can't run there, compile.
const EXCLUDED: &[(&str, &str)] = &[];

/// Type-checks.
pub(crate) fn macos(sh: &Shell) -> Result<(), Failure> {
    setup::cross_macos(sh)?;
    step::ensure_pages(sh)?;
    let toolchain = Toolchain::set_up(sh, TRIPLE)?
        .with("CC_aarch64_apple_darwin", write_script(sh, "cc", &compiler())?)
        .with("AR_aarch64_apple_darwin", write_script(sh, "ar", &archiver())?);
    check(sh, &toolchain, EXCLUDED)
}

/// The script that runs zig as the C compiler of build scripts.
///
/// Build scripts name system and version with clang's options, which zig refuses. Objective-C needs the headers of
/// Apple's frameworks, which only Apple has; since nothing is linked, an empty file is compiled instead.
fn compiler() -> String {
    script(
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
    script("", "ar")
}

/// A script that ends in a command of zig. Its cache is beside everything else that is compiled here.
fn script(before: &str, command: &str) -> String {
    let (zig, cache) = (setup::zig::path(), crate::root().join(TARGET).join("zig"));
    let (zig, cache) = (zig.display(), cache.display());
    format!("#!/bin/sh\n{before}export ZIG_GLOBAL_CACHE_DIR=\"{cache}\"\nexec \"{zig}\" {command} \"$@\"\n")
}

/// Writes a script beside what is compiled; returns its path.
fn write_script(sh: &Shell, name: &str, text: &str) -> Result<PathBuf, Failure> {
    let path = crate::root().join(TARGET).join(format!("{TRIPLE}-{name}"));
    // Written only if it changed: with a newer compiler, cargo would compile everything again.
    if !sh.read_file(&path).is_ok_and(|written| written == text) {
        sh.write_file(&path, text)?;
        cmd!(sh, "chmod +x {path}").quiet().run()?;
    }
    Ok(path)
}
