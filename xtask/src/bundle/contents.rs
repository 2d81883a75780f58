//! Verifies the contents of a package after it is built: a defect would otherwise show only where it is installed.
//!
//! Tauri's tool patches the program with a marker of the kind of package, and restores it afterwards. If that fails, it
//! only warns, and the application would never find an update. Windows' installer is not opened, which would need another
//! tool; instead, the program is checked to be patchable. Deliberately absent: macOS, which has one kind of package, so
//! nothing is patched.

use std::path::{Path, PathBuf};

use xshell::{Shell, cmd};

use crate::failure::{Failure, IoContext};
use crate::package_defect::PackageDefect;

/// The program, in a package.
const PROGRAM: &str = "usr/bin/ringside";
/// The directory of desktop entries, in a package.
const DESKTOP_ENTRIES: &str = "usr/share/applications";
/// The licence texts in every package.
const LICENCES: [&str; 3] = [
    "usr/share/doc/ringside/LICENSE-MIT",
    "usr/share/doc/ringside/LICENSE-APACHE",
    "usr/share/doc/ringside/THIRD-PARTY-LICENCES.txt",
];
/// The marker of a program that is not in a package.
const NO_PACKAGE_MARKER: &[u8] = b"__TAURI_BUNDLE_TYPE_VAR_UNK";
/// The scheme of the links that the application opens, as in a desktop entry.
const SCHEME: &str = "x-scheme-handler/ringside";

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
    fn marker(self) -> &'static [u8] {
        match self {
            Self::Deb => b"__TAURI_BUNDLE_TYPE_VAR_DEB",
            Self::Rpm => b"__TAURI_BUNDLE_TYPE_VAR_RPM",
            Self::AppImage => b"__TAURI_BUNDLE_TYPE_VAR_APP",
        }
    }

    /// Unpacks a package into the directory `to`; returns what corresponds to the system's root directory.
    fn unpack(self, sh: &Shell, package: &Path, to: &Path) -> Result<PathBuf, Failure> {
        let _directory = sh.push_dir(to);
        match self {
            Self::Deb => cmd!(sh, "dpkg-deb --extract {package} .").quiet().run()?,
            // Not rpm2cpio: it rejects the archive size that Tauri's tool writes, and ends with 1.
            Self::Rpm => cmd!(sh, "bsdtar --extract --file {package}").quiet().run()?,
            Self::AppImage => {
                cmd!(sh, "{package} --appimage-extract").quiet().ignore_stdout().run()?;
                return Ok(to.join("squashfs-root"));
            }
        }
        Ok(to.to_owned())
    }
}

/// Verifies a package, if its kind can be opened here.
pub(super) fn verify_package(sh: &Shell, package: &Path) -> Result<(), Failure> {
    let Some(kind) = Kind::of(package) else { return Ok(()) };
    let unpacked = sh.create_temp_dir()?;
    let root = kind.unpack(sh, package, unpacked.path())?;
    verify_contents(&root, kind).map_err(|defect| Failure::Defect { file: package.to_owned(), defect })
}

/// Verifies that a program can be patched. Tauri's tool has restored it after patching it.
pub(super) fn verify_program(program: &Path) -> Result<(), Failure> {
    let bytes = std::fs::read(program).context(format!("reading {}", program.display()))?;
    if is_patchable(&bytes) {
        return Ok(());
    }
    Err(Failure::Defect { file: program.to_owned(), defect: PackageDefect::NotPatchable })
}

/// Verifies the contents of an unpacked package.
fn verify_contents(root: &Path, kind: Kind) -> Result<(), PackageDefect> {
    let program = std::fs::read(root.join(PROGRAM)).map_err(|_| PackageDefect::Missing(PROGRAM))?;
    if !has_marker(&program, kind) {
        return Err(PackageDefect::NoMarker);
    }
    let entries = std::fs::read_dir(root.join(DESKTOP_ENTRIES)).map_err(|_| PackageDefect::Missing(DESKTOP_ENTRIES))?;
    let mut texts = entries.flatten().filter_map(|entry| std::fs::read_to_string(entry.path()).ok());
    if !texts.any(|entry| opens_our_links(&entry)) {
        return Err(PackageDefect::NoScheme);
    }
    let has_text = |file: &&str| std::fs::metadata(root.join(file)).is_ok_and(|file| file.len() > 0);
    LICENCES.iter().find(|file| !has_text(file)).map_or(Ok(()), |file| Err(PackageDefect::Missing(file)))
}

/// Whether a program has the marker of this kind of package. It compares itself with every marker, so each of them may be
/// in it anyway. The one that was patched in, in place of `NO_PACKAGE_MARKER`, is there once more than the others.
fn has_marker(program: &[u8], kind: Kind) -> bool {
    let own = count(program, kind.marker());
    let mut others = Kind::ALL.into_iter().filter(|other| other.marker() != kind.marker());
    count(program, NO_PACKAGE_MARKER) == 0 && others.all(|other| count(program, other.marker()) < own)
}

/// Whether Tauri's tool can patch a program. It patches the first occurrence, so there must be exactly one.
fn is_patchable(program: &[u8]) -> bool {
    count(program, NO_PACKAGE_MARKER) == 1
}

fn count(bytes: &[u8], pattern: &[u8]) -> usize {
    bytes.windows(pattern.len()).filter(|window| *window == pattern).count()
}

