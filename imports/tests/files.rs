//! What becomes of a file of each tracker. The files are ours, written as the trackers write them.

mod common;

use common::{FILES, now, read_bytes};
use imports::{ImportIds, ImportLimits, Names, Options, Plan, PlannedSession, SessionDigest, Unreadable, read};
use jiff::tz::TimeZone;
use training::imports::{ImportFormat, SkipReason, TAKE_BACK_DAYS, UnitSource, WeightUnit};
use training::library::ExerciseLimits;
use training::{
    Category, Exercise, ExerciseId, ExerciseKind, Field, Person, ProblemCode, RoundStatus, Session, UserId, Video,
    VideoId, json_bytes,
};
use uuid::Uuid;

fn plan(name: &str) -> Plan {
    let (_, bytes) = FILES.iter().find(|(file, _)| *file == name).expect("a file");
    read_bytes(bytes, None).expect("it can be read")
}

/// The sets of a plan as words: `exercise kind weight×reps distance time effort`.
fn sets(plan: &Plan) -> Vec<String> {
    let sets = plan.sessions.iter().flat_map(|session| &session.rounds).flat_map(|round| &round.sets);
    let words = sets.map(|set| {
        let mut words = vec![plan.exercises[set.exercise].name.clone()];
        match set.kind {
            ExerciseKind::WarmUp => words.push("warm-up".to_owned()),
            ExerciseKind::Drop => words.push("drop".to_owned()),
            _ => {}
        }
        words.extend(set.planned.to_failure.then(|| "to failure".to_owned()));
        words.extend(set.actual.weight_kg.map(|kg| format!("{kg}kg")));
        words.extend(set.actual.reps.map(|reps| format!("×{reps}")));
        words.extend(set.actual.distance_m.map(|metres| format!("{metres}m")));
        words.extend(set.actual.time_s.map(|seconds| format!("{seconds}s")));
        words.extend(set.feedback.as_ref().map(|feedback| format!("effort {}", feedback.effort)));
        words.join(" ")
    });
    words.collect()
}

fn starts(plan: &Plan) -> Vec<String> {
    plan.sessions.iter().map(|session| session.started_at.to_string()).collect()
}

fn skipped(plan: &Plan) -> Vec<(u32, SkipReason)> {
    plan.skipped.iter().map(|skipped| (skipped.line, skipped.reason)).collect()
}

#[test]
fn b70_strong_5_is_read_and_what_is_wrong_with_it_is_named_by_line() {
    let plan = plan("strong5");
    assert_eq!(
        (plan.format, plan.unit.unit, plan.unit.source),
        (ImportFormat::Strong, WeightUnit::Kg, UnitSource::Evidence)
    );
    assert_eq!(starts(&plan), ["2026-02-10T15:46:13Z", "2026-02-10T19:15:00Z", "2026-02-12T06:00:00Z"]);
    assert_eq!(
        sets(&plan),
        [
            "Squat (Barbell) 100kg ×5",
            "Squat (Barbell) 102.5kg ×5 effort 9",
            "Pull Up ×8",
            "Running 5200m 1710s",
            "Squat (Barbell) 60kg ×0",
        ]
    );
    let noted = plan.sessions[0].rounds[0].sets[1].feedback.as_ref().expect("an effort");
    assert_eq!(noted.note.as_deref(), Some("RPE 8.5\nknees\nout"));
    assert_eq!(plan.sessions[0].ended_at.to_string(), "2026-02-10T16:51:13Z");
    assert_eq!(
        skipped(&plan),
        [
            (8, SkipReason::BadDate),
            (9, SkipReason::InFuture),
            (10, SkipReason::Empty),
            (11, SkipReason::BadNumber),
            (12, SkipReason::IncompleteRow),
        ]
    );
    assert_eq!(plan.unused_columns, ["Workout Name", "Workout Notes"]);
}

