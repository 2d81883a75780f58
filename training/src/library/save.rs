//! Creating, editing, archiving and restoring an exercise.
//!
//! The caller checks permission (trainers and admins) and whether the name is free: the server knows every name, a
//! desktop only those it has received.

use serde::{Deserialize, Serialize};

use super::exercise::{Category, Exercise, Field, Video};
use crate::ids::ExerciseId;
use crate::refusal::{FieldCode, Findings, Refusal};
use crate::text::{self, is_plain_text, is_within, trimmed, without_invisible};

/// How much an exercise may hold.
#[derive(Clone, Copy, Debug)]
pub struct ExerciseLimits;

impl ExerciseLimits {
    /// Most exercises in a studio's library, archived ones included: every snapshot of its staff holds them all.
    pub const MAX_EXERCISES: usize = 2_000;
    /// Longest name and alias, in characters.
    pub const MAX_NAME_CHARS: usize = 100;
    /// Most aliases.
    pub const MAX_ALIASES: usize = 20;
    /// Most muscles.
    pub const MAX_MUSCLES: usize = 20;
    /// Longest name of a muscle, in characters.
    pub const MAX_MUSCLE_CHARS: usize = 50;
    /// Longest cue, in characters.
    pub const MAX_CUE_CHARS: usize = 500;
}

/// What a person says an exercise is: the body of `POST /v1/exercises` and `PUT /v1/exercises/{id}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ExerciseDraft {
    /// Its name: 1 to 100 characters, some of them visible, unlike that of any other exercise of the studio. What can't be
    /// seen or sets a direction is left out.
    pub name: String,
    /// What kind it is.
    pub category: Category,
    /// Which inputs a planner offers for it: at least one, each once.
    pub fields: Vec<Field>,
    /// Other names it is found by: at most 20, each of 1 to 100 characters.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// The muscles it works: at most 20 words, each of 1 to 50 characters.
    #[serde(default)]
    pub muscles: Vec<String>,
    /// One hint for whoever does it, of at most 500 characters.
    #[serde(default)]
    pub cue: Option<String>,
}

/// The current state of an exercise that is about to change.
#[derive(Clone, Copy, Debug)]
pub struct ExerciseState<'a> {
    /// The exercise as it is.
    pub exercise: &'a Exercise,
    /// The version the change is based on; `None` if it applies to any version.
    pub based_on: Option<u64>,
}

impl ExerciseState<'_> {
    fn check_version(&self) -> Result<(), Refusal> {
        match self.based_on {
            Some(version) if version != self.exercise.version => Err(Refusal::VersionMismatch),
            _ => Ok(()),
        }
    }
}

/// Whether a library of so many exercises, archived ones included, takes another.
///
/// # Errors
/// [`Refusal::LibraryFull`] when it does not.
pub fn has_room(exercises: usize) -> Result<(), Refusal> {
    if exercises < ExerciseLimits::MAX_EXERCISES { Ok(()) } else { Err(Refusal::LibraryFull) }
}

/// Creates an exercise.
///
/// # Errors
/// [`Refusal::Invalid`] with every finding; [`Refusal::NameTaken`] when another exercise has the name.
pub fn create(id: ExerciseId, draft: &ExerciseDraft, is_name_taken: bool) -> Result<Exercise, Refusal> {
    check(draft)?;
    if is_name_taken {
        return Err(Refusal::NameTaken);
    }
    let empty = Exercise {
        id,
        name: String::new(),
        aliases: Vec::new(),
        category: draft.category,
        fields: Vec::new(),
        muscles: Vec::new(),
        cue: None,
        video: None,
        archived: false,
        version: 0,
    };
    Ok(filled(empty, draft))
}

/// Recreates a deleted exercise under its old id, which undoes the deletion.
///
/// # Errors
/// As [`create`]; [`Refusal::NotFound`] unless `based_on` is 0, the version of a missing exercise.
pub fn recreate(
    id: ExerciseId,
    based_on: u64,
    draft: &ExerciseDraft,
    is_name_taken: bool,
) -> Result<Exercise, Refusal> {
    check(draft)?;
    if based_on != 0 {
        return Err(Refusal::NotFound);
    }
    create(id, draft, is_name_taken)
}

