//! The rules of weights.

use proptest::prelude::*;
use training::weights::{WeightLimits, create, edit, kept, recreate, remove};
use training::{FieldCode, Refusal, Timestamp, UserId, Weight, WeightDraft, WeightId};
use uuid::Uuid;

const DAY_S: i64 = 86_400;

fn at(second: i64) -> Timestamp {
    Timestamp::from_millisecond(second * 1_000).expect("an instant")
}

fn now() -> Timestamp {
    at(1_800_000_000)
}

fn ago(seconds: i64) -> Timestamp {
    at(1_800_000_000 - seconds)
}

fn draft(weight_kg: f64) -> WeightDraft {
    WeightDraft { weight_kg, at: None, note: None }
}

fn entered(draft: &WeightDraft) -> Result<Weight, Refusal> {
    create(WeightId(Uuid::from_u128(1)), UserId(Uuid::from_u128(2)), draft, now(), 0)
}

fn weight(weight_kg: f64) -> Weight {
    entered(&draft(weight_kg)).expect("a valid weight")
}

fn code(refused: Refusal) -> (String, FieldCode) {
    let [field] = &refused.into_fields()[..] else { panic!("one finding") };
    (field.pointer.clone(), field.code)
}

#[test]
fn b19_a_weight_is_twenty_to_three_hundred_kilograms() {
    for good in [20.0, 20.001, 299.999, 300.0] {
        assert!((weight(good).weight_kg - good).abs() < 1e-9);
    }
    for bad in [0.0, 19.999, 300.001, -80.0, 80_000.0, f64::NAN, f64::INFINITY] {
        let refused = code(entered(&draft(bad)).expect_err("refused"));
        assert_eq!(refused, ("/weight_kg".to_owned(), FieldCode::OutOfRange), "{bad}");
    }
}

#[test]
fn a_weight_is_of_now_or_of_the_time_that_is_given() {
    assert_eq!(weight(80.0).at, now());
    let given = WeightDraft { at: Some(ago(DAY_S)), ..draft(80.0) };
    assert_eq!(entered(&given).expect("it is valid").at, ago(DAY_S));
}

#[test]
fn a_weight_is_neither_of_the_future_nor_of_a_mistyped_year() {
    let of = |at| entered(&WeightDraft { at: Some(at), ..draft(80.0) });
    assert!(of(ago(-5 * 60)).is_ok(), "clocks differ");
    let refused = of(ago(-5 * 60 - 1)).expect_err("it has not come yet");
    assert!(refused.depends_on_state(), "it will come");
    assert_eq!(code(refused), ("/at".to_owned(), FieldCode::InFuture));
    let earliest = Timestamp::from_millisecond(WeightLimits::EARLIEST_MS).expect("an instant");
    assert!(of(earliest).is_ok());
    let refused = of(at(WeightLimits::EARLIEST_MS / 1_000 - 1)).expect_err("nobody of then is here");
    assert_eq!(code(refused), ("/at".to_owned(), FieldCode::OutOfRange));
}

#[test]
fn a_note_is_trimmed_and_has_five_hundred_characters() {
    let noted = |note: &str| entered(&WeightDraft { note: Some(note.to_owned()), ..draft(80.0) });
    assert_eq!(noted("  after breakfast\n").expect("it is valid").note.as_deref(), Some("after breakfast"));
    assert_eq!(noted(" ").expect("it is valid").note, None);
    assert!(noted(&"ß".repeat(WeightLimits::MAX_NOTE_CHARS)).is_ok());
    let too_long = noted(&"x".repeat(WeightLimits::MAX_NOTE_CHARS + 1)).expect_err("refused");
    assert_eq!(code(too_long), ("/note".to_owned(), FieldCode::TooLong));
    assert_eq!(code(noted("a\u{7}").expect_err("refused")), ("/note".to_owned(), FieldCode::Invalid));
}

