//! The rules of private notes and of the journal about an athlete.

use training::notes::{
    JournalDraft, JournalLimits, JournalSize, MAX_PRIVATE_TEXT_CHARS, Writing, create, edit, kept, recreate, remove,
    save_note,
};
use training::{FieldCode, JournalEntry, JournalEntryId, Note, Person, Refusal, SessionId, Timestamp, UserId};
use uuid::Uuid;

const NOBODY_ELSE: JournalSize = JournalSize { entries: 0, pinned: 0 };

fn blank() -> Note {
    Note::blank(SessionId(Uuid::from_u128(1)))
}

fn draft(text: &str) -> JournalDraft {
    JournalDraft { text: text.to_owned(), pinned: false }
}

fn writing(second: i64) -> Writing {
    Writing {
        athlete_id: UserId(Uuid::from_u128(2)),
        by: Person { id: UserId(Uuid::from_u128(3)), name: "Alva".to_owned() },
        at: Timestamp::from_millisecond(second * 1_000).expect("an instant"),
    }
}

fn entry(text: &str) -> JournalEntry {
    create(JournalEntryId(Uuid::from_u128(4)), writing(1), &draft(text), NOBODY_ELSE).expect("a valid entry")
}

fn code(refused: Refusal) -> (String, FieldCode) {
    let [field] = &refused.into_fields()[..] else { panic!("one finding") };
    (field.pointer.clone(), field.code)
}

#[test]
fn b67_a_note_is_kept_as_it_was_typed_and_counts_its_versions() {
    let first = save_note(&blank(), Some(0), "  left shoulder:\r\n\tno overhead \n").expect("it may be saved");
    assert_eq!((first.text.as_str(), first.version), ("  left shoulder:\r\n\tno overhead \n", 1));
    let second = save_note(&first, Some(1), "").expect("it may be cleared");
    assert_eq!((second.text.as_str(), second.version), ("", 2));
}

#[test]
fn a_note_that_says_the_same_is_not_changed() {
    let first = save_note(&blank(), Some(0), "").expect("nothing is a text");
    assert_eq!(first.version, 1, "it is there from now on");
    assert_eq!(save_note(&first, Some(1), ""), Ok(first));
}

#[test]
fn b67_a_note_on_another_version_is_refused_also_with_the_same_text() {
    let first = save_note(&blank(), Some(0), "a").expect("it may be saved");
    assert_eq!(save_note(&first, Some(0), "b"), Err(Refusal::VersionMismatch));
    assert_eq!(save_note(&first, Some(0), "a"), Err(Refusal::VersionMismatch));
}

#[test]
fn a_private_text_has_four_thousand_characters_as_people_count_them() {
    let longest = "👩‍🔬".repeat(MAX_PRIVATE_TEXT_CHARS);
    assert!(save_note(&blank(), Some(0), &longest).is_ok() && create_with(&longest).is_ok());
    let over = longest + "x";
    let too_long = ("/text".to_owned(), FieldCode::TooLong);
    assert_eq!(code(save_note(&blank(), Some(0), &over).expect_err("refused")), too_long);
    assert_eq!(code(create_with(&over).expect_err("refused")), too_long);
}

fn create_with(text: &str) -> Result<JournalEntry, Refusal> {
    create(JournalEntryId(Uuid::from_u128(4)), writing(1), &draft(text), NOBODY_ELSE)
}

#[test]
fn a_private_text_has_no_control_characters_and_an_entry_can_be_seen() {
    assert_eq!(code(save_note(&blank(), Some(0), "a\u{7}").expect_err("refused")).1, FieldCode::Invalid);
    assert_eq!(code(create_with("a\u{7}").expect_err("refused")).1, FieldCode::Invalid);
    for unseen in ["", " \n", "\u{200B}"] {
        assert_eq!(code(create_with(unseen).expect_err("refused")).1, FieldCode::TooShort, "{unseen:?}");
    }
}

#[test]
fn an_edit_keeps_who_wrote_an_entry_and_when() {
    let before = entry("knee");
    let after = edit(&before, Some(1), &JournalDraft { text: "left knee".to_owned(), pinned: true }, NOBODY_ELSE);
    let expected = JournalEntry { text: "left knee".to_owned(), pinned: true, version: 2, ..before.clone() };
    assert_eq!(after, Ok(expected));
    assert_eq!(edit(&before, Some(1), &draft("knee"), NOBODY_ELSE), Ok(before), "the same is no change");
}

#[test]
fn an_entry_on_another_version_is_neither_edited_nor_deleted() {
    let before = entry("knee");
    assert_eq!(edit(&before, Some(0), &draft("hip"), NOBODY_ELSE), Err(Refusal::VersionMismatch));
    assert_eq!(remove(&before, Some(2)), Err(Refusal::VersionMismatch));
    assert_eq!(remove(&before, Some(1)), Ok(()));
}

#[test]
fn b68_a_deleted_entry_comes_back_with_a_version_above_all_it_had() {
    let before = JournalEntry { version: 3, ..entry("knee") };
    let again = recreate(before.clone(), 0, &draft("knee"), NOBODY_ELSE).expect("it may come back");
    assert_eq!(again, JournalEntry { version: 4, ..before.clone() });
    assert_eq!(recreate(before, 3, &draft("knee"), NOBODY_ELSE), Err(Refusal::NotFound));
}

#[test]
fn a_journal_has_room_for_so_many_entries_and_so_many_pinned() {
    let pinned = JournalDraft { pinned: true, ..draft("knee") };
    let id = JournalEntryId(Uuid::from_u128(4));
    let full = JournalSize { entries: JournalLimits::MAX_ENTRIES, pinned: 0 };
    let full_of_pins = JournalSize { entries: 100, pinned: JournalLimits::MAX_PINNED };
    assert_eq!(create(id, writing(1), &draft("knee"), full), Err(Refusal::JournalFull));
    assert_eq!(create(id, writing(1), &pinned, full_of_pins), Err(Refusal::JournalFull));
    assert!(create(id, writing(1), &draft("knee"), full_of_pins).is_ok());
    assert_eq!(edit(&entry("knee"), None, &pinned, full_of_pins), Err(Refusal::JournalFull));
    let before = JournalEntry { pinned: true, ..entry("knee") };
    let text = JournalDraft { pinned: true, ..draft("left knee") };
    assert!(edit(&before, None, &text, full_of_pins).is_ok(), "it was pinned before");
}

#[test]
fn the_pinned_entries_and_the_last_ones_are_kept() {
    let entries: Vec<JournalEntry> = (0_i64..25)
        .map(|number| {
            let id = JournalEntryId(Uuid::from_u128(100 - u128::from(number.unsigned_abs())));
            let draft = JournalDraft { pinned: number == 2, ..draft("x") };
            create(id, writing(number), &draft, NOBODY_ELSE).expect("a valid entry")
        })
        .collect();
    let seconds: Vec<i64> = kept(&entries).map(|entry| entry.at.as_millisecond() / 1_000).collect();
    let expected: Vec<i64> = (5..25).rev().chain([2]).collect();
    assert_eq!(seconds, expected);
}
