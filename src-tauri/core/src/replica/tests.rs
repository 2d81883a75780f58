//! What the replica accepts, rejects and keeps.

use training::notes::JournalDraft;
use training::wire::{Locale, Role, Studio};
use training::{
    Document, Documents, Exercise, JournalEntryId, Round, RoundId, SessionChange, SessionId, StudioId, Timestamp,
    UserId, start,
};
use uuid::Uuid;

use super::*;
use crate::outbox::Act;
use crate::outbox::acts::{CreateWeight, DeleteJournalEntry, EditJournalEntry, RecreateJournalEntry};
use crate::this_machine::ThisMachine;
use crate::videos::wanted;

fn mira() -> training::Person {
    training::Person { id: UserId(Uuid::from_u128(1)), name: "Mira".to_owned() }
}

fn snapshot() -> Snapshot {
    let studio = Studio { id: StudioId(Uuid::from_u128(7)), name: "Studio".to_owned(), time_zone: "UTC".to_owned() };
    let me = Account {
        id: mira().id,
        name: mira().name,
        email: "mira@example.com".to_owned(),
        roles: vec![Role::Athlete],
        locale: Locale::De,
        weight_unit: training::WeightUnit::Kg,
        studio,
        trainer: None,
        version: 1,
    };
    let cursor = Cursor { epoch: "e1".to_owned(), seq: 0 };
    Snapshot { cursor, me, documents: Documents::default() }
}

fn now() -> Timestamp {
    Timestamp::from_millisecond(1_800_000_000_000).expect("a date of this century")
}

/// The event that starts session `number`, as number `seq` of the feed.
fn started(number: u128, seq: u64) -> Envelope {
    let id = SessionId(Uuid::from_u128(100 + number));
    let event = start(id, mira(), true, false, now()).expect("nothing stands against it");
    Envelope { seq, event: Event::Session(event) }
}

fn of_session(envelope: &Envelope) -> SessionEvent {
    let Event::Session(event) = envelope.event.clone() else { panic!("it is a session's") };
    event
}

/// The session that `started` starts.
fn begun(started: &Envelope) -> Session {
    let SessionChange::SessionStarted { session } = of_session(started).change else { panic!("a session starts") };
    session
}

/// The event that ends the session of `started`, as number `seq` of the feed.
fn cancelled(started: &Envelope, seq: u64) -> Envelope {
    let session = Session { status: training::SessionStatus::Cancelled, version: 2, ..begun(started) };
    let change = SessionChange::SessionCancelled { session: session.clone() };
    let event = SessionEvent { at: now(), session_id: session.id, session_version: 2, change };
    Envelope { seq, event: Event::Session(event) }
}

/// An event of a type that only a newer version knows.
fn unknown(seq: u64) -> Envelope {
    serde_json::from_value(serde_json::json!({
        "seq": seq, "at": "2026-11-29T12:00:00Z", "type": "sleep-saved", "sleep": { "id": Uuid::nil() }
    }))
    .expect("it has a number")
}

fn squat(version: u64) -> Exercise {
    serde_json::from_value(serde_json::json!({
        "id": Uuid::from_u128(500), "name": "Squat", "category": "legs", "fields": ["reps"], "archived": false,
        "version": version
    }))
    .expect("an exercise")
}

fn saved(version: u64, seq: u64) -> Envelope {
    Envelope { seq, event: Event::Saved { at: now(), document: squat(version).into() } }
}

fn sessions(replica: &Replica) -> Vec<Session> {
    replica.contents().documents.all::<Session>().cloned().collect()
}

fn environment() -> Arc<dyn Environment> {
    Arc::new(ThisMachine::default())
}

async fn fresh() -> (tempfile::TempDir, Replica) {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let mut replica = Replica::open(directory.path(), &environment()).await.expect("a new file").0;
    replica.replace_with(snapshot()).await.expect("writable");
    (directory, replica)
}

#[tokio::test]
async fn events_are_applied_only_in_sequence() {
    let (_directory, mut replica) = fresh().await;
    let (first, second) = (started(1, 1), started(2, 2));
    assert_eq!(replica.apply_event("e1", &second).await.expect("readable"), Applied::Broken, "one is missing");
    assert!(matches!(replica.apply_event("e1", &first).await.expect("writable"), Applied::Stored(Some(_))));
    assert_eq!(replica.apply_event("e1", &first).await.expect("readable"), Applied::Known, "a second time");
    assert_eq!(replica.apply_event("e2", &second).await.expect("readable"), Applied::Broken, "of another epoch");
    assert_eq!(sessions(&replica).len(), 1);
}

