//! The replica: the local copy of this profile's data, in its own SQLite file and mirrored in memory.
//!
//! An event and the cursor after it are stored in one transaction, so a crash neither loses an event nor applies it
//! twice. Memory is changed only after the transaction has been committed.

mod aside;
mod file;
mod migrate;
mod uploads;

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use training::wire::{Account, Cursor, Snapshot};
use training::{
    Document, Entity, EntityRef, Envelope, Event, Folded, JournalEntry, Note, Session, SessionEvent, Sessions,
    Timestamp, Weight, fold, notes, weights,
};
use uuid::Uuid;

pub(crate) use self::file::Durability;
use self::file::{CLOCK_OFFSET, File, OVERWRITE_DUE, SEEN_VIDEOS, Stored, Write};
use crate::bridge::{Failure, LocalCode};
use crate::documents::DocumentMap;
use crate::environment::Environment;
use crate::outbox::{Answer, Entry, Outbox};
use crate::seen_videos::SeenVideos;
use crate::uploads::UploadJob;

/// The file's name.
const FILE: &str = "replica.sqlite";
/// The smallest change of the clock offset that is stored, in milliseconds.
const CLOCK_OFFSET_STEP_MS: u64 = 1_000;
/// How many ended sessions are kept.
const ENDED_SESSIONS_KEPT: usize = Snapshot::ENDED_SESSIONS as usize;

