//! What rounds say of the bests they hold, kept true.
//!
//! A round that is completed says which bests its sets took from others. Whoever corrects what was noted, or enters a
//! session of the past, may make that wrong: the rounds of that session are looked at anew, and so is every later session
//! that says it beat something. Nothing is added to other sessions, because nobody was there to see it: what an athlete's
//! bests are is the answer of `GET /v1/athletes/{id}/stats`, and a round only repeats what that answer would have been.

use std::collections::{BTreeMap, BTreeSet};
use std::iter::Peekable;
use std::vec::IntoIter;

use training::progress::{BestsByExercise, NewBest, SessionFacts, add_facts, new_bests, new_bests_of_session};
use training::{
    ExerciseId, Part, Round, RoundExercise, RoundId, Session, SessionChange, SessionEvent, SessionId, Timestamp,
    UserId, apply,
};

use super::announce::EventsByPerson;
use crate::store::{SessionPlace, SessionRow, StoreError, Tx};

/// What the exercises of a round beat, by their place in it.
type BestsOfRound = Vec<Vec<NewBest>>;

/// Sets the bests of the round that these events complete, and after a correction those of each round of the session.
/// Returns the events, with one more for each other round of which something else is true now; they are applied to
/// `session`.
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
        set_bests(session, &mut events, id, &bests);
    }
    if let (Some(id), Some(at)) = (corrected, events.last().map(|event| event.at)) {
        tx.lock_athlete_records(row.athlete).await?;
        let found = History::read(tx, row.athlete, SessionPlace::of(session)).await?.bests_of(session);
        if let Some(bests) = found.get(&id) {
            set_bests(session, &mut events, id, bests);
        }
        events.extend(correct_rounds(session, &found, at));
    }
    Ok(events)
}

/// Sessions of an athlete whose bests a change of an earlier one may make wrong, locked.
pub(crate) struct LaterSessions(Vec<SessionRow>);

impl LaterSessions {
    /// Those after `place`. They are locked in the order in which they began, and before the records of the athlete, as by
    /// everybody.
    pub(crate) async fn lock(tx: &mut Tx, athlete: UserId, place: SessionPlace) -> Result<Self, StoreError> {
        let mut rows = Vec::new();
        for id in tx.sessions_with_bests(athlete, place).await? {
            rows.extend(tx.lock_session(id).await?);
        }
        Ok(Self(rows))
    }

    /// Takes back which of their bests with these exercises are not true any more.
    pub(crate) async fn correct_bests(
        self,
        tx: &mut Tx,
        exercises: &BTreeSet<ExerciseId>,
        at: Timestamp,
        by_person: &mut EventsByPerson,
    ) -> Result<(), StoreError> {
        let mut rows = self.0;
        rows.retain(|row| has_bests_with(&row.session, exercises));
        rows.sort_by_key(|row| (row.session.started_at, row.session.id));
        let Some(last) = rows.last() else { return Ok(()) };
        let mut history = History::read(tx, last.athlete, SessionPlace::of(&last.session)).await?;
        for row in rows {
            let mut session = row.session.clone();
            let mut found = history.bests_of(&session);
            retain_known_bests(&session, &mut found, exercises);
            let events = correct_rounds(&mut session, &found, at);
            if !events.is_empty() {
                tx.save_session(&row, &session).await?;
                by_person.add_before_resets(EventsByPerson::of_session(row.athlete, row.trainer, &events));
            }
        }
        Ok(())
    }
}

/// What an athlete did, read once and counted session by session. What bests say is no fact, so to correct them changes
/// nothing in it.
struct History {
    /// The facts that are not counted yet, oldest first.
    facts: Peekable<IntoIter<SessionFacts>>,
    /// The bests of those that are.
    bests: BestsByExercise,
    /// Sessions whose facts are not known: while there are any, nothing in others is called a best.
    unknown: BTreeSet<SessionId>,
}

impl History {
    /// That of an athlete until a session.
    async fn read(tx: &mut Tx, athlete: UserId, until: SessionPlace) -> Result<Self, StoreError> {
        let unknown = tx.sessions_without_facts(athlete).await?;
        let mut facts = tx.facts_until(athlete, until.at).await?;
        facts.sort_by_key(|facts| (facts.at, facts.session_id));
        Ok(Self { facts: facts.into_iter().peekable(), bests: BestsByExercise::new(), unknown })
    }

    /// What the completed rounds of a session beat. Ask for sessions in the order in which they began.
    fn bests_of(&mut self, session: &Session) -> BTreeMap<RoundId, BestsOfRound> {
        let place = (session.started_at, session.id);
        while let Some(facts) = self.facts.next_if(|facts| (facts.at, facts.session_id) < place) {
            add_facts(&mut self.bests, &facts);
        }
        if self.unknown.iter().any(|unknown| *unknown != session.id) {
            let nothing = |round: &Round| (round.id, vec![Vec::new(); round.exercises.len()]);
            return session.rounds.iter().map(nothing).collect();
        }
        let known = |exercise| (exercise, self.bests.get(&exercise).cloned().unwrap_or_default());
        new_bests_of_session(&exercises_of(&session.rounds).into_iter().map(known).collect(), session)
    }
}

/// Whether a round of a session has bests with one of these exercises.
fn has_bests_with(session: &Session, exercises: &BTreeSet<ExerciseId>) -> bool {
    let has = |exercise: &RoundExercise| !exercise.bests.is_empty() && exercises.contains(&exercise.exercise_id);
    session.rounds.iter().flat_map(|round| &round.exercises).any(has)
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
    let mut unknown = tx.sessions_without_facts(row.athlete).await?;
    unknown.remove(&session.id);
    // What is not known may have been more.
    if !row.is_projected() || !unknown.is_empty() {
        return Ok(vec![Vec::new(); round.exercises.len()]);
    }
    let before = tx.bests(row.athlete, &exercises_of([round])).await?;
    Ok(new_bests(&before, session, round))
}

/// Leaves out what is found only now, and what is found about other exercises.
fn retain_known_bests(
    session: &Session,
    found: &mut BTreeMap<RoundId, BestsOfRound>,
    exercises: &BTreeSet<ExerciseId>,
) {
    for round in &session.rounds {
        for (bests, exercise) in found.entry(round.id).or_default().iter_mut().zip(&round.exercises) {
            if exercises.contains(&exercise.exercise_id) {
                bests.retain(|best| exercise.bests.iter().any(|known| known.kind == best.kind));
            } else {
                bests.clone_from(&exercise.bests);
            }
        }
    }
}

/// Sets the bests of a round, in the session and in the events that carry it.
fn set_bests(session: &mut Session, events: &mut [SessionEvent], id: RoundId, bests: &[Vec<NewBest>]) {
    let carried = events.iter_mut().flat_map(|event| event.change.rounds_mut());
    for round in carried.chain(&mut session.rounds).filter(|round| round.id == id) {
        for (exercise, bests) in round.exercises.iter_mut().zip(bests) {
            exercise.bests.clone_from(bests);
        }
    }
}

/// Corrects the bests of each round of a session that has others than what is found. Returns the events, which are applied.
fn correct_rounds(session: &mut Session, found: &BTreeMap<RoundId, BestsOfRound>, at: Timestamp) -> Vec<SessionEvent> {
    let has_others = |round: &&Round| {
        found
            .get(&round.id)
            .is_some_and(|bests| round.exercises.iter().zip(bests).any(|(exercise, bests)| exercise.bests != *bests))
    };
    let changed: Vec<Round> = session.rounds.iter().filter(has_others).cloned().collect();
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
