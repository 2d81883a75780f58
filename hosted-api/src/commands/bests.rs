//! What rounds say of the bests they hold, kept true.
//!
//! A round that is completed says which bests its sets took from others. Whoever corrects what was noted, or enters a
//! session of the past, may make that wrong: the rounds of that session are looked at anew, and so is every later session
//! that says it beat something. Nothing is added to other sessions, because nobody was there to see it: what an athlete's
//! bests are is the answer of `GET /v1/athletes/{id}/stats`, and a round only repeats what that answer would have been.

use std::collections::{BTreeMap, BTreeSet};

use training::progress::{NewBest, new_bests, new_bests_of_session};
use training::{
    ExerciseId, Part, Round, RoundExercise, RoundId, Session, SessionChange, SessionEvent, Timestamp, UserId, apply,
};

use super::announce::EventsByPerson;
use crate::store::{SessionPlace, SessionRow, StoreError, Tx};

/// What the exercises of a round beat, by their place in it.
type BestsOfRound = Vec<Vec<NewBest>>;

/// Has the round that these events complete say what it beat, and after a correction each round of the session. Returns
/// the events, with one more for each other round of which something else is true now; they are applied to `session`.
pub(super) async fn mark_bests(
    tx: &mut Tx,
    row: &SessionRow,
    session: &mut Session,
    mut events: Vec<SessionEvent>,
) -> Result<Vec<SessionEvent>, StoreError> {
    let completed = round_of(&events, |change| matches!(change, SessionChange::RoundCompleted { .. }));
    let corrected = round_of(&events, |change| matches!(change, SessionChange::ExerciseCorrected { .. }));
    if let Some(id) = completed
        && let Some(round) = session.round(id).cloned()
    {
        let bests = beaten_by(tx, row, session, &round).await?;
        say(session, &mut events, id, &bests);
    }
    if let (Some(id), Some(at)) = (corrected, events.last().map(|event| event.at)) {
        tx.lock_athlete_records(row.athlete).await?;
        let found = bests_of_session(tx, row.athlete, session).await?;
        if let Some(bests) = found.get(&id) {
            say(session, &mut events, id, bests);
        }
        events.extend(say_otherwise(session, &found, at));
    }
    Ok(events)
}

/// Sessions of an athlete that may say what a change of an earlier one makes wrong, locked.
pub(crate) struct LaterSessions(Vec<SessionRow>);

impl LaterSessions {
    /// Those after `place`. They are locked in the order in which they began, and before the records of the athlete, as by
    /// everybody.
    pub(crate) async fn lock(tx: &mut Tx, athlete: UserId, place: SessionPlace) -> Result<Self, StoreError> {
        let mut rows = Vec::new();
        for id in tx.sessions_that_may_say_bests(athlete, place).await? {
            rows.extend(tx.lock_session(id).await?);
        }
        Ok(Self(rows))
    }

    /// Takes back what they say of these exercises that is not true any more.
    pub(crate) async fn correct_bests(
        self,
        tx: &mut Tx,
        exercises: &BTreeSet<ExerciseId>,
        at: Timestamp,
        by_person: &mut EventsByPerson,
    ) -> Result<(), StoreError> {
        for row in self.0 {
            let mut session = row.session.clone();
            let says =
                |exercise: &RoundExercise| !exercise.bests.is_empty() && exercises.contains(&exercise.exercise_id);
            if !session.rounds.iter().flat_map(|round| &round.exercises).any(says) {
                continue;
            }
            let mut found = bests_of_session(tx, row.athlete, &session).await?;
            keep_said(&session, &mut found, exercises);
            let events = say_otherwise(&mut session, &found, at);
            if !events.is_empty() {
                tx.save_session(&row, &session).await?;
                by_person.add_before_resets(EventsByPerson::of_session(row.athlete, row.trainer, &events));
            }
        }
        Ok(())
    }
}

fn round_of(events: &[SessionEvent], is: impl Fn(&SessionChange) -> bool) -> Option<RoundId> {
    events.iter().find(|event| is(&event.change)).and_then(|event| event.change.round()).map(|round| round.id)
}

fn exercises_of<'a>(rounds: impl IntoIterator<Item = &'a Round>) -> BTreeSet<ExerciseId> {
    rounds.into_iter().flat_map(|round| &round.exercises).map(|exercise| exercise.exercise_id).collect()
}

/// What a round that was just completed beat.
async fn beaten_by(
    tx: &mut Tx,
    row: &SessionRow,
    session: &Session,
    round: &Round,
) -> Result<BestsOfRound, StoreError> {
    tx.lock_athlete_records(row.athlete).await?;
    // What is not known may have been more.
    if !row.is_projected() || tx.lacks_facts_beside(row.athlete, session.id).await? {
        return Ok(vec![Vec::new(); round.exercises.len()]);
    }
    let before = tx.bests(row.athlete, &exercises_of([round])).await?;
    Ok(new_bests(&before, session, round))
}

/// What the completed rounds of a session beat.
async fn bests_of_session(
    tx: &mut Tx,
    athlete: UserId,
    session: &Session,
) -> Result<BTreeMap<RoundId, BestsOfRound>, StoreError> {
    if tx.lacks_facts_beside(athlete, session.id).await? {
        let nothing = |round: &Round| (round.id, vec![Vec::new(); round.exercises.len()]);
        return Ok(session.rounds.iter().map(nothing).collect());
    }
    let before = tx.bests_before(athlete, &exercises_of(&session.rounds), SessionPlace::of(session)).await?;
    Ok(new_bests_of_session(&before, session))
}

/// Leaves out what is found only now, and what is found about other exercises.
fn keep_said(session: &Session, found: &mut BTreeMap<RoundId, BestsOfRound>, exercises: &BTreeSet<ExerciseId>) {
    for round in &session.rounds {
        for (bests, exercise) in found.entry(round.id).or_default().iter_mut().zip(&round.exercises) {
            if exercises.contains(&exercise.exercise_id) {
                bests.retain(|best| exercise.bests.iter().any(|said| said.kind == best.kind));
            } else {
                bests.clone_from(&exercise.bests);
            }
        }
    }
}

/// Has a round say what it beat, in the session and in the events that carry it.
fn say(session: &mut Session, events: &mut [SessionEvent], id: RoundId, bests: &[Vec<NewBest>]) {
    let carried = events.iter_mut().flat_map(|event| event.change.rounds_mut());
    for round in carried.chain(&mut session.rounds).filter(|round| round.id == id) {
        for (exercise, bests) in round.exercises.iter_mut().zip(bests) {
            exercise.bests.clone_from(bests);
        }
    }
}

/// Has each round of a session that says something else say what is found. Returns the events, which are applied.
fn say_otherwise(session: &mut Session, found: &BTreeMap<RoundId, BestsOfRound>, at: Timestamp) -> Vec<SessionEvent> {
    let says_otherwise = |round: &&Round| {
        found
            .get(&round.id)
            .is_some_and(|bests| round.exercises.iter().zip(bests).any(|(exercise, bests)| exercise.bests != *bests))
    };
    let changed: Vec<Round> = session.rounds.iter().filter(says_otherwise).cloned().collect();
    let mut events = Vec::with_capacity(changed.len());
    for mut round in changed {
        for (exercise, bests) in round.exercises.iter_mut().zip(found.get(&round.id).into_iter().flatten()) {
            exercise.bests.clone_from(bests);
        }
        round.version += 1;
        let change = SessionChange::ExerciseCorrected { round };
        let event = SessionEvent { at, session_id: session.id, session_version: session.version + 1, change };
        apply(session, &event, Part::Trainer);
        events.push(event);
    }
    events
}
