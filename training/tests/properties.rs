//! Random commands by random people, and what must hold whatever they do.

mod common;

use std::collections::HashMap;

use common::{Studio, jonas, mira, plan, plan_of, reports};
use proptest::prelude::*;
use training::{
    Actor, Command, Event, Folded, ItemId, Part, Recorded, Region, Round, RoundId, RoundPlan, RoundStatus, Session,
    Sessions, UserId, Values, apply, fold, start,
};
use uuid::Uuid;

/// What somebody tries, with rounds and exercises named by a number that is made to fit when it is tried.
#[derive(Clone, Debug)]
enum Try {
    Start,
    Join,
    Cancel,
    Add { exercises: Vec<u128>, is_final: bool, release: bool },
    Edit { round: usize, drop: bool, is_final: bool, stale: bool, without_ids: bool, release: bool },
    Delete { round: usize },
    Release { round: usize },
    Recall { round: usize },
    Begin { round: usize },
    Log { round: usize, item: usize, reps: Option<u32> },
    Complete { round: usize, leave_out: bool, pain: bool, regions: bool, effort: u8 },
}

fn tries() -> impl Strategy<Value = Try> {
    // Few rounds, so that acts meet; what only gets an act refused is rare, so that most of them happen.
    let round = 0..3_usize;
    let rarely = || prop::bool::weighted(0.1);
    let add = (
        prop::collection::vec(prop_oneof![9 => 1..=2_u128, 1 => 3..=4_u128], 0..4),
        prop::bool::weighted(0.2),
        any::<bool>(),
    );
    let edit = (round.clone(), any::<bool>(), any::<bool>(), [rarely(), rarely(), rarely()]);
    let log = (round.clone(), 0..3_usize, prop::option::of(0..20_u32));
    let complete = (round.clone(), prop::bool::weighted(0.1), any::<bool>(), any::<bool>(), 0..=11_u8);
    prop_oneof![
        2 => Just(Try::Start),
        2 => Just(Try::Join),
        1 => prop::bool::weighted(0.2).prop_map(|cancel| if cancel { Try::Cancel } else { Try::Join }),
        6 => add.prop_map(|(exercises, is_final, release)| Try::Add { exercises, is_final, release }),
        6 => edit.prop_map(|(round, drop, without_ids, [is_final, stale, release])| Try::Edit {
            round, drop, is_final, stale, without_ids, release,
        }),
        1 => round.clone().prop_map(|round| Try::Delete { round }),
        4 => round.clone().prop_map(|round| Try::Release { round }),
        2 => round.clone().prop_map(|round| Try::Recall { round }),
        4 => round.clone().prop_map(|round| Try::Begin { round }),
        6 => log.prop_map(|(round, item, reps)| Try::Log { round, item, reps }),
        6 => complete.prop_map(|(round, leave_out, pain, regions, effort)| Try::Complete {
            round, leave_out, pain, regions, effort,
        }),
    ]
}

/// The command a try amounts to in `session`.
fn command(tried: &Try, session: &Session) -> Command {
    let nobody_s = |number: usize| RoundId(Uuid::from_u128(number as u128));
    let round = |number: usize| session.rounds.get(number);
    let id = |number: usize| round(number).map_or_else(|| nobody_s(number), |round| round.id);
    match tried {
        Try::Start | Try::Join => Command::Join,
        Try::Cancel => Command::Cancel { reason: None },
        Try::Add { exercises, is_final, release } => {
            Command::AddRound { plan: RoundPlan { is_final: *is_final, ..plan(exercises) }, release: *release }
        }
        Try::Edit { round: number, drop, is_final, stale, without_ids, release } => {
            let mut edited = round(*number).map_or_else(|| plan(&[1]), plan_of);
            edited.is_final = *is_final;
            if *drop {
                edited.exercises.pop();
            }
            if *without_ids {
                edited.exercises.iter_mut().for_each(|planned| planned.id = None);
            }
            let version = round(*number).map_or(1, |round| round.version) - u64::from(*stale);
            Command::EditRound { round: id(*number), version, plan: edited, release: *release }
        }
        Try::Delete { round: number } => {
            Command::DeleteRound { round: id(*number), version: round(*number).map_or(1, |round| round.version) }
        }
        Try::Release { round } => Command::ReleaseRound(id(*round)),
        Try::Recall { round } => Command::RecallRound(id(*round)),
        Try::Begin { round } => Command::StartRound(id(*round)),
        Try::Log { round: number, item, reps } => {
            let item = round(*number).and_then(|round| round.exercises.get(*item));
            Command::LogExercise {
                round: id(*number),
                item: item.map_or(ItemId(Uuid::nil()), |exercise| exercise.id),
                actual: reps.map(|reps| Values { reps: Some(reps), ..Values::default() }),
            }
        }
        Try::Complete { round: number, leave_out, pain, regions, effort } => {
            let mut reports = round(*number).map(reports).unwrap_or_default();
            if *leave_out {
                reports.pop();
            }
            for report in &mut reports {
                report.effort = *effort;
                report.pain = *pain;
                report.pain_regions = if *regions { vec![Region::LowerBack, Region::LeftKnee] } else { Vec::new() };
            }
            Command::CompleteRound { round: id(*number), reports }
        }
    }
}