#[test]
fn b58_pounds_are_known_by_the_plates_and_read_back() {
    let plan = plan("strong5-pounds");
    assert_eq!((plan.unit.unit, plan.unit.source), (WeightUnit::Lb, UnitSource::Evidence));
    assert_eq!(sets(&plan)[0], "Bench Press (Barbell) 20.412kg ×10");
    assert_eq!(sets(&plan)[4], "Running 1609.344m 600s", "a file of pounds has miles");
    let (_, bytes) = FILES[1];
    let asked = read_bytes(bytes, Some(WeightUnit::Kg)).expect("it can be read");
    assert_eq!((asked.unit.unit, asked.unit.source), (WeightUnit::Kg, UnitSource::Request));
    assert_eq!(sets(&asked)[0], "Bench Press (Barbell) 45kg ×10");
}

#[test]
fn b70_strong_6_keeps_kinds_and_skips_rests_and_notes() {
    let plan = plan("strong6");
    assert_eq!((plan.unit.unit, plan.unit.source), (WeightUnit::Kg, UnitSource::File));
    assert_eq!(
        sets(&plan),
        [
            "Bench Press (Barbell) warm-up 40kg ×10",
            "Bench Press (Barbell) 80kg ×5 effort 9",
            "Bench Press (Barbell) to failure 80kg ×4 effort 10",
            "Bench Press (Barbell) drop 60kg ×8",
            "Plank 90s",
            "Rowing 2000m 480s",
        ]
    );
    assert_eq!(skipped(&plan), [(3, SkipReason::RestTimer), (7, SkipReason::Note)]);
    assert_eq!(starts(&plan), ["2026-03-01T17:46:13Z"]);
}

#[test]
fn b70_strong_of_android_names_the_unit_in_each_row() {
    let plan = plan("strong-android");
    assert_eq!(
        sets(&plan),
        ["Deadlift (Barbell) 102.058kg ×5", "Deadlift (Barbell) 100kg ×5 effort 7", "Rowing 2414.016m 420s"]
    );
    assert_eq!(skipped(&plan), [(4, SkipReason::UnknownUnit)]);
}

#[test]
fn b70_hevy_is_read_with_months_of_another_language() {
    let plan = plan("hevy-pt");
    assert_eq!(plan.format, ImportFormat::Hevy);
    assert_eq!(starts(&plan), ["2026-02-27T06:30:00Z", "2026-07-27T17:00:00Z"]);
    assert_eq!(
        sets(&plan),
        [
            "Barra Fixa ×7",
            "Barra Fixa (Assistida) -20kg ×7",
            "Corrida 3250m 1200s",
            "Supino Reto (Barra) warm-up 40kg ×12",
            "Supino Reto (Barra) to failure 80kg ×6 effort 10",
            "Supino Reto (Barra) drop 60kg ×8",
            "Puxada 55.5kg ×10 effort 8",
        ]
    );
    assert_eq!(plan.sessions[1].rounds.len(), 2, "an exercise is a round, also within a superset");
    assert_eq!(plan.sessions[1].rounds[0].sets[0].note.as_deref(), Some("cotovelos\npara dentro 🔥"));
    assert_eq!(skipped(&plan), [(15, SkipReason::Empty)]);
}

#[test]
fn b70_hevy_is_read_in_pounds_and_miles() {
    let plan = plan("hevy-lbs");
    assert_eq!(
        sets(&plan),
        ["Running 1609.344m 540s", "Bench Press (Barbell) 20.412kg ×10", "Bench Press (Barbell) 60.101kg ×5"]
    );
    assert_eq!(starts(&plan), ["2026-04-05T05:30:00Z", "2026-04-08T14:50:00Z"]);
}

