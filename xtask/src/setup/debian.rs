//! The Debian packages, listed here and nowhere else.

use std::collections::{BTreeSet, HashSet};

use xshell::{Cmd, Shell, cmd};

use crate::failure::{Failure, IoContext};

/// A package and what it is for.
type Package = (&'static str, &'static str);

/// To compile the application.
pub(super) const BUILD: &[Package] = &[
    ("build-essential", "a C compiler and linker"),
    ("ca-certificates", "https"),
    ("libgtk-3-dev", "the windows' toolkit"),
    ("libsoup-3.0-dev", "what the web view loads with"),
    ("libwebkit2gtk-4.1-dev", "the web view"),
    ("pkg-config", "finds these libraries"),
];

/// To run windows on a separate session bus.
pub(super) const WINDOWS: &[Package] = &[
    ("dbus-daemon", "a separate session bus for each desktop"),
    ("gnome-keyring", "a real Secret Service"),
    ("gstreamer1.0-libav", "plays videos as telephones film them"),
    ("gstreamer1.0-plugins-good", "plays videos at all"),
    ("libayatana-appindicator3-1", "the icon in the tray"),
];

/// To run and drive windows without a display.
pub(super) const VIRTUAL_DISPLAY: &[Package] =
    &[("webkit2gtk-driver", "drives the web view"), ("xvfb", "a virtual display")];

/// Only for tests.
pub(super) const TESTS: &[Package] = &[
    ("dbus-bin", "prints the messages on a session bus"),
    ("dunst", "shows the system's notifications"),
    ("jwm", "a window manager, for what only one does to windows"),
    ("systemd", "checks the server's units"),
];

/// To run the server behind. They are unpacked and not installed, because that would start a web server on this machine.
const REVERSE_PROXIES: &[Package] = &[("caddy", "a reverse proxy"), ("nginx", "another one")];

/// The second database the API runs on.
pub(super) const POSTGRES: &[Package] = &[("postgresql", "the second database the API runs on")];

/// To test the API against its description.
pub(super) const PYTHON: &[Package] = &[("python3-venv", "a separate environment for schemathesis")];

/// To build packages and verify them, besides what compiling needs.
pub(super) const BUNDLE: &[Package] = &[
    ("curl", "asks whether an AppImage's tools can be downloaded"),
    ("libarchive-tools", "opens an .rpm"),
    ("libayatana-appindicator3-dev", "tells Tauri's tool which library the tray needs"),
];

/// To make an `AppImage`: its tools look for these on the machine.
pub(super) const APPIMAGE: &[Package] = &[
    ("desktop-file-utils", "validates the desktop entry of an AppImage"),
    ("file", "tells the architecture of an AppImage's program"),
    ("gstreamer1.0-plugins-good", "plays videos, which an AppImage contains"),
    ("librsvg2-dev", "icons, which an AppImage contains"),
    ("patchelf", "makes an AppImage's program find its libraries"),
    ("xdg-utils", "opens addresses, from within an AppImage too"),
];

/// Only for benchmarks.
pub(super) const BENCHMARKS: &[Package] =
    &[("libnginx-mod-nchan", "another server of event streams, to compare with"), ("nginx-light", "runs it")];

/// Only for a real update.
pub(super) const UPDATE_TEST: &[Package] =
    &[("sqlite3", "changes a replica to an older schema"), ("sudo", "installs packages, because the updater uses it")];

/// To compile for Windows.
pub(super) const CROSS_WINDOWS: &[Package] = &[
    ("build-essential", "a C compiler and linker for what runs while compiling"),
    ("gcc-mingw-w64-x86-64-win32", "a C compiler, linker and resource compiler for Windows"),
];

/// To run programs for Windows.
pub(super) const WINE: &[Package] = &[("wine64", "runs programs for Windows")];

/// To compile for macOS.
pub(super) const CROSS_MACOS: &[Package] = &[
    ("build-essential", "a C compiler and linker for what runs while compiling"),
    ("python3-pip", "downloads zig, which Debian doesn't have"),
];

/// A compiler new enough, and the sources of its standard library to compile for another system.
const RUST_COMPILER: &[Package] = &[
    ("cargo-web", "Debian's newest cargo"),
    ("rust-web-src", "the standard library's sources, to compile for another system"),
    ("rustc-web", "Debian's newest Rust compiler, of the very same version"),
];

/// Packages that this machine lacks and that may be installed.
pub(crate) struct MissingPackages {
    names: Vec<&'static str>,
    is_root: bool,
}

impl MissingPackages {
    /// Installs them, showing the output.
    fn install(&self, sh: &Shell) -> Result<(), Failure> {
        self.apt_get(sh).arg("update").run()?;
        self.apt_get(sh).args(["install", "--yes", "--no-install-recommends"]).args(&self.names).run()?;
        Ok(())
    }

    /// Installs them, showing the output only if that fails: something else uses the terminal.
    pub(crate) fn install_quietly(&self, sh: &Shell) -> Result<(), Failure> {
        let update = self.apt_get(sh).arg("update");
        let install = self.apt_get(sh).args(["install", "--yes", "--no-install-recommends"]).args(&self.names);
        for command in [update, install] {
            let text = command.to_string();
            let output = command.ignore_status().output()?;
            if !output.status.success() {
                for stream in [&output.stdout, &output.stderr] {
                    eprintln!("{}", String::from_utf8_lossy(stream));
                }
                return Err(Failure::Ended { command: text, status: output.status });
            }
        }
        Ok(())
    }

