//! The replica: what this profile knows, in a SQLite file of its own and, the same, in memory.
//!
//! An event and the cursor after it are stored in one transaction, so a crash at any point neither loses nor repeats.
//! Memory is changed only after the transaction has been committed.

mod aside;
mod file;

use std::path::Path;
use std::sync::Arc;

use training::wire::{Account, Cursor, Snapshot};
use training::{Envelope, Exercise, Folded, Person, Round, RoundId, Session, SessionId, Sessions, fold};
use uuid::Uuid;

use self::file::{CLOCK_OFFSET, Durability, File, Write};
use crate::bridge::{Failure, LocalCode};
use crate::environment::Environment;
use crate::outbox::Entry;

/// The file's name.
const FILE: &str = "replica.sqlite";
/// By how much a clock must be further off than is noted to be noted again, in milliseconds.
const CLOCK_NOTED_FROM_MS: u64 = 1_000;
/// How many ended sessions are kept; the snapshot brings as many.
const ENDED_KEPT: usize = 20;

/// What can go wrong with the replica.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReplicaError {
    /// The file can't be read or written.
    #[error("the replica can't be read or written")]
    Store(#[from] sqlx::Error),
    /// Something is not written as JSON: a mistake of ours.
    #[error("something can't be written")]
    Unwritable(#[from] serde_json::Error),
    /// It was written by a newer version of the application.
    #[error("the replica was written by a newer version")]
    Newer,
    /// A damaged file can't be put out of the way.
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

    /// What a window is told.
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

/// What a profile knows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Contents {
    /// Where the feed goes on; none before the first snapshot.
    pub(crate) cursor: Option<Cursor>,
    pub(crate) me: Option<Account>,
    /// The server all of this is of.
    pub(crate) server: Option<String>,
    pub(crate) sessions: Sessions,
    pub(crate) exercises: Vec<Exercise>,
    pub(crate) athletes: Vec<Person>,
    /// What to add to this machine's clock to get the server's, as of the last time it was told, in milliseconds.
    pub(crate) clock_offset_ms: i64,
    /// What was done and is not confirmed, in the order it was done; of whoever did it.
    pub(crate) outbox: Vec<Entry>,
}

/// What became of an event from the feed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Followed {
    /// It is stored; the session after it, if it changed one.
    Stored(Option<Box<Session>>),
    /// It was stored before.
    Known,
    /// It does not follow what is stored: only a snapshot helps.
    Broken,
}

/// The replica of one profile.
#[derive(Debug)]
pub(crate) struct Replica {
    file: File,
    contents: Contents,
    /// Acts that were done and whose events the feed has not brought yet.
    unconfirmed: Vec<Unconfirmed>,
}

/// An act between its answer and its event.
#[derive(Debug)]
struct Unconfirmed {
    entry: Entry,
    confirmation: Confirmation,
    /// Whether it is shown until its event is here: it was before it was answered, or the feed is not live.
    shown: bool,
}

/// How it is known that an act's event is here.
#[derive(Clone, Debug)]
pub(crate) enum Confirmation {
    /// The session has this version.
    Session(u64),
    /// The round has at least the version of this one.
    Round(Box<Round>),
    /// The round is gone.
    Gone(Option<RoundId>),
}

impl Unconfirmed {
    fn is_reached(&self, session: Option<&Session>) -> bool {
        let Some(session) = session.filter(|session| session.status.is_open()) else { return true };
        match &self.confirmation {
            Confirmation::Session(version) => session.version >= *version,
            Confirmation::Round(answered) => {
                session.round(answered.id).is_some_and(|round| round.version >= answered.version)
            }
            Confirmation::Gone(round) => round.is_none_or(|id| session.round(id).is_none()),
        }
    }
}

