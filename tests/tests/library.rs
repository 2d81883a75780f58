//! Editing the exercise library on a desktop: at once in every trainer's and admin's window, and without a network.

use ringside_core::bridge::{FailureCode, LibraryCalls, LocalCode, SessionCalls};
use system_tests::{Failure, Person, Proxy, Server};
use training::library::{ExerciseDraft, UsedIn};
use training::{Category, Exercise, ExerciseId, Field, PlannedExercise, ProblemCode, RoundPlan, RoundStatus, Values};

/// A trainer behind their own network, and the studio's admin.
struct Fixture {
    server: Server,
    trainer: Person,
    admin: Person,
    network: Proxy,
}

impl Fixture {
    async fn new() -> Result<Self, Failure> {
        let server = Server::start()?;
        let network = Proxy::in_front_of(server.url()).await?;
        let trainer = Person::signed_in(&network.url(), server.first("trainer")?).await;
        let admin = Person::signed_in(server.url(), server.first("admin")?).await;
        Ok(Self { server, trainer, admin, network })
    }

    async fn go_offline(&self) {
        self.trainer.go_offline(&self.network).await;
    }

    async fn go_online(&self) {
        self.trainer.go_online(&self.network).await;
    }
}

fn draft(name: &str) -> ExerciseDraft {
    ExerciseDraft {
        name: name.to_owned(),
        category: Category::Back,
        fields: vec![Field::Reps],
        aliases: vec!["Rückenstrecker".to_owned()],
        muscles: Vec::new(),
        cue: None,
    }
}

/// Waits until `person` sees the exercise as `wanted`.
async fn sees(person: &Person, id: ExerciseId, wanted: impl Fn(&Exercise) -> bool) -> Exercise {
    let find = |exercises: &[Exercise]| exercises.iter().find(|known| known.id == id && wanted(known)).cloned();
    let view = person.sees("the exercise", |view| find(&view.documents.exercises).is_some()).await;
    find(&view.documents.exercises).expect("it was just there")
}

