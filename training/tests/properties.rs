//! Random commands by random people, and what must hold whatever they do.

mod common;

use std::collections::HashMap;

use common::acts::{Act, Try, acts, command};
use common::{Studio, jonas, mira, nora};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use training::{
    Folded, ItemId, Part, Round, RoundExercise, RoundStatus, Session, SessionChange, SessionEvent, SessionEventName,
    SessionId, SessionStatus, Sessions, UserId, apply, fold, start,
};
use uuid::Uuid;

/// Everything that happened to a trainer's two athletes, and the copies three desktops made of it.
struct World {
    studio: Studio,
    /// All sessions as the server holds them.
    server: Sessions,
    trainer: Sessions,
    /// By athlete, like `current`.
    athletes: [Sessions; 2],
    /// The session each athlete started last.
    current: [Option<SessionId>; 2],
    /// How often what has happened.
    happened: HashMap<SessionEventName, usize>,
}

impl World {
    fn new() -> Self {
        Self {
            studio: Studio::default(),
            server: Sessions::new(),
            trainer: Sessions::new(),
            athletes: [Sessions::new(), Sessions::new()],
            current: [None, None],
            happened: HashMap::new(),
        }
    }

    /// Tries something; refused is fine, everything that happens is folded everywhere.
    fn attempt(&mut self, act: &Act) -> Result<(), TestCaseError> {
        let before = self.server.clone();
        let athlete = usize::from(act.second);
        let session = self.current[athlete].and_then(|id| self.server.get(&id)).cloned();
        let is_late = matches!(act.tried, Try::Complete { late: true, .. } | Try::Correct { .. });
        let has_ended = session.as_ref().is_none_or(|session| !session.status.is_open());
        let (part, decided) = match &session {
            Some(session) if !(matches!(act.tried, Try::Start) || act.aimed && has_ended && !is_late) => {
                let command = command(act, session);
                let part = if act.aimed { command.permit().part() } else { None };
                let by_trainer = part.map_or(act.trainer, |part| part == Part::Trainer);
                let by = if by_trainer { jonas() } else { [mira(), nora()][athlete].clone() };
                (by.part, self.studio.decide(session, &by, command).unwrap_or_default())
            }
            _ => (Part::Athlete, self.try_to_start(athlete)),
        };
        if let (Some(session), Some(first)) = (&session, decided.first()) {
            let starts = matches!(first.change, SessionChange::SessionStarted { .. });
            let corrects = matches!(first.change, SessionChange::ExerciseCorrected { .. });
            let is_late = corrects
                || session.status == SessionStatus::Cancelled
                    && is_late
                    && matches!(first.change, SessionChange::RoundCompleted { .. });
            prop_assert!(session.status.is_open() || starts || is_late, "nothing else changes after the end");
            prop_assert!(!is_late || decided.len() == 1, "and a correction or late feedback changes nothing else");
        }
        for recorded in &decided {
            let of = recorded.change.name().part();
            prop_assert!(of.is_none_or(|of| of == part), "an event says whose act it is");
            self.happen(athlete, recorded)?;
        }
        for (id, session) in &before {
            prop_assert!(self.current[athlete] == Some(*id) || self.server.get(id) == Some(session), "nobody else's");
            if part == Part::Trainer {
                keeps_entries(session, &self.server[id])?;
            }
        }
        self.hold()
    }

    fn try_to_start(&mut self, athlete: usize) -> Vec<SessionEvent> {
        let person = [mira(), nora()][athlete].person.clone();
        let open = self.server.values().any(|session| session.athlete.id == person.id && session.status.is_open());
        let (id, at) =
            (SessionId(Uuid::from_u128(u128::from(u64::MAX) + self.server.len() as u128)), self.studio.now());
        let started = start(id, person, true, open, at);
        if started.is_ok() {
            self.current[athlete] = Some(id);
        }
        started.into_iter().collect()
    }

    fn happen(&mut self, athlete: usize, recorded: &SessionEvent) -> Result<(), TestCaseError> {
        let (trainer, person): (UserId, UserId) = (jonas().person.id, [mira(), nora()][athlete].person.id);
        prop_assert_eq!(fold(&mut self.server, recorded, trainer), Folded::Changed);
        prop_assert_eq!(fold(&mut self.trainer, recorded, trainer), Folded::Changed);
        prop_assert_eq!(fold(&mut self.trainer, recorded, trainer), Folded::Known, "folding again changes nothing");
        if let Some(seen) = recorded.seen_by(Part::Athlete) {
            prop_assert_eq!(fold(&mut self.athletes[athlete], &seen, person), Folded::Changed);
            prop_assert_eq!(fold(&mut self.athletes[athlete], &seen, person), Folded::Known);
        }
        *self.happened.entry(recorded.change.name()).or_default() += 1;
        is_as_decided(&self.server[&recorded.session_id], recorded)
    }

    /// Everybody tries what they try.
    fn play(&mut self, acts: &[Act]) -> Result<(), TestCaseError> {
        acts.iter().try_for_each(|act| self.attempt(act))
    }

    fn hold(&self) -> Result<(), TestCaseError> {
        prop_assert_eq!(&self.server, &self.trainer, "the trainer's copy is the server's");
        for (athlete, copies) in [mira(), nora()].iter().zip(&self.athletes) {
            let theirs = self.server.values().filter(|session| session.athlete == athlete.person);
            let open = theirs.clone().filter(|session| session.status.is_open()).count();
            prop_assert!(open <= 1, "at most one open session per athlete");
            prop_assert_eq!(theirs.clone().count(), copies.len(), "an athlete's copy holds theirs and no other");
            for session in theirs {
                let mut seen = session.clone().seen_by(Part::Athlete);
                // The athlete's copy stays at the version of the last event it was shown.
                if let Some(copy) = copies.get(&session.id) {
                    seen.version = copy.version;
                }
                prop_assert_eq!(Some(&seen), copies.get(&session.id), "the server's without drafts");
                hold_in(session)?;
            }
        }
        Ok(())
    }
}