/// A change of a round in the session of `started`, as number 1 of the feed.
fn in_unknown_session(change: impl FnOnce(Round) -> SessionChange) -> Envelope {
    let started = started(1, 1);
    let round = serde_json::json!({
        "id": Uuid::nil(), "session_id": begun(&started).id, "number": 1, "status": "released", "is_final": false,
        "rest_after_s": null, "released_at": null, "started_at": null, "completed_at": null, "exercises": [], "version": 1,
    });
    let change = change(serde_json::from_value(round).expect("a round"));
    let event = SessionEvent { change, session_version: 5, ..of_session(&started) };
    Envelope { event: Event::Session(event), ..started }
}

#[tokio::test]
async fn a_correction_of_a_session_that_is_not_kept_moves_the_cursor_and_changes_nothing() {
    let (_directory, mut replica) = fresh().await;
    let correction = in_unknown_session(|round| SessionChange::ExerciseCorrected { round });
    assert_eq!(replica.apply_event("e1", &correction).await.expect("writable"), Applied::Stored(None));
    assert_eq!(replica.contents().cursor.as_ref().map(|cursor| cursor.seq), Some(1));
    assert_eq!(sessions(&replica), []);
}

#[tokio::test]
async fn an_event_of_an_unknown_session_requires_a_snapshot() {
    let (_directory, mut replica) = fresh().await;
    let orphan = in_unknown_session(|round| SessionChange::RoundReleased { round });
    assert_eq!(replica.apply_event("e1", &orphan).await.expect("readable"), Applied::Broken);
    assert_eq!(replica.contents().cursor.as_ref().map(|cursor| cursor.seq), Some(0), "the cursor stays before it");
}

/// The event that completes the session of `started`, with one round that has a video of its own.
fn completed(started: &Envelope, seq: u64, video: u128) -> Envelope {
    let video = serde_json::json!({
        "id": Uuid::from_u128(video), "size_bytes": 1, "duration_s": 8.0, "width": 640, "height": 360,
        "media_type": "video/mp4", "has_poster": false
    });
    let exercise = serde_json::json!({
        "id": Uuid::nil(), "exercise_id": Uuid::nil(), "name": "Squat", "fields": ["reps"], "video": video, "position": 0,
        "planned": {}, "trainer_notes": null, "actual": null, "feedback": null
    });
    let round: Round = serde_json::from_value(serde_json::json!({
        "id": Uuid::nil(), "session_id": begun(started).id, "number": 1, "status": "completed", "is_final": true,
        "rest_after_s": null, "released_at": null, "started_at": null, "completed_at": null, "exercises": [exercise],
        "version": 1
    }))
    .expect("a round");
    let session =
        Session { status: training::SessionStatus::Completed, rounds: vec![round], version: 2, ..begun(started) };
    let (session_id, change) = (session.id, SessionChange::SessionCompleted { session });
    let event = SessionEvent { at: now(), session_id, session_version: 2, change };
    Envelope { seq, event: Event::Session(event) }
}

#[tokio::test]
async fn the_videos_of_forty_sessions_are_wanted_also_after_a_snapshot_and_a_restart() {
    let (directory, mut replica) = fresh().await;
    for number in 1..=40_u32 {
        let seq = u64::from(number) * 2;
        let started = started(number.into(), seq - 1);
        replica.apply_event("e1", &started).await.expect("writable");
        replica.apply_event("e1", &completed(&started, seq, number.into())).await.expect("writable");
    }
    let wanted_of = |replica: &Replica| {
        let contents = replica.contents();
        let me = contents.me.as_ref().expect("somebody is signed in");
        wanted(&contents.documents, &contents.seen_videos, me, now()).len()
    };
    assert_eq!((sessions(&replica).len(), wanted_of(&replica)), (ENDED_SESSIONS_KEPT, 40));
    let mut documents = Documents::default();
    documents.extend(replica.contents().documents.documents().cloned());
    let cursor = Cursor { epoch: "e1".to_owned(), seq: 80 };
    replica.replace_with(Snapshot { cursor, documents, ..snapshot() }).await.expect("writable");
    assert_eq!(wanted_of(&replica), 40, "after a snapshot");
    drop(replica);
    let mut replica = Replica::open(directory.path(), &environment()).await.expect("the same file").0;
    assert_eq!(wanted_of(&replica), 40, "after a restart");
    replica.clear().await.expect("writable");
    assert_eq!(replica.contents().seen_videos, SeenVideos::default(), "nobody is signed in");
}

