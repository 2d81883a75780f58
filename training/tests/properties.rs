//! Random commands by random people, and what must hold whatever they do.

mod common;

use std::collections::HashMap;

use common::{Studio, jonas, mira, nora, plan, plan_of, reports};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use training::{
    Command, Folded, ItemId, Part, Region, Round, RoundId, RoundPlan, RoundStatus, Session, SessionChange,
    SessionEvent, SessionEventName, SessionId, SessionStatus, Sessions, UserId, Values, apply, fold, start,
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
    Complete { round: usize, leave_out: bool, pain: bool, wrong_regions: bool, effort: u8, late: bool },
}

/// One thing that is tried.
#[derive(Clone, Debug)]
struct Act {
    /// About the second athlete's session, not the first's.
    second: bool,
    /// By whom it is for and on a round it is for, as most acts are; otherwise by anybody on any.
    aimed: bool,
    /// By the trainer, unless it is aimed.
    trainer: bool,
    tried: Try,
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = (prop::bool::weighted(0.3), prop::bool::weighted(0.8), any::<bool>(), tries());
    let act = act.prop_map(|(second, aimed, trainer, tried)| Act { second, aimed, trainer, tried });
    prop::collection::vec(act, 1..120)
}

fn tries() -> impl Strategy<Value = Try> {
    // What only gets an act refused is rare, so that most of them happen and meet.
    let round = 0..4_usize;
    let rarely = || prop::bool::weighted(0.1);
    let exercise = prop_oneof![15 => 1..=2_u128, 1 => 3..=4_u128];
    let add = (prop::collection::vec(exercise, 0..4), prop::bool::weighted(0.2), any::<bool>());
    let edit = (round.clone(), any::<bool>(), any::<bool>(), [rarely(), rarely(), rarely()]);
    let log = (round.clone(), 0..3_usize, prop::option::weighted(0.8, 0..20_u32));
    let effort = prop_oneof![15 => 0..=10_u8, 1 => 11..=12_u8];
    let complete = (round.clone(), rarely(), any::<bool>(), rarely(), effort, prop::bool::weighted(0.1));
    prop_oneof![
        2 => Just(Try::Start),
        4 => Just(Try::Join),
        1 => prop::bool::weighted(0.4).prop_map(|cancel| if cancel { Try::Cancel } else { Try::Join }),
        6 => add.prop_map(|(exercises, is_final, release)| Try::Add { exercises, is_final, release }),
        6 => edit.prop_map(|(round, drop, without_ids, [is_final, stale, release])| Try::Edit {
            round, drop, is_final, stale, without_ids, release,
        }),
        1 => round.clone().prop_map(|round| Try::Delete { round }),
        5 => round.clone().prop_map(|round| Try::Release { round }),
        3 => round.clone().prop_map(|round| Try::Recall { round }),
        4 => round.clone().prop_map(|round| Try::Begin { round }),
        6 => log.prop_map(|(round, item, reps)| Try::Log { round, item, reps }),
        5 => complete.prop_map(|(round, leave_out, pain, wrong_regions, effort, late)| Try::Complete {
            round, leave_out, pain, wrong_regions, effort, late,
        }),
    ]
}

/// The rounds that are for `tried`.
fn suits(tried: &Try, round: &Round) -> bool {
    match tried {
        Try::Delete { .. } | Try::Release { .. } => round.status == RoundStatus::Draft,
        Try::Recall { .. } | Try::Begin { .. } => round.status == RoundStatus::Released,
        Try::Log { .. } | Try::Complete { .. } => round.is_out(),
        Try::Edit { .. } => round.status != RoundStatus::Completed,
        Try::Start | Try::Join | Try::Cancel | Try::Add { .. } => false,
    }
}

/// The command a try amounts to in `session`.
fn command(act: &Act, session: &Session) -> Command {
    let nobody_s = |number: usize| RoundId(Uuid::from_u128(number as u128));
    let suited: Vec<&Round> = session.rounds.iter().filter(|round| !act.aimed || suits(&act.tried, round)).collect();
    let round = |number: usize| {
        let place = if act.aimed && !suited.is_empty() { number % suited.len() } else { number };
        suited.get(place).copied()
    };
    let id = |number: usize| round(number).map_or_else(|| nobody_s(number), |round| round.id);
    match &act.tried {
        // Before anybody has joined there is little else to aim at.
        tried if act.aimed && session.status == SessionStatus::Waiting && !matches!(tried, Try::Cancel) => {
            Command::Join
        }
        Try::Start | Try::Join => Command::Join,
        Try::Cancel => Command::Cancel { reason: None },
        Try::Add { exercises, is_final, release } => {
            Command::AddRound { plan: RoundPlan { is_final: *is_final, ..plan(exercises) }, release: *release }
        }
        Try::Edit { round: number, drop, is_final, stale, without_ids, release } => {
            let mut edited = round(*number).map_or_else(|| plan(&[1]), plan_of);
            edited.is_final |= *is_final;
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
            let item = round(*number).and_then(|round| round.exercises.get(item % round.exercises.len()));
            Command::LogExercise {
                round: id(*number),
                item: item.map_or(ItemId(Uuid::nil()), |exercise| exercise.id),
                actual: reps.map(|reps| Values { reps: Some(reps), ..Values::default() }),
            }
        }
        Try::Complete { round: number, leave_out, pain, wrong_regions, effort, late } => {
            let mut reports = round(*number).map(reports).unwrap_or_default();
            if *leave_out {
                reports.pop();
            }
            for report in &mut reports {
                report.effort = *effort;
                report.pain = *pain;
                let regions = if *wrong_regions { !*pain } else { *pain };
                report.pain_regions = if regions { vec![Region::LowerBack, Region::LeftKnee] } else { Vec::new() };
            }
            Command::CompleteRound { round: id(*number), reports, late: *late }
        }
    }
}

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
        let is_late = matches!(act.tried, Try::Complete { late: true, .. });
        let has_ended = session.as_ref().is_none_or(|session| !session.status.is_open());
        let (part, decided) = match &session {
            Some(session) if !(matches!(act.tried, Try::Start) || act.aimed && has_ended && !is_late) => {
                let command = command(act, session);
                let part = if act.aimed { command.part() } else { None };
                let by_trainer = part.map_or(act.trainer, |part| part == Part::Trainer);
                let by = if by_trainer { jonas() } else { [mira(), nora()][athlete].clone() };
                (by.part, self.studio.decide(session, &by, command).unwrap_or_default())
            }
            _ => (Part::Athlete, self.try_to_start(athlete)),
        };
        if let (Some(session), Some(first)) = (&session, decided.first()) {
            let starts = matches!(first.change, SessionChange::SessionStarted { .. });
            let is_late = session.status == SessionStatus::Cancelled
                && is_late
                && matches!(first.change, SessionChange::RoundCompleted { .. });
            prop_assert!(session.status.is_open() || starts || is_late, "nothing changes after the end");
            prop_assert!(!is_late || decided.len() == 1, "and late feedback changes nothing else");
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
            let by = if command.part().map_or(act.trainer, |part| part == Part::Trainer) { jonas() } else { mira() };
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
