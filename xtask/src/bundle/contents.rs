//! What is in a package, looked at once it is built: what is wrong there shows only where it is installed.
//!
//! Tauri's tool patches the program for each kind of package and undoes it afterwards; if that fails it warns and goes on, and
//! such an application would never find an update. Windows' installer is not opened, which would want a tool of its own; there it
//! is seen to that the program can be patched. Deliberately absent: macOS, where nothing is patched, since there is but one
//! kind.

use std::path::{Path, PathBuf};

use xshell::{Shell, cmd};

use crate::failure::{Failure, While};

/// Where in a package the program is.
const PROGRAM: &str = "usr/bin/ringside";
/// Where in a package what starts it is.
const ENTRIES: &str = "usr/share/applications";
/// What every package brings along.
const LICENCES: [&str; 3] = [
    "usr/share/doc/ringside/LICENSE-MIT",
    "usr/share/doc/ringside/LICENSE-APACHE",
    "usr/share/doc/ringside/THIRD-PARTY-LICENCES.txt",
];
/// What marks a program that is of no package.
const UNMARKED: &[u8] = b"__TAURI_BUNDLE_TYPE_VAR_UNK";
/// The addresses it opens, as a desktop entry names them.
const SCHEME: &str = "x-scheme-handler/ringside";

/// What is wrong with what was built.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Wrong {
    #[error("the program in it lacks the mark of its kind of package; it would never find an update")]
    NotMarked,
    #[error("it can't be marked with the kind of package it is in; it would never find an update")]
    NotMarkable,
    #[error("no desktop entry in it is for ringside:// and hands the address on (%u)")]
    NoScheme,
    #[error("{0} is not in it")]
    Missing(&'static str),
}

/// A kind of package that can be opened here.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Deb,
    Rpm,
    AppImage,
}

impl Kind {
    const ALL: [Self; 3] = [Self::Deb, Self::Rpm, Self::AppImage];

    fn of(package: &Path) -> Option<Self> {
        match package.extension()?.to_str()? {
            "deb" => Some(Self::Deb),
            "rpm" => Some(Self::Rpm),
            "AppImage" => Some(Self::AppImage),
            _ => None,
        }
    }

    /// By which the updater knows what the application was installed from.
    fn mark(self) -> &'static [u8] {
        match self {
            Self::Deb => b"__TAURI_BUNDLE_TYPE_VAR_DEB",
            Self::Rpm => b"__TAURI_BUNDLE_TYPE_VAR_RPM",
            Self::AppImage => b"__TAURI_BUNDLE_TYPE_VAR_APP",
        }
    }

    /// Unpacks one into the directory `to`; answers where the system's root would be.
    fn unpack(self, sh: &Shell, package: &Path, to: &Path) -> Result<PathBuf, Failure> {
        let _there = sh.push_dir(to);
        match self {
            Self::Deb => cmd!(sh, "dpkg-deb --extract {package} .").quiet().run()?,
            // Not rpm2cpio: it takes the size that Tauri's tool notes of the archive for wrong, and ends with 1.
            Self::Rpm => cmd!(sh, "bsdtar --extract --file {package}").quiet().run()?,
            Self::AppImage => {
                cmd!(sh, "{package} --appimage-extract").quiet().ignore_stdout().run()?;
                return Ok(to.join("squashfs-root"));
            }
        }
        Ok(to.to_owned())
    }
}

/// Looks into a package, if it is one that can be opened here.
pub(super) fn look_into(sh: &Shell, package: &Path) -> Result<(), Failure> {
    let Some(kind) = Kind::of(package) else { return Ok(()) };
    let unpacked = sh.create_temp_dir()?;
    let root = kind.unpack(sh, package, unpacked.path())?;
    found(&root, kind).map_err(|wrong| Failure::Built { what: package.to_owned(), wrong })
}

/// Looks at a program as it was linked, which Tauri's tool has put back after patching it.
pub(super) fn look_at(program: &Path) -> Result<(), Failure> {
    let bytes = std::fs::read(program).while_doing(format!("reading {}", program.display()))?;
    if is_markable(&bytes) {
        return Ok(());
    }
    Err(Failure::Built { what: program.to_owned(), wrong: Wrong::NotMarkable })
}

