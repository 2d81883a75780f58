//! A backup is made while people train, and restored as docs/operating.md says: every desktop goes on from what it has.

use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

use ringside_core::bridge::{LinkState, SessionCalls};
use system_tests::{Database, Device, Failure, NetworkCondition, Person, Postgres, Proxy, Server};
use tempfile::TempDir;
use training::{RoundStatus, Session, SessionStatus};

/// How an operator backs up and restores one kind of database.
trait Backup {
    /// Backs `server`'s database up into `directory`, while it runs.
    fn make(&self, server: &Server, directory: &Path) -> Result<(), Failure>;
    /// Puts the backup in `directory` in place of the database of `server`, which is stopped.
    fn put_back(&self, server: &Server, directory: &Path);
}

struct Sqlite;

impl Backup for Sqlite {
    fn make(&self, server: &Server, directory: &Path) -> Result<(), Failure> {
        let file = directory.join("backup.db").display().to_string();
        let said = server.run(&["admin", "backup", &file])?;
        assert!(said.contains(&file), "{said}");
        Ok(())
    }

    fn put_back(&self, server: &Server, directory: &Path) {
        // An empty directory: a write-ahead log from before would be taken for the restored file's.
        for entry in std::fs::read_dir(server.data()).expect("a directory").flatten() {
            if entry.file_name().to_string_lossy().starts_with("ringside.db") {
                std::fs::remove_file(entry.path()).expect("it is ours");
            }
        }
        std::fs::copy(directory.join("backup.db"), server.data().join("ringside.db")).expect("it is copied");
    }
}

/// With the address of the database.
struct PgDump(String);

impl PgDump {
    fn run(program: &str, arguments: &[&str], file: &Path) {
        let ran = Command::new(program).args(arguments).arg(file).output().expect("Postgres's tools are installed");
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    }
}

impl Backup for PgDump {
    fn make(&self, _: &Server, directory: &Path) -> Result<(), Failure> {
        Self::run("pg_dump", &[&self.0, "--format=custom", "--file"], &directory.join("backup.dump"));
        Ok(())
    }

    fn put_back(&self, _: &Server, directory: &Path) {
        let all_of_it = ["--clean", "--if-exists", "--single-transaction", "--no-owner", "--dbname", &self.0];
        Self::run("pg_restore", &all_of_it, &directory.join("backup.dump"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_desktop_goes_on_from_a_restored_backup_on_sqlite() -> Result<(), Failure> {
    assert_everybody_goes_on(Server::start()?, Sqlite).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_desktop_goes_on_from_a_restored_backup_on_postgres() -> Result<(), Failure> {
    let database = Postgres::empty()?;
    assert_everybody_goes_on(Server::start_on(Database::Postgres(database.url()))?, PgDump(database.url())).await
}

async fn assert_everybody_goes_on(mut server: Server, backup: impl Backup) -> Result<(), Failure> {
    let network = Proxy::in_front_of(server.url()).await?;
    let trainer = Person::signed_in(&network.url(), server.first("trainer")?).await;
    let athlete = Person::signed_in(&network.url(), server.first("athlete")?).await;
    let session = athlete.agent.start_session().await.expect("nothing stands against it").id;
    trainer.lead_a_round().await;
    let round = athlete.sees_round(RoundStatus::Released).await;
    let directory = backup_while_somebody_writes(&server, &backup).await?;

    // What happens after the backup is lost with the database.
    athlete.agent.start_round(round.id).await.expect("it is out");
    trainer.agent.cancel_session(session, None).await.expect("it is open");
    athlete.sees("that it is over", |view| open(&view.documents.sessions).is_none()).await;
    for person in [&trainer, &athlete] {
        person.has_sent_all().await;
    }
    network.set(NetworkCondition::Down);
    athlete.is(LinkState::Offline).await;
    trainer.is(LinkState::Offline).await;

    server.stop()?;
    backup.put_back(&server, directory.path());
    assert!(server.run(&["admin", "restored"])?.contains("feeds begun anew"));
    server.start_again()?;
    // Their feeds grow beyond what they had seen, so a cursor of theirs names another event than before.
    let device = Device::sign_in(&server, server.first("athlete")?).await?;
    let item = &round.exercises[0].id;
    for reps in 1..=8 {
        let path = format!("/v1/rounds/{}/exercises/{item}/log", round.id);
        device.put(&path, serde_json::json!({ "actual": { "reps": reps } })).await?;
    }

    network.set(NetworkCondition::Normal);
    let expected: Session = serde_json::from_value(device.open_session().await?).map_err(Failure::Answer)?;
    assert_eq!((expected.id, expected.status), (session, SessionStatus::Active), "as at the time of the backup");
    for person in [&trainer, &athlete] {
        person.sees("the restored session", |view| open(&view.documents.sessions) == Some(&expected)).await;
        person.is(LinkState::Live).await;
    }
    // And on: what is written now arrives as ever.
    trainer.agent.cancel_session(session, None).await.expect("it is open again");
    athlete.sees("that it is over", |view| open(&view.documents.sessions).is_none()).await;
    Ok(())
}

fn open(sessions: &[Session]) -> Option<&Session> {
    sessions.iter().find(|session| matches!(session.status, SessionStatus::Waiting | SessionStatus::Active))
}

/// Returns the directory of a backup that was made while another athlete's sessions came and went.
async fn backup_while_somebody_writes(server: &Server, backup: &impl Backup) -> Result<TempDir, Failure> {
    let directory = tempfile::tempdir().expect("a directory for the backup");
    let another = server.accounts().iter().rfind(|account| account.roles == ["athlete"]).expect("there are four");
    let device = Device::sign_in(server, another).await?;
    let done = AtomicBool::new(false);
    let writing = async {
        let mut written = 0;
        while !done.load(Ordering::Relaxed) {
            let started = device.post("/v1/sessions").await?;
            device.post(&format!("/v1/sessions/{}/cancel", started["id"].as_str().expect("an id"))).await?;
            written += 1;
        }
        Ok::<usize, Failure>(written)
    };
    let making = async {
        let made = tokio::task::block_in_place(|| backup.make(server, directory.path()));
        done.store(true, Ordering::Relaxed);
        made
    };
    let (written, made) = tokio::join!(writing, making);
    made?;
    assert!(written? > 0, "somebody wrote");
    Ok(directory)
}