impl Replica {
    /// Opens the replica in `directory`, making it if there is none.
    ///
    /// A damaged file is set aside and begun anew: all but the outbox is a copy of what the server has, and what can be read
    /// of the outbox is taken along. Answers whether that happened.
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
        let acts = saved.len();
        for entry in saved {
            replica.put_entry(entry, true).await?;
        }
        replica.file.close().await?;
        aside::take_over(directory, environment.now())?;
        tracing::warn!(acts, "the damaged replica is set aside and begun anew");
        Ok((Self::open_file(&directory.join(FILE), environment).await?, true))
    }

    async fn open_file(path: &Path, environment: &Arc<dyn Environment>) -> Result<Self, ReplicaError> {
        let (file, contents) = File::open(path, environment).await?;
        Ok(Self { file, contents, unconfirmed: Vec::new() })
    }

    /// What is known.
    pub(crate) fn contents(&self) -> &Contents {
        &self.contents
    }

    /// Replaces everything by a snapshot.
    pub(crate) async fn replace(&mut self, snapshot: Snapshot) -> Result<(), ReplicaError> {
        let mut writes = vec![
            Write::Erase,
            Write::fact("cursor", &snapshot.cursor)?,
            Write::fact("me", &snapshot.me)?,
            Write::fact("exercises", &snapshot.exercises)?,
            Write::fact("athletes", &snapshot.athletes)?,
        ];
        writes.extend(
            self.contents.server.iter().map(|server| Write::fact("server", server)).collect::<Result<Vec<_>, _>>()?,
        );
        writes.extend(snapshot.sessions.iter().map(Write::Session));
        self.file.commit(&writes, Durability::Process).await?;
        let is_other_epoch = self.contents.cursor.as_ref().is_some_and(|known| known.epoch != snapshot.cursor.epoch);
        self.contents = Contents {
            cursor: Some(snapshot.cursor),
            me: Some(snapshot.me),
            sessions: snapshot.sessions.into_iter().map(|session| (session.id, session)).collect(),
            exercises: snapshot.exercises,
            athletes: snapshot.athletes,
            server: self.contents.server.take(),
            clock_offset_ms: self.contents.clock_offset_ms,
            outbox: std::mem::take(&mut self.contents.outbox),
        };
        if is_other_epoch {
            // Versions can no longer be compared.
            self.unconfirmed.clear();
        }
        self.forget_confirmed();
        Ok(())
    }

    /// Forgets everything but the outbox and, unless the person signed out, remembers who is signed in now.
    pub(crate) async fn start_over(&mut self, me: Option<Account>) -> Result<(), ReplicaError> {
        let mut writes = vec![Write::Erase];
        if let Some(server) = &self.contents.server {
            writes.push(Write::fact("server", server)?);
        }
        if let Some(me) = &me {
            writes.push(Write::fact("me", me)?);
        }
        self.file.commit(&writes, Durability::Process).await?;
        let Contents { server, clock_offset_ms, outbox, .. } = std::mem::take(&mut self.contents);
        self.contents = Contents { me, server, clock_offset_ms, outbox, ..Contents::default() };
        self.unconfirmed.clear();
        Ok(())
    }

    /// Sees to it that everything is of this server: what is of another one is forgotten, but for the outbox.
    pub(crate) async fn belong_to(&mut self, server: &str) -> Result<(), ReplicaError> {
        match self.contents.server.replace(server.to_owned()) {
            Some(known) if known == server => Ok(()),
            Some(_another) => self.start_over(None).await,
            // From before it was noted.
            None => self.file.commit(&[Write::fact("server", &server)?], Durability::Process).await,
        }
    }

    /// Notes how far this machine's clock is off, so that it is known also after a start without a network.
    pub(crate) async fn set_clock_offset(&mut self, ms: i64) -> Result<(), ReplicaError> {
        if ms.abs_diff(self.contents.clock_offset_ms) >= CLOCK_NOTED_FROM_MS {
            self.file.commit(&[Write::fact(CLOCK_OFFSET, &ms)?], Durability::Process).await?;
            self.contents.clock_offset_ms = ms;
        }
        Ok(())
    }

    /// Stores the person's changed account.
    pub(crate) async fn set_me(&mut self, me: Account) -> Result<(), ReplicaError> {
        self.file.commit(&[Write::fact("me", &me)?], Durability::Process).await?;
        self.contents.me = Some(me);
        Ok(())
    }

    /// Follows the feed by one event of `epoch`.
    pub(crate) async fn follow(&mut self, epoch: &str, envelope: &Envelope) -> Result<Followed, ReplicaError> {
        let (Some(cursor), Some(me)) = (&self.contents.cursor, &self.contents.me) else { return Ok(Followed::Broken) };
        if cursor.epoch != epoch || envelope.seq > cursor.seq + 1 {
            return Ok(Followed::Broken);
        }
        if envelope.seq <= cursor.seq {
            return Ok(Followed::Known);
        }
        // Folded on a copy: memory must not run ahead of the file.
        let id = envelope.recorded.session_id;
        let mut folding: Sessions =
            self.contents.sessions.get(&id).map(|known| (id, known.clone())).into_iter().collect();
        let folded = fold(&mut folding, &envelope.recorded, me.id);
        if folded == Folded::Orphan {
            return Ok(Followed::Broken);
        }
        let changed = folding.remove(&id).filter(|_| folded == Folded::Changed);
        let after = Cursor { epoch: cursor.epoch.clone(), seq: envelope.seq };
        let dropped = changed.as_ref().map_or_else(Vec::new, |changed| self.one_too_many(changed));
        let mut writes = vec![Write::fact("cursor", &after)?];
        writes.extend(changed.iter().map(Write::Session));
        writes.extend(dropped.iter().copied().map(Write::NoSession));
        self.file.commit(&writes, Durability::Process).await?;
        self.contents.cursor = Some(after);
        for id in dropped {
            self.contents.sessions.remove(&id);
        }
        if let Some(session) = &changed {
            self.contents.sessions.insert(id, session.clone());
        }
        self.forget_confirmed();
        Ok(Followed::Stored(changed.map(Box::new)))
    }

    /// Writes an act into the outbox, behind all others or in the place it has.
    ///
    /// `durably`: it has to survive also a power cut, because nobody waits for it any more.
    pub(crate) async fn put_entry(&mut self, entry: Entry, durably: bool) -> Result<(), ReplicaError> {
        let durability = if durably { Durability::Power } else { Durability::Process };
        self.file.commit(&[Write::Entry(&entry)], durability).await?;
        self.place(entry);
        Ok(())
    }

    /// Notes that an act was done, until the feed has brought its event.
    pub(crate) fn await_confirmation(&mut self, entry: Entry, confirmation: Confirmation, shown: bool) {
        self.unconfirmed.push(Unconfirmed { entry, confirmation, shown });
        self.forget_confirmed();
    }

    /// The acts that were done although the feed has not brought them yet; only those that are `shown`, or all.
    pub(crate) fn unconfirmed(&self, shown: bool) -> impl Iterator<Item = &Entry> {
        self.unconfirmed
            .iter()
            .filter(move |unconfirmed| unconfirmed.shown || !shown)
            .map(|unconfirmed| &unconfirmed.entry)
    }

    /// Has all of them shown: it may take long until the feed brings them.
    pub(crate) fn show_unconfirmed(&mut self) {
        for unconfirmed in &mut self.unconfirmed {
            unconfirmed.shown = true;
        }
    }

    /// The keys of the acts whose events the feed has not brought.
    pub(crate) fn unconfirmed_keys(&self) -> Vec<Uuid> {
        self.unconfirmed.iter().map(|unconfirmed| unconfirmed.entry.key).collect()
    }

    /// Forgets that these were done: the feed has been read to its end since, and whatever became of them is known.
    pub(crate) fn give_up_unconfirmed(&mut self, keys: &[Uuid]) {
        self.unconfirmed.retain(|unconfirmed| !keys.contains(&unconfirmed.entry.key));
    }

    /// A round as the server answered last, where that is ahead of the feed.
    pub(crate) fn acknowledged(&self, id: RoundId) -> Option<&Round> {
        self.unconfirmed.iter().rev().find_map(|unconfirmed| match &unconfirmed.confirmation {
            Confirmation::Round(round) if round.id == id => Some(&**round),
            _ => None,
        })
    }

    fn forget_confirmed(&mut self) {
        let sessions = &self.contents.sessions;
        self.unconfirmed.retain(|unconfirmed| !unconfirmed.is_reached(sessions.get(&unconfirmed.entry.session)));
    }

    /// Puts an act in the place of another.
    pub(crate) async fn put_instead(&mut self, old: Uuid, entry: Entry) -> Result<(), ReplicaError> {
        self.file.commit(&[Write::Instead(old, &entry)], Durability::Power).await?;
        if let Some(known) = self.contents.outbox.iter_mut().find(|known| known.key == old) {
            *known = entry;
        }
        Ok(())
    }

    /// Takes an act out and writes another, behind all others or in the place it has.
    pub(crate) async fn exchange_entry(&mut self, old: Uuid, entry: Entry) -> Result<(), ReplicaError> {
        self.file.commit(&[Write::NoEntry(old), Write::Entry(&entry)], Durability::Power).await?;
        self.contents.outbox.retain(|known| known.key != old);
        self.place(entry);
        Ok(())
    }

    /// Puts an act where the file has it.
    fn place(&mut self, entry: Entry) {
        match self.contents.outbox.iter_mut().find(|known| known.key == entry.key) {
            Some(known) => *known = entry,
            None => self.contents.outbox.push(entry),
        }
    }

    /// The act with this key, if it is in the outbox.
    pub(crate) fn entry(&self, key: Uuid) -> Option<&Entry> {
        self.contents.outbox.iter().find(|entry| entry.key == key)
    }

    /// Takes an act out of the outbox.
    pub(crate) async fn drop_entry(&mut self, key: Uuid) -> Result<(), ReplicaError> {
        self.file.commit(&[Write::NoEntry(key)], Durability::Process).await?;
        self.contents.outbox.retain(|entry| entry.key != key);
        Ok(())
    }

    /// The oldest ended sessions beyond those that are kept, once `changed` is stored.
    fn one_too_many(&self, changed: &Session) -> Vec<SessionId> {
        if changed.status.is_open() {
            return Vec::new();
        }
        // Ids are made in the order of time, so the map holds the oldest first.
        let ended = self.contents.sessions.values().filter(|session| !session.status.is_open());
        let mut ended: Vec<SessionId> = ended.map(|session| session.id).filter(|id| *id != changed.id).collect();
        ended.truncate((ended.len() + 1).saturating_sub(ENDED_KEPT));
        ended
    }
}

#[cfg(test)]
mod tests;