/// Whether what an unpacked package consists of is all there.
fn found(root: &Path, kind: Kind) -> Result<(), Wrong> {
    let program = std::fs::read(root.join(PROGRAM)).map_err(|_| Wrong::Missing(PROGRAM))?;
    if !is_marked(&program, kind) {
        return Err(Wrong::NotMarked);
    }
    let entries = std::fs::read_dir(root.join(ENTRIES)).map_err(|_| Wrong::Missing(ENTRIES))?;
    let mut texts = entries.flatten().filter_map(|entry| std::fs::read_to_string(entry.path()).ok());
    if !texts.any(|entry| is_for_our_addresses(&entry)) {
        return Err(Wrong::NoScheme);
    }
    let has_text = |file: &&str| std::fs::metadata(root.join(file)).is_ok_and(|file| file.len() > 0);
    LICENCES.iter().find(|file| !has_text(file)).map_or(Ok(()), |file| Err(Wrong::Missing(file)))
}

/// Whether a program is marked as this kind's. It compares itself with the mark of every kind, so that each may be in it anyway:
/// once as often as the others, and once more where it was patched in, in the place of what marks no kind.
fn is_marked(program: &[u8], kind: Kind) -> bool {
    let marks = count(program, kind.mark());
    let mut others = Kind::ALL.into_iter().filter(|other| other.mark() != kind.mark());
    count(program, UNMARKED) == 0 && others.all(|other| count(program, other.mark()) < marks)
}

/// Whether Tauri's tool finds what it patches. It takes the first; of two that might be the wrong one.
fn is_markable(program: &[u8]) -> bool {
    count(program, UNMARKED) == 1
}

fn count(bytes: &[u8], what: &[u8]) -> usize {
    bytes.windows(what.len()).filter(|window| *window == what).count()
}