    fn apt_get<'a>(&self, sh: &'a Shell) -> Cmd<'a> {
        apt_get(sh, self.is_root)
    }
}

/// Installs what is missing of these groups.
pub(super) fn install(sh: &Shell, groups: &[&[Package]]) -> Result<(), Failure> {
    missing(sh, groups)?.map_or(Ok(()), |packages| packages.install(sh))
}

/// What is missing of these groups; `None` if nothing is. Lists it, and asks for the password that installing needs.
pub(super) fn missing(sh: &Shell, groups: &[&[Package]]) -> Result<Option<MissingPackages>, Failure> {
    let packages = groups.concat();
    let names = not_installed(sh, &packages)?;
    if names.is_empty() {
        return Ok(None);
    }
    println!("Installing Debian packages:");
    print_list(packages.iter().filter(|(name, _)| names.contains(name)));
    let is_root = may_install(sh, &names)?;
    Ok(Some(MissingPackages { names, is_root }))
}

/// Unpacks Debian's compiler into `directory`.
///
/// It can't be installed: its packages conflict with the one of rustup, and would put a second compiler on everybody's
/// PATH.
pub(super) fn unpack_cross_compiler(sh: &Shell, directory: &str) -> Result<(), Failure> {
    unpack(sh, RUST_COMPILER, directory)
}

/// Unpacks the reverse proxies into `directory`.
pub(super) fn unpack_reverse_proxies(sh: &Shell, directory: &str) -> Result<(), Failure> {
    unpack(sh, REVERSE_PROXIES, directory)
}

/// Unpacks packages into `directory`, as if that were the root of a file system, with what they need and this machine
/// lacks.
fn unpack(sh: &Shell, packages: &[Package], directory: &str) -> Result<(), Failure> {
    let names: Vec<&str> = packages.iter().map(|(name, _)| *name).collect();
    let stamp = format!("{directory}/packages");
    if sh.read_file(&stamp).is_ok_and(|unpacked| unpacked == names.join(" ")) {
        return Ok(());
    }
    println!("Unpacking Debian packages into {directory}:");
    print_list(packages);
    // Old package lists name packages that are gone. Somebody who may not update them may still have new ones.
    if let Ok(is_root) = may_install(sh, &names) {
        apt_get(sh, is_root).arg("update").run()?;
    }
    let plan = cmd!(sh, "apt-get --simulate --no-install-recommends install").args(&names).quiet().read()?;
    let dependencies = plan.lines().filter_map(|line| line.strip_prefix("Inst ")?.split(' ').next());
    let all: BTreeSet<&str> = names.iter().copied().chain(dependencies).collect();

    sh.remove_path(directory)?;
    let directory = sh.create_dir(directory)?;
    let archives = tempfile::tempdir_in(&directory).context("making a directory for packages")?;
    {
        let _archives = sh.push_dir(archives.path());
        // As the current user: apt's own user may not write here.
        cmd!(sh, "apt-get --quiet --option APT::Sandbox::User=root download {all...}").quiet().run()?;
    }
    for archive in sh.read_dir(archives.path())? {
        cmd!(sh, "dpkg --extract {archive} {directory}").quiet().run()?;
    }
    sh.write_file(&stamp, names.join(" "))?;
    Ok(())
}

fn print_list<'a>(packages: impl IntoIterator<Item = &'a Package>) {
    for (name, purpose) in packages {
        println!("    {name:<28} {purpose}");
    }
}

/// Makes sure that packages may be installed; returns whether this is root. With sudo, it may ask for a password.
fn may_install(sh: &Shell, names: &[&str]) -> Result<bool, Failure> {
    if cmd!(sh, "id -u").quiet().read()? == "0" {
        return Ok(true);
    }
    cmd!(sh, "sudo --validate").quiet().run().map_err(|_| Failure::NotRoot(names.join(" ")))?;
    Ok(false)
}

fn apt_get(sh: &Shell, is_root: bool) -> Cmd<'_> {
    // `env` and not the shell's environment, because sudo drops that.
    let env = if is_root { cmd!(sh, "env") } else { cmd!(sh, "sudo env") };
    env.args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet"])
}

fn not_installed(sh: &Shell, packages: &[Package]) -> Result<Vec<&'static str>, Failure> {
    let names: Vec<&str> = packages.iter().map(|(name, _)| *name).collect();
    let format = "${Package} ${db:Status-Status}\n";
    // It ends with 1 if it does not know one of the packages, but prints the others all the same.
    let listed = cmd!(sh, "dpkg-query --show --showformat {format}").args(&names);
    let listed =
        listed.quiet().ignore_status().ignore_stderr().read().map_err(|_| Failure::NotDebian(names.join(" ")))?;
    let installed: HashSet<&str> = listed.lines().filter_map(|line| line.strip_suffix(" installed")).collect();
    Ok(names.into_iter().filter(|name| !installed.contains(name)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_package_of_the_tests_is_in_one_list() {
        let all = [BUILD, WINDOWS, VIRTUAL_DISPLAY, TESTS, POSTGRES, PYTHON].concat();
        let names: HashSet<&str> = all.iter().map(|(name, _)| *name).collect();
        assert_eq!(names.len(), all.len());
    }
}
