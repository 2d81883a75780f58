//! What an artefact is for: an operating system, a processor, and how the application was installed.
//!
//! The words are those that tauri's updater sends in its requests.

/// A vocabulary: an enum whose variants are words.
macro_rules! vocabulary {
    ($(#[$about:meta])* $visibility:vis enum $name:ident { $($variant:ident = $word:literal,)+ }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(missing_docs, reason = "each variant is the word it is written as")]
        $visibility enum $name { $($variant,)+ }

        impl $name {
            /// Every word.
            #[allow(dead_code, reason = "not every vocabulary is listed")]
            $visibility const WORDS: &'static [&'static str] = &[$($word),+];

            /// The word.
            $visibility fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// The variant of a word, if it is in the vocabulary.
            $visibility fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

pub(super) use vocabulary;

vocabulary! {
    /// An operating system.
    pub(crate) enum Target {
        Linux = "linux",
        Darwin = "darwin",
        Windows = "windows",
    }
}

vocabulary! {
    /// A processor.
    pub(crate) enum Arch {
        X86_64 = "x86_64",
        Aarch64 = "aarch64",
        I686 = "i686",
        Armv7 = "armv7",
    }
}

vocabulary! {
    /// How the application was installed. An update is of the same kind, or the system's package manager would lose it.
    pub(crate) enum Bundle {
        Deb = "deb",
        Rpm = "rpm",
        AppImage = "appimage",
        Dmg = "dmg",
        App = "app",
        Msi = "msi",
        Nsis = "nsis",
    }
}

/// What an artefact is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Platform {
    pub(crate) target: Target,
    pub(crate) arch: Arch,
    pub(crate) bundle: Bundle,
}

/// What the names of artefacts look like.
pub(crate) const NAMES: &str = "Ringside_1.2.3_amd64.deb, Ringside-1.2.3-1.x86_64.rpm, Ringside_1.2.3_amd64.AppImage, \
                                Ringside_1.2.3_x64-setup.exe, Ringside_1.2.3_x64_en-US.msi, Ringside_aarch64.app.tar.gz, \
                                Ringside_x64.app.tar.gz, Ringside_universal.app.tar.gz, Ringside_1.2.3_aarch64.dmg";

impl Platform {
    /// The platform that these words name, if each is in its vocabulary.
    pub(crate) fn named(target: &str, arch: &str, bundle: &str) -> Option<Self> {
        Some(Self {
            target: Target::from_word(target)?,
            arch: Arch::from_word(arch)?,
            bundle: Bundle::from_word(bundle)?,
        })
    }

    /// Whether an application is updated by such a file. A disk image is for the first time only: on macOS the updater
    /// replaces what it unpacks from an archive.
    pub(crate) fn has_updates(self) -> bool {
        self.bundle != Bundle::Dmg
    }

    /// The platforms of a file, by the naming scheme of tauri's bundler; empty if the name does not follow it.
    pub(crate) fn of_file(name: &str) -> Vec<Self> {
        let Some(NameParts { target, bundle, arch, .. }) = parse_name(name) else { return Vec::new() };
        let archs: &[Arch] = match (bundle, arch) {
            (Bundle::App | Bundle::Dmg, "universal") => &[Arch::Aarch64, Arch::X86_64],
            // Each system and each packager has its own word for the same processor.
            (_, "amd64" | "x64" | "x86_64") => &[Arch::X86_64],
            (_, "arm64" | "aarch64") => &[Arch::Aarch64],
            (_, "i386" | "i686" | "x86") => &[Arch::I686],
            (_, "armhf" | "armhfp" | "armv7hl") => &[Arch::Armv7],
            _ => &[],
        };
        archs.iter().map(|&arch| Self { target, arch, bundle }).collect()
    }
}

impl std::fmt::Display for Platform {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}-{}", self.target.word(), self.arch.word(), self.bundle.word())
    }
}

/// The version in a file's name, if the name follows the scheme and has one: that of macOS's updates doesn't.
pub(crate) fn version_in(name: &str) -> Option<&str> {
    parse_name(name)?.version
}

/// The parts of a file's name.
struct NameParts<'a> {
    target: Target,
    bundle: Bundle,
    version: Option<&'a str>,
    /// The packager's word for the processor.
    arch: &'a str,
}

fn parse_name(name: &str) -> Option<NameParts<'_>> {
    // No character with a meaning in a path or URL.
    if !name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-' | b'+' | b'~')) {
        return None;
    }
    let rest = name.strip_prefix("Ringside")?;
    let (target, bundle, (version, arch)) = if let Some(rest) = rest.strip_suffix(".deb") {
        (Target::Linux, Bundle::Deb, split_version(rest)?)
    } else if let Some(rest) = rest.strip_suffix(".AppImage") {
        (Target::Linux, Bundle::AppImage, split_version(rest)?)
    } else if let Some(rest) = rest.strip_suffix(".rpm") {
        let (rest, arch) = rest.strip_prefix('-')?.rsplit_once('.')?;
        let (version, _package_revision) = rest.rsplit_once('-')?;
        (Target::Linux, Bundle::Rpm, (version, arch))
    } else if let Some(rest) = rest.strip_suffix(".dmg") {
        (Target::Darwin, Bundle::Dmg, split_version(rest)?)
    } else if let Some(rest) = rest.strip_suffix("-setup.exe") {
        (Target::Windows, Bundle::Nsis, split_version(rest)?)
    } else if let Some(rest) = rest.strip_suffix(".msi") {
        let (rest, _language) = rest.rsplit_once('_')?;
        (Target::Windows, Bundle::Msi, split_version(rest)?)
    } else {
        let arch = rest.strip_suffix(".app.tar.gz")?.strip_prefix('_')?;
        return Some(NameParts { target: Target::Darwin, bundle: Bundle::App, version: None, arch });
    };
    Some(NameParts { target, bundle, version: Some(version), arch })
}

