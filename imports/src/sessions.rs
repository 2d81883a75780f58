//! From a plan to the sessions that are stored.

use std::collections::HashMap;

use training::{
    Exercise, ItemId, Person, Round, RoundExercise, RoundId, RoundStatus, Session, SessionId, SessionStatus,
};

use crate::identity::ImportIds;
use crate::plan::{ImportedExercise, PlannedRound, PlannedSession, PlannedSet};

/// A name as often as it comes.
type Counts<'a> = HashMap<&'a str, usize>;

impl PlannedSession {
    /// The session that becomes of it, completed and marked as imported. `mapped` are the exercises of the plan in the
    /// library, in the order of the plan's; sets of one that is not there are left out.
    pub fn session(&self, athlete: Person, exercises: &[ImportedExercise], mapped: &[Exercise]) -> Session {
        let ids = ImportIds::of(athlete.id, self.started_at);
        let (mut rounds_of, mut sets_of) = (Counts::new(), Counts::new());
        let mut rounds = Vec::with_capacity(self.rounds.len());
        for (number, planned) in (1_u32..).zip(&self.rounds) {
            let name = planned.sets.first().map_or("", |set| name_of(set, exercises));
            let items = planned.sets.iter().zip(0_u32..).filter_map(|(set, position)| {
                let name = name_of(set, exercises);
                let id = ids.item(name, next(&mut sets_of, name));
                Some(item(id, position, set, mapped.get(set.exercise)?))
            });
            let exercises = items.collect();
            let id = ids.round(name, next(&mut rounds_of, name));
            rounds.push(self.round((id, ids.session()), number, planned, exercises));
        }
        Session {
            id: ids.session(),
            status: SessionStatus::Completed,
            athlete,
            trainer: None,
            started_at: self.started_at,
            joined_at: None,
            ended_at: Some(self.ended_at),
            cancelled_by: None,
            cancel_reason: None,
            rounds,
            recorded: false,
            imported: true,
            version: 1,
        }
    }

    fn round(
        &self,
        (id, session_id): (RoundId, SessionId),
        number: u32,
        planned: &PlannedRound,
        exercises: Vec<RoundExercise>,
    ) -> Round {
        Round {
            id,
            session_id,
            number,
            status: RoundStatus::Completed,
            is_final: number as usize == self.rounds.len(),
            rest_after_s: planned.rest_after_s,
            released_at: None,
            started_at: planned.started_at.or(Some(self.started_at)),
            completed_at: planned.completed_at.or(Some(self.ended_at)),
            exercises,
            version: 1,
        }
    }
}

pub(crate) fn item(id: ItemId, position: u32, set: &PlannedSet, exercise: &Exercise) -> RoundExercise {
    RoundExercise {
        id,
        exercise_id: exercise.id,
        name: exercise.name.clone(),
        fields: exercise.fields.clone(),
        video: exercise.video.clone(),
        position,
        kind: set.kind,
        planned: set.planned,
        trainer_notes: set.note.clone(),
        last: None,
        actual: Some(set.actual),
        feedback: set.feedback.clone(),
        corrections: Vec::new(),
        bests: Vec::new(),
    }
}

fn name_of<'a>(set: &PlannedSet, exercises: &'a [ImportedExercise]) -> &'a str {
    exercises.get(set.exercise).map_or("", |exercise| exercise.name.as_str())
}

/// How often the name came before.
fn next<'a>(counts: &mut Counts<'a>, name: &'a str) -> usize {
    let count = counts.entry(name).or_default();
    *count += 1;
    *count - 1
}