#[test]
fn b70_fitnotes_has_a_session_for_each_day_and_a_round_for_each_exercise() {
    let plan = plan("fitnotes");
    assert_eq!(starts(&plan), ["2026-05-04T10:00:00Z", "2026-05-05T10:00:00Z"], "noon");
    assert_eq!(
        sets(&plan),
        [
            "Flat Barbell Bench Press 60kg ×8",
            "Flat Barbell Bench Press 62.5kg ×6",
            "Flat Barbell Bench Press 65kg ×0",
            "Barbell Row 50kg ×8",
            "Barbell Row 52.5kg ×8",
            "Rowing Machine 2000m 490s",
        ]
    );
    assert_eq!(skipped(&plan), [(8, SkipReason::ExerciseMissing)]);
}

#[test]
fn b70_weights_of_fitnotes_are_read() {
    let plan = plan("fitnotes-body");
    let weights: Vec<_> = plan.weights.iter().map(|weight| (weight.at.to_string(), weight.weight_kg)).collect();
    assert_eq!(weights, [("2026-05-04T05:15:00Z".into(), 82.4), ("2026-05-05T05:10:00Z".into(), 82.1)]);
    assert_eq!(skipped(&plan), [(4, SkipReason::Measurement), (5, SkipReason::Duplicate), (6, SkipReason::OutOfRange)]);
    assert_eq!(plan.rows, 5);
}

#[test]
fn b70_stronglifts_has_its_sets_in_columns_and_none_is_a_failure() {
    let plan = plan("stronglifts");
    assert_eq!(
        sets(&plan),
        [
            "Squat 60kg ×5",
            "Squat 60kg ×5",
            "Squat 60kg ×5",
            "Bench Press 42.5kg ×5",
            "Bench Press 42.5kg ×3",
            "Bench Press 42.5kg ×0",
            "Deadlift 100kg ×5",
        ]
    );
    assert_eq!((plan.rows, skipped(&plan)), (8, vec![(5, SkipReason::Empty)]));
    assert!(plan.weights.is_empty() && plan.unused_columns.contains(&"Body Weight (KG)".to_owned()));
}

#[test]
fn b70_gymbook_is_read_in_the_language_of_the_phone() {
    let plan = plan("gymbook-it");
    assert_eq!(plan.format, ImportFormat::GymBook);
    assert_eq!(sets(&plan), ["Panca piana 40kg ×12", "Panca piana 62.5kg ×8", "Piegamenti ×20", "Squat 100kg ×5"]);
    assert_eq!(starts(&plan), ["2025-01-09T11:00:00Z", "2025-01-10T11:00:00Z"]);
    assert_eq!(skipped(&plan), [(6, SkipReason::UnknownUnit)]);
}