/// Whether the replica demands a snapshot instead of taking an event, and stays as it was.
async fn demands_snapshot(replica: &mut Replica, event: &Envelope) -> bool {
    let before = (replica.contents().cursor.clone(), sessions(replica));
    let applied = replica.apply_event("e1", event).await.expect("writable");
    applied == Applied::Broken && before == (replica.contents().cursor.clone(), sessions(replica))
}

#[tokio::test]
async fn an_event_that_carries_another_session_than_it_names_requires_a_snapshot() {
    for knows_named in [true, false] {
        let (_directory, mut replica) = fresh().await;
        let carried = started(1, 1);
        replica.apply_event("e1", &carried).await.expect("writable");
        let mut event = cancelled(&carried, 2);
        if knows_named {
            replica.apply_event("e1", &started(2, 2)).await.expect("writable");
            event.seq = 3;
        }
        let Event::Session(contradictory) = &mut event.event else { panic!("it is a session's") };
        contradictory.session_id = begun(&started(2, 2)).id;
        assert!(demands_snapshot(&mut replica, &event).await, "knows the named one: {knows_named}");
    }
}

#[tokio::test]
async fn an_event_that_carries_a_round_of_another_session_requires_a_snapshot() {
    let released: fn(Round) -> SessionChange = |round| SessionChange::RoundReleased { round };
    let corrected: fn(Round) -> SessionChange = |round| SessionChange::ExerciseCorrected { round };
    for (is_known, change) in [(true, released), (false, corrected)] {
        let (_directory, mut replica) = fresh().await;
        let mut event =
            in_unknown_session(|round| change(Round { session_id: SessionId(Uuid::from_u128(999)), ..round }));
        if is_known {
            replica.apply_event("e1", &started(1, 1)).await.expect("writable");
            event.seq = 2;
        }
        assert!(demands_snapshot(&mut replica, &event).await, "the session is known: {is_known}");
    }
}

#[tokio::test]
async fn an_event_that_gives_a_session_another_athlete_requires_a_snapshot() {
    let (_directory, mut replica) = fresh().await;
    let known = started(1, 1);
    replica.apply_event("e1", &known).await.expect("writable");
    let mut event = cancelled(&known, 2);
    let Event::Session(SessionEvent { change: SessionChange::SessionCancelled { session }, .. }) = &mut event.event
    else {
        panic!("a session is cancelled")
    };
    session.athlete.id = UserId(Uuid::from_u128(2));
    assert!(demands_snapshot(&mut replica, &event).await);
}

#[tokio::test]
async fn a_weight_or_an_entry_that_becomes_another_athletes_requires_a_snapshot() {
    let (at, note) = ("2026-11-29T12:00:00Z", "a note");
    let of = |athlete: u128, version: u64| -> [Document; 2] {
        let athlete = Uuid::from_u128(athlete);
        let weight = serde_json::json!({
            "id": Uuid::from_u128(600), "athlete_id": athlete, "weight_kg": 80.0, "at": at, "note": note, "version": version
        });
        let entry = serde_json::json!({
            "id": Uuid::from_u128(601), "athlete_id": athlete, "by": mira(), "at": at, "text": note, "pinned": true,
            "version": version
        });
        let (weight, entry): (Weight, JournalEntry) =
            (serde_json::from_value(weight).expect("a weight"), serde_json::from_value(entry).expect("an entry"));
        [weight.into(), entry.into()]
    };
    for (known, contradictory) in of(1, 1).into_iter().zip(of(2, 2)) {
        let (_directory, mut replica) = fresh().await;
        let saved = |seq, document| Envelope { seq, event: Event::Saved { at: now(), document } };
        replica.apply_event("e1", &saved(1, known)).await.expect("writable");
        assert!(demands_snapshot(&mut replica, &saved(2, contradictory)).await);
    }
}

#[tokio::test]
async fn stored_data_is_there_after_reopening() {
    let (directory, mut replica) = fresh().await;
    replica.apply_event("e1", &started(1, 1)).await.expect("writable");
    let before = replica.contents().clone();
    drop(replica);
    let again = Replica::open(directory.path(), &environment()).await.expect("the same file").0;
    assert_eq!(again.contents().cursor, before.cursor);
    assert_eq!(again.contents().me, before.me);
    assert_eq!(again.contents().documents, before.documents);
}

#[tokio::test]
async fn twenty_ended_sessions_are_kept_and_the_oldest_go_first() {
    let (directory, mut replica) = fresh().await;
    let mut seq = 0;
    for number in 1..=25 {
        let started = started(number, seq + 1);
        replica.apply_event("e1", &started).await.expect("writable");
        replica.apply_event("e1", &cancelled(&started, seq + 2)).await.expect("writable");
        seq += 2;
    }
    let kept: Vec<_> = sessions(&replica).iter().map(|session| session.id.0.as_u128() - 100).collect();
    assert_eq!(kept, (6..=25).collect::<Vec<_>>());
    drop(replica);
    let again = Replica::open(directory.path(), &environment()).await.expect("the same file").0;
    assert_eq!(sessions(&again).len(), 20, "in the file as in memory");
}

