//! Notes and journals on the desktops of one trainer: written without a network, and never over each other.

use ringside_core::bridge::{ActName, FailureCode, NotesCalls, SessionCalls, View};
use system_tests::{Failure, Person, Proxy, Server};
use training::notes::JournalLimits;
use training::{JournalEntry, Note, ProblemCode, Session, SessionId};

/// A trainer at a desk and at a laptop behind a network of its own, and their athlete in a session that waits.
struct Fixture {
    desk: Person,
    laptop: Person,
    network: Proxy,
    athlete: Person,
    session: Session,
    _server: Server,
}

impl Fixture {
    async fn new() -> Result<Self, Failure> {
        let server = Server::start()?;
        let network = Proxy::in_front_of(server.url()).await?;
        let desk = Person::signed_in(server.url(), server.first("trainer")?).await;
        let laptop = Person::signed_in(&network.url(), server.first("trainer")?).await;
        let athlete = Person::signed_in(server.url(), server.first("athlete")?).await;
        let session = athlete.agent.start_session().await.expect("nothing stands against it");
        for trainer in [&desk, &laptop] {
            trainer.sees("the waiting session", |view| !view.documents.sessions.is_empty()).await;
        }
        Ok(Self { desk, laptop, network, athlete, session, _server: server })
    }

    async fn go_offline(&self) {
        self.laptop.go_offline(&self.network).await;
    }

    async fn go_online(&self) {
        self.laptop.go_online(&self.network).await;
    }
}

fn note(view: &View, session: SessionId) -> Option<&Note> {
    view.documents.notes.iter().find(|note| note.session_id == session)
}

