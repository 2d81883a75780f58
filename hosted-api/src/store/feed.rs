//! Feeds: one per person, numbered without gaps.
//!
//! A sequence number is assigned under the lock of the feed's row, which is held until the commit. So numbers become
//! visible in order, and a reader that has read up to a number has seen everything before it.

use serde::Serialize;
use sqlx::FromRow;
use training::wire::{Cursor, StreamSignal};
use training::{Event, Timestamp, UserId};
use uuid::Uuid;

use super::{Store, StoreError, Tx, codec};
use crate::accounts::DeviceId;

/// The most events read at once.
const PAGE: i64 = 200;

/// What a feed takes up.
#[allow(clippy::large_enum_variant, reason = "nearly every entry is an event, and few are held at once")]
#[derive(Clone, Debug)]
pub(crate) enum FeedEntry {
    /// An event.
    Event(Event),
    /// A reset: what the person may see has changed, so nobody continues from before it without a new snapshot.
    /// It is numbered like an event, so that every node finds it in its place.
    Reset(Timestamp),
}

/// An entry as stored in a feed.
#[derive(Clone, Debug)]
pub(crate) struct FeedEvent {
    pub(crate) seq: u64,
    pub(crate) kind: String,
    /// The event as JSON, without its number.
    pub(crate) body: String,
}

impl FeedEvent {
    /// Whether it is a reset and not an event.
    pub(crate) fn is_reset(&self) -> bool {
        self.kind == StreamSignal::Reset.as_str()
    }
}

impl FeedEntry {
    fn kind(&self) -> String {
        match self {
            Self::Event(event) => event.name().to_string(),
            Self::Reset(_) => StreamSignal::Reset.as_str().to_owned(),
        }
    }

    fn at(&self) -> Timestamp {
        match self {
            Self::Event(event) => event.at(),
            Self::Reset(at) => *at,
        }
    }

    /// As JSON. A reset is written like an event, because an earlier server takes it for one of an unknown type.
    fn body(&self) -> Result<String, StoreError> {
        #[derive(Serialize)]
        struct Reset {
            at: Timestamp,
            #[serde(rename = "type")]
            kind: StreamSignal,
        }
        match self {
            Self::Event(event) => codec::json(event),
            Self::Reset(at) => codec::json(&Reset { at: *at, kind: StreamSignal::Reset }),
        }
    }
}

/// A feed's epoch and bounds.
pub(crate) struct FeedHead {
    pub(crate) epoch: String,
    /// The last number assigned.
    pub(crate) head: u64,
    /// The last number no longer kept.
    pub(crate) floor: u64,
}

/// What follows a cursor.
pub(crate) enum Backlog {
    /// Events without a gap, beginning with the next one; there may be more.
    Events {
        events: Vec<FeedEvent>,
        /// Whether the feed goes on after them.
        more: bool,
    },
    /// The cursor can't be resumed: it is of another epoch, older than what is kept, or in the future.
    Expired,
}

#[derive(FromRow)]
struct HeadRow {
    epoch: String,
    head: i64,
    floor: i64,
}

impl From<HeadRow> for FeedHead {
    fn from(HeadRow { epoch, head, floor }: HeadRow) -> Self {
        Self { epoch, head: codec::count(head), floor: codec::count(floor) }
    }
}

impl Backlog {
    /// Nothing.
    pub(crate) fn none() -> Self {
        Self::Events { events: Vec::new(), more: false }
    }
}

impl FeedHead {
    /// The cursor after the last event.
    pub(crate) fn cursor(&self) -> Cursor {
        Cursor { epoch: self.epoch.clone(), seq: self.head }
    }

    fn can_resume(&self, cursor: &Cursor) -> bool {
        cursor.epoch == self.epoch && (self.floor..=self.head).contains(&cursor.seq)
    }
}

