//! The Debian packages, listed here and nowhere else.

use std::collections::{BTreeSet, HashSet};

use xshell::{Cmd, Shell, cmd};

use crate::failure::{Failure, While};

/// A package and what it is for.
type Package = (&'static str, &'static str);

/// What compiling the application needs.
const BUILT_WITH: &[Package] = &[
    ("build-essential", "a C compiler and linker"),
    ("ca-certificates", "https"),
    ("libayatana-appindicator3-dev", "the icon in the tray"),
    ("libgtk-3-dev", "the windows' toolkit"),
    ("libsoup-3.0-dev", "what the web view loads with"),
    ("libwebkit2gtk-4.1-dev", "the web view"),
    ("pkg-config", "finds these libraries"),
];

/// What running windows needs, for the demo and for tests.
const RUN_WITH: &[Package] = &[
    ("dbus-daemon", "a session bus of its own for each desktop"),
    ("gnome-keyring", "a real Secret Service"),
    ("webkit2gtk-driver", "drives the web view"),
    ("xvfb", "a display nobody sees"),
];

/// What only tests need.
const TESTED_WITH: &[Package] = &[
    ("dbus-bin", "overhears what applications say to each other"),
    ("dunst", "shows the system's notices"),
    ("jwm", "a window manager, for what only one does to windows"),
    ("postgresql", "the second database the API runs on"),
];

/// What testing the API against its description needs.
const CONFORMED_WITH: &[Package] = &[
    ("postgresql", "the second database the API runs on"),
    ("python3-venv", "an environment of its own for schemathesis"),
];

/// What building packages and looking into them needs besides.
const BUNDLED_WITH: &[Package] =
    &[("curl", "asks whether an AppImage's tools can be fetched"), ("libarchive-tools", "opens an .rpm")];

/// What the tools that make an `AppImage` look for on the machine.
const APPIMAGES: &[Package] = &[
    ("desktop-file-utils", "looks over the desktop entry of an AppImage"),
    ("file", "tells what an AppImage's program is for"),
    ("librsvg2-dev", "icons, which an AppImage brings along"),
    ("patchelf", "has an AppImage's program find its libraries"),
    ("xdg-utils", "opens addresses, from within an AppImage too"),
];

/// What only a benchmark needs.
const COMPARED_WITH: &[Package] =
    &[("libnginx-mod-nchan", "another server of event streams, to compare with"), ("nginx-light", "runs it")];

/// What only a real update needs.
const UPDATED_WITH: &[Package] =
    &[("sqlite3", "takes a replica back to an older layout"), ("sudo", "installs packages, as the updater has it do")];

/// What compiling for Windows needs.
const FOR_WINDOWS: &[Package] = &[
    ("build-essential", "a C compiler and linker for what runs while compiling"),
    ("gcc-mingw-w64-x86-64-win32", "a C compiler, linker and resource compiler for Windows"),
];

/// What running programs for Windows needs.
const WINE: &[Package] = &[("wine64", "runs programs for Windows")];

/// What compiling for macOS needs.
const FOR_MACOS: &[Package] = &[
    ("build-essential", "a C compiler and linker for what runs while compiling"),
    ("python3-pip", "fetches zig, which Debian doesn't have"),
];

/// A compiler new enough, and the sources of its standard library to compile for another system.
const COMPILER: &[Package] = &[
    ("cargo-web", "Debian's newest cargo"),
    ("rust-web-src", "the standard library's sources, to compile for another system"),
    ("rustc-web", "Debian's newest Rust compiler, of the very same version"),
];

/// Installs what compiling the application needs.
pub(crate) fn built_with(sh: &Shell) -> Result<(), Failure> {
    install(sh, BUILT_WITH)
}

/// Installs what compiling the application and running its windows needs.
pub(crate) fn demo(sh: &Shell) -> Result<(), Failure> {
    install(sh, &[BUILT_WITH, RUN_WITH].concat())
}

/// Installs what the tests need.
pub(crate) fn tests(sh: &Shell) -> Result<(), Failure> {
    install(sh, &[BUILT_WITH, RUN_WITH, TESTED_WITH].concat())
}

/// Installs what testing the API against its description needs.
pub(crate) fn conformed_with(sh: &Shell) -> Result<(), Failure> {
    install(sh, CONFORMED_WITH)
}

/// Installs what building packages and looking into them needs besides.
pub(crate) fn bundled_with(sh: &Shell) -> Result<(), Failure> {
    install(sh, BUNDLED_WITH)
}

/// Installs what an `AppImage` is made with.
pub(crate) fn appimages(sh: &Shell) -> Result<(), Failure> {
    install(sh, APPIMAGES)
}

