//! `ringside-api admin rebuild`: makes everything anew that is derived from sessions, and says what was stored otherwise.
//!
//! It is for operators who want to be sure, after a restored backup or a damaged disk. What is derived changes in the
//! transactions that store sessions, so nothing should ever differ; if something does, that is a fault of ours. Feeds are
//! left alone: what trainers are shown of records that differed is right with their next snapshot.

use training::{Timestamp, UserId};

use crate::clock;
use crate::store::{DatabaseUrl, Difference, Store, StoreError};

/// What was made anew.
#[derive(Debug, Default)]
pub struct Rebuilt {
    /// How many athletes have sessions.
    pub athletes: usize,
    /// How many sessions there are.
    pub sessions: usize,
    /// How many of them were not taken up yet: those of a server of the version before. They are now.
    pub projected: usize,
    /// What was stored otherwise, and of whom.
    pub differences: Vec<(UserId, Difference)>,
}

/// Makes everything anew that is derived from sessions, athlete by athlete, also while a server runs.
///
/// # Errors
/// [`StoreError`] when there is no such database, it can't be changed, or it has sessions that this version can't read.
pub async fn rebuild(database: &DatabaseUrl) -> Result<Rebuilt, StoreError> {
    let store = Store::connect_existing(database).await?;
    let rebuilt = rebuild_all(&store).await;
    store.close().await;
    rebuilt
}

/// The same, with a store that is open.
pub(crate) async fn rebuild_all(store: &Store) -> Result<Rebuilt, StoreError> {
    let (mut rebuilt, mut after) = (Rebuilt::default(), None);
    while let Some(athlete) = store.athlete_with_sessions(after).await? {
        let now = clock::now();
        rebuilt.projected += project_pending(store, athlete, now).await?;
        let mut tx = store.write().await?;
        let (sessions, differences) = tx.rebuild(athlete, now).await?;
        tx.commit().await?;
        rebuilt.athletes += 1;
        rebuilt.sessions += sessions;
        rebuilt.differences.extend(differences.into_iter().map(|difference| (athlete, difference)));
        after = Some(athlete);
    }
    Ok(rebuilt)
}

/// Projects the sessions of an athlete that are not: those are missing and do not differ. Returns how many there were.
async fn project_pending(store: &Store, athlete: UserId, now: Timestamp) -> Result<usize, StoreError> {
    let mut projected = 0;
    while store.lacks_projections(athlete).await? {
        let mut tx = store.write().await?;
        let waiting = tx.not_projected(athlete).await?;
        let exercises = tx.project_pending(athlete).await?;
        tx.update_records(athlete, &exercises, now).await?;
        projected += waiting - tx.not_projected(athlete).await?;
        tx.commit().await?;
    }
    Ok(projected)
}
