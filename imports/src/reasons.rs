//! Why rows are left out, in words, for whoever reads a plan without a window.

use training::imports::SkipReason;

/// A reason as a sentence.
pub fn sentence(reason: SkipReason) -> &'static str {
    match reason {
        SkipReason::RestTimer => "a rest between sets",
        SkipReason::Note => "a note, not a set",
        SkipReason::Measurement => "a measurement other than weight",
        SkipReason::Empty => "nothing was done",
        SkipReason::ExerciseMissing => "the exercise is not named",
        SkipReason::ExerciseName => "the exercise's name is too long or can't be seen",
        SkipReason::BadDate => "there is no such date",
        SkipReason::InFuture => "the date is in the future",
        SkipReason::BadNumber => "a number can't be read, or could mean two things",
        SkipReason::OutOfRange => "a number is larger or smaller than possible",
        SkipReason::UnknownUnit => "the unit is not known",
        SkipReason::UnitContradiction => "the weight in kilograms and the one in pounds are not the same",
        SkipReason::IncompleteRow => "the row is cut off",
        SkipReason::TooManyCells => "the row has more cells than the first line",
        SkipReason::TooLong => "a cell is too long; a quotation mark may be missing",
        SkipReason::SessionFull => "the session is full: it has as many sets, or as much text, as one can have",
        SkipReason::Duplicate => "a weight, or a session, of the same moment came before",
        SkipReason::Unknown(_) => "for a reason that this version does not know",
    }
}