#[tokio::test]
async fn clearing_leaves_no_trace_of_the_previous_user() {
    let (directory, mut replica) = fresh().await;
    replica.apply_event("e1", &started(1, 1)).await.expect("writable");
    replica.clear().await.expect("writable");
    drop(replica);
    let again = Replica::open(directory.path(), &environment()).await.expect("the same file").0;
    assert!(
        again.contents().me.is_none()
            && again.contents().cursor.is_none()
            && again.contents().documents == DocumentMap::default()
    );
}

#[tokio::test]
async fn a_replica_of_a_newer_version_is_refused_and_left_unchanged() {
    let (directory, mut replica) = fresh().await;
    sqlx::query("PRAGMA user_version = 99").execute(replica.file.connection()).await.expect("writable");
    drop(replica);
    for _ in 0..2 {
        assert!(matches!(Replica::open(directory.path(), &environment()).await, Err(ReplicaError::Newer)));
    }
}

/// Overwrites one page of a database with garbage.
fn scribble(path: &std::path::Path, page: i64) {
    let mut bytes = std::fs::read(path).expect("readable");
    let start = (usize::try_from(page).expect("a page") - 1) * 4096;
    bytes[start..start + 4096].fill(0xa5);
    std::fs::write(path, bytes).expect("writable");
}

/// An act waiting to be sent.
fn entry(number: u128) -> Entry {
    let key = Uuid::from_u128(number);
    let act = crate::outbox::acts::StartRound { round: RoundId(Uuid::from_u128(7)) }.into();
    let subject = EntityRef::of::<Session>(SessionId(Uuid::from_u128(8)));
    Entry { key, by: mira().id, at: now(), subject, act, sent_on: None, refused: None }
}