async fn sees_removal(person: &Person, id: ExerciseId) {
    person.sees("it gone", |view| view.documents.exercises.iter().all(|known| known.id != id)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_to_the_library_reach_everybody_who_may_edit_it() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    let id = fixture.trainer.agent.create_exercise(draft("Superman")).await.expect("the name is free").id;
    let created = sees(&fixture.trainer, id, |known| known.version == 1).await;
    assert_eq!(sees(&fixture.admin, id, |_| true).await, created);
    fixture.admin.agent.edit_exercise(id, 1, draft("Superman mit Pause")).await.expect("it is the newest version");
    assert_eq!(sees(&fixture.trainer, id, |known| known.version == 2).await.name, "Superman mit Pause");
    fixture.trainer.agent.archive_exercise(id, 2).await.expect("it is the newest version");
    sees_removal(&fixture.admin, id).await;
    sees_removal(&fixture.trainer, id).await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_exercise_created_offline_can_be_edited_and_planned_with_before_it_is_sent() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    let athlete = Person::signed_in(fixture.server.url(), fixture.server.first("athlete")?).await;
    let session = athlete.agent.start_session().await.expect("nothing stands against it");
    let waits = |view: &ringside_core::bridge::View| !view.documents.sessions.is_empty();
    fixture.trainer.sees("the waiting session", waits).await;
    fixture.trainer.join(session.id).await;

    fixture.go_offline().await;
    let created = fixture.trainer.agent.create_exercise(draft("Superman")).await.expect("it waits");
    let refused = fixture.trainer.agent.create_exercise(draft("SUPERMAN")).await.expect_err("the name is taken");
    assert_eq!(refused.code, FailureCode::Server(ProblemCode::NameTaken));
    let shown = sees(&fixture.trainer, created.id, |_| true).await;
    fixture
        .trainer
        .agent
        .edit_exercise(created.id, shown.version, draft("Superman mit Pause"))
        .await
        .expect("it waits");
    let planned = Values { reps: Some(8), ..Values::default() };
    let item = PlannedExercise::new(created.id, planned);
    let plan = RoundPlan { is_final: false, rest_after_s: None, exercises: vec![item] };
    fixture.trainer.agent.add_round(session.id, plan, true).await.expect("it waits");

    fixture.go_online().await;
    let round = athlete.sees_round(RoundStatus::Released).await;
    assert_eq!(round.exercises[0].name, "Superman mit Pause");
    assert_eq!(sees(&fixture.admin, created.id, |known| known.version == 2).await.name, "Superman mit Pause");
    assert_eq!(sees(&fixture.trainer, created.id, |known| known.version == 2).await.name, "Superman mit Pause");
    assert_eq!(fixture.trainer.view().refused, [], "and nothing was refused");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edit_of_an_outdated_version_is_refused_and_can_be_retried() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    let created = fixture.trainer.agent.create_exercise(draft("Superman")).await.expect("the name is free");
    sees(&fixture.trainer, created.id, |known| known.version == 1).await;
    sees(&fixture.admin, created.id, |known| known.version == 1).await;
    fixture.go_offline().await;
    fixture.trainer.agent.edit_exercise(created.id, 1, draft("Superman kurz")).await.expect("it waits");
    fixture.admin.agent.edit_exercise(created.id, 1, draft("Superman lang")).await.expect("it is the newest version");
    fixture.admin.has_sent_all().await;
    fixture.go_online().await;
    let view = fixture.trainer.sees("the refusal", |view| !view.refused.is_empty()).await;
    let refused = &view.refused[0];
    assert_eq!(refused.code, FailureCode::Server(ProblemCode::VersionMismatch));
    assert_eq!(refused.exercise.as_ref().map(|draft| draft.name.as_str()), Some("Superman kurz"), "what was typed");
    sees(&fixture.trainer, created.id, |known| known.name == "Superman lang").await;
    fixture.trainer.agent.retry_act(refused.key.clone()).await.expect("on what is there now");
    assert_eq!(sees(&fixture.admin, created.id, |known| known.version == 3).await.name, "Superman kurz");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_archived_exercise_can_be_found_and_restored() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    let athlete = Person::signed_in(fixture.server.url(), fixture.server.first("athlete")?).await;
    athlete.agent.start_session().await.expect("nothing stands against it");
    fixture.trainer.lead_a_round().await;
    let used = athlete.sees_round(RoundStatus::Released).await.exercises[0].exercise_id;
    let version = sees(&fixture.admin, used, |_| true).await.version;
    fixture.admin.agent.archive_exercise(used, version).await.expect("a round has it, so it is archived");
    let late = Person::signed_in(fixture.server.url(), fixture.server.first("admin")?).await;
    sees(&late, used, |known| known.archived).await;
    let archived = late.agent.archived_exercises().await.expect("the server is there");
    let [exercise] = archived.as_slice() else { panic!("one is archived: {archived:?}") };
    assert_eq!(exercise.id, used);
    late.agent.restore_exercise(exercise.clone()).await.expect("it is archived");
    sees(&fixture.trainer, used, |known| !known.archived).await;
    sees(&late, used, |known| !known.archived).await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn how_many_rounds_use_an_exercise_is_asked_of_the_server() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    let athlete = Person::signed_in(fixture.server.url(), fixture.server.first("athlete")?).await;
    athlete.agent.start_session().await.expect("nothing stands against it");
    fixture.trainer.lead_a_round().await;
    let used = athlete.sees_round(RoundStatus::Released).await.exercises[0].exercise_id;
    let unused = fixture.trainer.agent.create_exercise(draft("Superman")).await.expect("the name is free").id;
    sees(&fixture.trainer, unused, |known| known.version == 1).await;
    assert_eq!(fixture.trainer.agent.exercise_use(used).await, Ok(UsedIn { rounds: 1, templates: 0 }));
    assert_eq!(fixture.trainer.agent.exercise_use(unused).await, Ok(UsedIn { rounds: 0, templates: 0 }));
    fixture.go_offline().await;
    let unreachable = fixture.trainer.agent.exercise_use(used).await.expect_err("there is no network");
    assert_eq!(unreachable.code, FailureCode::Local(LocalCode::Unreachable));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restore_is_refused_while_the_name_is_taken_and_can_be_retried() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    let id = fixture.trainer.agent.create_exercise(draft("Superman")).await.expect("the name is free").id;
    let created = sees(&fixture.trainer, id, |known| known.version == 1).await;
    sees(&fixture.admin, id, |_| true).await;
    fixture.trainer.agent.archive_exercise(id, 1).await.expect("it is the newest version");
    fixture.trainer.has_sent_all().await;
    sees_removal(&fixture.trainer, id).await;
    sees_removal(&fixture.admin, id).await;
    fixture.go_offline().await;
    fixture.trainer.agent.restore_exercise(created).await.expect("it waits");
    let other = fixture.admin.agent.create_exercise(draft("superman")).await.expect("the name is free");
    sees(&fixture.admin, other.id, |known| known.version == 1).await;
    fixture.go_online().await;
    let view = fixture.trainer.sees("the refusal", |view| !view.refused.is_empty()).await;
    let refused = &view.refused[0];
    assert_eq!(refused.code, FailureCode::Server(ProblemCode::NameTaken));

    fixture.admin.agent.edit_exercise(other.id, 1, draft("Superwoman")).await.expect("it is the newest version");
    sees(&fixture.trainer, other.id, |known| known.name == "Superwoman").await;
    fixture.trainer.agent.retry_act(refused.key.clone()).await.expect("the name is free again");
    assert_eq!(sees(&fixture.admin, id, |_| true).await.name, "Superman");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edit_arrives_although_the_server_s_database_was_changed_behind_the_feed() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    let created = fixture.trainer.agent.create_exercise(draft("Superman")).await.expect("the name is free");
    sees(&fixture.trainer, created.id, |known| known.version == 1).await;
    change_version_in_database(&fixture.server, created.id, 7).await.expect("SQLite takes another connection");
    fixture.trainer.agent.edit_exercise(created.id, 1, draft("Superman mit Pause")).await.expect("as far as it knows");
    sees(&fixture.trainer, created.id, |known| known.version == 8 && known.name == "Superman mit Pause").await;
    let view = fixture.trainer.sees("that nothing waits any more", |view| view.link.waiting == 0).await;
    assert_eq!(view.refused, Vec::new());
    Ok(())
}

/// As somebody does by hand: no event tells of it.
async fn change_version_in_database(server: &Server, exercise: ExerciseId, version: i64) -> Result<(), sqlx::Error> {
    use sqlx::{Connection, SqliteConnection};
    let mut database = SqliteConnection::connect(&server.database_url()).await?;
    let changed = sqlx::query("UPDATE exercises SET version = ? WHERE id = ?").bind(version).bind(exercise.to_string());
    assert_eq!(changed.execute(&mut database).await?.rows_affected(), 1);
    database.close().await
}