/// Whether a desktop entry opens our links, and passes them on: without `%u` the program does not get the link.
fn opens_our_links(entry: &str) -> bool {
    let value = |key: &str| entry.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
    let has_scheme = value("MimeType").is_some_and(|kinds| kinds.split(';').any(|kind| kind.trim() == SCHEME));
    let passes_link = value("Exec").is_some_and(|line| line.split(' ').any(|word| word == "%u" || word == "%U"));
    has_scheme && passes_link
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENTRY: &str = "[Desktop Entry]\nExec=ringside %u\nMimeType=text/x-plan;x-scheme-handler/ringside;\n";

    /// A program before it is patched: it contains its own marker, and all it compares that with.
    fn unpatched() -> Vec<u8> {
        [
            b"\x7fELF".as_slice(),
            NO_PACKAGE_MARKER,
            Kind::Deb.marker(),
            Kind::Rpm.marker(),
            Kind::AppImage.marker(),
            b"\0",
        ]
        .concat()
    }

    /// The same program, patched.
    fn patched(kind: Kind) -> Vec<u8> {
        let mut program = unpatched();
        program[4..4 + NO_PACKAGE_MARKER.len()].copy_from_slice(kind.marker());
        program
    }

    /// An unpacked package of this kind.
    fn unpacked(kind: Kind) -> tempfile::TempDir {
        let root = tempfile::tempdir().expect("a directory");
        write(root.path(), PROGRAM, &patched(kind));
        write(root.path(), "usr/share/applications/Ringside.desktop", ENTRY.as_bytes());
        for file in LICENCES {
            write(root.path(), file, b"A licence.");
        }
        root
    }

    fn write(root: &Path, file: &str, bytes: &[u8]) {
        let path = root.join(file);
        std::fs::create_dir_all(path.parent().expect("a directory above it")).expect("writable");
        std::fs::write(path, bytes).expect("writable");
    }

    #[test]
    fn the_marker_a_program_was_patched_with_is_recognised_among_all_markers() {
        for kind in Kind::ALL {
            assert!(!has_marker(&unpatched(), kind), "not patched");
            // The second is a program whose comparisons were optimised away.
            for program in [patched(kind), kind.marker().to_vec()] {
                for other in Kind::ALL {
                    assert_eq!(has_marker(&program, other), other.marker() == kind.marker(), "{kind:?} as {other:?}");
                }
            }
        }
        assert!(!has_marker(b"", Kind::Deb));
    }

    #[test]
    fn a_program_is_patchable_if_the_placeholder_is_in_it_exactly_once() {
        assert!(is_patchable(&unpatched()));
        assert!(!is_patchable(&patched(Kind::Deb)) && !is_patchable(&unpatched().repeat(2)));
    }

    #[test]
    fn a_desktop_entry_needs_our_scheme_and_passes_the_link_on() {
        assert!(opens_our_links(ENTRY));
        assert!(opens_our_links("Exec=\"/opt/a b/ringside\" %U\nMimeType=x-scheme-handler/ringside\n"));
        for entry in [
            "",
            "Exec=ringside\nMimeType=x-scheme-handler/ringside\n",
            "Exec=ringside %u\nMimeType=x-scheme-handler/ringside2\n",
            "Exec=ringside %u\n#MimeType=x-scheme-handler/ringside\n",
            "Exec=ringside %u\n",
        ] {
            assert!(!opens_our_links(entry), "{entry:?}");
        }
    }

    #[test]
    fn a_package_that_lacks_a_required_part_is_refused() {
        let kind = Kind::Rpm;
        assert_eq!(verify_contents(unpacked(kind).path(), kind), Ok(()));
        assert_eq!(verify_contents(unpacked(kind).path(), Kind::Deb), Err(PackageDefect::NoMarker));
        for (file, defect) in [
            (PROGRAM, PackageDefect::Missing(PROGRAM)),
            ("usr/share/applications/Ringside.desktop", PackageDefect::NoScheme),
            (LICENCES[0], PackageDefect::Missing(LICENCES[0])),
            (LICENCES[1], PackageDefect::Missing(LICENCES[1])),
            (LICENCES[2], PackageDefect::Missing(LICENCES[2])),
        ] {
            let package = unpacked(kind);
            std::fs::remove_file(package.path().join(file)).expect("it is there");
            assert_eq!(verify_contents(package.path(), kind), Err(defect), "without {file}");
        }
        let empty = unpacked(kind);
        write(empty.path(), LICENCES[2], b"");
        assert_eq!(verify_contents(empty.path(), kind), Err(PackageDefect::Missing(LICENCES[2])));
    }

    #[test]
    fn a_debian_package_is_verified() {
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
        verify_package(&sh, &file).expect("nothing is wrong with it");
        write(root, PROGRAM, &unpatched());
        build();
        let refusal = verify_package(&sh, &file).expect_err("it is not patched").to_string();
        assert!(refusal.contains("Ringside_0.1.0_amd64.deb") && refusal.contains("never find an update"), "{refusal}");
    }

    #[test]
    fn an_appimage_is_verified_by_having_it_unpack_itself() {
        let (package, out) = (unpacked(Kind::AppImage), tempfile::tempdir().expect("a directory"));
        // A mock: making a real one needs tools from GitHub.
        let root = package.path().display();
        let mock = format!("#!/bin/sh\n[ \"$1\" = --appimage-extract ] && cp -r {root} squashfs-root\n");
        write(out.path(), "mock", mock.as_bytes());
        let (mock, file) = (out.path().join("mock"), out.path().join("Ringside_0.1.0_amd64.AppImage"));
        let sh = Shell::new().expect("a shell");
        cmd!(sh, "install {mock} {file}").quiet().run().expect("the directory allows programs");
        verify_package(&sh, &file).expect("nothing is wrong with it");
        write(package.path(), PROGRAM, &patched(Kind::Deb));
        assert!(verify_package(&sh, &file).is_err(), "it has the marker of Debian packages");
    }
}