fn files(directory: &tempfile::TempDir) -> Vec<String> {
    let listed = std::fs::read_dir(directory.path()).expect("readable");
    let mut names: Vec<String> =
        listed.map(|file| file.expect("readable").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_damaged_replica_is_set_aside_and_its_outbox_is_carried_over() {
    let (directory, mut replica) = fresh().await;
    replica.put_entry(entry(1), true).await.expect("writable");
    replica.put_entry(entry(2), true).await.expect("writable");
    let page: i64 = sqlx::query_scalar("SELECT rootpage FROM sqlite_master WHERE name = 'documents'")
        .fetch_one(replica.file.connection())
        .await
        .expect("a table has a page");
    replica.file.close().await.expect("closable");
    scribble(&directory.path().join(FILE), page);
    let (again, set_aside) = Replica::open(directory.path(), &environment()).await.expect("begun anew");
    assert!(set_aside);
    assert_eq!(again.outbox().entries(), [entry(1), entry(2)], "in its order");
    assert!(
        again.contents().cursor.is_none() && again.contents().documents == DocumentMap::default(),
        "the rest comes from the server"
    );
    assert!(files(&directory).iter().any(|name| name.starts_with("damaged-") && name.ends_with(".sqlite")));
    drop(again);
    assert!(!Replica::open(directory.path(), &environment()).await.expect("sound").1, "once");
}

#[tokio::test]
async fn a_file_that_is_not_a_database_is_set_aside_unchanged() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let text = "this is no database, and longer than the header of one would be, so that it is read as one. ..........";
    std::fs::write(directory.path().join(FILE), text).expect("writable");
    let (_, set_aside) = Replica::open(directory.path(), &environment()).await.expect("begun anew");
    assert!(set_aside);
    let names = files(&directory);
    let damaged = names.iter().find(|name| name.starts_with("damaged-")).expect("it is there");
    assert_eq!(std::fs::read_to_string(directory.path().join(damaged)).expect("readable"), text);
}

#[tokio::test]
async fn a_crash_while_a_damaged_replica_is_set_aside_loses_no_salvaged_act() {
    let (directory, mut replica) = fresh().await;
    replica.put_entry(entry(1), true).await.expect("writable");
    replica.file.close().await.expect("closable");
    // The state between the renames: the damaged file has its new name, its journal does not yet.
    let at = |name: &str| directory.path().join(name);
    std::fs::rename(at(FILE), at("mended.sqlite")).expect("writable");
    std::fs::write(at("replica.sqlite-wal"), "the damaged file's").expect("writable");
    let (again, _) = Replica::open(directory.path(), &environment()).await.expect("the rest is done");
    assert_eq!(again.outbox().entries(), [entry(1)]);
    let names = files(&directory);
    assert!(names.iter().any(|name| name.starts_with("damaged-") && name.ends_with("-wal")), "{names:?}");
}

#[tokio::test]
async fn documents_another_version_wrote_cost_a_snapshot_but_no_act() {
    let (directory, mut replica) = fresh().await;
    replica.put_entry(entry(1), true).await.expect("writable");
    for statement in [
        "INSERT INTO documents (kind, id, version, document) VALUES ('session', 'x', 1, '{\"a later\": \"layout\"}')",
        "INSERT INTO outbox (key, document) VALUES ('x', '{\"an act\": \"of later\"}')",
    ] {
        sqlx::query(statement).execute(replica.file.connection()).await.expect("writable");
    }
    replica.file.close().await.expect("closable");
    let (mut again, set_aside) = Replica::open(directory.path(), &environment()).await.expect("the same file");
    assert!(!set_aside);
    assert!(again.contents().cursor.is_none(), "a snapshot is next");
    assert_eq!(again.outbox().entries(), [entry(1)]);
    let waiting: i64 =
        sqlx::query_scalar("SELECT COUNT(*) FROM outbox").fetch_one(again.file.connection()).await.expect("readable");
    assert_eq!(waiting, 2, "what can't be read waits for whoever can");
}

#[tokio::test]
async fn a_full_disk_is_reported_and_writing_resumes_once_there_is_space() {
    let (directory, mut replica) = fresh().await;
    // The file may not grow any more, which has the same effect as a full disk.
    sqlx::query("PRAGMA max_page_count = 1").execute(replica.file.connection()).await.expect("a setting");
    let mut full = None;
    for number in 1..200 {
        if let Err(error) = replica.put_entry(entry(number), true).await {
            full = Some((number, error));
            break;
        }
    }
    let (number, error) = full.expect("it is full at some point");
    assert_eq!(error.local_code(), LocalCode::DiskFull);
    assert_eq!(replica.outbox().entries().len() as u128, number - 1, "memory does not run ahead of the file");
    // The setting belongs to the connection. The next connection does not have it.
    replica.put_entry(entry(number), true).await.expect("there is room again");
    drop(replica);
    let again = Replica::open(directory.path(), &environment()).await.expect("the same file").0;
    assert_eq!(again.outbox().entries().len() as u128, number);
}

#[tokio::test]
async fn data_of_another_server_is_deleted_but_acts_are_kept() {
    let (directory, mut replica) = fresh().await;
    replica.bind_to_server("https://one.example").await.expect("writable");
    replica.put_entry(entry(1), true).await.expect("writable");
    replica.bind_to_server("https://one.example").await.expect("writable");
    assert!(replica.contents().me.is_some(), "the same server");
    replica.bind_to_server("https://two.example").await.expect("writable");
    assert!(replica.contents().me.is_none() && replica.contents().cursor.is_none());
    drop(replica);
    let again = Replica::open(directory.path(), &environment()).await.expect("the same file").0;
    assert_eq!((again.contents().server.as_deref(), again.outbox().entries().len()), (Some("https://two.example"), 1));
}

#[tokio::test]
async fn an_event_of_an_unknown_type_moves_the_cursor_and_changes_nothing() {
    let (directory, mut replica) = fresh().await;
    replica.apply_event("e1", &started(1, 1)).await.expect("writable");
    let before = replica.contents().documents.clone();
    assert_eq!(replica.apply_event("e1", &unknown(2)).await.expect("writable"), Applied::Stored(None));
    assert_eq!(replica.contents().documents, before);
    assert!(matches!(replica.apply_event("e1", &started(2, 3)).await.expect("writable"), Applied::Stored(Some(_))));
    drop(replica);
    let again = Replica::open(directory.path(), &environment()).await.expect("the same file").0;
    assert_eq!(again.contents().cursor.as_ref().map(|cursor| cursor.seq), Some(3));
}

#[tokio::test]
async fn an_entity_is_replaced_by_newer_versions_only_and_deleted_when_removed() {
    let (directory, mut replica) = fresh().await;
    let entity = EntityRef::of::<Exercise>(Uuid::from_u128(500));
    assert_eq!(replica.apply_event("e1", &saved(2, 1)).await.expect("writable"), Applied::Stored(Some(entity)));
    assert_eq!(replica.apply_event("e1", &saved(1, 2)).await.expect("writable"), Applied::Stored(None), "an older one");
    assert_eq!(replica.contents().documents.document(entity).map(Document::version), Some(2));
    let removed = |seq| Envelope { seq, event: Event::Removed { at: now(), entity } };
    assert_eq!(replica.apply_event("e1", &removed(3)).await.expect("writable"), Applied::Stored(Some(entity)));
    assert_eq!(replica.apply_event("e1", &removed(4)).await.expect("writable"), Applied::Stored(None), "it was gone");
    drop(replica);
    let again = Replica::open(directory.path(), &environment()).await.expect("the same file").0;
    assert_eq!(again.contents().documents.len(), 0, "in the file as in memory");
}

#[tokio::test]
async fn what_was_deleted_restored_and_deleted_again_stays_hidden_while_the_events_of_it_arrive() {
    let (_directory, mut replica) = fresh().await;
    let id = JournalEntryId(Uuid::from_u128(600));
    let written = |version| JournalEntry {
        id,
        athlete_id: UserId(Uuid::from_u128(2)),
        by: mira(),
        at: now(),
        text: "left knee".to_owned(),
        pinned: true,
        version,
    };
    let subject = EntityRef::of::<JournalEntry>(id);
    let saved = |seq, version| {
        let document = written(version).into();
        Envelope { seq, event: Event::Saved { at: now(), document } }
    };
    let removed = |seq| Envelope { seq, event: Event::Removed { at: now(), entity: subject } };
    replica.apply_event("e1", &saved(1, 1)).await.expect("writable");

    let deletion = || Act::from(DeleteJournalEntry { base: (&written(1)).into() });
    let recreation = RecreateJournalEntry { entry: Box::new(written(1)) }.into();
    let recreated = Answer::Entity(Box::new(written(2).into()));
    for (number, act, answer) in
        [(1, deletion(), Answer::Gone), (2, recreation, recreated), (3, deletion(), Answer::Gone)]
    {
        replica.await_confirmation(Entry { subject, act, ..entry(number) }, answer, true);
    }
    assert_eq!(replica.shown(subject), None);
    for event in [removed(2), saved(3, 2), removed(4)] {
        replica.apply_event("e1", &event).await.expect("writable");
        assert_eq!(replica.shown(subject), None, "after {event:?}");
    }
    assert!(replica.outbox().unconfirmed_keys().is_empty(), "every event has arrived");
}

/// What Mira weighed so many days ago, at this version.
fn weight(number: u128, days: i64, version: u64) -> Weight {
    let at = Timestamp::from_millisecond(now().as_millisecond() - days * 86_400_000).expect("an instant");
    let id = training::WeightId(Uuid::from_u128(700 + number));
    Weight { id, athlete_id: mira().id, weight_kg: 70.0, at, note: None, version }
}

fn weight_saved(seq: u64, weight: Weight) -> Envelope {
    Envelope { seq, event: Event::Saved { at: now(), document: weight.into() } }
}

#[tokio::test]
async fn as_many_weights_are_kept_as_a_snapshot_has() {
    let (_directory, mut replica) = fresh().await;
    replica.apply_event("e1", &weight_saved(1, weight(1, 0, 1))).await.expect("writable");
    replica.apply_event("e1", &weight_saved(2, weight(2, 91, 1))).await.expect("writable");
    replica.apply_event("e1", &weight_saved(3, weight(3, 90, 1))).await.expect("writable");
    let ids = |replica: &Replica| -> Vec<u128> {
        replica.contents().documents.all::<Weight>().map(|weight| weight.id.0.as_u128() - 700).collect()
    };
    assert_eq!(ids(&replica), [1, 3]);
    // It is corrected to have been long ago.
    replica.apply_event("e1", &weight_saved(4, weight(1, 200, 2))).await.expect("writable");
    assert_eq!(ids(&replica), [3]);
}

#[tokio::test]
async fn an_old_weight_that_was_just_entered_is_shown_until_the_next_event() {
    let (_directory, mut replica) = fresh().await;
    let old = weight(1, 200, 1);
    let act = Act::from(CreateWeight { athlete: mira().id, draft: (&old).into() });
    let subject = EntityRef::of::<Weight>(old.id);
    let answer = Answer::Entity(Box::new(old.clone().into()));
    replica.await_confirmation(Entry { subject, act, ..entry(1) }, answer, true);
    replica.apply_event("e1", &weight_saved(1, old.clone())).await.expect("writable");
    assert_eq!(replica.shown(subject), Some(old.into()));
    assert!(replica.outbox().unconfirmed_keys().is_empty(), "its event has arrived");
    replica.apply_event("e1", &weight_saved(2, weight(2, 0, 1))).await.expect("writable");
    assert_eq!(replica.shown(subject), None);
}

#[tokio::test]
async fn an_old_entry_of_a_journal_that_the_person_has_just_edited_stays_until_that_is_sent() {
    let (_directory, mut replica) = fresh().await;
    let written = |number: i64| JournalEntry {
        id: JournalEntryId(Uuid::from_u128(600 + u128::try_from(number).expect("few"))),
        athlete_id: UserId(Uuid::from_u128(2)),
        by: mira(),
        at: Timestamp::from_millisecond(now().as_millisecond() + number).expect("an instant"),
        text: "left knee".to_owned(),
        pinned: false,
        version: 1,
    };
    let saved =
        |seq: u64, number| Envelope { seq, event: Event::Saved { at: now(), document: written(number).into() } };
    replica.apply_event("e1", &saved(1, 0)).await.expect("writable");
    let old = written(0);
    let subject = EntityRef::of::<JournalEntry>(old.id);
    let draft = JournalDraft { text: "right knee".to_owned(), pinned: false };
    let act = Act::from(EditJournalEntry { draft, base: (&old).into() });
    replica.put_entry(Entry { subject, act, ..entry(1) }, false).await.expect("writable");
    for number in 1..=20_u32 {
        replica.apply_event("e1", &saved(1 + u64::from(number), number.into())).await.expect("writable");
    }
    assert!(replica.contents().documents.get::<JournalEntry>(old.id).is_some(), "there is an act on it");
    replica.remove_entry(Uuid::from_u128(1)).await.expect("writable");
    replica.apply_event("e1", &saved(22, 21)).await.expect("writable");
    assert!(replica.contents().documents.get::<JournalEntry>(old.id).is_none());
}

/// A replica as version 0.1 of the application left it, with an open session, two exercises and two acts.
const SCHEMA_2: &str = include_str!("fixtures/schema-2.sql");

async fn of_schema_2(directory: &Path) {
    use sqlx::{ConnectOptions, Connection, Executor};
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(directory.join(FILE)).create_if_missing(true);
    let mut connection = options.connect().await.expect("a new file");
    connection.execute(SCHEMA_2).await.expect("it is as it was");
    connection.close().await.expect("closable");
}

fn is_as_it_was(replica: &Replica) {
    let contents = replica.contents();
    assert_eq!(contents.cursor.as_ref().map(ToString::to_string).as_deref(), Some("e1.1"));
    assert_eq!((contents.server.as_deref(), contents.clock_offset_ms), (Some("https://one.example"), 5_000));
    assert_eq!(contents.me.as_ref().map(|me| me.id), Some(mira().id));
    let open = sessions(replica);
    assert_eq!((open.len(), open[0].status), (1, training::SessionStatus::Waiting));
    let names: Vec<&str> = contents.documents.all::<Exercise>().map(|exercise| exercise.name.as_str()).collect();
    assert_eq!(names, ["Kniebeugen", "Übung „2“"]);
    let acts = replica.outbox().entries();
    let expected = EntityRef::of::<Session>(open[0].id);
    assert!(matches!(&acts[0].act, crate::outbox::Act::AddRound(add) if add.plan.rest_after_s == Some(60)));
    assert!(matches!(&acts[1].act, crate::outbox::Act::CancelSession(_)) && acts[1].refused.is_some());
    assert!(acts.len() == 2 && acts.iter().all(|act| act.subject == expected), "{acts:?}");
}

#[tokio::test]
async fn a_replica_of_the_previous_schema_keeps_its_outbox_and_its_open_session() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    of_schema_2(directory.path()).await;
    let (replica, set_aside) = Replica::open(directory.path(), &environment()).await.expect("it is migrated");
    assert!(!set_aside);
    is_as_it_was(&replica);
    drop(replica);
    is_as_it_was(&Replica::open(directory.path(), &environment()).await.expect("migrated once").0);
}

