//! Windows: type-checked, linked with mingw-w64, and what has no window run under Wine.

use std::path::PathBuf;

use xshell::{Cmd, Shell, cmd};

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
        let machine = Wine::set_up(sh)?;
        start(sh, &toolchain, &machine)?;
        test(sh, &toolchain, &machine)?;
    }
    Ok(())
}

/// Links the application as it is in development, and has it say its version: everything it needs to start is there.
fn start(sh: &Shell, toolchain: &Toolchain, machine: &Wine) -> Result<(), Failure> {
    toolchain.cargo(sh, "build").args(["--package", "ringside"]).run()?;
    let application = toolchain.programs().join("ringside.exe");
    println!("linked {}", application.display());
    Ok(machine.known_to(cmd!(sh, "{WINE} {application} --version")).run()?)
}

fn test(sh: &Shell, toolchain: &Toolchain, machine: &Wine) -> Result<(), Failure> {
    let packages = RUN.iter().flat_map(|name| ["--package", name]);
    let tests = toolchain.cargo(sh, "test").args(["--no-fail-fast", "--lib", "--tests"]).args(packages);
    Ok(machine.known_to(tests).env("CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUNNER", WINE).run()?)
}

/// Wine's Windows, made for this and nobody's own.
struct Wine(PathBuf);

impl Wine {
    /// Makes it if it is not there, with the library that Debian's Wine lacks.
    fn set_up(sh: &Shell) -> Result<Self, Failure> {
        let machine = Self(crate::root().join(TARGET).join("wine"));
        let lacking = machine.0.join("drive_c/windows/system32/bcryptprimitives.dll");
        if !sh.path_exists(&lacking) {
            machine.known_to(cmd!(sh, "{WINE} wineboot --init")).quiet().ignore_stderr().run()?;
            let source = "xtask/src/cross/bcryptprimitives.c";
            cmd!(sh, "x86_64-w64-mingw32-gcc -shared -o {lacking} {source} -ladvapi32").quiet().run()?;
        }
        Ok(machine)
    }

    /// The command, with what makes Wine use it.
    fn known_to<'a>(&self, command: Cmd<'a>) -> Cmd<'a> {
        // Neither .NET nor a browser, which it would offer to download.
        command.env("WINEPREFIX", &self.0).env("WINEDLLOVERRIDES", "mscoree=;mshtml=").env("WINEDEBUG", "-all")
    }
}
