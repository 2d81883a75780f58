//! Whether an `AppImage` can be built: Tauri's tool makes it with tools that it fetches from where their makers publish them.

use std::env::consts::ARCH;

use xshell::{Shell, cmd};

/// Whether these tools can be fetched at the moment.
///
/// Asked is for the first of them, because without it the whole build would fail after everything else is done.
pub(super) fn is_in_reach(sh: &Shell) -> bool {
    let first = format!("https://github.com/tauri-apps/binary-releases/releases/download/apprun-old/AppRun-{ARCH}");
    let quietly = ["--head", "--location", "--fail", "--silent", "--max-time", "5"];
    cmd!(sh, "curl {quietly...} {first}").quiet().ignore_stdout().ignore_stderr().run().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tools_that_do_not_answer_are_not_in_reach() {
        let place = tempfile::tempdir().expect("a directory");
        let sh = Shell::new().expect("a shell");
        let (mock, curl) = (place.path().join("mock"), place.path().join("bin/curl"));
        // As curl ends where there is no network, where there is no such file, and where there is.
        for (ending, expected) in [(6, false), (22, false), (0, true)] {
            let answers =
                format!("#!/bin/sh\ncase \"$*\" in *--fail*https://github.com/*) exit {ending} ;; esac\nexit 1\n");
            std::fs::write(&mock, answers).expect("writable");
            cmd!(sh, "install -D {mock} {curl}").quiet().run().expect("it may be run from here");
            let _mocked = sh.push_env("PATH", format!("{}:/usr/bin:/bin", place.path().join("bin").display()));
            assert_eq!(is_in_reach(&sh), expected, "{ending}");
        }
    }
}
