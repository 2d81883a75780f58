//! Windows: type-checked, linked with mingw-w64, and what has no window run under Wine.

use std::ffi::OsStr;
use std::path::Path;

use xshell::{Shell, cmd};

use crate::cross::check;
use crate::cross::toolchain::{TARGET, Toolchain};
use crate::failure::Failure;
use crate::{setup, step};

const TRIPLE: &str = "x86_64-pc-windows-gnu";
/// What is run under Wine: what has no window and talks to no server of ours.
const RUN: &[&str] = &["training", "ringside-core"];
/// Debian's Wine, without the script around it that asks for a 32-bit one.
const WINE: &str = "/usr/lib/wine/wine64";

/// What makes no sense there, and why.
const EXCLUDED: &[(&str, &str)] = &[
    ("system-tests", "drives X11 windows and a D-Bus keyring, and ends process groups"),
    ("ringside-faults", "is made of the system tests' parts, and stops processes by signals"),
    ("bench", "is made of the system tests' parts, and measures by /proc"),
];

/// Type-checks; if `run`, also links and runs.
pub(crate) fn windows(sh: &Shell, run: bool) -> Result<(), Failure> {
    setup::for_windows(sh)?;
    step::built_ui(sh)?;
    let toolchain = Toolchain::set_up(sh, TRIPLE)?;
    check(sh, &toolchain, EXCLUDED)?;
    if run {
        setup::wine(sh)?;
        link(sh, &toolchain)?;
        test(sh, &toolchain)?;
    }
    Ok(())
}

/// Links the application as it is in development.
fn link(sh: &Shell, toolchain: &Toolchain) -> Result<(), Failure> {
    toolchain.cargo(sh, "build").args(["--package", "ringside"]).run()?;
    println!("linked {}", toolchain.programs().join("ringside.exe").display());
    Ok(())
}

/// Runs tests under Wine.
fn test(sh: &Shell, toolchain: &Toolchain) -> Result<(), Failure> {
    let machine = crate::root().join(TARGET).join("wine");
    let of_wine = [
        ("WINEPREFIX", machine.as_os_str()),
        // Neither .NET nor a browser, which it would offer to download.
        ("WINEDLLOVERRIDES", "mscoree=;mshtml=".as_ref()),
        ("WINEDEBUG", "-all".as_ref()),
    ];
    furnish(sh, &machine, of_wine)?;
    let packages = RUN.iter().flat_map(|name| ["--package", name]);
    let tests = toolchain.cargo(sh, "test").args(["--no-fail-fast", "--lib", "--tests"]).args(packages);
    Ok(tests.envs(of_wine).env("CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUNNER", WINE).run()?)
}

/// Makes Wine's Windows in the directory `machine`, for this and nobody's own, with the library it lacks.
fn furnish(sh: &Shell, machine: &Path, of_wine: [(&str, &OsStr); 3]) -> Result<(), Failure> {
    let lacking = machine.join("drive_c/windows/system32/bcryptprimitives.dll");
    if sh.path_exists(&lacking) {
        return Ok(());
    }
    cmd!(sh, "{WINE} wineboot --init").envs(of_wine).quiet().ignore_stderr().run()?;
    let source = "xtask/src/cross/bcryptprimitives.c";
    cmd!(sh, "x86_64-w64-mingw32-gcc -shared -o {lacking} {source} -ladvapi32").quiet().run()?;
    Ok(())
}
