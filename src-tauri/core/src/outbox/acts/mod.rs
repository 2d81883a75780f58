//! The acts, each in its own file.

mod in_session;

use serde::{Deserialize, Serialize};

use super::act::Behaviour;

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
}
