//! The rules of keeping the exercise library.

use proptest::prelude::*;
use training::library::{ExerciseDraft, ExerciseLimits, ExerciseState, archive, create, edit, restore};
use training::{Category, Exercise, ExerciseId, Field, FieldCode, Refusal};
use uuid::Uuid;

fn draft() -> ExerciseDraft {
    ExerciseDraft {
        name: " Squat ".to_owned(),
        category: Category::Legs,
        fields: vec![Field::Weight, Field::Reps],
        aliases: vec!["Kniebeuge ".to_owned()],
        muscles: vec!["quadriceps".to_owned()],
        cue: Some("  ".to_owned()),
    }
}

fn squat() -> Exercise {
    create(ExerciseId(Uuid::from_u128(1)), &draft(), false).expect("a valid exercise")
}

fn findings(draft: &ExerciseDraft) -> Vec<(String, FieldCode)> {
    match create(ExerciseId(Uuid::from_u128(1)), draft, false) {
        Err(Refusal::Invalid(fields)) => fields.into_iter().map(|field| (field.pointer, field.code)).collect(),
        other => panic!("it should be invalid: {other:?}"),
    }
}

#[test]
fn a_new_exercise_is_as_it_was_described_without_surrounding_white_space() {
    let squat = squat();
    assert_eq!((squat.name.as_str(), squat.aliases[0].as_str(), squat.cue.as_deref()), ("Squat", "Kniebeuge", None));
    assert_eq!((squat.version, squat.archived), (1, false));
}

#[test]
fn every_finding_is_told_at_once() {
    let wrong = ExerciseDraft {
        name: "\t".to_owned(),
        fields: vec![Field::Reps, Field::Reps],
        aliases: vec![String::new(); ExerciseLimits::MAX_ALIASES + 1],
        muscles: vec!["x".repeat(ExerciseLimits::MAX_MUSCLE_CHARS + 1)],
        cue: Some("x".repeat(ExerciseLimits::MAX_CUE_CHARS + 1)),
        ..draft()
    };
    let found = findings(&wrong);
    for expected in [
        ("/name", FieldCode::TooShort),
        ("/fields/1", FieldCode::Duplicate),
        ("/aliases", FieldCode::TooLong),
        ("/aliases/0", FieldCode::TooShort),
        ("/muscles/0", FieldCode::TooLong),
        ("/cue", FieldCode::TooLong),
    ] {
        assert!(found.contains(&(expected.0.to_owned(), expected.1)), "{expected:?} in {found:?}");
    }
    assert_eq!(
        findings(&ExerciseDraft { fields: Vec::new(), ..draft() }),
        [("/fields".to_owned(), FieldCode::Required)]
    );
    let control = ExerciseDraft { name: "a\u{7}b".to_owned(), ..draft() };
    assert_eq!(findings(&control), [("/name".to_owned(), FieldCode::Invalid)]);
}

#[test]
fn a_name_is_taken_once() {
    assert_eq!(create(ExerciseId(Uuid::from_u128(2)), &draft(), true), Err(Refusal::NameTaken));
    let squat = squat();
    let state = ExerciseState { exercise: &squat, based_on: Some(1) };
    assert_eq!(edit(state, &draft(), true), Err(Refusal::NameTaken));
}

#[test]
fn an_edit_of_another_version_is_refused_before_anything_else_of_the_state() {
    let squat = squat();
    let state = ExerciseState { exercise: &squat, based_on: Some(7) };
    assert_eq!(edit(state, &draft(), true), Err(Refusal::VersionMismatch));
    assert_eq!(archive(state), Err(Refusal::VersionMismatch));
}

#[test]
fn archiving_and_restoring_count_as_changes_and_are_the_same_when_repeated() {
    let squat = squat();
    let archived = archive(ExerciseState { exercise: &squat, based_on: None }).expect("it may be");
    assert_eq!((archived.archived, archived.version), (true, 2));
    let again = archive(ExerciseState { exercise: &archived, based_on: Some(2) }).expect("it may be");
    assert_eq!(again, archived);
    let restored = restore(&archived);
    assert_eq!((restored.archived, restored.version), (false, 3));
    assert_eq!(restore(&restored), restored);
}

proptest! {
    #[test]
    fn the_draft_of_an_exercise_saves_it_as_it_is(name in "[a-zà-ž][^\\s\\p{C}]{0,99}", cue in "\\PC{0,500}") {
        let draft = ExerciseDraft { name, cue: Some(cue), ..draft() };
        let made = create(ExerciseId(Uuid::from_u128(1)), &draft, false).expect("valid");
        let state = ExerciseState { exercise: &made, based_on: Some(made.version) };
        let saved = edit(state, &ExerciseDraft::from(&made), false).expect("valid");
        prop_assert_eq!(Exercise { version: made.version, ..saved }, made);
    }
}