impl Store {
    /// What follows `cursor` in the feed of the person signed in on `device`; without a cursor, from the head, so empty.
    /// Also returns the cursor; `None` if that sign-in has ended.
    pub(crate) async fn backlog_on(
        &self,
        device: DeviceId,
        user: UserId,
        cursor: Option<Cursor>,
    ) -> Result<Option<(Cursor, Backlog)>, StoreError> {
        // Nearly every client is up to date when it connects, so this one statement is nearly always enough.
        let sql = "SELECT f.epoch, f.head, f.floor FROM feeds f JOIN devices d ON d.user_id = f.user_id \
                   JOIN users u ON u.id = f.user_id \
                   WHERE f.user_id = $1 AND d.id = $2 AND d.revoked_at IS NULL AND u.active = 1";
        let row: Option<HeadRow> =
            sqlx::query_as(sql).bind(user.to_string()).bind(device.to_string()).fetch_optional(&self.reader).await?;
        let Some(head) = row.map(FeedHead::from) else { return Ok(None) };
        let cursor = cursor.unwrap_or_else(|| head.cursor());
        if cursor == head.cursor() {
            return Ok(Some((cursor, Backlog::none())));
        }
        // Head and events as of one moment.
        let mut tx = self.read().await?;
        let head = tx.feed_head(user).await?;
        let backlog = tx.events_after(user, &head, &cursor).await?;
        Ok(Some((cursor, backlog)))
    }
}

impl Tx {
    /// What follows `cursor` in a feed with this head.
    async fn events_after(&mut self, user: UserId, head: &FeedHead, cursor: &Cursor) -> Result<Backlog, StoreError> {
        if !head.can_resume(cursor) {
            return Ok(Backlog::Expired);
        }
        // The usual case for a device that reconnects after a moment; nothing to read.
        if cursor.seq == head.head {
            return Ok(Backlog::none());
        }
        let sql = "SELECT seq, kind, body FROM feed_events WHERE user_id = $1 AND seq > $2 ORDER BY seq LIMIT $3";
        let rows: Vec<(i64, String, String)> = sqlx::query_as(sql)
            .bind(user.to_string())
            .bind(codec::number(cursor.seq))
            .bind(PAGE)
            .fetch_all(&mut *self.0)
            .await?;
        let events: Vec<FeedEvent> =
            rows.into_iter().map(|(seq, kind, body)| FeedEvent { seq: codec::count(seq), kind, body }).collect();
        let gapless = events.iter().zip(cursor.seq + 1..).all(|(event, seq)| event.seq == seq);
        match events.last() {
            // Never a partial replay: better a new snapshot than a gap, whatever has happened to the table.
            Some(last) if gapless => Ok(Backlog::Events { more: last.seq < head.head, events }),
            _ => Ok(Backlog::Expired),
        }
    }

    /// The epoch and bounds of a person's feed.
    pub(crate) async fn feed_head(&mut self, user: UserId) -> Result<FeedHead, StoreError> {
        let sql = "SELECT epoch, head, floor FROM feeds WHERE user_id = $1";
        let row: HeadRow = sqlx::query_as(sql).bind(user.to_string()).fetch_one(&mut *self.0).await?;
        Ok(row.into())
    }

    /// Appends entries to a person's feed, which stays locked until the transaction ends. Lock several feeds in the
    /// order of their owners' ids.
    pub(crate) async fn append(
        &mut self,
        user: UserId,
        entries: &[FeedEntry],
    ) -> Result<(String, Vec<FeedEvent>), StoreError> {
        let added = i64::try_from(entries.len()).unwrap_or(i64::MAX);
        let sql = "UPDATE feeds SET head = head + $2 WHERE user_id = $1 RETURNING epoch, head";
        let (epoch, head): (String, i64) =
            sqlx::query_as(sql).bind(user.to_string()).bind(added).fetch_one(&mut *self.0).await?;
        let mut appended = Vec::with_capacity(entries.len());
        for (seq, entry) in (head - added + 1..).zip(entries) {
            let kind = entry.kind();
            let body = entry.body()?;
            sqlx::query("INSERT INTO feed_events (user_id, seq, kind, body, at) VALUES ($1, $2, $3, $4, $5)")
                .bind(user.to_string())
                .bind(seq)
                .bind(&kind)
                .bind(&body)
                .bind(entry.at().as_millisecond())
                .execute(&mut *self.0)
                .await?;
            appended.push(FeedEvent { seq: codec::count(seq), kind, body });
        }
        Ok((epoch, appended))
    }

    /// Gives a person an empty feed.
    pub(super) async fn add_feed(&mut self, user: UserId) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO feeds (user_id, epoch, head, floor) VALUES ($1, $2, 0, 0)")
            .bind(user.to_string())
            .bind(Uuid::now_v7().simple().to_string())
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }
}
