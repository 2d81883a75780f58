//! The files of an export, written one after the other.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io::{self, BufWriter, ErrorKind, Write};

use serde::ser::{Error as _, SerializeSeq};
use serde::{Serialize, Serializer};
use tokio::runtime::Handle;
use training::export::{Export, SETS_HEADER, WEIGHTS_HEADER, set_rows, weight_row};
use training::{Exercise, ExerciseId, Part, Session, SessionId, Timestamp, UserId};
use zip::result::ZipError;
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::{Contents, readme};
use crate::store::{Store, StoreError};

/// Why an export could not be written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ExportError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The archive could not be written.
    #[error("the archive can't be written")]
    Archive(#[from] ZipError),
    /// A file in it could not be written, or nobody reads it any more.
    #[error("a file of the archive can't be written")]
    File(#[from] io::Error),
    /// `ringside.json` could not be written.
    #[error("ringside.json can't be written")]
    Json(#[from] serde_json::Error),
    /// A table could not be written.
    #[error("a table can't be written")]
    Table(#[from] csv::Error),
}

impl ExportError {
    /// Whether nobody reads it any more.
    pub(super) fn is_reader_gone(&self) -> bool {
        let kind = match self {
            Self::File(error) | Self::Archive(ZipError::Io(error)) => Some(error.kind()),
            Self::Json(error) => error.io_error_kind(),
            Self::Table(error) => match error.kind() {
                csv::ErrorKind::Io(error) => Some(error.kind()),
                _ => None,
            },
            Self::Store(_) | Self::Archive(_) => None,
        };
        kind == Some(ErrorKind::BrokenPipe)
    }
}

/// Spreadsheets take a file that begins so for UTF-8.
const BYTE_ORDER_MARK: &str = "\u{FEFF}";

/// Writes the archive.
pub(super) fn write(store: &Store, runtime: &Handle, contents: &Contents, to: impl Write) -> Result<(), ExportError> {
    let options = options(contents.head.exported_at);
    let mut zip = ZipWriter::new_stream(to);
    let pages = || Pages { store, runtime, athlete: contents.athlete, is_admins: contents.is_admins, after: None };
    zip.start_file("README.txt", options)?;
    zip.write_all(readme::text(&contents.head, contents.is_admins).as_bytes())?;
    zip.start_file("ringside.json", options)?;
    write_json(&mut zip, contents, pages())?;
    zip.start_file("sets.csv", options)?;
    write_table(
        &mut zip,
        &SETS_HEADER,
        pages().flat_map(|session| match session {
            Ok(session) => set_rows(&session).into_iter().map(Ok).collect(),
            Err(error) => vec![Err(error)],
        }),
    )?;
    zip.start_file("weights.csv", options)?;
    write_table(&mut zip, &WEIGHTS_HEADER, contents.head.weights.iter().map(|weight| Ok(weight_row(weight))))?;
    zip.finish()?.into_inner().flush()?;
    Ok(())
}

fn options(at: Timestamp) -> SimpleFileOptions {
    let at = jiff::Timestamp::from(at).to_zoned_datetime(jiff::tz::TimeZone::UTC);
    let number = |number: i8| u8::try_from(number).unwrap_or_default();
    let year = u16::try_from(at.year()).unwrap_or_default();
    let date = (number(at.month()), number(at.day()));
    let time = (number(at.hour()), number(at.minute()), number(at.second()));
    let modified = DateTime::from_date_and_time(year, date.0, date.1, time.0, time.1, time.2);
    SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(modified.unwrap_or_default())
}

fn write_json<W: Write>(
    zip: &mut ZipWriter<StreamWriter<W>>,
    contents: &Contents,
    pages: Pages<'_>,
) -> Result<(), ExportError> {
    let Export { format, version, exported_at, studio, person, templates, weights, notes, journal_entries, .. } =
        contents.head.clone();
    let in_templates = templates.iter().flat_map(|template| &template.rounds).flat_map(|round| &round.exercises);
    let named = RefCell::new(in_templates.map(|exercise| exercise.exercise_id).collect());
    let failed = RefCell::new(None);
    let export = Export {
        format,
        version,
        exported_at,
        studio,
        person,
        templates,
        weights,
        notes,
        journal_entries,
        sessions: Sessions { pages: RefCell::new(pages), named: &named, failed: &failed },
        exercises: Exercises { library: &contents.library, named: &named },
    };
    let mut writer = BufWriter::new(zip);
    let written = serde_json::to_writer(&mut writer, &export);
    if let Some(error) = failed.into_inner() {
        return Err(error.into());
    }
    written?;
    Ok(writer.flush()?)
}

fn write_table<const COLUMNS: usize>(
    mut zip: impl Write,
    header: &[&str; COLUMNS],
    rows: impl Iterator<Item = Result<[String; COLUMNS], StoreError>>,
) -> Result<(), ExportError> {
    zip.write_all(BYTE_ORDER_MARK.as_bytes())?;
    // With the line ends of RFC 4180.
    let mut table = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(zip);
    table.write_record(header)?;
    for row in rows {
        table.write_record(row?)?;
    }
    Ok(table.flush()?)
}

/// An athlete's sessions, of which a page is in memory.
struct Pages<'a> {
    store: &'a Store,
    runtime: &'a Handle,
    athlete: UserId,
    is_admins: bool,
    after: Option<SessionId>,
}

impl Pages<'_> {
    fn next_page(&mut self) -> Result<Vec<Session>, StoreError> {
        let sessions = self.runtime.block_on(self.store.sessions_after(self.athlete, self.after))?;
        self.after = sessions.last().map(|session| session.id).or(self.after);
        // What an athlete never saw is not in their own export.
        let part = if self.is_admins { Part::Trainer } else { Part::Athlete };
        Ok(sessions.into_iter().map(|session| session.seen_by(part)).collect())
    }

    fn flat_map<T>(mut self, row: impl Fn(Result<Session, StoreError>) -> Vec<T>) -> impl Iterator<Item = T> {
        std::iter::from_fn(move || match self.next_page() {
            Ok(page) if page.is_empty() => None,
            Ok(page) => Some(page.into_iter().map(Ok).collect()),
            Err(error) => Some(vec![Err(error)]),
        })
        .flat_map(|page: Vec<Result<Session, StoreError>>| page)
        .flat_map(row)
    }
}

/// The sessions, read while they are written; notes the exercises they name.
struct Sessions<'a> {
    pages: RefCell<Pages<'a>>,
    named: &'a RefCell<BTreeSet<ExerciseId>>,
    /// What the store failed with.
    failed: &'a RefCell<Option<StoreError>>,
}

impl Serialize for Sessions<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        loop {
            let page = self.pages.borrow_mut().next_page().map_err(|error| {
                self.failed.replace(Some(error));
                S::Error::custom("the sessions can't be read")
            })?;
            if page.is_empty() {
                return list.end();
            }
            for session in &page {
                list.serialize_element(session)?;
                let exercises = session.rounds.iter().flat_map(|round| &round.exercises);
                self.named.borrow_mut().extend(exercises.map(|exercise| exercise.exercise_id));
            }
        }
    }
}

/// The exercises that were named by then.
struct Exercises<'a> {
    library: &'a [Exercise],
    named: &'a RefCell<BTreeSet<ExerciseId>>,
}

impl Serialize for Exercises<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let named = self.named.borrow();
        serializer.collect_seq(self.library.iter().filter(|exercise| named.contains(&exercise.id)))
    }
}