/// What an event says was decided is what folding it makes of the session.
fn is_as_decided(folded: &Session, recorded: &SessionEvent) -> Result<(), TestCaseError> {
    prop_assert_eq!(folded.version, recorded.session_version);
    match &recorded.change {
        SessionChange::SessionStarted { session }
        | SessionChange::SessionJoined { session }
        | SessionChange::SessionCancelled { session }
        | SessionChange::SessionCompleted { session } => prop_assert_eq!(folded, session),
        SessionChange::RoundDeleted { round } => prop_assert!(folded.round(round.id).is_none()),
        other => prop_assert_eq!(folded.round(other.round().expect("about a round").id), other.round()),
    }
    Ok(())
}

fn hold_in(session: &Session) -> Result<(), TestCaseError> {
    let rounds = &session.rounds;
    prop_assert!(rounds.iter().filter(|round| round.is_out()).count() <= 1, "at most one round out");
    prop_assert!(rounds.iter().filter(|round| round.is_final).count() <= 1, "at most one final round");
    let in_order = rounds.windows(2).all(|two| two[0].number < two[1].number && two[0].id < two[1].id);
    prop_assert!(in_order, "numbers follow creation");
    let final_done = rounds.iter().any(|round| round.is_final && round.status == RoundStatus::Completed);
    match session.status {
        // It may have been completed late.
        SessionStatus::Cancelled => {}
        status => {
            prop_assert_eq!(status == SessionStatus::Completed, final_done, "the final round completes the session");
        }
    }
    prop_assert_eq!(session.status.is_open(), session.ended_at.is_none());
    for round in rounds {
        prop_assert!(!round.exercises.is_empty());
        let positions: Vec<_> = round.exercises.iter().map(|exercise| exercise.position as usize).collect();
        prop_assert_eq!(positions, (0..round.exercises.len()).collect::<Vec<_>>());
        if round.status == RoundStatus::Completed {
            feedback_is_complete(round)?;
        }
    }
    Ok(())
}

fn feedback_is_complete(round: &Round) -> Result<(), TestCaseError> {
    for exercise in &round.exercises {
        let feedback = exercise.feedback.as_ref();
        prop_assert!(feedback.is_some(), "a completed round has feedback for every exercise");
        if let Some(feedback) = feedback {
            prop_assert!(feedback.effort <= 10);
            prop_assert_eq!(feedback.pain, !feedback.pain_regions.is_empty());
        }
    }
    Ok(())
}

/// Whatever a trainer does, what the athlete entered is there afterwards.
fn keeps_entries(before: &Session, after: &Session) -> Result<(), TestCaseError> {
    let entries = |session: &Session| -> HashMap<ItemId, _> {
        let exercises = session.rounds.iter().flat_map(|round| &round.exercises);
        let entered = exercises.filter(|exercise| exercise.has_entry());
        // What was corrected is still there as it was noted.
        let noted = |entered: &RoundExercise| match entered.corrections.first() {
            Some(first) => first.before,
            None => entered.actual,
        };
        entered.map(|entered| (entered.id, (noted(entered), entered.feedback.clone(), entered.exercise_id))).collect()
    };
    let after = entries(after);
    for (item, entry) in entries(before) {
        prop_assert_eq!(Some(&entry), after.get(&item), "an edit never drops what the athlete entered");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn whatever_people_try_the_invariants_hold(acts in acts()) {
        World::new().play(&acts)?;
    }

    #[test]
    fn folding_events_in_any_repetition_gives_the_same_state(
        acts in acts(),
        repeats in prop::collection::vec(0..200_usize, 0..40),
    ) {
        let mut studio = Studio::default();
        let first = studio.start(&mira());
        let mut session = first.clone();
        let mut history = Vec::new();
        for act in acts {
            let command = command(&act, &session);
            let by = if command.permit().part().map_or(act.trainer, |part| part == Part::Trainer) { jonas() } else { mira() };
            history.extend(studio.act(&mut session, &by, command).unwrap_or_default());
        }
        let mut copy = first;
        for (place, recorded) in history.iter().enumerate() {
            apply(&mut copy, recorded, Part::Trainer);
            for repeat in repeats.iter().filter(|repeat| **repeat <= place) {
                apply(&mut copy, &history[*repeat], Part::Trainer);
            }
        }
        prop_assert_eq!(copy, session);
    }
}

/// What holds only because it never happens does not hold: the random acts reach every kind of event, and often.
#[test]
fn everything_that_can_happen_happens() {
    let mut runner = TestRunner::deterministic();
    let mut happened: HashMap<SessionEventName, usize> = HashMap::new();
    for _ in 0..200 {
        let mut world = World::new();
        world.play(&acts().new_tree(&mut runner).expect("there are acts").current()).expect("the invariants hold");
        for (name, count) in world.happened {
            *happened.entry(name).or_default() += count;
        }
    }
    for name in SessionEventName::ALL {
        let count = happened.get(name).copied().unwrap_or_default();
        assert!(count >= 50, "{name:?} happened {count} times in two hundred runs: {happened:?}");
    }
}