#[test]
fn a_file_is_the_same_in_every_encoding() {
    let (_, bytes) = FILES[4];
    let text = std::str::from_utf8(bytes).expect("UTF-8");
    let utf16: Vec<u8> = [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    assert_eq!(read_bytes(&utf16, None).expect("it can be read"), plan("hevy-pt"));
}

#[test]
fn a_file_of_another_kind_is_refused_with_words() {
    for (bytes, why) in [
        (&b""[..], Unreadable::Empty),
        (b"{\"a\": 1}", Unreadable::UnknownFormat),
        (b"Name,Address\nMira,Here\n", Unreadable::UnknownFormat),
        (b"\x89PNG\r\n\x1A\n\0\0\0\r", Unreadable::NotText),
        (&vec![b'x'; ImportLimits::MAX_BYTES + 1], Unreadable::TooLarge),
    ] {
        assert_eq!(read_bytes(bytes, None).expect_err("refused"), why);
        assert!(!why.to_string().is_empty());
    }
}

#[test]
fn a_weight_that_contradicts_itself_is_skipped() {
    let text = "start_time,exercise_title,set_type,weight_kg,weight_lbs,reps\n\
                \"8 Apr 2026, 16:50\",Squat,normal,100,220.46,5\n\
                \"8 Apr 2026, 16:50\",Squat,normal,100,100,5\n";
    let plan = read_bytes(text.as_bytes(), None).expect("it can be read");
    assert_eq!(
        (sets(&plan), skipped(&plan)),
        (vec!["Squat 100kg ×5".into()], vec![(3, SkipReason::UnitContradiction)])
    );
}

#[test]
fn b70_a_session_of_a_file_is_no_larger_than_one_that_is_planned() {
    let largest = Exercise {
        name: "x".repeat(ExerciseLimits::MAX_NAME_CHARS),
        fields: [Field::Weight, Field::Reps, Field::Distance, Field::Time, Field::Effort, Field::Notes].to_vec(),
        video: Some(Video {
            id: VideoId(Uuid::max()),
            size_bytes: 99_999_999,
            duration_s: 59.999,
            width: 1_920,
            height: 1_080,
            media_type: "video/mp4".to_owned(),
            has_poster: true,
        }),
        ..exercise(1, "")
    };
    // Many sets, sets with long notes, and many exercises.
    let short: fn(usize) -> String = |_| "2026-02-10 16:46:13,Squat,1,100,5,,\n".to_owned();
    let noted: fn(usize) -> String = |_| format!("2026-02-10 16:46:13,Squat,1,102.5,5,8.5,{}\n", "ü€".repeat(240));
    let different: fn(usize) -> String = |n| format!("2026-02-10 16:46:13,Exercise {},1,100,5,,\n", n % 150);
    for (row, at_least) in [(short, 500), (noted, 200), (different, 400)] {
        let rows: String = (0..1_200).map(row).collect();
        let text = format!("Date,Exercise Name,Set Order,Weight,Reps,RPE,Notes\n{rows}");
        let plan = read_bytes(text.as_bytes(), None).expect("it can be read");
        let sets = plan.sets();
        assert!(sets >= at_least, "{sets}");
        assert_eq!((plan.rows, plan.skipped.len()), (1_200, 1_200 - sets));
        assert!(plan.skipped.iter().all(|skipped| skipped.reason == SkipReason::SessionFull));
        assert_eq!(plan.skipped.last().map(|skipped| skipped.line), Some(1_201), "the last lines are left out");
        assert!(plan.sessions[0].rounds.iter().all(|round| round.sets.len() <= 50));
        let mapped = vec![largest.clone(); plan.exercises.len()];
        let session = plan.sessions[0].session(athlete(), &plan.exercises, &mapped);
        let bytes = json_bytes(&session);
        assert!((Session::MAX_PLANNED_BYTES * 9 / 10..=Session::MAX_PLANNED_BYTES).contains(&bytes), "{bytes}");
    }
}

#[test]
fn more_than_anybody_has_is_refused() {
    let columns = (1..=400).map(|n| format!(",Set {n}")).collect::<Vec<_>>().concat();
    let rows = format!("2026/01/05,Squat{}\n", ",5".repeat(400)).repeat(600);
    let sets = format!("Date,Exercise{columns}\n{rows}");
    assert_eq!(read_bytes(sets.as_bytes(), None).expect_err("refused"), Unreadable::TooManyRows);
    let row = |n: u32| format!("2026-02-{:02} 16:46:13,Exercise {n},1,100,5\n", 1 + n / 100);
    let rows = (0..2_001).map(row).collect::<Vec<_>>().concat();
    let exercises = format!("Date,Exercise Name,Set Order,Weight,Reps\n{rows}");
    assert_eq!(read_bytes(exercises.as_bytes(), None).expect_err("refused"), Unreadable::TooManyExercises);
}

#[test]
fn the_library_s_names_are_found() {
    let squat = ExerciseId(Uuid::from_u128(1));
    let mut names = Names::default();
    names.add("Barbell squat", squat);
    let options = Options { unit: None, time_zone: TimeZone::UTC, now: now(), names: &names };
    let plan = read(FILES[0].1, &options).expect("it can be read");
    let found: Vec<_> = plan.exercises.iter().map(|exercise| (exercise.name.as_str(), exercise.exercise_id)).collect();
    assert_eq!(found, [("Squat (Barbell)", Some(squat)), ("Pull Up", None), ("Running", None)]);
    assert_eq!(plan.exercises[2].fields, [Field::Distance, Field::Time]);
}

fn exercise(n: u128, name: &str) -> Exercise {
    Exercise {
        id: ExerciseId(Uuid::from_u128(n)),
        name: name.to_owned(),
        aliases: Vec::new(),
        category: Category::Own,
        fields: vec![Field::Reps],
        muscles: Vec::new(),
        cue: None,
        video: None,
        archived: false,
        version: 1,
    }
}

fn athlete() -> Person {
    Person { id: UserId(Uuid::from_u128(9)), name: "Mira".to_owned() }
}

#[test]
fn a_session_is_completed_marked_and_the_same_each_time() {
    let plan = plan("strong5");
    let mapped = [exercise(1, "Squat"), exercise(2, "Pull-up"), exercise(3, "Running")];
    let session = plan.sessions[0].session(athlete(), &plan.exercises, &mapped);
    assert!(session.imported && !session.recorded && session.trainer.is_none());
    assert_eq!(session.rounds.len(), 2);
    assert!(session.rounds.iter().all(|round| round.status == RoundStatus::Completed));
    assert_eq!((session.rounds[0].exercises.len(), session.rounds[0].exercises[1].name.as_str()), (2, "Squat"));
    assert_eq!(session.id, ImportIds::of(athlete().id, session.started_at).session());
    assert_eq!(session, plan.sessions[0].session(athlete(), &plan.exercises, &mapped));
    let mut ids: Vec<Uuid> = session.rounds.iter().flat_map(|round| &round.exercises).map(|item| item.id.0).collect();
    ids.extend(session.rounds.iter().map(|round| round.id.0));
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count);
}