/// Edits an exercise; an archived one may be edited too.
///
/// # Errors
/// As [`create`]; [`Refusal::VersionMismatch`] when it has changed since.
pub fn edit(state: ExerciseState<'_>, draft: &ExerciseDraft, is_name_taken: bool) -> Result<Exercise, Refusal> {
    check(draft)?;
    state.check_version()?;
    if is_name_taken {
        return Err(Refusal::NameTaken);
    }
    Ok(filled(state.exercise.clone(), draft))
}

/// Archives an exercise: it stays in the rounds that use it, and is no longer offered. No change if already archived.
///
/// # Errors
/// [`Refusal::VersionMismatch`] when it has changed since.
pub fn archive(state: ExerciseState<'_>) -> Result<Exercise, Refusal> {
    state.check_version()?;
    Ok(with_archived(state.exercise, true))
}

/// Restores an archived exercise. No change if it is not archived.
pub fn restore(exercise: &Exercise) -> Exercise {
    with_archived(exercise, false)
}

/// Gives an exercise another video, or none. No change if it has none already.
///
/// # Errors
/// [`Refusal::VersionMismatch`] when it has changed since.
pub fn set_video(state: ExerciseState<'_>, video: Option<Video>) -> Result<Exercise, Refusal> {
    state.check_version()?;
    let mut after = state.exercise.clone();
    if after.video != video {
        after.video = video;
        after.version += 1;
    }
    Ok(after)
}

/// The key by which exercise names are compared: lower case, without surrounding white space and what can't be seen.
pub fn name_key(name: &str) -> String {
    without_invisible(name).to_lowercase()
}

fn with_archived(exercise: &Exercise, archived: bool) -> Exercise {
    let mut after = exercise.clone();
    if after.archived != archived {
        after.archived = archived;
        after.version += 1;
    }
    after
}

fn filled(before: Exercise, draft: &ExerciseDraft) -> Exercise {
    let words = |words: &[String]| words.iter().map(|word| without_invisible(word)).collect();
    Exercise {
        name: without_invisible(&draft.name),
        aliases: words(&draft.aliases),
        category: draft.category,
        fields: draft.fields.clone(),
        muscles: words(&draft.muscles),
        cue: trimmed(draft.cue.as_deref()),
        version: before.version + 1,
        ..before
    }
}

fn check(draft: &ExerciseDraft) -> Result<(), Refusal> {
    let mut findings = Findings::default();
    check_name(&draft.name, ExerciseLimits::MAX_NAME_CHARS, "/name", &mut findings);
    if draft.fields.is_empty() {
        findings.add("/fields", FieldCode::Required);
    }
    for (i, field) in draft.fields.iter().take(Field::ALL.len() + 1).enumerate() {
        if draft.fields[..i].contains(field) {
            findings.add(format!("/fields/{i}"), FieldCode::Duplicate);
        }
    }
    let lists = [
        ("/aliases", &draft.aliases, ExerciseLimits::MAX_ALIASES, ExerciseLimits::MAX_NAME_CHARS),
        ("/muscles", &draft.muscles, ExerciseLimits::MAX_MUSCLES, ExerciseLimits::MAX_MUSCLE_CHARS),
    ];
    for (pointer, words, most, longest) in lists {
        if words.len() > most {
            findings.add(pointer, FieldCode::TooLong);
        }
        // Past the maximum, one finding is enough.
        for (i, word) in words.iter().take(most).enumerate() {
            check_name(word, longest, &format!("{pointer}/{i}"), &mut findings);
        }
    }
    if let Some(cue) = &draft.cue {
        if !is_within(cue, ExerciseLimits::MAX_CUE_CHARS) {
            findings.add("/cue", FieldCode::TooLong);
        } else if !is_plain_text(cue) {
            findings.add("/cue", FieldCode::Invalid);
        }
    }
    findings.into_result()
}

/// Reports what keeps a name from being one.
fn check_name(name: &str, longest: usize, pointer: &str, findings: &mut Findings) {
    if let Err(code) = text::name(name, longest) {
        findings.add(pointer, code);
    }
}

impl From<&Exercise> for ExerciseDraft {
    /// The draft that saves an exercise as it is.
    fn from(exercise: &Exercise) -> Self {
        Self {
            name: exercise.name.clone(),
            category: exercise.category,
            fields: exercise.fields.clone(),
            aliases: exercise.aliases.clone(),
            muscles: exercise.muscles.clone(),
            cue: exercise.cue.clone(),
        }
    }
}