/// Waits until `person` sees a note with this text at this version.
async fn sees_note(person: &Person, session: SessionId, text: &str, version: u64) {
    let is_it = |note: &Note| note.text == text && note.version == version;
    person.sees("the note", |view| note(view, session).is_some_and(is_it)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b67_a_note_written_offline_is_on_every_device_of_the_trainer_once_the_network_is_back() -> Result<(), Failure>
{
    let fixture = Fixture::new().await?;
    let id = fixture.session.id;
    fixture.go_offline().await;
    fixture.laptop.agent.save_note(id, 0, "Knie".to_owned()).await.expect("it waits");
    sees_note(&fixture.laptop, id, "Knie", 0).await;
    fixture.laptop.agent.save_note(id, 0, "Knie links".to_owned()).await.expect("it waits too");
    fixture.go_online().await;
    for trainer in [&fixture.desk, &fixture.laptop] {
        sees_note(trainer, id, "Knie links", 2).await;
    }
    assert_eq!(fixture.laptop.agent.read_note(id).await.expect("it is asked for").text, "Knie links");
    assert_eq!(fixture.laptop.view().refused, []);
    let athlete = fixture.athlete.view();
    assert_eq!((&athlete.documents.notes[..], &athlete.documents.journal_entries[..]), (&[][..], &[][..]));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b67_two_devices_that_wrote_the_same_note_keep_both_texts_and_ask() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    let id = fixture.session.id;
    fixture.go_offline().await;
    fixture.laptop.agent.save_note(id, 0, "from the laptop".to_owned()).await.expect("it waits");
    fixture.desk.agent.save_note(id, 0, "from the desk".to_owned()).await.expect("it is the first");
    sees_note(&fixture.desk, id, "from the desk", 1).await;
    fixture.go_online().await;

    let view = fixture.laptop.sees("what was refused", |view| !view.refused.is_empty()).await;
    let [refused] = &view.refused[..] else { panic!("{:?}", view.refused) };
    assert_eq!((refused.what, refused.code), (ActName::SaveNote, FailureCode::Server(ProblemCode::VersionMismatch)));
    assert_eq!(refused.note.as_deref(), Some("from the laptop"));
    assert_eq!(refused.athlete.as_ref(), Some(&fixture.session.athlete.name));
    sees_note(&fixture.laptop, id, "from the desk", 1).await;

    fixture.laptop.agent.retry_act(refused.key.clone()).await.expect("the trainer decides for the laptop's");
    sees_note(&fixture.desk, id, "from the laptop", 2).await;
    fixture.laptop.sees("that nothing is refused any more", |view| view.refused.is_empty()).await;
    let outdated = fixture.desk.agent.save_note(id, 1, "from the desk again".to_owned()).await;
    assert_eq!(outdated.expect_err("it was based on another").code, FailureCode::Server(ProblemCode::VersionMismatch));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b68_a_journal_entry_deleted_on_one_device_is_restored_on_every_one() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    let athlete = fixture.session.athlete.id;
    let written = fixture.desk.agent.create_journal_entry(athlete, "left shoulder".to_owned(), true).await;
    let id = written.expect("it is the trainer's own athlete").id;
    let has = |version: u64| {
        move |view: &View| view.documents.journal_entries.iter().any(|entry| entry.id == id && entry.version == version)
    };
    // As the server has it: the desk's own call may return before it is sent.
    let view = fixture.laptop.sees("the entry", has(1)).await;
    let [written] = &view.documents.journal_entries[..] else { panic!("one is there: {view:#?}") };

    fixture.go_offline().await;
    fixture.laptop.agent.delete_journal_entry(written.id, 1).await.expect("it waits");
    fixture.laptop.sees("no entry", |view| view.documents.journal_entries.is_empty()).await;
    // Whether the deletion was tried meanwhile or not, the server never knew of it.
    fixture.laptop.agent.restore_journal_entry(written.clone()).await.expect("it waits, or was not sent");
    fixture.laptop.sees("the entry", has(1)).await;
    fixture.laptop.agent.delete_journal_entry(written.id, 1).await.expect("it waits");
    fixture.go_online().await;
    // Feeds are in order: whoever sees this note has seen every event of the entry.
    let later = fixture.desk.agent.save_note(fixture.session.id, 0, "later".to_owned()).await;
    later.expect("it is the first");
    for device in [&fixture.desk, &fixture.laptop] {
        sees_note(device, fixture.session.id, "later", 1).await;
        device.sees("no entry", |view| view.documents.journal_entries.is_empty()).await;
    }

    let restored = fixture.laptop.agent.restore_journal_entry(written.clone()).await.expect("it is sent");
    assert_eq!((restored.text.as_str(), restored.pinned, restored.at), ("left shoulder", true, written.at));
    fixture.laptop.has_sent_all().await;
    let page = fixture.desk.agent.list_journal(athlete, None).await.expect("it is asked for");
    let [listed] = &page.entries[..] else { panic!("one is there: {page:?}") };
    assert_eq!((listed.text.as_str(), listed.pinned, listed.at), ("left shoulder", true, written.at));
    for device in [&fixture.desk, &fixture.laptop] {
        device.sees("the entry", has(listed.version)).await;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b67_a_journal_entry_older_than_those_a_device_keeps_is_edited_deleted_and_restored() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    let (trainer, athlete) = (&fixture.desk, fixture.session.athlete.id);
    for number in 0..=JournalLimits::LAST_ENTRIES {
        trainer.agent.create_journal_entry(athlete, format!("entry {number}"), false).await.expect("it is written");
    }
    let is_newest = |entry: &JournalEntry| entry.text == format!("entry {}", JournalLimits::LAST_ENTRIES);
    trainer
        .sees("the newest", |view| view.documents.journal_entries.iter().any(is_newest) && view.link.waiting == 0)
        .await;
    let oldest =
        trainer.agent.list_journal(athlete, None).await.expect("it is asked for").next.expect("there are more");
    let page = trainer.agent.list_journal(athlete, Some(oldest)).await.expect("it is asked for");
    let [oldest] = &page.entries[..] else { panic!("one is left: {page:?}") };

    let edited = trainer.agent.edit_journal_entry(oldest.id, 1, "entry nought".to_owned(), false).await;
    let edited = edited.expect("it is the newest version");
    assert_eq!((edited.text.as_str(), edited.version), ("entry nought", 2));
    let outdated = trainer.agent.edit_journal_entry(oldest.id, 1, "entry".to_owned(), false).await;
    assert_eq!(outdated.expect_err("it has changed").code, FailureCode::Server(ProblemCode::VersionMismatch));
    trainer.agent.delete_journal_entry(oldest.id, 2).await.expect("it is the newest version");
    let restored = trainer.agent.restore_journal_entry(edited).await.expect("it was deleted");
    assert_eq!(restored.text, "entry nought");
    Ok(())
}