#[tokio::test]
async fn a_migration_interrupted_at_any_point_is_completed_at_the_next_start() {
    use sqlx::{ConnectOptions, Connection};
    let whole = tempfile::tempdir().expect("a temporary directory");
    of_schema_2(whole.path()).await;
    let steps = migrate::STATEMENTS_SINCE_2;
    for done in 0..=steps {
        let directory = tempfile::tempdir().expect("a temporary directory");
        std::fs::copy(whole.path().join(FILE), directory.path().join(FILE)).expect("writable");
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(directory.path().join(FILE));
        let mut connection = options.connect().await.expect("it is there");
        migrate::interrupted_after(&mut connection, done).await;
        // What is on the disk at this moment is what a process that dies here leaves behind.
        let left = tempfile::tempdir().expect("a temporary directory");
        for file in std::fs::read_dir(directory.path()).expect("readable") {
            let file = file.expect("readable");
            std::fs::copy(file.path(), left.path().join(file.file_name())).expect("writable");
        }
        is_as_it_was(&Replica::open(left.path(), &environment()).await.expect("it is migrated").0);
        connection.close().await.expect("closable");
    }
}

#[tokio::test]
async fn a_changed_account_is_stored_and_an_older_one_is_not() {
    let place = tempfile::tempdir().expect("a temporary directory");
    let mut replica = Replica::open(place.path(), &environment()).await.expect("it opens").0;
    replica.replace_with(snapshot()).await.expect("writable");
    let changed = |seq, version, name: &str| {
        let account = Account { name: name.to_owned(), version, ..snapshot().me };
        Envelope { seq, event: Event::AccountChanged { at: now(), account: Box::new(account) } }
    };
    for (seq, version, name, expected) in
        [(1, 3, "Mirabel", "Mirabel"), (2, 2, "Mia", "Mirabel"), (3, 4, "Mira", "Mira")]
    {
        replica.apply_event("e1", &changed(seq, version, name)).await.expect("writable");
        assert_eq!(replica.contents().me.as_ref().map(|me| me.name.as_str()), Some(expected));
    }
}