/// Whether a desktop entry is opened with our addresses and told which: one that does not ask for it is told nothing.
fn is_for_our_addresses(entry: &str) -> bool {
    let value = |key: &str| entry.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
    let is_named = value("MimeType").is_some_and(|kinds| kinds.split(';').any(|kind| kind.trim() == SCHEME));
    let is_told = value("Exec").is_some_and(|line| line.split(' ').any(|word| word == "%u" || word == "%U"));
    is_named && is_told
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENTRY: &str = "[Desktop Entry]\nExec=ringside %u\nMimeType=text/x-plan;x-scheme-handler/ringside;\n";

    /// A program as it is linked: it holds its own mark, and all it compares that with.
    fn linked() -> Vec<u8> {
        [b"\x7fELF".as_slice(), UNMARKED, Kind::Deb.mark(), Kind::Rpm.mark(), Kind::AppImage.mark(), b"\0"].concat()
    }

    /// The same, patched.
    fn patched(kind: Kind) -> Vec<u8> {
        let mut program = linked();
        program[4..4 + UNMARKED.len()].copy_from_slice(kind.mark());
        program
    }

    /// What a package of this kind consists of, unpacked.
    fn unpacked(kind: Kind) -> tempfile::TempDir {
        let root = tempfile::tempdir().expect("a directory");
        write(root.path(), PROGRAM, &patched(kind));
        write(root.path(), "usr/share/applications/Ringside.desktop", ENTRY.as_bytes());
        for file in LICENCES {
            write(root.path(), file, b"You may.");
        }
        root
    }

    fn write(root: &Path, file: &str, bytes: &[u8]) {
        let path = root.join(file);
        std::fs::create_dir_all(path.parent().expect("a directory above it")).expect("writable");
        std::fs::write(path, bytes).expect("writable");
    }

    #[test]
    fn a_program_is_known_by_the_mark_it_was_patched_with_though_every_mark_is_in_it() {
        for kind in Kind::ALL {
            assert!(!is_marked(&linked(), kind), "it was not patched");
            // Also where the comparisons were compiled into something else.
            for program in [patched(kind), kind.mark().to_vec()] {
                for asked in Kind::ALL {
                    assert_eq!(is_marked(&program, asked), asked.mark() == kind.mark(), "{kind:?} as {asked:?}");
                }
            }
        }
        assert!(!is_marked(b"", Kind::Deb));
    }

    #[test]
    fn a_program_can_be_patched_if_there_is_one_place_to_do_it() {
        assert!(is_markable(&linked()));
        assert!(!is_markable(&patched(Kind::Deb)) && !is_markable(&linked().repeat(2)));
    }

    #[test]
    fn a_desktop_entry_names_our_addresses_and_hands_them_on() {
        assert!(is_for_our_addresses(ENTRY));
        assert!(is_for_our_addresses("Exec=\"/opt/a b/ringside\" %U\nMimeType=x-scheme-handler/ringside\n"));
        for entry in [
            "",
            "Exec=ringside\nMimeType=x-scheme-handler/ringside\n",
            "Exec=ringside %u\nMimeType=x-scheme-handler/ringside2\n",
            "Exec=ringside %u\n#MimeType=x-scheme-handler/ringside\n",
            "Exec=ringside %u\n",
        ] {
            assert!(!is_for_our_addresses(entry), "{entry:?}");
        }
    }

    #[test]
    fn a_package_without_anything_it_needs_is_refused() {
        let kind = Kind::Rpm;
        assert_eq!(found(unpacked(kind).path(), kind), Ok(()));
        assert_eq!(found(unpacked(kind).path(), Kind::Deb), Err(Wrong::NotMarked));
        for (file, wrong) in [
            (PROGRAM, Wrong::Missing(PROGRAM)),
            ("usr/share/applications/Ringside.desktop", Wrong::NoScheme),
            (LICENCES[0], Wrong::Missing(LICENCES[0])),
            (LICENCES[1], Wrong::Missing(LICENCES[1])),
            (LICENCES[2], Wrong::Missing(LICENCES[2])),
        ] {
            let package = unpacked(kind);
            std::fs::remove_file(package.path().join(file)).expect("it is there");
            assert_eq!(found(package.path(), kind), Err(wrong), "without {file}");
        }
        let empty = unpacked(kind);
        write(empty.path(), LICENCES[2], b"");
        assert_eq!(found(empty.path(), kind), Err(Wrong::Missing(LICENCES[2])));
    }

    #[test]
    fn a_debian_package_is_opened() {
        let package = unpacked(Kind::Deb);
        write(
            package.path(),
            "DEBIAN/control",
            b"Package: ringside\nVersion: 1\nArchitecture: all\nMaintainer: us\nDescription: x\n",
        );
        let sh = Shell::new().expect("a shell");
        let (root, out) = (package.path(), tempfile::tempdir().expect("a directory"));
        let file = out.path().join("Ringside_0.1.0_amd64.deb");
        let build =
            || cmd!(sh, "dpkg-deb --build {root} {file}").quiet().ignore_stdout().run().expect("Debian's own tool");
        build();
        look_into(&sh, &file).expect("nothing is wrong with it");
        write(root, PROGRAM, &linked());
        build();
        let refused = look_into(&sh, &file).expect_err("nobody has patched it").to_string();
        assert!(refused.contains("Ringside_0.1.0_amd64.deb") && refused.contains("never find an update"), "{refused}");
    }
    #[test]
    fn an_appimage_is_asked_to_unpack_itself() {
        let (package, out) = (unpacked(Kind::AppImage), tempfile::tempdir().expect("a directory"));
        // A mock: making a real one takes tools from elsewhere.
        let root = package.path().display();
        let mock = format!("#!/bin/sh\n[ \"$1\" = --appimage-extract ] && cp -r {root} squashfs-root\n");
        write(out.path(), "mock", mock.as_bytes());
        let (mock, file) = (out.path().join("mock"), out.path().join("Ringside_0.1.0_amd64.AppImage"));
        let sh = Shell::new().expect("a shell");
        cmd!(sh, "install {mock} {file}").quiet().run().expect("it may be run from here");
        look_into(&sh, &file).expect("nothing is wrong with it");
        write(package.path(), PROGRAM, &patched(Kind::Deb));
        assert!(look_into(&sh, &file).is_err(), "it would look for Debian packages");
    }
}
