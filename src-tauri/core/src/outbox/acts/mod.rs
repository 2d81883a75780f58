//! The acts, each in its own file.

mod in_session;

use serde::{Deserialize, Serialize};
use training::{Document, EntityRef, Event, ProblemCode, Refusal, RoundId};

pub(crate) use self::correct_exercise::path as correction_path;
use super::decision::DecisionContext;
use super::request::{Entered, Newest, Request};

/// What all acts have in common: each is about one entity, is sent as one request, and can be decided locally.
pub(crate) trait Behaviour {
    /// The round it is about; `None` for an act on the whole entity, or one that creates a round.
    fn round(&self) -> Option<RoundId> {
        None
    }

    /// The request to send for it.
    fn request(&self, subject: EntityRef) -> Request;

    /// The events it causes on its subject in the given state. Empty if the subject already has them.
    ///
    /// # Errors
    /// The [`Refusal`] of the rules.
    fn decide(&self, subject: Option<&Document>, by: &DecisionContext<'_>) -> Result<Vec<Event>, Refusal>;

    /// The base version to send with it: the newest, if its content still matches what the act was based on. `None` for
    /// an act that needs no base version.
    ///
    /// # Errors
    /// The code of the refusal if the content no longer matches.
    fn version_to_send_on(&self, _newest: &Newest<'_>) -> Result<Option<u64>, ProblemCode> {
        Ok(None)
    }

    /// The same act, rebased on the present state of its subject.
    fn rebased(&self, _subject: &Document) -> Option<Act> {
        None
    }

    /// The act without its second half, where it creates something and does more with it in the same act.
    fn first_half(&self) -> Option<Act> {
        None
    }

    /// Whether it creates something, which the window needs an id for.
    fn creates(&self) -> bool {
        false
    }

    /// Whether it may still change a session that has ended, so that its event arrives after the end.
    fn outlives_session(&self) -> bool {
        false
    }

    /// What the user entered, to be shown again if the act is refused.
    fn entered(&self) -> Entered {
        Entered::default()
    }
}

/// The table of acts: module, type. An act is stored under the module's name.
macro_rules! acts {
    ($($(#[doc = $doc:literal])* $module:ident::$act:ident,)+) => {
        $(mod $module;)+
        $(pub(crate) use self::$module::$act;)+

        /// What somebody did.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "act", rename_all = "snake_case")]
        pub(crate) enum Act {
            $($(#[doc = $doc])* $act($act),)+
        }

        /// The name of what somebody did.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ts_rs::TS)]
        #[serde(rename_all = "snake_case")]
        pub enum ActName {
            $($(#[doc = $doc])* $act,)+
        }

        impl Act {
            /// Its name.
            pub(crate) fn name(&self) -> ActName {
                match self {
                    $(Self::$act(_) => ActName::$act,)+
                }
            }

            /// What it does.
            pub(crate) fn behaviour(&self) -> &dyn Behaviour {
                match self {
                    $(Self::$act(act) => act,)+
                }
            }
        }

        $(
            impl From<$act> for Act {
                fn from(act: $act) -> Self {
                    Self::$act(act)
                }
            }
        )+
    };
}

acts! {
    /// Ended a session early.
    cancel_session::CancelSession,
    /// Planned a round.
    add_round::AddRound,
    /// Edited a round.
    edit_round::EditRound,
    /// Deleted a draft.
    delete_round::DeleteRound,
    /// Created a draft anew that was deleted.
    recreate_round::RecreateRound,
    /// Put a draft in front of the athlete.
    release_round::ReleaseRound,
    /// Took a round back.
    recall_round::RecallRound,
    /// Began a round.
    start_round::StartRound,
    /// Ticked an exercise off, or took the tick back.
    log_exercise::LogExercise,
    /// Completed a round.
    complete_round::CompleteRound,
    /// Corrected what was noted of an exercise.
    correct_exercise::CorrectExercise,
    /// Created an exercise.
    create_exercise::CreateExercise,
    /// Edited an exercise.
    edit_exercise::EditExercise,
    /// Archived an exercise.
    archive_exercise::ArchiveExercise,
    /// Restored an exercise.
    restore_exercise::RestoreExercise,
    /// Created an exercise anew that was deleted.
    recreate_exercise::RecreateExercise,
    /// Took an exercise's video away.
    remove_exercise_video::RemoveExerciseVideo,
    /// Created a template.
    create_template::CreateTemplate,
    /// Edited a template.
    edit_template::EditTemplate,
    /// Deleted a template.
    delete_template::DeleteTemplate,
    /// Created a template anew that was deleted.
    restore_template::RestoreTemplate,
    /// Saved the private note on a session.
    save_note::SaveNote,
    /// Wrote an entry of a journal.
    create_journal_entry::CreateJournalEntry,
    /// Edited an entry of a journal.
    edit_journal_entry::EditJournalEntry,
    /// Deleted an entry of a journal.
    delete_journal_entry::DeleteJournalEntry,
    /// Created an entry of a journal anew that was deleted.
    recreate_journal_entry::RecreateJournalEntry,
    /// Entered a weight.
    create_weight::CreateWeight,
    /// Corrected a weight.
    edit_weight::EditWeight,
    /// Deleted a weight.
    delete_weight::DeleteWeight,
    /// Created a weight anew that was deleted.
    recreate_weight::RecreateWeight,
}
