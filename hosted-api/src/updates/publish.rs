//! Publishing a release. What has been published can't change: desktops may have it already.
//!
//! Everything is checked before anything is stored: first the files, then, in a transaction that is rolled back, the
//! database's constraints. Then the files are stored, and last the same transaction is run again and committed.
//! Whatever goes wrong, a release is published as a whole or not at all, and never without its files.

use std::path::{Path, PathBuf};

use semver::Version;
use training::people::AuditAct;

use super::files::{BadFile, CheckedArtefact, check};
use super::manage::audit_subject;
use super::signature::{BadKey, PublicKey};
use super::{Artefacts, Channel, Notes, Percent, Release};
use crate::clock;
use crate::store::{DatabaseUrl, Store, StoreError, Tx};

/// A release to publish, or more artefacts for an existing one.
#[derive(Clone, Debug)]
pub struct Publication {
    /// Who it is for.
    pub channel: Channel,
    /// Its version.
    pub version: Version,
    /// Release notes, by language. A new release needs some; for an existing one they replace those in the same
    /// languages.
    pub notes: Notes,
    /// How many installations a new release is offered to; all if absent. An existing one keeps its own: publishing it
    /// again does not undo what an operator has set since.
    pub rollout: Option<Percent>,
    /// The lowest version that may take it; any if absent.
    pub requires: Option<Version>,
    /// The text of the public key's file, to verify signatures with. Without it they are not verified.
    pub public_key: Option<String>,
    /// Artefacts and their `.sig` files, in any order.
    pub files: Vec<PathBuf>,
}

/// What was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// The platforms that were added.
    pub added: Vec<String>,
    /// How many installations it is offered to.
    pub rollout: Percent,
    /// Whether it is offered to nobody at the moment.
    pub halted: bool,
}

/// Why a release was not published.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file is not acceptable.
    #[error(transparent)]
    File(#[from] BadFile),
    /// The public key is not valid.
    #[error(transparent)]
    Key(#[from] BadKey),
    /// A new release has no notes.
    #[error("a new release says what is new: give it --notes")]
    NoNotes,
    /// It is a pre-release, which users of `stable` have not asked for.
    #[error("version {0} is one to try out, which the channel stable does not offer: publish it with --channel beta")]
    PreReleaseOnStable(Version),
    /// No installation could ever take it.
    #[error("version {version} can't require {requires}, which is not below it")]
    RequiresNotBelow {
        /// Its version.
        version: Version,
        /// What it requires.
        requires: Version,
    },
    /// It exists, and was published with other values.
    #[error("version {version} was published with {published}, which publishing again does not change")]
    RequiresChanged {
        /// Its version.
        version: Version,
        /// What it was published with.
        published: String,
    },
    /// Other bytes were published for a platform.
    #[error("version {version} was published for {platform} with other bytes; what has changed needs a new version")]
    DifferentBytes {
        /// Its version.
        version: Version,
        /// For what.
        platform: String,
    },
    /// A file could not be stored.
    #[error("{} could not be stored in {}", file.display(), directory.display())]
    StoreFile {
        /// Which.
        file: PathBuf,
        /// Where.
        directory: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
}

/// Publishes a release; existing artefacts with the same bytes are left as they are.
///
/// # Errors
/// [`PublishError`] when something about it is not right; nothing is changed then.
pub async fn publish_release(
    database: &DatabaseUrl,
    directory: &Path,
    publication: &Publication,
) -> Result<Published, PublishError> {
    // The files first: their errors are found at once, whatever the state of the database.
    let checked = check_publication(publication)?;
    let store = Store::connect(database).await?;
    let published = store_checked(&store, directory, publication, &checked).await;
    store.close().await;
    published
}

/// Publishes a release in an open store.
#[cfg(test)]
pub(crate) async fn publish(
    store: &Store,
    directory: &Path,
    publication: &Publication,
) -> Result<Published, PublishError> {
    store_checked(store, directory, publication, &check_publication(publication)?).await
}

fn check_publication(publication: &Publication) -> Result<Vec<CheckedArtefact>, PublishError> {
    let key = publication.public_key.as_deref().map(PublicKey::parse).transpose()?;
    if publication.channel == Channel::Stable && !publication.version.pre.is_empty() {
        return Err(PublishError::PreReleaseOnStable(publication.version.clone()));
    }
    if let Some(requires) = &publication.requires
        && requires.cmp_precedence(&publication.version).is_ge()
    {
        return Err(PublishError::RequiresNotBelow {
            version: publication.version.clone(),
            requires: requires.clone(),
        });
    }
    Ok(check(&publication.files, &publication.version, key.as_ref())?)
}

async fn store_checked(
    store: &Store,
    directory: &Path,
    publication: &Publication,
    checked: &[CheckedArtefact],
) -> Result<Published, PublishError> {
    // Rolled back at once: copying may take longer than others should have to wait for the database.
    drop(insert_release(store, publication, checked).await?);
    let artefacts = Artefacts::at(directory);
    for CheckedArtefact { path, hash, .. } in checked {
        let error = |source| PublishError::StoreFile { file: path.clone(), directory: directory.to_owned(), source };
        artefacts.store(path, hash).map_err(error)?;
    }
    let (tx, published) = insert_release(store, publication, checked).await?;
    tx.commit().await?;
    Ok(published)
}

/// Inserts the release with its artefacts, in a transaction that is not committed yet.
async fn insert_release(
    store: &Store,
    publication: &Publication,
    checked: &[CheckedArtefact],
) -> Result<(Tx, Published), PublishError> {
    let Publication { channel, version, notes, rollout, requires, .. } = publication;
    let mut tx = store.write().await?;
    let release = Release {
        channel: *channel,
        version: version.clone(),
        requires: requires.clone(),
        rollout: rollout.unwrap_or(Percent::ALL),
        halted: false,
    };
    let row = tx.add_release(&release, notes, clock::now()).await?;
    let (release, mut all_notes) = (row.release, row.notes.clone());
    check_requires(publication, &release)?;
    all_notes.extend(notes.clone());
    if all_notes.is_empty() {
        return Err(PublishError::NoNotes);
    }
    tx.save_release(&release, &all_notes).await?;

    let known = tx.artefacts_of(version).await?;
    let mut added = Vec::new();
    for row in checked.iter().flat_map(|checked| &checked.rows) {
        // In any channel: a version has the same bytes in all of them.
        let mut same = known.iter().filter(|(_, other)| other.platform == row.platform);
        if same.clone().any(|(_, other)| other.hash != row.hash) {
            return Err(PublishError::DifferentBytes { version: version.clone(), platform: row.platform.to_string() });
        }
        if !same.any(|(other, _)| other == channel) {
            tx.add_artefact(&release, row).await?;
            added.push(row.platform.to_string());
        }
    }
    if !added.is_empty() || all_notes != row.notes {
        tx.record(None, None, AuditAct::ReleasePublished, &audit_subject(&release), clock::now()).await?;
    }
    Ok((tx, Published { added, rollout: release.rollout, halted: release.halted }))
}

/// Refuses changes that publishing again can't make. The rollout is exempt: it changes while a release is rolled out,
/// and publishing the same release again must neither fail because of it nor reset it.
fn check_requires(publication: &Publication, release: &Release) -> Result<(), PublishError> {
    let otherwise =
        |published: String| PublishError::RequiresChanged { version: publication.version.clone(), published };
    match &release.requires {
        published if publication.requires.is_none() || publication.requires == *published => Ok(()),
        Some(published) => Err(otherwise(format!("--requires {published}"))),
        None => Err(otherwise("no --requires".to_owned())),
    }
}
