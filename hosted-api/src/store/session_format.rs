//! The format of a stored session.

use training::{ExerciseKind, RoundExercise, Session};

/// The latest version of a session document's shape, which this server reads and writes.
///
/// Raised whenever the shape changes, even if only a field is added: an older server, which would write the session
/// without that field, then leaves it alone. A test compares the shape with the one recorded for this number.
pub(crate) const FORMAT: i64 = 3;
/// The version before. A session that has nothing an older server would lose is written in it.
const FORMAT_BEFORE: i64 = 2;

/// The lowest version that a session can be written in without losing anything.
pub(super) fn format_of(session: &Session) -> i64 {
    let is_new = |exercise: &RoundExercise| {
        exercise.last.is_some()
            || !exercise.corrections.is_empty()
            || exercise.kind != ExerciseKind::Working
            || exercise.planned.has_more_than_values()
    };
    let mut exercises = session.rounds.iter().flat_map(|round| &round.exercises);
    if session.recorded || session.imported || exercises.any(is_new) { FORMAT } else { FORMAT_BEFORE }
}
