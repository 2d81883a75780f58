//! Random acts: what people try, and the commands that makes of it.

use proptest::prelude::*;
use training::{
    Command, ItemId, Region, Round, RoundExercise, RoundId, RoundPlan, RoundStatus, Session, SessionStatus, Values,
};
use uuid::Uuid;

use super::{plan, plan_of, reports};

/// What somebody tries, with rounds and exercises named by a number that is made to fit when it is tried.
#[derive(Clone, Debug)]
pub(crate) enum Try {
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
    Correct { round: usize, item: usize, reps: u32, stale: bool },
}

/// One thing that is tried.
#[derive(Clone, Debug)]
pub(crate) struct Act {
    /// About the second athlete's session, not the first's.
    pub(crate) second: bool,
    /// By whom it is for and on a round it is for, as most acts are; otherwise by anybody on any.
    pub(crate) aimed: bool,
    /// By the trainer, unless it is aimed.
    pub(crate) trainer: bool,
    pub(crate) tried: Try,
}

/// A history: what is tried, one thing after the other.
pub(crate) fn acts() -> impl Strategy<Value = Vec<Act>> {
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
    let correct = (round.clone(), 0..3_usize, 0..20_u32, rarely());
    prop_oneof![
        2 => correct.prop_map(|(round, item, reps, stale)| Try::Correct { round, item, reps, stale }),
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
        Try::Correct { .. } => round.exercises.iter().any(RoundExercise::has_entry),
        Try::Start | Try::Join | Try::Cancel | Try::Add { .. } => false,
    }
}

/// The command a try amounts to in `session`.
pub(crate) fn command(act: &Act, session: &Session) -> Command {
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
        Try::Correct { round: number, item, reps, stale } => {
            let round = round(*number);
            let item = round.and_then(|round| round.exercises.get(item % round.exercises.len()));
            Command::CorrectExercise {
                round: id(*number),
                item: item.map_or(ItemId(Uuid::nil()), |exercise| exercise.id),
                version: round.map_or(1, |round| round.version) - u64::from(*stale),
                actual: Values { reps: Some(*reps), weight_kg: Some(40.0), ..Values::default() },
                reason: None,
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
