//! Publishing a release. What is published stays: desktops may have it already.
//!
//! Everything is checked before anything is stored: first the files, then, in a transaction that is given up, what the
//! database has to say. Then the files are kept, and last the same transaction is made to last. Whatever goes wrong, a
//! release is published as a whole or not at all, and never without its files.

use std::path::{Path, PathBuf};

use semver::Version;

use super::files::{BadFile, Checked, check};
use super::signature::{BadKey, Key};
use super::{Artefacts, Channel, Notes, Percent, Release};
use crate::clock;
use crate::store::{DatabaseUrl, Store, StoreError, Tx};

/// A release to be, or more artefacts for one.
#[derive(Clone, Debug)]
pub struct Publication {
    /// Who it is for.
    pub channel: Channel,
    /// Its version.
    pub version: Version,
    /// What is new, by language. A new release needs some; for one that is there they replace those of their languages.
    pub notes: Notes,
    /// How many installations a new release is offered to; all if absent. One that is there keeps its own: what an operator
    /// has made of it since is not undone by publishing it again.
    pub rollout: Option<Percent>,
    /// The lowest version that may take it; any if absent.
    pub requires: Option<Version>,
    /// The text of the public key's file, to verify signatures with. Without it they are taken as they are.
    pub public_key: Option<String>,
    /// Artefacts and their `.sig` files, in any order.
    pub files: Vec<PathBuf>,
}

/// What was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// The platforms it is newly there for.
    pub added: Vec<String>,
    /// How many installations it is offered to.
    pub rollout: Percent,
    /// Whether it is offered to nobody at the moment.
    pub halted: bool,
}

/// Why a release was not published.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The store is the reason.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file is.
    #[error(transparent)]
    File(#[from] BadFile),
    /// The public key is.
    #[error(transparent)]
    Key(#[from] BadKey),
    /// It says nothing of itself.
    #[error("a new release says what is new: give it --notes")]
    NoNotes,
    /// Whoever is on `stable` has not asked for it.
    #[error("version {0} is one to try out, which the channel stable does not offer: publish it with --channel beta")]
    ToTryOut(Version),
    /// Nobody could ever take it.
    #[error("version {version} can't require {requires}, which is not below it")]
    RequiresTooMuch {
        /// Its version.
        version: Version,
        /// What it requires.
        requires: Version,
    },
    /// It is there, and was published otherwise.
    #[error("version {version} was published with {published}, which publishing again does not change")]
    Otherwise {
        /// Its version.
        version: Version,
        /// What it was published with.
        published: String,
    },
    /// What was published for a platform is something else.
    #[error("version {version} was published for {platform} with other bytes; what has changed needs a new version")]
    OtherBytes {
        /// Its version.
        version: Version,
        /// For what.
        platform: String,
    },
    /// A file could not be kept.
    #[error("{} could not be kept in {}", file.display(), directory.display())]
    Keep {
        /// Which.
        file: PathBuf,
        /// Where.
        directory: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
}

/// Publishes a release; what is there already, with the same bytes, stays as it is.
///
/// # Errors
/// [`PublishError`] when something about it is not right; nothing is changed then.
pub async fn publish_release(
    database: &DatabaseUrl,
    directory: &Path,
    publication: &Publication,
) -> Result<Published, PublishError> {
    // The files first: they say at once what is wrong with them, whatever the database is doing.
    let checked = looked_at(publication)?;
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
    store_checked(store, directory, publication, &looked_at(publication)?).await
}

fn looked_at(publication: &Publication) -> Result<Vec<Checked>, PublishError> {
    let key = publication.public_key.as_deref().map(Key::parse).transpose()?;
    if publication.channel == Channel::Stable && !publication.version.pre.is_empty() {
        return Err(PublishError::ToTryOut(publication.version.clone()));
    }
    if let Some(requires) = &publication.requires
        && requires.cmp_precedence(&publication.version).is_ge()
    {
        return Err(PublishError::RequiresTooMuch { version: publication.version.clone(), requires: requires.clone() });
    }
    Ok(check(&publication.files, &publication.version, key.as_ref())?)
}

async fn store_checked(
    store: &Store,
    directory: &Path,
    publication: &Publication,
    checked: &[Checked],
) -> Result<Published, PublishError> {
    // Given up at once: copying may take longer than anybody else should have to wait for the database.
    drop(entered(store, publication, checked).await?);
    let artefacts = Artefacts::at(directory);
    for Checked { path, hash, .. } in checked {
        let keep = |source| PublishError::Keep { file: path.clone(), directory: directory.to_owned(), source };
        artefacts.keep(path, hash).map_err(keep)?;
    }
    let (tx, published) = entered(store, publication, checked).await?;
    tx.commit().await?;
    Ok(published)
}

/// The release with its artefacts, in a transaction that has not lasted yet.
async fn entered(
    store: &Store,
    publication: &Publication,
    checked: &[Checked],
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
    let (release, mut all_notes) = (row.release, row.notes);
    agrees(publication, &release)?;
    all_notes.extend(notes.clone());
    if all_notes.is_empty() {
        return Err(PublishError::NoNotes);
    }
    tx.save_release(&release, &all_notes).await?;

    let there = tx.artefacts_of(version).await?;
    let mut added = Vec::new();
    for row in checked.iter().flat_map(|checked| &checked.rows) {
        // In whichever channel: a version is the same wherever it comes from.
        let mut same = there.iter().filter(|(_, known)| known.platform == row.platform);
        if same.clone().any(|(_, known)| known.hash != row.hash) {
            return Err(PublishError::OtherBytes { version: version.clone(), platform: row.platform.to_string() });
        }
        if !same.any(|(known, _)| known == channel) {
            tx.add_artefact(&release, row).await?;
            added.push(row.platform.to_string());
        }
    }
    Ok((tx, Published { added, rollout: release.rollout, halted: release.halted }))
}

/// Refuses what publishing again can't change. To how many it is offered is another matter: that changes while it is rolled
/// out, and whoever publishes the same again must neither be refused for it nor end it.
fn agrees(publication: &Publication, release: &Release) -> Result<(), PublishError> {
    let otherwise = |published: String| PublishError::Otherwise { version: publication.version.clone(), published };
    match &release.requires {
        published if publication.requires.is_none() || publication.requires == *published => Ok(()),
        Some(published) => Err(otherwise(format!("--requires {published}"))),
        None => Err(otherwise("no --requires".to_owned())),
    }
}