/// The files of a replica in which a text is found.
fn files_with(directory: &Path, text: &str) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(directory).expect("readable").map(|entry| entry.expect("an entry").path());
    let has_it = |path: &std::path::PathBuf| {
        let bytes = std::fs::read(path).expect("readable");
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    };
    entries.filter(has_it).collect()
}

#[tokio::test]
async fn b37_after_a_snapshot_of_another_epoch_nothing_of_before_is_in_any_file() {
    let (directory, mut replica) = fresh().await;
    for number in 1..=20 {
        let started = started(number, u64::try_from(number).expect("small"));
        replica.apply_event("e1", &started).await.expect("writable");
    }
    std::fs::write(directory.path().join("damaged-1.sqlite"), mira().name).expect("writable");
    assert_eq!(files_with(directory.path(), &mira().name).len(), 3, "the file, its log, and the damaged one");
    let erased = Snapshot {
        cursor: Cursor { epoch: "e2".to_owned(), seq: 0 },
        me: Account { name: "Former athlete".to_owned(), email: "erased".to_owned(), ..snapshot().me },
        ..snapshot()
    };
    replica.replace_with(erased.clone()).await.expect("writable");
    assert_eq!(files_with(directory.path(), &mira().name), Vec::<std::path::PathBuf>::new());
    assert_eq!(sessions(&replica), []);
    drop(replica);
    let replica = Replica::open(directory.path(), &environment()).await.expect("readable").0;
    assert_eq!(replica.contents().cursor, Some(erased.cursor));
}

