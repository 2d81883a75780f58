//! The Debian packages, listed here and nowhere else.

use std::collections::HashSet;

use xshell::{Shell, cmd};

use crate::failure::Failure;

/// Every package and what it is for.
const PACKAGES: &[(&str, &str)] = &[
    ("build-essential", "a C compiler and linker"),
    ("ca-certificates", "https"),
    ("dbus-daemon", "a session bus of its own for each test"),
    ("dunst", "shows the system's notices in tests"),
    ("gnome-keyring", "a real Secret Service"),
    ("libayatana-appindicator3-dev", "the icon in the tray"),
    ("libgtk-3-dev", "the windows' toolkit"),
    ("libsoup-3.0-dev", "what the web view loads with"),
    ("libwebkit2gtk-4.1-dev", "the web view"),
    ("pkg-config", "finds these libraries"),
    ("postgresql", "the second database the API runs on"),
    ("webkit2gtk-driver", "drives the web view in tests"),
    ("xvfb", "a display nobody sees"),
];

/// What only a benchmark needs.
const COMPARED_WITH: &[(&str, &str)] =
    &[("libnginx-mod-nchan", "another server of event streams, to compare with"), ("nginx-light", "runs it")];

/// What only a real update needs.
const UPDATED_WITH: &[(&str, &str)] = &[("sudo", "installs packages, as the updater has it do")];

/// Installs the packages that are missing.
pub(crate) fn packages(sh: &Shell) -> Result<(), Failure> {
    install(sh, PACKAGES)
}

/// Installs what benchmarks compare with.
pub(crate) fn compared_with(sh: &Shell) -> Result<(), Failure> {
    install(sh, COMPARED_WITH)
}

/// Installs what a real update needs.
pub(crate) fn updated_with(sh: &Shell) -> Result<(), Failure> {
    install(sh, UPDATED_WITH)
}

fn install(sh: &Shell, packages: &[(&'static str, &str)]) -> Result<(), Failure> {
    let missing = missing(sh, packages)?;
    if missing.is_empty() {
        return Ok(());
    }
    println!("Installing Debian packages:");
    for (name, purpose) in packages.iter().filter(|(name, _)| missing.contains(name)) {
        println!("    {name:<24} {purpose}");
    }
    // `env` and not the shell's environment, because sudo drops that.
    let (program, env): (&str, &[&str]) = if cmd!(sh, "id -u").quiet().read()? == "0" {
        ("env", &[])
    } else if cmd!(sh, "sudo --version").quiet().ignore_stdout().ignore_stderr().run().is_ok() {
        ("sudo", &["env"])
    } else {
        return Err(Failure::NotRoot(missing.join(" ")));
    };
    let apt = ["DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet"];
    cmd!(sh, "{program} {env...} {apt...} update").run()?;
    cmd!(sh, "{program} {env...} {apt...} install --yes --no-install-recommends {missing...}").run()?;
    Ok(())
}

fn missing(sh: &Shell, packages: &[(&'static str, &str)]) -> Result<Vec<&'static str>, Failure> {
    let names: Vec<&str> = packages.iter().map(|(name, _)| *name).collect();
    let format = "${Package} ${db:Status-Status}\n";
    // It ends with 1 as soon as one package is unknown to it; what it printed is the answer all the same.
    let listed = cmd!(sh, "dpkg-query --show --showformat {format}").args(&names);
    let listed =
        listed.quiet().ignore_status().ignore_stderr().read().map_err(|_| Failure::NotDebian(names.join(" ")))?;
    let installed: HashSet<&str> = listed.lines().filter_map(|line| line.strip_suffix(" installed")).collect();
    Ok(names.into_iter().filter(|name| !installed.contains(name)).collect())
}
