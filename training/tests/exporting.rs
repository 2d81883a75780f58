//! The format of an export: read back as it was written, and harmless in a spreadsheet.

mod common;

use common::{Studio, jonas, library, mira, plan, reports};
use proptest::prelude::*;
use training::export::{
    Export, ExportedPerson, ExportedStudio, FORMAT, SETS_HEADER, UnknownExport, VERSION, WEIGHTS_HEADER, plain_cell,
    read, set_rows, weight_row,
};
use training::wire::{Locale, Role};
use training::{Command, Exercise, Session, Timestamp, Values, Weight, WeightId, WeightUnit};
use uuid::Uuid;

/// A session of one set, lifted with help.
fn session(studio: &mut Studio) -> Session {
    let (athlete, trainer) = (mira(), jonas());
    let mut session = studio.start(&athlete);
    studio.act(&mut session, &trainer, Command::Join).expect("it waits");
    studio.act(&mut session, &trainer, Command::AddRound { plan: plan(&[1]), release: true }).expect("a plan");
    let round = session.rounds[0].clone();
    studio.act(&mut session, &athlete, Command::StartRound(round.id)).expect("it is out");
    let mut said = reports(&round);
    said[0].note = Some("=HYPERLINK(\"http://evil.example\")".to_owned());
    said[0].actual = Some(Values { weight_kg: Some(-20.412), reps: Some(6), ..Values::default() });
    studio
        .act(&mut session, &athlete, Command::CompleteRound { round: round.id, reports: said, late: false })
        .expect("done");
    session
}

fn weight(at: Timestamp, weight_kg: f64, note: Option<&str>) -> Weight {
    let (id, athlete_id) = (WeightId(Uuid::from_u128(1)), mira().person.id);
    Weight { id, athlete_id, weight_kg, at, note: note.map(str::to_owned), version: 1 }
}

fn export(studio: &mut Studio) -> Export {
    let person = mira().person;
    Export {
        format: FORMAT.to_owned(),
        version: VERSION,
        exported_at: studio.now(),
        studio: ExportedStudio { name: "Studio".to_owned(), time_zone: "Europe/Berlin".to_owned() },
        person: ExportedPerson {
            id: person.id,
            name: person.name,
            email: "mira@studio.example".to_owned(),
            roles: vec![Role::Athlete],
            locale: Locale::De,
            weight_unit: WeightUnit::Lb,
            trainer: Some(jonas().person),
        },
        templates: Vec::new(),
        weights: vec![weight(studio.now(), 81.647, Some("after breakfast"))],
        notes: Vec::new(),
        journal_entries: Vec::new(),
        sessions: vec![session(studio)],
        exercises: library(common::exercise(1)).into_iter().collect(),
    }
}

#[test]
fn b37_an_export_reads_back_as_it_was_written() {
    let export = export(&mut Studio::default());
    let text = serde_json::to_string(&export).expect("JSON");
    assert_eq!(read(&text).expect("an export"), export);
}

#[test]
fn what_a_newer_version_adds_is_ignored_and_what_it_changes_is_refused() {
    let mut value = serde_json::to_value(export(&mut Studio::default())).expect("JSON");
    value["sleep"] = serde_json::json!([8]);
    assert!(read::<Vec<Session>, Vec<Exercise>>(&value.to_string()).is_ok());
    value["version"] = serde_json::json!(VERSION + 1);
    assert!(
        matches!(read::<Vec<Session>, Vec<Exercise>>(&value.to_string()), Err(UnknownExport::Newer(version)) if version == VERSION + 1)
    );
    for other in ["", "[]", "{}", r#"{"format":"strong","version":1}"#, "Date,Workout Name"] {
        assert!(matches!(read::<Vec<Session>, Vec<Exercise>>(other), Err(UnknownExport::NotAnExport(_))), "{other:?}");
    }
}

#[test]
fn b37_a_set_is_a_row_with_numbers_as_numbers_and_no_formula() {
    let rows = set_rows(&session(&mut Studio::default()));
    assert_eq!(rows.len(), 1);
    let cell = |name: &str| {
        let column = SETS_HEADER.iter().position(|column| *column == name).expect("a column");
        rows[0][column].as_str()
    };
    assert_eq!((cell("weight_kg"), cell("weight_lb"), cell("reps")), ("-20.412", "-45", "6"));
    assert_eq!(cell("note"), "'=HYPERLINK(\"http://evil.example\")");
    assert_eq!((cell("exercise"), cell("round"), cell("position"), cell("effort")), ("Exercise 1", "1", "1", "7"));
    assert_eq!((cell("planned_weight_kg"), cell("planned_reps"), cell("pain")), ("80", "8", "false"));
}

#[test]
fn a_weight_is_a_row_in_both_units() {
    let at = Studio::default().now();
    let row = weight_row(&weight(at, 81.647, Some("-1 since May")));
    assert_eq!(row.len(), WEIGHTS_HEADER.len());
    assert_eq!(row, [at.to_string(), "81.647".to_owned(), "180".to_owned(), "'-1 since May".to_owned()]);
}

#[test]
fn what_a_spreadsheet_would_take_for_a_formula_is_text() {
    for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\u{FEFF}=1", "＝1", "\n", "- sore knee"] {
        assert_eq!(plain_cell(formula), format!("'{formula}"));
    }
    for text in ["", "Knee", "5 - 3", "a=b", "\u{2013} sore", "'quoted'"] {
        assert_eq!(plain_cell(text), text);
    }
}

proptest! {
    #[test]
    fn no_text_begins_like_a_formula(text in "[ \\t\\r\\n=+@'\"a-]{0,6}") {
        let cell = plain_cell(&text);
        prop_assert!(cell.ends_with(&text));
        prop_assert!(!cell.trim_start().starts_with(['=', '+', '-', '@']) && !cell.starts_with(['\t', '\r', '\n']), "{cell:?}");
    }

    #[test]
    fn a_weight_entered_in_pounds_reads_back_as_entered(hundredths in 1_u32..200_000) {
        let pounds = f64::from(hundredths * 25) / 100.0;
        let kg = (pounds * 0.453_592_37 * 1_000.0).round() / 1_000.0;
        let at = Studio::default().now();
        let row = weight_row(&weight(at, kg, None));
        prop_assert_eq!(&row[2], &pounds.to_string());
    }
}
