//! Background maintenance: taking up the sets of sessions stored without, and deleting what is too old.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Interval, MissedTickBehavior};
use training::Timestamp;

use crate::app::App;
use crate::blobs::remove_unnamed;
use crate::commands::catch_up_all;
use crate::import_jobs::{TAKE_BACK_WITHIN, resume_all};
use crate::retention::Retention;
use crate::store::Cutoffs;
use crate::{clock, data_directory, erasing};

/// How often.
const COMPACTION_INTERVAL: Duration = Duration::from_hours(1);
/// How often the metrics are folded, and rate limits that are regained are removed: anybody can add some.
const UPKEEP_INTERVAL: Duration = Duration::from_mins(1);

/// Keeps the store in order, until dropped.
pub(crate) async fn maintain(app: Arc<App>, retention: Retention) {
    tokio::join!(upkeep(&app), compaction(&app, retention));
}

/// What is due often and takes no time.
async fn upkeep(app: &App) {
    let mut due = every(UPKEEP_INTERVAL);
    loop {
        due.tick().await;
        app.metrics.run_upkeep();
        if let Err(error) = app.store.compact_shared_limits(clock::now()).await {
            tracing::error!(error = &error as &dyn std::error::Error, "could not remove regained limits");
        }
    }
}

async fn compaction(app: &Arc<App>, retention: Retention) {
    let mut due = every(COMPACTION_INTERVAL);
    loop {
        due.tick().await;
        if let Err(error) = resume_all(app).await {
            tracing::error!(?error, "could not go on with imports");
        }
        erasing::finish(app).await;
        if let Err(error) = catch_up_all(app).await {
            tracing::error!(?error, "could not take up the sets of sessions");
        }
        match app.store.compact(cutoffs(clock::now(), retention)).await {
            Ok(deleted) => tracing::info!(feed_events = deleted, "compacted"),
            Err(error) => tracing::error!(error = &error as &dyn std::error::Error, "could not compact"),
        }
        if let (Some(blobs), Some(directory)) = (&app.blobs, &app.data_dir)
            // In another database's directory every file would be one that nobody names.
            && data_directory::check(&app.store, directory).await.is_ok()
        {
            match remove_unnamed(&app.store, blobs, clock::now(), retention.files).await {
                Ok(0) => {}
                Ok(files) => tracing::info!(files, "removed files that nobody names"),
                Err(error) => tracing::error!(?error, "could not remove files that nobody names"),
            }
        }
    }
}

fn every(interval: Duration) -> Interval {
    let mut due = tokio::time::interval(interval);
    due.set_missed_tick_behavior(MissedTickBehavior::Delay);
    due
}

/// The cut-off times for deletion, as of now.
pub(crate) fn cutoffs(now: Timestamp, retention: Retention) -> Cutoffs {
    Cutoffs {
        tokens: now,
        feed: clock::before(now, retention.feeds),
        idempotency: clock::before(now, retention.answers),
        known_devices: clock::before(now, retention.known_devices),
        audit: clock::before(now, retention.audit),
        dry_runs: clock::before(now, retention.imports),
        committed_imports: clock::before(now, TAKE_BACK_WITHIN),
    }
}
