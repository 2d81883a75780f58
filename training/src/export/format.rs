//! What `ringside.json` holds.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::ids::UserId;
use crate::library::Exercise;
use crate::notes::{JournalEntry, Note};
use crate::people::{Locale, Role};
use crate::session::{Person, Session};
use crate::templates::Template;
use crate::timestamp::Timestamp;
use crate::weights::{Weight, WeightUnit};

/// What the member `format` says in every version.
pub const FORMAT: &str = "ringside-export";
/// The version of the format that is written. A reader takes every version up to its own; a member it doesn't know is
/// ignored. Raised only when an older reader would misunderstand what it reads.
pub const VERSION: u32 = 1;

/// Everything of a person. Sessions can be written one after the other, and the exercises that they name then.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Export<Sessions = Vec<Session>, Exercises = Vec<Exercise>> {
    /// [`FORMAT`].
    pub format: String,
    /// [`VERSION`].
    pub version: u32,
    /// When it was made.
    pub exported_at: Timestamp,
    /// The studio it comes from.
    pub studio: ExportedStudio,
    /// Whose it is.
    pub person: ExportedPerson,
    /// Their own templates.
    #[serde(default)]
    pub templates: Vec<Template>,
    /// What they weighed, oldest first.
    #[serde(default)]
    pub weights: Vec<Weight>,
    /// The private notes that trainers keep on these sessions. Only an admin's export has them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Note>,
    /// The journal that trainers keep about them, oldest first. Only an admin's export has it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub journal_entries: Vec<JournalEntry>,
    /// The sessions in which they trained, oldest first, with rounds, values, feedback and corrections.
    pub sessions: Sessions,
    /// The exercises that the sessions and the templates name, as they are in the studio's library, also archived ones.
    pub exercises: Exercises,
}

/// A studio, by what tells it from others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportedStudio {
    /// Its name.
    pub name: String,
    /// Its time zone, by its name in the IANA database.
    pub time_zone: String,
}

/// An account without its secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportedPerson {
    /// Their id in that studio: what the sessions name them by.
    pub id: UserId,
    /// Their name.
    pub name: String,
    /// The address they sign in with.
    pub email: String,
    /// What they are in the studio.
    pub roles: Vec<Role>,
    /// The language of their windows.
    pub locale: Locale,
    /// The unit their windows show weights in; kilograms in exports from before there was a choice.
    #[serde(default)]
    pub weight_unit: WeightUnit,
    /// The trainer they are assigned to.
    #[serde(default)]
    pub trainer: Option<Person>,
}

/// Why a text is no export that can be read.
#[derive(Debug, thiserror::Error)]
pub enum UnknownExport {
    /// It is something else, or damaged.
    #[error("this is no export of Ringside")]
    NotAnExport(#[from] serde_json::Error),
    /// A newer Ringside has written it.
    #[error("the export has version {0} of the format, which is newer than {VERSION}")]
    Newer(u32),
}

/// Reads an export, or of its sessions and exercises only what `Sessions` and `Exercises` have.
///
/// # Errors
/// [`UnknownExport`] when it is none, or a newer one.
pub fn read<Sessions: DeserializeOwned, Exercises: DeserializeOwned>(
    text: &str,
) -> Result<Export<Sessions, Exercises>, UnknownExport> {
    #[derive(Deserialize)]
    struct Kind {
        format: String,
        version: u32,
    }
    let kind: Kind = serde_json::from_str(text)?;
    if kind.format != FORMAT {
        let error: serde_json::Error = serde::de::Error::custom("another format");
        return Err(error.into());
    }
    if kind.version > VERSION {
        return Err(UnknownExport::Newer(kind.version));
    }
    Ok(serde_json::from_str(text)?)
}