/// Installs what benchmarks compare with.
pub(crate) fn compared_with(sh: &Shell) -> Result<(), Failure> {
    install(sh, COMPARED_WITH)
}

/// Installs what a real update needs.
pub(crate) fn updated_with(sh: &Shell) -> Result<(), Failure> {
    install(sh, UPDATED_WITH)
}

/// Installs what compiling for Windows needs.
pub(crate) fn for_windows(sh: &Shell) -> Result<(), Failure> {
    install(sh, FOR_WINDOWS)
}

/// Installs what running programs for Windows needs.
pub(crate) fn wine(sh: &Shell) -> Result<(), Failure> {
    install(sh, WINE)
}

/// Installs what compiling for macOS needs.
pub(crate) fn for_macos(sh: &Shell) -> Result<(), Failure> {
    install(sh, FOR_MACOS)
}

/// Unpacks Debian's compiler into `directory`, as if that were the root of a file system.
///
/// It can't be installed: its packages conflict with the one of rustup, and would put a second compiler on everybody's
/// PATH. What it needs and this machine lacks (LLVM, libgit2) is unpacked beside it.
pub(crate) fn compiler(sh: &Shell, directory: &str) -> Result<(), Failure> {
    let names: Vec<&str> = COMPILER.iter().map(|(name, _)| *name).collect();
    let stamp = format!("{directory}/packages");
    if sh.read_file(&stamp).is_ok_and(|unpacked| unpacked == names.join(" ")) {
        return Ok(());
    }
    println!("Unpacking Debian packages into {directory}:");
    say(COMPILER);
    // Lists that are old name packages that are gone. Whoever may not renew them may still have new ones.
    if let Ok(apt) = apt_get(sh, &names) {
        apt.arg("update").run()?;
    }
    let plan = cmd!(sh, "apt-get --simulate --no-install-recommends install").args(&names).quiet().read()?;
    let lacking = plan.lines().filter_map(|line| line.strip_prefix("Inst ")?.split(' ').next());
    let all: BTreeSet<&str> = names.iter().copied().chain(lacking).collect();

    sh.remove_path(directory)?;
    let directory = sh.create_dir(directory)?;
    let archives = tempfile::tempdir_in(&directory).while_doing("making a directory for packages")?;
    {
        let _archives = sh.push_dir(archives.path());
        // As whoever this is: apt's own user may not write here.
        cmd!(sh, "apt-get --quiet --option APT::Sandbox::User=root download {all...}").quiet().run()?;
    }
    for archive in sh.read_dir(archives.path())? {
        cmd!(sh, "dpkg --extract {archive} {directory}").quiet().run()?;
    }
    sh.write_file(&stamp, names.join(" "))?;
    Ok(())
}

fn install(sh: &Shell, packages: &[Package]) -> Result<(), Failure> {
    let missing = missing(sh, packages)?;
    if missing.is_empty() {
        return Ok(());
    }
    println!("Installing Debian packages:");
    say(packages.iter().filter(|(name, _)| missing.contains(name)));
    apt_get(sh, &missing)?.arg("update").run()?;
    apt_get(sh, &missing)?.args(["install", "--yes", "--no-install-recommends"]).args(&missing).run()?;
    Ok(())
}

fn say<'a>(packages: impl IntoIterator<Item = &'a Package>) {
    for (name, purpose) in packages {
        println!("    {name:<26} {purpose}");
    }
}

/// `apt-get` as the one who may change the machine, because of what is `missing`.
fn apt_get<'a>(sh: &'a Shell, missing: &[&str]) -> Result<Cmd<'a>, Failure> {
    // `env` and not the shell's environment, because sudo drops that.
    let as_root = if cmd!(sh, "id -u").quiet().read()? == "0" {
        cmd!(sh, "env")
    } else if cmd!(sh, "sudo --version").quiet().ignore_stdout().ignore_stderr().run().is_ok() {
        cmd!(sh, "sudo env")
    } else {
        return Err(Failure::NotRoot(missing.join(" ")));
    };
    Ok(as_root.args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet"]))
}

fn missing(sh: &Shell, packages: &[Package]) -> Result<Vec<&'static str>, Failure> {
    let names: Vec<&str> = packages.iter().map(|(name, _)| *name).collect();
    let format = "${Package} ${db:Status-Status}\n";
    // It ends with 1 as soon as one package is unknown to it; what it printed is the answer all the same.
    let listed = cmd!(sh, "dpkg-query --show --showformat {format}").args(&names);
    let listed =
        listed.quiet().ignore_status().ignore_stderr().read().map_err(|_| Failure::NotDebian(names.join(" ")))?;
    let installed: HashSet<&str> = listed.lines().filter_map(|line| line.strip_suffix(" installed")).collect();
    Ok(names.into_iter().filter(|name| !installed.contains(name)).collect())
}