#[test]
fn everything_wrong_with_a_weight_is_said_at_once() {
    let draft = WeightDraft { weight_kg: 8.0, at: Some(ago(-DAY_S)), note: Some("a\u{7}".to_owned()) };
    let refused = entered(&draft).expect_err("refused");
    assert!(matches!(&refused, Refusal::Invalid(fields) if fields.len() == 3), "{refused:?}");
    assert!(matches!(draft.check(), Err(Refusal::Invalid(fields)) if fields.len() == 2), "whatever the time is");
}

#[test]
fn b19_a_correction_changes_what_it_says_and_counts_the_version() {
    let before = weight(80.0);
    let draft = WeightDraft { note: Some("on the gym's scales".to_owned()), ..draft(80.4) };
    let after = edit(&before, Some(1), &draft, ago(-DAY_S)).expect("it may be corrected");
    let expected = Weight { weight_kg: 80.4, note: draft.note.clone(), version: 2, ..before.clone() };
    assert_eq!(after, expected, "without a time, it stays when it was");
    assert_eq!(edit(&after, Some(2), &draft, now()), Ok(after.clone()), "the same is no change");
    assert_eq!(edit(&after, Some(1), &draft, now()), Err(Refusal::VersionMismatch));
    assert_eq!(remove(&after, Some(1)), Err(Refusal::VersionMismatch));
    assert_eq!(remove(&after, Some(2)), Ok(()));
}

#[test]
fn a_deleted_weight_comes_back_with_a_version_above_all_it_had() {
    let before = Weight { version: 3, ..weight(80.0) };
    let again = recreate(&before, 0, &(&before).into(), now(), 0);
    assert_eq!(again, Ok(Weight { version: 4, ..before.clone() }));
    assert_eq!(recreate(&before, 3, &(&before).into(), now(), 0), Err(Refusal::NotFound));
}

#[test]
fn an_athlete_has_so_many_weights_and_no_more() {
    let (id, athlete) = (WeightId(Uuid::from_u128(1)), UserId(Uuid::from_u128(2)));
    let with = |others| create(id, athlete, &draft(80.0), now(), others);
    assert!(with(WeightLimits::MAX_WEIGHTS - 1).is_ok());
    assert_eq!(with(WeightLimits::MAX_WEIGHTS), Err(Refusal::WeightsFull));
    let again = recreate(&weight(80.0), 0, &draft(80.0), now(), WeightLimits::MAX_WEIGHTS);
    assert_eq!(again, Err(Refusal::WeightsFull));
}

#[test]
fn the_last_weights_of_the_last_ninety_days_are_kept() {
    let of = |number: u128, at| Weight { id: WeightId(Uuid::from_u128(number)), at, ..weight(80.0) };
    let weights = [of(1, ago(90 * DAY_S)), of(2, ago(90 * DAY_S + 1)), of(3, ago(0)), of(4, ago(0))];
    let ids: Vec<u128> = kept(&weights, now()).map(|weight| weight.id.0.as_u128()).collect();
    assert_eq!(ids, [4, 3, 1]);
    let many: Vec<Weight> = (0..400_u32).map(|number| of(number.into(), ago(number.into()))).collect();
    let ids: Vec<u128> = kept(&many, now()).map(|weight| weight.id.0.as_u128()).collect();
    assert_eq!(ids, (0..WeightLimits::LAST_WEIGHTS as u128).collect::<Vec<_>>());
}

proptest! {
    #[test]
    fn b58_a_weight_keeps_three_decimals(grams in 20_000_u32..=300_000) {
        let exact = f64::from(grams) / 1_000.0;
        prop_assert_eq!(weight(exact).weight_kg.to_bits(), exact.to_bits());
        let saved = edit(&weight(exact), Some(1), &(&weight(exact)).into(), now());
        prop_assert_eq!(saved.map(|saved| saved.version), Ok(1));
    }

    #[test]
    fn what_is_within_the_limits_stays_so_when_it_is_rounded(kg in 20.0..=300.0) {
        prop_assert!(WeightLimits::WEIGHT_KG.contains(weight(kg).weight_kg));
        prop_assert!((weight(kg).weight_kg - kg).abs() <= 0.000_5 + 1e-9);
    }
}
