//! A person's data as a ZIP, written while it is sent.
//!
//! The archive is written by a thread of its own, because compressing takes time, and goes through a bounded channel to the
//! answer: however much there is, no more than a page of sessions and a few chunks are in memory. A reader that stops
//! reading ends it.

mod archive;
mod readme;

use std::io::{self, BufWriter, ErrorKind, Write};
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use futures_util::stream::poll_fn;
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::time::timeout;
use training::export::{Export, ExportedPerson, ExportedStudio, FORMAT, VERSION};
use training::people::{User, fold};
use training::wire::{Role, Studio};
use training::{Exercise, Timestamp, UserId, WeightUnit};

use crate::app::App;
use crate::store::StoreError;

/// How large the chunks are that are sent.
const CHUNK: usize = 64 * 1024;
/// How many of them wait to be sent.
const CHUNKS: usize = 4;
/// How long one of them may wait before whoever reads is given up.
const STALLED: Duration = Duration::from_mins(1);
/// How many letters of a name are in the name of its file.
const MAX_NAME_IN_FILE: usize = 40;

/// Everything to be exported but the sessions.
pub(crate) struct Contents {
    /// Without sessions and exercises.
    head: Export<(), ()>,
    /// The studio's library.
    library: Vec<Exercise>,
    athlete: UserId,
    /// Whether drafts and what trainers wrote are in it.
    is_admins: bool,
}

impl Contents {
    /// Reads it.
    pub(crate) async fn read(
        app: &App,
        studio: &Studio,
        user: &User,
        is_admins: bool,
        at: Timestamp,
    ) -> Result<Self, StoreError> {
        let (store, id) = (&app.store, user.id);
        store.can_read_sessions(id).await?;
        let is_trainer = user.is(Role::Trainer);
        let head = Export {
            format: FORMAT.to_owned(),
            version: VERSION,
            exported_at: at,
            studio: ExportedStudio { name: studio.name.clone(), time_zone: studio.time_zone.clone() },
            person: person(user, store.weight_unit(id).await?),
            templates: if is_trainer { store.own_templates(studio.id, id).await? } else { Vec::new() },
            weights: store.weights_of(id).await?,
            notes: if is_admins { store.notes_about(id).await? } else { Vec::new() },
            journal_entries: if is_admins { store.journal_about(id).await? } else { Vec::new() },
            sessions: (),
            exercises: (),
        };
        let library = store.exercises(studio.id).await?;
        Ok(Self { head, library, athlete: id, is_admins })
    }

    /// The name of the file: letters, digits and hyphens only, whatever the person is called.
    pub(crate) fn file_name(&self) -> String {
        let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
        let letters: String = fold(&self.head.person.name).chars().map(plain).collect();
        let words: Vec<&str> = letters.split('-').filter(|word| !word.is_empty()).collect();
        let mut name = words.join("-");
        name.truncate(MAX_NAME_IN_FILE);
        let date = self.head.exported_at.to_string();
        let date = date.get(..10).unwrap_or_default();
        match name.trim_matches('-') {
            "" => format!("ringside-{date}.zip"),
            name => format!("ringside-{name}-{date}.zip"),
        }
    }

    /// The archive, as the body of an answer.
    pub(crate) fn into_body(self, app: Arc<App>, permit: OwnedSemaphorePermit) -> Body {
        let (sender, mut receiver) = mpsc::channel(CHUNKS);
        let span = tracing::Span::current();
        let runtime = Handle::current();
        tokio::task::spawn_blocking(move || {
            let _entered = span.entered();
            let pipe = Pipe { sender: sender.clone(), runtime: runtime.clone() };
            let written = archive::write(&app.store, &runtime, &self, BufWriter::with_capacity(CHUNK, pipe));
            match written {
                Ok(()) => {}
                Err(error) if error.is_reader_gone() => tracing::info!("an export was not read to its end"),
                Err(error) => {
                    tracing::error!(error = &error as &dyn std::error::Error, "an export failed");
                    // An answer that ends here would look complete.
                    sender.blocking_send(Err(io::Error::other("the export failed"))).ok();
                }
            }
            drop(permit);
        });
        Body::from_stream(poll_fn(move |cx| receiver.poll_recv(cx)))
    }
}

fn person(user: &User, weight_unit: WeightUnit) -> ExportedPerson {
    ExportedPerson {
        id: user.id,
        name: user.name.clone(),
        email: user.email.clone(),
        roles: user.roles.clone(),
        locale: user.locale,
        weight_unit,
        trainer: user.trainer.clone(),
    }
}

/// The way to whoever reads.
struct Pipe {
    sender: mpsc::Sender<io::Result<Bytes>>,
    runtime: Handle,
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let sending = self.sender.send(Ok(Bytes::copy_from_slice(bytes)));
        match self.runtime.block_on(async { timeout(STALLED, sending).await }) {
            Ok(Ok(())) => Ok(bytes.len()),
            Ok(Err(_)) | Err(_) => Err(ErrorKind::BrokenPipe.into()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