/// What can go wrong with the replica.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReplicaError {
    /// The file can't be read or written.
    #[error("the replica can't be read or written")]
    Store(#[from] sqlx::Error),
    /// A value can't be serialised as JSON: a bug.
    #[error("a value can't be serialised")]
    Unwritable(#[from] serde_json::Error),
    /// It was written by a newer version of the application.
    #[error("the replica was written by a newer version")]
    Newer,
    /// A damaged file can't be set aside.
    #[error("the damaged replica can't be set aside")]
    Aside(#[from] std::io::Error),
}

impl ReplicaError {
    /// Whether the file itself is at fault, and not the disk, the system or our version.
    fn is_damage(&self) -> bool {
        match self {
            // `SQLITE_CORRUPT` and `SQLITE_NOTADB`, the low byte of <https://www.sqlite.org/rescode.html>.
            Self::Store(sqlx::Error::Database(error)) => {
                let code = error.code().and_then(|code| code.parse::<u32>().ok());
                code.is_some_and(|code| matches!(code & 0xff, 11 | 26))
            }
            Self::Store(_) | Self::Unwritable(_) | Self::Newer | Self::Aside(_) => false,
        }
    }

    /// The code reported to a window.
    pub(crate) fn local_code(&self) -> LocalCode {
        match self {
            Self::Newer => LocalCode::NewerReplica,
            // `SQLITE_FULL`.
            Self::Store(sqlx::Error::Database(error)) if error.code().is_some_and(|code| code == "13") => {
                LocalCode::DiskFull
            }
            Self::Store(_) | Self::Unwritable(_) | Self::Aside(_) => LocalCode::Replica,
        }
    }
}

impl From<ReplicaError> for Failure {
    fn from(error: ReplicaError) -> Self {
        let code = error.local_code();
        let cause = std::error::Error::source(&error).map(ToString::to_string);
        Self::local(code).because(cause.unwrap_or_else(|| error.to_string()))
    }
}

/// The data of a profile.
#[derive(Clone, Debug, Default)]
pub(crate) struct Contents {
    /// The position in the feed. `None` before the first snapshot.
    pub(crate) cursor: Option<Cursor>,
    pub(crate) me: Option<Account>,
    /// The server this data comes from.
    pub(crate) server: Option<String>,
    pub(crate) documents: DocumentMap,
    /// What to add to this machine's clock to get the server's, as last measured, in milliseconds.
    pub(crate) clock_offset_ms: i64,
    /// Those of the person's own rounds, also of sessions that are no longer kept.
    pub(crate) seen_videos: SeenVideos,
}

/// The outcome of applying an event from the feed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Applied {
    /// It was stored. Holds the entity it changed, if any.
    Stored(Option<EntityRef>),
    /// It had been stored before.
    Known,
    /// It does not follow the stored state: a snapshot is needed.
    Broken,
}

/// The replica of one profile, with its outbox and its uploads: one file holds all of them.
#[derive(Debug)]
pub(crate) struct Replica {
    file: File,
    contents: Contents,
    outbox: Outbox,
    /// In the order in which they are sent, of all users.
    uploads: Vec<UploadJob>,
}

impl Replica {
    /// Opens the replica in `directory`, creating it if necessary.
    ///
    /// A damaged file is set aside and replaced by a new one: everything but the outbox is a copy of the server's data,
    /// and the readable part of the outbox and of the uploads is carried over. Returns whether that happened.
    pub(crate) async fn open(
        directory: &Path,
        environment: &Arc<dyn Environment>,
    ) -> Result<(Self, bool), ReplicaError> {
        aside::finish(directory, environment.now())?;
        let damage = match Self::open_file(&directory.join(FILE), environment).await {
            Err(error) if error.is_damage() => error,
            opened => return opened.map(|replica| (replica, false)),
        };
        tracing::error!(error = &damage as &dyn std::error::Error, "the replica is damaged");
        let saved = aside::salvage(directory).await;
        let mut replica = Self::open_file(&aside::unfinished(directory)?, environment).await?;
        let (acts, uploads) = (saved.entries.len(), saved.uploads.len());
        for entry in saved.entries {
            replica.put_entry(entry, true).await?;
        }
        for job in saved.uploads {
            replica.put_upload(job, &[]).await?;
        }
        replica.file.close().await?;
        aside::take_over(directory, environment.now())?;
        tracing::warn!(acts, uploads, "the damaged replica was set aside and replaced");
        Ok((Self::open_file(&directory.join(FILE), environment).await?, true))
    }

    async fn open_file(path: &Path, environment: &Arc<dyn Environment>) -> Result<Self, ReplicaError> {
        let (file, Stored { contents, entries, uploads }) = File::open(path, environment).await?;
        Ok(Self { file, contents, outbox: Outbox::new(entries), uploads })
    }

    /// The current contents.
    pub(crate) fn contents(&self) -> &Contents {
        &self.contents
    }

    /// The acts that are not confirmed yet, and their waiters.
    pub(crate) fn outbox(&self) -> &Outbox {
        &self.outbox
    }

    /// An entity as the window shows it: with every act that waits in the background applied.
    pub(crate) fn shown(&self, entity: EntityRef) -> Option<Document> {
        match &self.contents.me {
            Some(me) => self.outbox.shown(&self.contents.documents, me).document(entity),
            None => self.contents.documents.document(entity).cloned(),
        }
    }

    /// The same, without the act with this key.
    pub(crate) fn shown_without(&self, entity: EntityRef, key: Uuid) -> Option<Document> {
        let me = self.contents.me.as_ref()?;
        self.outbox.shown_without(&self.contents.documents, me, key).document(entity)
    }

    /// How many acts wait in the background.
    pub(crate) fn acts_waiting(&self) -> u32 {
        self.contents.me.as_ref().map_or(0, |me| self.outbox.waiting(me))
    }

    /// How many changes wait to be sent: acts in the background, and uploads.
    pub(crate) fn waiting(&self) -> u32 {
        let uploads = self.own_uploads().filter(|job| job.is_pending()).count();
        self.acts_waiting().saturating_add(u32::try_from(uploads).unwrap_or(u32::MAX))
    }

    /// Whether there is anything that the server has not accepted yet, or has refused, of whatever user.
    pub(crate) fn has_unsent(&self) -> bool {
        !self.outbox.entries().is_empty() || !self.uploads.is_empty()
    }

    /// The outbox, for changes in memory only.
    pub(crate) fn outbox_mut(&mut self) -> &mut Outbox {
        &mut self.outbox
    }

    /// Replaces everything with a snapshot.
    pub(crate) async fn replace_with(&mut self, snapshot: Snapshot) -> Result<(), ReplicaError> {
        let documents = DocumentMap::from(snapshot.documents);
        let mut writes = vec![Write::Clear, Write::meta("cursor", &snapshot.cursor)?, Write::meta("me", &snapshot.me)?];
        writes.extend(
            self.contents.server.iter().map(|server| Write::meta("server", server)).collect::<Result<Vec<_>, _>>()?,
        );
        writes.extend(documents.documents().map(Write::PutDocument));
        let is_same_person = self.contents.me.as_ref().is_some_and(|me| me.id == snapshot.me.id);
        let seen = if is_same_person { self.contents.seen_videos.clone() } else { SeenVideos::default() };
        let seen_videos = seen.with(documents.all::<Session>(), snapshot.me.id).unwrap_or(seen);
        writes.push(Write::meta(SEEN_VIDEOS, &seen_videos)?);
        // Where none is known, the file may still have what was there before a sign-out.
        let is_other_epoch = self.contents.cursor.as_ref().is_none_or(|known| known.epoch != snapshot.cursor.epoch);
        if is_other_epoch {
            writes.push(Write::meta(OVERWRITE_DUE, &true)?);
        }
        self.file.commit(&writes, Durability::Process).await?;
        self.contents = Contents {
            cursor: Some(snapshot.cursor),
            me: Some(snapshot.me),
            documents,
            server: self.contents.server.take(),
            clock_offset_ms: self.contents.clock_offset_ms,
            seen_videos,
        };
        if is_other_epoch {
            // Versions can no longer be compared.
            self.outbox.clear_unconfirmed();
            // Somebody may have been erased.
            self.file.overwrite_deleted().await?;
        }
        self.outbox.forget_confirmed(&self.contents.documents);
        Ok(())
    }

    /// Deletes everything but the outbox and the uploads.
    pub(crate) async fn clear(&mut self) -> Result<(), ReplicaError> {
        self.clear_for(self.contents.server.clone()).await
    }

    /// Deletes everything but the outbox and the uploads, and binds the replica to this server.
    pub(crate) async fn clear_for_server(&mut self, server: &str) -> Result<(), ReplicaError> {
        self.clear_for(Some(server.to_owned())).await
    }

    async fn clear_for(&mut self, server: Option<String>) -> Result<(), ReplicaError> {
        let mut writes = vec![Write::Clear];
        if let Some(server) = &server {
            writes.push(Write::meta("server", server)?);
        }
        self.file.commit(&writes, Durability::Process).await?;
        self.contents = Contents { server, clock_offset_ms: self.contents.clock_offset_ms, ..Contents::default() };
        self.outbox.clear_unconfirmed();
        Ok(())
    }

    /// Binds the replica to this server. Data from another server is deleted, except for the outbox and the uploads.
    pub(crate) async fn bind_to_server(&mut self, server: &str) -> Result<(), ReplicaError> {
        match &self.contents.server {
            Some(known) if known == server => Ok(()),
            Some(_another) => self.clear_for_server(server).await,
            // Written before the server was stored.
            None => {
                self.file.commit(&[Write::meta("server", &server)?], Durability::Process).await?;
                self.contents.server = Some(server.to_owned());
                Ok(())
            }
        }
    }

    /// Stores this machine's clock offset, so that it is also known after a start without a network.
    pub(crate) async fn set_clock_offset(&mut self, ms: i64) -> Result<(), ReplicaError> {
        if ms.abs_diff(self.contents.clock_offset_ms) >= CLOCK_OFFSET_STEP_MS {
            self.file.commit(&[Write::meta(CLOCK_OFFSET, &ms)?], Durability::Process).await?;
            self.contents.clock_offset_ms = ms;
        }
        Ok(())
    }

    /// Stores the person's changed account.
    pub(crate) async fn set_me(&mut self, me: Account) -> Result<(), ReplicaError> {
        self.file.commit(&[Write::meta("me", &me)?], Durability::Process).await?;
        self.contents.me = Some(me);
        Ok(())
    }

    /// Applies the next event of the feed, from `epoch`.
    pub(crate) async fn apply_event(&mut self, epoch: &str, envelope: &Envelope) -> Result<Applied, ReplicaError> {
        let (Some(cursor), Some(me)) = (&self.contents.cursor, &self.contents.me) else { return Ok(Applied::Broken) };
        if cursor.epoch != epoch || envelope.seq > cursor.seq + 1 {
            return Ok(Applied::Broken);
        }
        if envelope.seq <= cursor.seq {
            return Ok(Applied::Known);
        }
        // Applied to a copy: memory must not run ahead of the file.
        let Some(changes) = self.fold(&envelope.event, me) else { return Ok(Applied::Broken) };
        let after = Cursor { epoch: cursor.epoch.clone(), seq: envelope.seq };
        let mut writes = vec![Write::meta("cursor", &after)?];
        if let Some(me) = &changes.me {
            writes.push(Write::meta("me", me)?);
        }
        let session = changes.put.as_ref().and_then(|document| <&Session>::try_from(document).ok());
        let seen_videos = self.contents.seen_videos.with(session, me.id);
        if let Some(seen_videos) = &seen_videos {
            writes.push(Write::meta(SEEN_VIDEOS, seen_videos)?);
        }
        writes.extend(changes.put.iter().map(Write::PutDocument));
        writes.extend(changes.removed.iter().copied().map(Write::DeleteDocument));
        self.file.commit(&writes, Durability::Process).await?;
        self.contents.cursor = Some(after);
        if let Some(seen_videos) = seen_videos {
            self.contents.seen_videos = seen_videos;
        }
        if let Some(me) = changes.me {
            self.contents.me = Some(me);
        }
        let mut entity_changed = changes.put.as_ref().map(Document::entity_ref);
        for entity in changes.removed {
            let was_there = self.contents.documents.remove(entity).is_some();
            let is_meant = was_there && envelope.event.entity_ref() == Some(entity);
            entity_changed = entity_changed.or(is_meant.then_some(entity));
        }
        if let Some(document) = changes.put {
            self.contents.documents.put(document);
        }
        self.outbox.forget_confirmed(&self.contents.documents);
        Ok(Applied::Stored(entity_changed))
    }

    /// What an event changes. `None` when a snapshot is needed to tell.
    fn fold(&self, event: &Event, me: &Account) -> Option<Changes> {
        let documents = &self.contents.documents;
        Some(match event {
            Event::Session(event) => self.fold_session(event, me)?,
            Event::Saved { document, at } => {
                let known = documents.document(document.entity_ref());
                if known.is_some_and(|known| is_of_another_athlete(document, known)) {
                    return None;
                }
                let is_news = known.is_none_or(|known| known.version() < document.version());
                if is_news { self.fold_saved(document, *at) } else { Changes::default() }
            }
            Event::Removed { entity, .. } => Changes { removed: vec![*entity], ..Changes::default() },
            Event::AccountChanged { account, .. } => {
                // The answer to one's own change may have come first, with a later one in it.
                let is_news = account.id == me.id && account.version > me.version;
                Changes { me: is_news.then(|| (**account).clone()), ..Changes::default() }
            }
            // From a newer server: only its number counts. The next start takes a snapshot, in a form this version
            // knows.
            Event::Unknown { .. } => Changes::default(),
        })
    }

    /// What a new version of an entity changes, saved at that time. A device keeps as much as a snapshot has: the notes on
    /// the sessions it keeps, of each journal the pinned entries and the last ones, and the last weights.
    fn fold_saved(&self, saved: &Document, at: Timestamp) -> Changes {
        let put = Some(saved.clone());
        // One that the person has just changed stays until the next event: what they did with it is yet to be sent, or
        // shown as it was answered.
        let without = |mut removed: Vec<EntityRef>| {
            removed.retain(|entity| !self.outbox.concerns(*entity));
            let put = put.clone().filter(|saved| !removed.contains(&saved.entity_ref()));
            Changes { put, removed, me: None }
        };
        match saved {
            Document::Note(note) if self.contents.documents.get::<Session>(note.session_id).is_none() => {
                Changes::default()
            }
            Document::JournalEntry(entry) => without(self.journal_over_limit(entry)),
            Document::Weight(weight) => without(self.weights_over_limit(weight, at)),
            _ => Changes { put, ..Changes::default() },
        }
    }

    fn fold_session(&self, event: &SessionEvent, me: &Account) -> Option<Changes> {
        let known: Option<&Session> = self.contents.documents.get(event.session_id);
        let mut folding: Sessions = known.map(|known| (known.id, known.clone())).into_iter().collect();
        let folded = fold(&mut folding, event, me.id);
        if matches!(folded, Folded::Orphan | Folded::Contradictory) {
            return None;
        }
        let changed = folding.remove(&event.session_id).filter(|_| folded == Folded::Changed);
        let removed = changed.as_ref().map_or_else(Vec::new, |changed| self.sessions_over_limit(changed));
        Some(Changes { put: changed.map(Document::from), removed, me: None })
    }

    /// Stores an act at the end of the outbox, or in its existing position.
    ///
    /// `durably`: it must also survive a power cut, because nobody waits for it any more.
    pub(crate) async fn put_entry(&mut self, entry: Entry, durably: bool) -> Result<(), ReplicaError> {
        let durability = if durably { Durability::Power } else { Durability::Process };
        self.file.commit(&[Write::PutEntry(&entry)], durability).await?;
        self.outbox.put(entry);
        Ok(())
    }

    /// Replaces an act with another one, which keeps its position and its waiter.
    pub(crate) async fn replace_entry(&mut self, old: Uuid, entry: Entry) -> Result<(), ReplicaError> {
        self.file.commit(&[Write::ReplaceEntry(old, &entry)], Durability::Power).await?;
        self.outbox.replace_entry(old, entry);
        Ok(())
    }

    /// Removes an act and stores another one, at the end of the outbox or in its existing position.
    pub(crate) async fn exchange_entry(&mut self, old: Uuid, entry: Entry) -> Result<(), ReplicaError> {
        self.file.commit(&[Write::DeleteEntry(old), Write::PutEntry(&entry)], Durability::Power).await?;
        self.outbox.remove(old);
        self.outbox.put(entry);
        Ok(())
    }

    /// Removes an act from the outbox.
    pub(crate) async fn remove_entry(&mut self, key: Uuid) -> Result<(), ReplicaError> {
        self.file.commit(&[Write::DeleteEntry(key)], Durability::Process).await?;
        self.outbox.remove(key);
        Ok(())
    }

    /// Keeps a completed act as unconfirmed until its event arrives on the feed.
    pub(crate) fn await_confirmation(&mut self, entry: Entry, answer: Answer, shown: bool) {
        self.outbox.await_confirmation(entry, answer, shown, &self.contents.documents);
    }

    /// The oldest ended sessions that exceed the limit once `changed` is stored, with the notes on them.
    fn sessions_over_limit(&self, changed: &Session) -> Vec<EntityRef> {
        if changed.status.is_open() {
            return Vec::new();
        }
        let sessions = self.contents.documents.all::<Session>();
        let ended = sessions.filter(|session| !session.status.is_open() && session.id != changed.id);
        let mut ended: Vec<EntityRef> = ended.map(|session| EntityRef::of::<Session>(session.id)).collect();
        ended.truncate((ended.len() + 1).saturating_sub(ENDED_SESSIONS_KEPT));
        let notes: Vec<EntityRef> = ended.iter().map(|session| EntityRef::of::<Note>(session.id)).collect();
        ended.extend(notes);
        ended
    }

    /// The entries about its athlete that are no longer kept once `changed` is stored.
    fn journal_over_limit(&self, changed: &JournalEntry) -> Vec<EntityRef> {
        let known = self.contents.documents.all::<JournalEntry>();
        let others = known.filter(|entry| entry.athlete_id == changed.athlete_id && entry.id != changed.id);
        let all: Vec<&JournalEntry> = others.chain([changed]).collect();
        not_among(&all, notes::kept(all.iter().copied()))
    }

    /// The weights of its athlete that are no longer kept once `changed` is stored, at that time.
    fn weights_over_limit(&self, changed: &Weight, at: Timestamp) -> Vec<EntityRef> {
        let known = self.contents.documents.all::<Weight>();
        let others = known.filter(|weight| weight.athlete_id == changed.athlete_id && weight.id != changed.id);
        let all: Vec<&Weight> = others.chain([changed]).collect();
        not_among(&all, weights::kept(all.iter().copied(), at))
    }
}

/// Whether what was saved can't be a later version of what is known: whose it is never changes.
fn is_of_another_athlete(saved: &Document, known: &Document) -> bool {
    match (saved, known) {
        (Document::Weight(saved), Document::Weight(known)) => saved.athlete_id != known.athlete_id,
        (Document::JournalEntry(saved), Document::JournalEntry(known)) => saved.athlete_id != known.athlete_id,
        _ => false,
    }
}

/// Those of all that are not kept.
fn not_among<'a, E: Entity + 'a>(all: &[&E], kept: impl Iterator<Item = &'a E>) -> Vec<EntityRef> {
    let kept: HashSet<Uuid> = kept.map(Entity::id).collect();
    let over = all.iter().map(|entity| entity.id()).filter(|id| !kept.contains(id));
    over.map(EntityRef::of::<E>).collect()
}

/// What an event changes.
#[derive(Default)]
struct Changes {
    put: Option<Document>,
    removed: Vec<EntityRef>,
    me: Option<Account>,
}

#[cfg(test)]
mod tests;