/// Everything that happened to one athlete, and the copies two desktops made of it.
struct World {
    studio: Studio,
    /// All sessions as the server holds them.
    server: Sessions,
    trainer: Sessions,
    athlete: Sessions,
    current: Option<Session>,
}

impl World {
    fn new() -> Self {
        Self {
            studio: Studio::default(),
            server: Sessions::new(),
            trainer: Sessions::new(),
            athlete: Sessions::new(),
            current: None,
        }
    }

    /// Tries something; refused is fine, everything that happens is folded everywhere.
    fn attempt(&mut self, by: &Actor, tried: &Try) -> Result<(), TestCaseError> {
        let before = self.current.clone();
        let decided = match (&before, tried) {
            (_, Try::Start) | (None, _) => self.try_to_start(),
            (Some(session), tried) => self.studio.decide(session, by, command(tried, session)).unwrap_or_default(),
        };
        if let (Some(before), false) = (&before, decided.is_empty()) {
            let starts = matches!(decided[0].event, Event::SessionStarted { .. });
            prop_assert!(before.status.is_open() || starts, "nothing changes after the end");
        }
        for recorded in &decided {
            self.happen(recorded)?;
        }
        self.hold(before.as_ref(), by)
    }

    fn try_to_start(&mut self) -> Vec<Recorded> {
        let open = self.server.values().any(|session| session.status.is_open());
        let (id, at) =
            (training::SessionId(Uuid::from_u128(u128::from(u64::MAX) + self.server.len() as u128)), self.studio.now());
        start(id, mira().person, true, open, at).into_iter().collect()
    }

    fn happen(&mut self, recorded: &Recorded) -> Result<(), TestCaseError> {
        let (trainer, athlete): (UserId, UserId) = (jonas().person.id, mira().person.id);
        prop_assert_eq!(fold(&mut self.server, recorded, trainer), Folded::Changed);
        prop_assert_eq!(fold(&mut self.trainer, recorded, trainer), Folded::Changed);
        prop_assert_eq!(fold(&mut self.trainer, recorded, trainer), Folded::Known, "folding again changes nothing");
        if let Some(seen) = recorded.seen_by(Part::Athlete) {
            prop_assert_eq!(fold(&mut self.athlete, &seen, athlete), Folded::Changed);
            prop_assert_eq!(fold(&mut self.athlete, &seen, athlete), Folded::Known);
        }
        self.current = self.server.get(&recorded.session_id).cloned();
        Ok(())
    }

    fn hold(&self, before: Option<&Session>, by: &Actor) -> Result<(), TestCaseError> {
        let open = self.server.values().filter(|session| session.status.is_open()).count();
        prop_assert!(open <= 1, "at most one open session per athlete");
        prop_assert_eq!(&self.server, &self.trainer, "the trainer's copy is the server's");
        for (id, session) in &self.server {
            let mut seen = session.clone().seen_by(Part::Athlete);
            // The athlete's copy stays at the version of the last event it was shown.
            if let Some(copy) = self.athlete.get(id) {
                seen.version = copy.version;
            }
            prop_assert_eq!(Some(&seen), self.athlete.get(id), "the athlete's copy is the server's without drafts");
            hold_in(session)?;
        }
        match (before, &self.current) {
            (Some(before), Some(after)) if before.id == after.id && by.part == Part::Trainer => {
                keeps_entries(before, after)
            }
            _ => Ok(()),
        }
    }
}

fn hold_in(session: &Session) -> Result<(), TestCaseError> {
    let rounds = &session.rounds;
    prop_assert!(rounds.iter().filter(|round| round.is_out()).count() <= 1, "at most one round out");
    prop_assert!(rounds.iter().filter(|round| round.is_final).count() <= 1, "at most one final round");
    let in_order = rounds.windows(2).all(|two| two[0].number < two[1].number && two[0].id < two[1].id);
    prop_assert!(in_order, "numbers follow creation");
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
        entered.map(|entered| (entered.id, (entered.actual, entered.feedback.clone(), entered.exercise_id))).collect()
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
    fn whatever_people_try_the_invariants_hold(acts in prop::collection::vec((any::<bool>(), tries()), 1..80)) {
        let mut world = World::new();
        world.attempt(&mira(), &Try::Start)?;
        for (trainer, tried) in acts {
            let by = if trainer { jonas() } else { mira() };
            world.attempt(&by, &tried)?;
        }
    }

    #[test]
    fn folding_events_in_any_repetition_gives_the_same_state(
        acts in prop::collection::vec((any::<bool>(), tries()), 1..40),
        repeats in prop::collection::vec(0..200_usize, 0..40),
    ) {
        let mut studio = Studio::default();
        let first = studio.start(&mira());
        let mut session = first.clone();
        let mut history = Vec::new();
        for (trainer, tried) in acts {
            let by = if trainer { jonas() } else { mira() };
            let command = command(&tried, &session);
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
