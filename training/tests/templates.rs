//! The rules of templates.

mod common;

use common::{exercise, jonas, plan, planned};
use training::templates::{TemplateCount, TemplateLimits, TemplateRoom, TemplateState, create, delete, edit, recreate};
use training::{ExerciseId, ExerciseKind, FieldCode, ItemId, Load, Refusal, Template, TemplateDraft, TemplateId};
use uuid::Uuid;

fn id() -> TemplateId {
    TemplateId(Uuid::from_u128(50))
}

fn knows(id: ExerciseId) -> bool {
    common::library(id).is_some()
}

fn draft() -> TemplateDraft {
    TemplateDraft { name: "Legs".to_owned(), shared: false, rounds: vec![plan(&[1, 2])] }
}

fn made() -> Template {
    create(id(), jonas().person, &draft(), &knows).expect("nothing stands against it")
}

#[test]
fn a_template_keeps_an_archived_exercise_and_refuses_an_unknown_one() {
    let mut with = draft();
    with.rounds[0].exercises.push(planned(3));
    create(id(), jonas().person, &with, &knows).expect("the third is archived");
    with.rounds[0].exercises[2].exercise_id = exercise(9);
    let refused = create(id(), jonas().person, &with, &knows).unwrap_err();
    assert!(refused.depends_on_state());
    let fields = refused.into_fields();
    assert_eq!(fields[0].pointer, "/rounds/0/exercises/2/exercise_id");
    assert_eq!(fields[0].code, FieldCode::UnknownReference);
}

#[test]
fn b32_a_weight_and_a_load_exclude_each_other_in_a_template() {
    let mut with = draft();
    with.rounds[0].exercises[0].planned.load = Some(Load::LastPlusKg(2.5));
    let fields = create(id(), jonas().person, &with, &knows).unwrap_err().into_fields();
    assert_eq!(
        (fields[0].pointer.as_str(), fields[0].code),
        ("/rounds/0/exercises/0/planned/load", FieldCode::Duplicate)
    );
    with.rounds[0].exercises[0].planned.weight_kg = None;
    create(id(), jonas().person, &with, &knows).expect("one of them");
}

#[test]
fn a_template_belongs_to_no_session() {
    let mut with = draft();
    with.rounds[0].exercises[0].id = Some(ItemId(Uuid::from_u128(7)));
    with.rounds[0].exercises[0].trainer_notes = Some("  ".to_owned());
    let made = create(id(), jonas().person, &with, &knows).expect("nothing stands against it");
    let kept = &made.rounds[0].exercises[0];
    assert_eq!((kept.id, kept.trainer_notes.as_deref(), kept.kind), (None, None, Some(ExerciseKind::Working)));
}

#[test]
fn only_its_owner_changes_a_template() {
    let made = made();
    let by = |by, based_on| TemplateState { template: &made, by, based_on };
    let (owner, other) = (made.owner.id, common::mira().person.id);
    assert_eq!(edit(by(other, Some(1)), &draft(), &knows), Err(Refusal::NotOwner));
    assert_eq!(delete(by(other, None)), Err(Refusal::NotOwner));
    assert_eq!(delete(by(owner, Some(2))), Err(Refusal::VersionMismatch));
    assert_eq!(delete(by(owner, Some(1))), Ok(()));
    assert_eq!(edit(by(owner, None), &draft(), &knows).expect("theirs").version, 2);
}

#[test]
fn b68_a_deleted_template_comes_back_under_its_id_as_it_was() {
    let made = made();
    let deleted = Template::without_content(made.id, made.owner.clone(), made.version);
    let again = recreate(deleted.clone(), 0, &(&made).into(), &knows).expect("it is gone");
    assert_eq!(again, Template { version: 2, ..made.clone() }, "no edit from before fits it");
    assert_eq!(recreate(deleted, 1, &(&made).into(), &knows), Err(Refusal::NotFound));
}

#[test]
fn what_is_too_much_already_can_still_be_made_less() {
    let large = made();
    let mut small = large.clone();
    small.rounds[0].exercises.pop();
    let count = TemplateCount { templates: 5_000, chars: 10_000_000 };
    let full = TemplateRoom { own: count, shared: count };
    assert_eq!(full.check(None, &small), Err(Refusal::TemplatesFull));
    assert_eq!(full.check(Some(&small), &large), Err(Refusal::TemplatesFull));
    assert_eq!(full.check(Some(&large), &small), Ok(()));
}

#[test]
fn what_a_studio_shares_is_limited_apart_from_what_each_trainer_has() {
    let own = made();
    let shared = Template { shared: true, ..own.clone() };
    let much = TemplateCount { templates: TemplateLimits::MAX_SHARED, chars: 0 };
    let full = TemplateRoom { shared: much, ..TemplateRoom::default() };
    assert_eq!(full.check(None, &own), Ok(()), "one of their own");
    assert_eq!(full.check(None, &shared), Err(Refusal::TemplatesFull));
    assert_eq!(full.check(Some(&own), &shared), Err(Refusal::TemplatesFull), "nor is it shared later");
    assert_eq!(full.check(Some(&shared), &shared), Ok(()), "one that is shared already is edited");
    let large = TemplateCount { templates: 0, chars: TemplateLimits::MAX_SHARED_CHARS };
    let full = TemplateRoom { shared: large, ..TemplateRoom::default() };
    assert_eq!(full.check(None, &shared), Err(Refusal::TemplatesFull));
}