/// Version and processor of `_version_processor`.
fn split_version(rest: &str) -> Option<(&str, &str)> {
    let parted = rest.strip_prefix('_')?.rsplit_once('_')?;
    parted.0.starts_with(|c: char| c.is_ascii_digit()).then_some(parted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn platforms_are_read_from_the_bundlers_file_names() {
        for (name, expected) in [
            ("Ringside_0.1.0_amd64.deb", "linux-x86_64-deb"),
            ("Ringside_0.1.0-beta.2_arm64.deb", "linux-aarch64-deb"),
            ("Ringside-0.1.0-1.x86_64.rpm", "linux-x86_64-rpm"),
            ("Ringside-0.1.0-1.armhfp.rpm", "linux-armv7-rpm"),
            ("Ringside_0.1.0_amd64.AppImage", "linux-x86_64-appimage"),
            ("Ringside_0.1.0_aarch64.AppImage", "linux-aarch64-appimage"),
            ("Ringside_0.1.0_x64-setup.exe", "windows-x86_64-nsis"),
            ("Ringside_0.1.0_arm64-setup.exe", "windows-aarch64-nsis"),
            ("Ringside_0.1.0_x86-setup.exe", "windows-i686-nsis"),
            ("Ringside_0.1.0_x64_en-US.msi", "windows-x86_64-msi"),
            ("Ringside_aarch64.app.tar.gz", "darwin-aarch64-app"),
            ("Ringside_x64.app.tar.gz", "darwin-x86_64-app"),
            ("Ringside_universal.app.tar.gz", "darwin-aarch64-app darwin-x86_64-app"),
            ("Ringside_0.1.0_aarch64.dmg", "darwin-aarch64-dmg"),
            ("Ringside_0.1.0_universal.dmg", "darwin-aarch64-dmg darwin-x86_64-dmg"),
        ] {
            let platforms: Vec<String> = Platform::of_file(name).iter().map(ToString::to_string).collect();
            assert_eq!(platforms.join(" "), expected, "{name}");
        }
        for name in NAMES.split(", ") {
            assert!(!Platform::of_file(name).is_empty(), "{name} is documented as understood");
        }
    }

    #[test]
    fn file_names_contain_the_version_except_those_of_macos_updates() {
        for (name, expected) in [
            ("Ringside_0.2.0_amd64.deb", Some("0.2.0")),
            ("Ringside_0.2.0-beta.2_arm64.deb", Some("0.2.0-beta.2")),
            ("Ringside-0.2.0-1.x86_64.rpm", Some("0.2.0")),
            ("Ringside-0.2.0-beta.2-1.x86_64.rpm", Some("0.2.0-beta.2")),
            ("Ringside_0.2.0_amd64.AppImage", Some("0.2.0")),
            ("Ringside_0.2.0_x64-setup.exe", Some("0.2.0")),
            ("Ringside_0.2.0_x64_en-US.msi", Some("0.2.0")),
            ("Ringside_0.2.0_x64.dmg", Some("0.2.0")),
            ("Ringside_aarch64.app.tar.gz", None),
            ("Other_0.2.0_amd64.deb", None),
        ] {
            assert_eq!(version_in(name), expected, "{name}");
        }
    }

    #[test]
    fn other_file_names_have_no_platform() {
        for name in [
            "",
            "Ringside",
            "Other_0.1.0_amd64.deb",
            "Ringside_amd64.deb",
            "Ringside_0.1.0_riscv64.deb",
            "Ringside_0.1.0_universal.deb",
            "Ringside_0.1.0_x64.exe",
            "Ringside_0.1.0_x64.msi",
            "Ringside.app.tar.gz",
            "Ringside_x64.dmg",
            "Ringside_0.1.0_amd64.deb.sig",
            "Ringside_0.1.0/../x_amd64.deb",
            "Ringside_0.1.0 _amd64.deb",
        ] {
            assert_eq!(Platform::of_file(name), [], "{name:?}");
        }
    }

    #[test]
    fn a_platform_is_parsed_from_its_words() {
        let platform = Platform::named("windows", "aarch64", "nsis").expect("words we know");
        assert_eq!(platform.to_string(), "windows-aarch64-nsis");
        for (target, arch, bundle) in
            [("macos", "aarch64", "app"), ("linux", "riscv64", "deb"), ("linux", "x86_64", "unknown")]
        {
            assert_eq!(Platform::named(target, arch, bundle), None);
        }
    }
}
