//! Managing published releases, for operators: listing, rolling out, halting.

use semver::Version;
use training::Timestamp;
use training::people::{AuditAct, AuditKind, AuditSubject};

use super::{Channel, Percent, Release};
use crate::clock;
use crate::store::{DatabaseUrl, Store, StoreError, Tx};

/// A release, as an operator sees it.
#[derive(Clone, Debug)]
pub struct ReleaseSummary {
    /// Who it is for.
    pub channel: Channel,
    /// Its version.
    pub version: Version,
    /// How many installations it is offered to.
    pub rollout: Percent,
    /// Whether it is offered to nobody at the moment.
    pub halted: bool,
    /// The lowest version that may take it.
    pub requires: Option<Version>,
    /// When it was published.
    pub published_at: Timestamp,
    /// The platforms it is available for.
    pub platforms: Vec<String>,
}

/// A change to a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is offered to this many installations.
    Rollout(Percent),
    /// It is offered to nobody until it is resumed. Installations that have it keep it.
    Halt,
    /// It is offered again, to as many as before it was halted.
    Resume,
}

/// Why a release could not be changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no such release.
    #[error("there is no version {version} on the channel {}", channel.word())]
    Unknown {
        /// The channel that was searched.
        channel: Channel,
        /// The version that was searched for.
        version: Version,
    },
}

/// All releases, in the order they were published in.
///
/// # Errors
/// [`StoreError`] when there is no database or it fails.
pub async fn list_releases(database: &DatabaseUrl) -> Result<Vec<ReleaseSummary>, StoreError> {
    let store = Store::connect_existing(database).await?;
    let mut tx = store.read().await?;
    let listed = listed(&mut tx).await;
    drop(tx);
    store.close().await;
    listed
}

/// Changes whom a release is offered to; returns the changed release.
///
/// # Errors
/// [`ChangeError`] when there is no such release or no database, or it fails.
pub async fn change_release(
    database: &DatabaseUrl,
    channel: Channel,
    version: &Version,
    change: Change,
) -> Result<ReleaseSummary, ChangeError> {
    let store = Store::connect_existing(database).await?;
    let changed = self::change(&store, channel, version, change).await;
    store.close().await;
    changed
}

/// Changes a release in an open store.
pub(crate) async fn change(
    store: &Store,
    channel: Channel,
    version: &Version,
    change: Change,
) -> Result<ReleaseSummary, ChangeError> {
    let mut tx = store.write().await?;
    let row = tx.lock_release(channel, version).await?;
    let mut row = row.ok_or_else(|| ChangeError::Unknown { channel, version: version.clone() })?;
    let before = row.release.clone();
    let act = match change {
        Change::Rollout(percent) => {
            row.release.rollout = percent;
            AuditAct::ReleaseRolloutChanged
        }
        Change::Halt => {
            row.release.halted = true;
            AuditAct::ReleaseHalted
        }
        Change::Resume => {
            row.release.halted = false;
            AuditAct::ReleaseResumed
        }
    };
    if row.release != before {
        tx.save_release(&row.release, &row.notes).await?;
        tx.record(None, None, act, &audit_subject(&row.release), clock::now()).await?;
    }
    let listed = summarize(&mut tx, row).await?;
    tx.commit().await?;
    Ok(listed)
}

/// A release as the audit log names it.
pub(super) fn audit_subject(release: &Release) -> AuditSubject {
    let id = format!("{}/{}", release.channel.word(), release.version);
    AuditSubject { kind: AuditKind::Release, id, name: release.version.to_string() }
}

async fn listed(tx: &mut Tx) -> Result<Vec<ReleaseSummary>, StoreError> {
    let mut listed = Vec::new();
    for row in tx.releases().await? {
        listed.push(summarize(tx, row).await?);
    }
    Ok(listed)
}

async fn summarize(tx: &mut Tx, row: crate::store::ReleaseRow) -> Result<ReleaseSummary, StoreError> {
    let release = row.release;
    let artefacts = tx.artefacts_of(&release.version).await?;
    let here = artefacts.into_iter().filter(|(channel, _)| *channel == release.channel);
    Ok(ReleaseSummary {
        platforms: here.map(|(_, artefact)| artefact.platform.to_string()).collect(),
        channel: release.channel,
        version: release.version,
        rollout: release.rollout,
        halted: release.halted,
        requires: release.requires,
        published_at: row.published_at,
    })
}
