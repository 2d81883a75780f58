//! Whether an `AppImage` can be built: Tauri's tool makes it with tools that it downloads from GitHub.

use std::env::consts::ARCH;

use xshell::{Shell, cmd};

/// Whether these tools can be downloaded now. Checks the first of them: without it, the whole build would fail at its
/// end.
pub(super) fn can_be_built(sh: &Shell) -> bool {
    let first = format!("https://github.com/tauri-apps/binary-releases/releases/download/apprun-old/AppRun-{ARCH}");
    let options = ["--head", "--location", "--fail", "--silent", "--max-time", "5"];
    cmd!(sh, "curl {options...} {first}").quiet().ignore_stdout().ignore_stderr().run().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_appimage_can_be_built_only_if_its_tools_can_be_downloaded() {
        let directory = tempfile::tempdir().expect("a directory");
        let sh = Shell::new().expect("a shell");
        let (mock, curl) = (directory.path().join("mock"), directory.path().join("bin/curl"));
        // The exit codes of curl without a network, for a missing file, and for an existing one.
        for (code, expected) in [(6, false), (22, false), (0, true)] {
            let script =
                format!("#!/bin/sh\ncase \"$*\" in *--fail*https://github.com/*) exit {code} ;; esac\nexit 1\n");
            std::fs::write(&mock, script).expect("writable");
            cmd!(sh, "install -D {mock} {curl}").quiet().run().expect("the directory allows programs");
            let _path = sh.push_env("PATH", format!("{}:/usr/bin:/bin", directory.path().join("bin").display()));
            assert_eq!(can_be_built(&sh), expected, "{code}");
        }
    }
}