#[tokio::test]
async fn what_a_crash_left_to_overwrite_is_overwritten_at_the_next_start() {
    let (directory, mut replica) = fresh().await;
    replica.apply_event("e1", &started(1, 1)).await.expect("writable");
    // As a process leaves it that ends after the snapshot is stored.
    let writes = [Write::Clear, Write::meta(OVERWRITE_DUE, &true).expect("JSON")];
    replica.file.commit(&writes, Durability::Process).await.expect("writable");
    assert!(!files_with(directory.path(), &mira().name).is_empty(), "the log has it");
    let mut replica = Replica::open(directory.path(), &environment()).await.expect("readable").0;
    assert_eq!(files_with(directory.path(), &mira().name), Vec::<std::path::PathBuf>::new());
    assert_eq!(replica.contents().cursor, None);

    // Whatever replaces the rest meanwhile, it is still due.
    let writes = [Write::meta(OVERWRITE_DUE, &true).expect("JSON"), Write::Clear];
    replica.file.commit(&writes, Durability::Process).await.expect("writable");
    assert_eq!(replica.file.meta::<bool>(OVERWRITE_DUE).await.expect("readable"), Some(true));
}

#[tokio::test]
async fn what_a_sign_out_left_in_the_file_is_overwritten_with_the_next_snapshot() {
    let (directory, mut replica) = fresh().await;
    replica.apply_event("e1", &started(1, 1)).await.expect("writable");
    replica.clear().await.expect("writable");
    assert!(!files_with(directory.path(), &mira().name).is_empty(), "the log has it");
    let me = Account { name: "Jonas".to_owned(), ..snapshot().me };
    replica.replace_with(Snapshot { me, ..snapshot() }).await.expect("writable");
    assert_eq!(files_with(directory.path(), &mira().name), Vec::<std::path::PathBuf>::new());
}
