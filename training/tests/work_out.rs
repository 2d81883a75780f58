//! Working out loads: what always holds.

mod common;

use common::{exercise, plan};
use proptest::prelude::*;
use training::WeightUnit;
use training::progress::{Estimate, ExerciseRecord, LastDone};
use training::templates::work_out;
use training::{Load, PlannedValues, RoundPlan, SessionId, Timestamp, Values};
use uuid::Uuid;

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

fn day(number: i64) -> Timestamp {
    Timestamp::from_millisecond(1_800_000_000_000 + number * DAY_MS).expect("a date of this century")
}

/// Rounds with one exercise that has this load, and beside it one without.
fn rounds(load: Load) -> Vec<RoundPlan> {
    let mut plan = plan(&[1, 2]);
    plan.exercises[0].planned = PlannedValues { weight_kg: Some(1.0), load: Some(load), ..PlannedValues::default() };
    vec![plan]
}

/// What is on record of the exercise: on day 0, this estimate and this weight.
fn record(e1rm_kg: Option<f64>, last_kg: Option<f64>) -> Vec<ExerciseRecord> {
    let estimate = e1rm_kg.map(|e1rm_kg| Estimate {
        at: day(0),
        session_id: SessionId(Uuid::nil()),
        weight_kg: e1rm_kg,
        reps: 1,
        effort: None,
        e1rm_kg,
    });
    let actual = Values { weight_kg: last_kg, ..Values::default() };
    let last = Some(LastDone { at: day(0), actual, effort: None });
    vec![ExerciseRecord { exercise_id: exercise(1), last, estimate }]
}

fn weight(load: Load, records: &[ExerciseRecord], unit: WeightUnit, at: Timestamp) -> Option<f64> {
    work_out(&rounds(load), records, unit, at)[0].exercises[0].planned.weight_kg
}

fn units() -> impl Strategy<Value = (WeightUnit, f64)> {
    prop_oneof![Just((WeightUnit::Kg, 2.5)), Just((WeightUnit::Lb, 2.267_961_85))]
}

fn kilograms(grams: std::ops::Range<i32>) -> impl Strategy<Value = f64> {
    grams.prop_map(|grams| f64::from(grams) / 1_000.0)
}

fn loads() -> impl Strategy<Value = Load> {
    prop_oneof![
        (1..=200_i32).prop_map(|percent| Load::PercentOfE1rm(f64::from(percent))),
        kilograms(-200_000..200_000).prop_map(Load::LastPlusKg),
    ]
}

proptest! {
    #[test]
    fn b32_a_weight_can_be_loaded_and_none_that_can_is_nearer(
        load in loads(), e1rm in kilograms(1..500_000), last in kilograms(-50_000..500_000), (unit, step) in units(),
    ) {
        let exact = match load {
            Load::PercentOfE1rm(percent) => e1rm * percent / 100.0,
            Load::LastPlusKg(more) => last + more,
            Load::Unknown => unreachable!("none of those that are tried"),
        };
        prop_assume!(exact >= -195.0);
        let weight = weight(load, &record(Some(e1rm), Some(last)), unit, day(1)).expect("there is something on record");
        prop_assert!((weight - exact).abs() <= step / 2.0 + 0.002, "{} for {}", weight, exact);
        let steps = weight / step;
        prop_assert!((steps - steps.round()).abs() * step <= 0.001, "{} is no multiple of {}", weight, step);
    }

    #[test]
    fn more_percent_are_never_less_weight(e1rm in kilograms(1..500_000), percent in 1..200_i32, (unit, _) in units()) {
        let of = |percent: i32| {
            weight(Load::PercentOfE1rm(f64::from(percent)), &record(Some(e1rm), None), unit, day(1))
        };
        prop_assert!(of(percent) <= of(percent + 1));
    }

    #[test]
    fn working_out_once_more_changes_nothing_and_what_has_no_load_stays(
        load in loads(), e1rm in kilograms(1..500_000), last in kilograms(-50_000..500_000), (unit, _) in units(),
    ) {
        let records = record(Some(e1rm), Some(last));
        let once = work_out(&rounds(load), &records, unit, day(1));
        prop_assert_eq!(&work_out(&once, &records, unit, day(1)), &once);
        prop_assert_eq!(&once[0].exercises[1], &rounds(load)[0].exercises[1]);
        prop_assert_eq!(once[0].exercises[0].planned.load, Some(load), "it stays beside the weight as its source");
    }

    #[test]
    fn without_anything_on_record_the_weight_is_empty(load in loads(), (unit, _) in units()) {
        prop_assert_eq!(weight(load, &[], unit, day(1)), None);
        prop_assert_eq!(weight(load, &record(None, None), unit, day(1)), None);
    }
}

#[test]
fn b32_an_estimate_counts_for_90_days_and_the_last_time_for_as_long_as_it_is_on_record() {
    let records = record(Some(100.0), Some(80.0));
    let percent = |at| weight(Load::PercentOfE1rm(80.0), &records, WeightUnit::Kg, at);
    assert_eq!((percent(day(90)), percent(day(91))), (Some(80.0), None));
    assert_eq!(weight(Load::LastPlusKg(2.5), &records, WeightUnit::Kg, day(91)), Some(82.5));
}

#[test]
fn a_load_of_a_newer_version_keeps_the_weight_that_is_there() {
    assert_eq!(weight(Load::Unknown, &record(Some(100.0), Some(80.0)), WeightUnit::Kg, day(1)), Some(1.0));
}
