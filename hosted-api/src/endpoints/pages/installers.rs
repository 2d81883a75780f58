//! The installers of the stable channel: for each platform the highest version that everybody is offered.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use axum::http::HeaderMap;
use axum::http::header::USER_AGENT;
use semver::Version;

use crate::app::App;
use crate::http::ApiError;
use crate::store::ArtefactRow;
use crate::updates::{Arch, Channel, Percent, Platform, Release, Target};

/// An installer that can be downloaded.
#[derive(Debug)]
pub(super) struct Installer {
    pub(super) artefact: ArtefactRow,
    pub(super) version: Version,
    pub(super) size_bytes: u64,
}

/// The installers as a visitor sees them.
#[derive(Debug, Default)]
pub(super) struct Installers {
    /// Those for the system they seem to be on.
    pub(super) matching: Vec<Installer>,
    pub(super) others: Vec<Installer>,
}

/// The installers for a visitor with these headers.
pub(super) async fn installers(app: &App, headers: &HeaderMap) -> Result<Installers, ApiError> {
    let Some(artefacts) = &app.updates.artefacts else { return Ok(Installers::default()) };
    let mut tx = app.store.read().await?;
    let releases = tx.releases().await?;
    let published = tx.artefacts_in(Channel::Stable).await?;
    drop(tx);
    let agent = headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    let (target, arch) = system(agent);
    let mut found = Installers::default();
    for (version, artefact) in newest(releases.iter().map(|row| &row.release), published) {
        // One that this node does not have is not offered.
        let Ok(file) = tokio::fs::metadata(artefacts.path(&artefact.hash)).await else { continue };
        let list = if Some(artefact.platform.target) == target { &mut found.matching } else { &mut found.others };
        list.push(Installer { artefact, version, size_bytes: file.len() });
    }
    found.matching.sort_by_key(|installer| (installer.artefact.platform.arch != arch, installer.artefact.platform));
    Ok(found)
}

/// The artefact to install on each platform: of the highest version that everybody is offered, or of the highest that
/// anybody is.
fn newest<'a>(
    releases: impl Iterator<Item = &'a Release>,
    published: Vec<(Version, ArtefactRow)>,
) -> impl Iterator<Item = (Version, ArtefactRow)> {
    let is_offered = |release: &&Release| release.channel == Channel::Stable && !release.halted;
    let ranks: BTreeMap<Version, bool> =
        releases.filter(is_offered).map(|release| (release.version.clone(), release.rollout == Percent::ALL)).collect();
    let mut by_platform: BTreeMap<Platform, (Reverse<(bool, Version)>, ArtefactRow)> = BTreeMap::new();
    for (version, artefact) in published {
        let Some(is_for_all) = ranks.get(&version) else { continue };
        let rank = Reverse((*is_for_all, version));
        let known = by_platform.get(&artefact.platform);
        if known.is_none_or(|(known, _)| rank < *known) {
            by_platform.insert(artefact.platform, (rank, artefact));
        }
    }
    by_platform.into_values().map(|(Reverse((_, version)), artefact)| (version, artefact))
}

/// The system and the processor that a browser names, as far as Ringside runs on it.
fn system(agent: &str) -> (Option<Target>, Arch) {
    let names = |word: &str| agent.contains(word);
    let target = if names("Windows") {
        Some(Target::Windows)
    } else if names("Macintosh") || names("Mac OS X") && !names("iPhone") && !names("iPad") {
        Some(Target::Darwin)
    } else {
        (names("Linux") && !names("Android")).then_some(Target::Linux)
    };
    let is_arm = names("aarch64") || names("arm64") || names("ARM64");
    (target, if is_arm { Arch::Aarch64 } else { Arch::X86_64 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::updates::Bundle;

    fn release(version: &str, rollout: u8, halted: bool) -> Release {
        Release {
            channel: Channel::Stable,
            version: version.parse().expect("a version"),
            requires: None,
            rollout: Percent::new(rollout).expect("a percentage"),
            halted,
        }
    }

    fn artefact(version: &str) -> (Version, ArtefactRow) {
        let platform = Platform { target: Target::Linux, arch: Arch::X86_64, bundle: Bundle::Deb };
        let row =
            ArtefactRow { platform, hash: version.to_owned(), file_name: String::new(), signature: String::new() };
        (version.parse().expect("a version"), row)
    }

    fn chosen(releases: &[Release]) -> Vec<String> {
        let published = releases.iter().map(|release| artefact(&release.version.to_string())).collect();
        newest(releases.iter(), published).map(|(version, _)| version.to_string()).collect()
    }

    #[test]
    fn the_highest_version_that_everybody_is_offered_is_installed() {
        let all = |version| release(version, 100, false);
        assert_eq!(chosen(&[all("0.9.0"), all("0.10.0"), release("0.11.0", 10, false)]), ["0.10.0"]);
        assert_eq!(chosen(&[all("0.9.0"), release("0.10.0", 100, true)]), ["0.9.0"]);
        assert_eq!(chosen(&[release("0.1.0", 10, false)]), ["0.1.0"], "the first one is better than none");
        assert_eq!(chosen(&[release("0.1.0", 100, true)]), [""; 0]);
        let beta = Release { channel: Channel::Beta, ..all("0.12.0") };
        assert_eq!(chosen(&[all("0.9.0"), beta]), ["0.9.0"]);
    }

    #[test]
    fn a_browser_names_its_system() {
        for (agent, expected) in [
            ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36", (Some(Target::Windows), Arch::X86_64)),
            ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)", (Some(Target::Darwin), Arch::X86_64)),
            ("Mozilla/5.0 (X11; Linux aarch64)", (Some(Target::Linux), Arch::Aarch64)),
            ("Mozilla/5.0 (Linux; Android 15; Pixel 9)", (None, Arch::X86_64)),
            ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)", (None, Arch::X86_64)),
            ("", (None, Arch::X86_64)),
        ] {
            assert_eq!(system(agent), expected, "{agent}");
        }
    }
}
