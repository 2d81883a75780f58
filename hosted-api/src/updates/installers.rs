//! What is installed where Ringside is not yet: for each platform the highest version that everybody is offered.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use semver::Version;

use super::{Artefacts, Channel, Percent, Platform, Release};
use crate::store::{ArtefactRow, Store, StoreError};

/// An installer that can be downloaded.
#[derive(Debug)]
pub(crate) struct Installer {
    pub(crate) artefact: ArtefactRow,
    pub(crate) version: Version,
    pub(crate) size_bytes: u64,
}

/// The installers of the stable channel.
pub(crate) async fn offered_installers(store: &Store, artefacts: &Artefacts) -> Result<Vec<Installer>, StoreError> {
    let mut tx = store.read().await?;
    let releases = tx.releases().await?;
    let published = tx.artefacts_in(Channel::Stable).await?;
    drop(tx);
    let mut offered = Vec::new();
    for (version, artefact) in newest(releases.iter().map(|row| &row.release), published) {
        // One that this node does not have is not offered.
        let Ok(file) = tokio::fs::metadata(artefacts.path(&artefact.hash)).await else { continue };
        offered.push(Installer { artefact, version, size_bytes: file.len() });
    }
    Ok(offered)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::updates::{Arch, Bundle, Target};

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
}
