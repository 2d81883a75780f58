//! Type-checks for Windows, links with mingw-w64, and runs what has no window under Wine.

use std::path::PathBuf;

use xshell::{Cmd, Shell, cmd};

use crate::cross::check;
use crate::cross::toolchain::{TARGET, Toolchain};
use crate::failure::Failure;
use crate::{setup, step};

const TRIPLE: &str = "x86_64-pc-windows-gnu";
/// The packages whose tests run under Wine: they need neither a window nor our server.
const TESTED: &[&str] = &["training", "ringside-core"];
/// Debian's Wine, without the wrapper script, which asks for a 32-bit one.
const WINE: &str = "/usr/lib/wine/wine64";

/// What can't run there, and why.
const EXCLUDED: &[(&str, &str)] = &[
    ("system-tests", "drives X11 windows and a D-Bus keyring, and ends process groups"),
    ("ringside-faults", "uses the system tests, and stops processes by signals"),
    ("bench", "uses the system tests, and measures with /proc"),
];

/// Type-checks. With `run`, also links and runs.
pub(crate) fn windows(sh: &Shell, run: bool) -> Result<(), Failure> {
    setup::cross_windows(sh)?;
    step::ensure_pages(sh)?;
    let toolchain = Toolchain::set_up(sh, TRIPLE)?;
    check(sh, &toolchain, EXCLUDED)?;
    if run {
        setup::wine(sh)?;
        let wine = WinePrefix::set_up(sh)?;
        start(sh, &toolchain, &wine)?;
        test(sh, &toolchain, &wine)?;
    }
    Ok(())
}

/// Links a debug build of the application, and runs it with `--version`: this shows that every library is found.
fn start(sh: &Shell, toolchain: &Toolchain, wine: &WinePrefix) -> Result<(), Failure> {
    toolchain.cargo(sh, "build").args(["--package", "ringside"]).run()?;
    let application = toolchain.programs().join("ringside.exe");
    println!("linked {}", application.display());
    Ok(wine.configure(cmd!(sh, "{WINE} {application} --version")).run()?)
}

fn test(sh: &Shell, toolchain: &Toolchain, wine: &WinePrefix) -> Result<(), Failure> {
    let packages = TESTED.iter().flat_map(|name| ["--package", name]);
    let tests = toolchain.cargo(sh, "test").args(["--no-fail-fast", "--lib", "--tests"]).args(packages);
    Ok(wine.configure(tests).env("CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUNNER", WINE).run()?)
}

/// A separate Wine prefix, made for this.
struct WinePrefix(PathBuf);

impl WinePrefix {
    /// Creates it unless it is there, with the library that Debian's Wine lacks.
    fn set_up(sh: &Shell) -> Result<Self, Failure> {
        let prefix = Self(crate::root().join(TARGET).join("wine"));
        let library = prefix.0.join("drive_c/windows/system32/bcryptprimitives.dll");
        if !sh.path_exists(&library) {
            prefix.configure(cmd!(sh, "{WINE} wineboot --init")).quiet().ignore_stderr().run()?;
            let source = "xtask/src/cross/bcryptprimitives.c";
            cmd!(sh, "x86_64-w64-mingw32-gcc -shared -o {library} {source} -ladvapi32").quiet().run()?;
        }
        Ok(prefix)
    }

    /// The command, with the variables that make Wine use it.
    fn configure<'a>(&self, command: Cmd<'a>) -> Cmd<'a> {
        // Without .NET and a browser, which Wine would offer to download.
        command.env("WINEPREFIX", &self.0).env("WINEDLLOVERRIDES", "mscoree=;mshtml=").env("WINEDEBUG", "-all")
    }
}