#[test]
fn zero_kilograms_500_times_are_500_repetitions_with_the_body_s_own_weight() {
    let header =
        "Date,Workout Name,Duration,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,Notes,Workout Notes,RPE";
    let file = format!("{header}\n2026-01-01 08:00:00,New,1h,Squat,1,0,500,0,0,,,\n");
    let plan = read_bytes(file.as_bytes(), Some(WeightUnit::Kg)).expect("it can be read");
    assert_eq!((sets(&plan), plan.skipped.len()), (vec!["Squat ×500".to_owned()], 0));
}

#[test]
fn a_digest_is_of_the_content_and_of_nothing_else() {
    let (_, bytes) = FILES[0];
    let text = String::from_utf8(bytes.to_vec()).expect("UTF-8");
    let digests = |text: &str| -> Vec<SessionDigest> {
        let plan = read_bytes(text.as_bytes(), Some(WeightUnit::Kg)).expect("it can be read");
        let digest = |session: &PlannedSession| SessionDigest::of(session, &plan.exercises);
        plan.sessions.iter().map(digest).collect()
    };
    let (header, rows) = text.split_once('\n').expect("a header");
    let later = format!("{header}\n2026-01-01 08:00:00,New,1h,Curl,1,10,10,0,0,,,\n{rows}");
    assert_eq!(digests(&later)[1..], digests(&text)[..]);
    assert_ne!(digests(&text.replace("102.5", "105")), digests(&text));
}

#[test]
fn problems_with_an_import_name_the_limits_in_force() {
    let grouped = |number: usize| match number {
        ..1_000 => number.to_string(),
        _ => format!("{},{:03}", number / 1_000, number % 1_000),
    };
    let too_large = ProblemCode::ImportTooLarge.explanation();
    for limit in [
        format!("{} MB", ImportLimits::MAX_BYTES / 1_000_000),
        format!("{} rows", grouped(ImportLimits::MAX_ROWS)),
        format!("{} columns", grouped(ImportLimits::MAX_COLUMNS)),
        format!("{} exercises", grouped(ImportLimits::MAX_EXERCISES)),
    ] {
        assert!(too_large.contains(&limit), "{limit}: {too_large}");
    }
    let last = format!("{TAKE_BACK_DAYS} days");
    assert!(ProblemCode::ImportFinal.explanation().contains(&last), "{last}");
}
