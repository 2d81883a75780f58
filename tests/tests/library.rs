//! Editing the exercise library on a desktop: at once in every trainer's and admin's window, and without a network.

use ringside_core::bridge::{AccountCalls, FailureCode, LibraryCalls, LinkState, SessionCalls};
use system_tests::{Failure, Person, Proxy, Server, Weather};
use training::library::ExerciseDraft;
use training::{Category, Exercise, ExerciseId, Field, PlannedExercise, ProblemCode, RoundPlan, RoundStatus, Values};

/// A trainer behind their own network, and the studio's admin.
struct Scene {
    server: Server,
    trainer: Person,
    admin: Person,
    network: Proxy,
}

impl Scene {
    async fn set() -> Result<Self, Failure> {
        let server = Server::start()?;
        let network = Proxy::before(server.url()).await?;
        let trainer = Person::signed_in(&network.url(), server.first("trainer")?).await;
        let admin = Person::signed_in(server.url(), server.first("admin")?).await;
        Ok(Self { server, trainer, admin, network })
    }

    async fn offline(&self) {
        self.network.set(Weather::Down);
        self.trainer.is(LinkState::Offline).await;
    }

    async fn online(&self) {
        self.network.set(Weather::Clear);
        self.trainer.agent.try_now().await.expect("it can always be asked");
        self.trainer.is(LinkState::Live).await;
        self.trainer.sees("that nothing waits any more", |view| view.link.waiting == 0).await;
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

async fn misses(person: &Person, id: ExerciseId) {
    person.sees("it gone", |view| view.documents.exercises.iter().all(|known| known.id != id)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_trainer_does_to_the_library_is_shown_to_the_admin_at_once() -> Result<(), Failure> {
    let scene = Scene::set().await?;
    let made = scene.trainer.agent.create_exercise(draft("Superman")).await.expect("the name is free");
    assert_eq!(sees(&scene.admin, made.id, |_| true).await, made);
    sees(&scene.trainer, made.id, |known| known.version == 1).await;
    let edited = scene.admin.agent.edit_exercise(made.id, made.version, draft("Superman mit Pause")).await;
    let edited = edited.expect("it is the newest version");
    sees(&scene.trainer, made.id, |known| known.name == edited.name).await;
    scene.trainer.agent.archive_exercise(made.id, edited.version).await.expect("it is the newest version");
    misses(&scene.admin, made.id).await;
    misses(&scene.trainer, made.id).await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_exercise_made_without_a_network_is_edited_and_planned_with_before_anybody_else_knows_it()
-> Result<(), Failure> {
    let scene = Scene::set().await?;
    let athlete = Person::signed_in(scene.server.url(), scene.server.first("athlete")?).await;
    let session = athlete.agent.start_session().await.expect("nothing stands against it");
    let waits = |view: &ringside_core::bridge::View| !view.documents.sessions.is_empty();
    scene.trainer.sees("the waiting session", waits).await;
    scene.trainer.agent.join_session(session.id).await.expect("it waits");

    scene.offline().await;
    let made = scene.trainer.agent.create_exercise(draft("Superman")).await.expect("it waits");
    let refused = scene.trainer.agent.create_exercise(draft("SUPERMAN")).await.expect_err("the name is taken");
    assert_eq!(refused.code, FailureCode::Server(ProblemCode::NameTaken));
    let shown = sees(&scene.trainer, made.id, |_| true).await;
    scene.trainer.agent.edit_exercise(made.id, shown.version, draft("Superman mit Pause")).await.expect("it waits");
    let planned = Values { reps: Some(8), ..Values::default() };
    let item = PlannedExercise { id: None, exercise_id: made.id, planned, trainer_notes: None };
    let plan = RoundPlan { is_final: false, rest_after_s: None, exercises: vec![item] };
    scene.trainer.agent.add_round(session.id, plan, true).await.expect("it waits");

    scene.online().await;
    let round = athlete.sees_round(RoundStatus::Released).await;
    assert_eq!(round.exercises[0].name, "Superman mit Pause");
    assert_eq!(sees(&scene.admin, made.id, |known| known.version == 2).await.name, "Superman mit Pause");
    assert_eq!(sees(&scene.trainer, made.id, |known| known.version == 2).await.name, "Superman mit Pause");
    assert_eq!(scene.trainer.view().refused, [], "and nothing was refused");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edit_that_somebody_else_overtook_is_refused_and_kept_until_it_is_tried_again() -> Result<(), Failure> {
    let scene = Scene::set().await?;
    let made = scene.trainer.agent.create_exercise(draft("Superman")).await.expect("the name is free");
    sees(&scene.trainer, made.id, |known| known.version == 1).await;
    sees(&scene.admin, made.id, |known| known.version == 1).await;
    scene.offline().await;
    scene.trainer.agent.edit_exercise(made.id, 1, draft("Superman kurz")).await.expect("it waits");
    scene.admin.agent.edit_exercise(made.id, 1, draft("Superman lang")).await.expect("it is the newest version");
    scene.online().await;
    let view = scene.trainer.sees("the refusal", |view| !view.refused.is_empty()).await;
    let refused = &view.refused[0];
    assert_eq!(refused.code, FailureCode::Server(ProblemCode::VersionMismatch));
    assert_eq!(refused.exercise.as_ref().map(|draft| draft.name.as_str()), Some("Superman kurz"), "what was typed");
    sees(&scene.trainer, made.id, |known| known.name == "Superman lang").await;
    scene.trainer.agent.retry_act(refused.key.clone()).await.expect("on what is there now");
    assert_eq!(sees(&scene.admin, made.id, |known| known.version == 3).await.name, "Superman kurz");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_exercise_archived_long_ago_is_found_and_put_back() -> Result<(), Failure> {
    let scene = Scene::set().await?;
    let athlete = Person::signed_in(scene.server.url(), scene.server.first("athlete")?).await;
    athlete.agent.start_session().await.expect("nothing stands against it");
    scene.trainer.lead_a_round().await;
    let used = athlete.sees_round(RoundStatus::Released).await.exercises[0].exercise_id;
    let version = sees(&scene.admin, used, |_| true).await.version;
    scene.admin.agent.archive_exercise(used, version).await.expect("a round has it, so it is archived");
    let late = Person::signed_in(scene.server.url(), scene.server.first("admin")?).await;
    sees(&late, used, |known| known.archived).await;
    let archived = late.agent.archived_exercises().await.expect("the server is there");
    let [exercise] = archived.as_slice() else { panic!("one is archived: {archived:?}") };
    assert_eq!(exercise.id, used);
    late.agent.restore_exercise(exercise.clone()).await.expect("it is archived");
    sees(&scene.trainer, used, |known| !known.archived).await;
    sees(&late, used, |known| !known.archived).await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_undone_deletion_whose_name_was_taken_meanwhile_is_kept_until_the_name_is_free() -> Result<(), Failure> {
    let scene = Scene::set().await?;
    let made = scene.trainer.agent.create_exercise(draft("Superman")).await.expect("the name is free");
    sees(&scene.trainer, made.id, |_| true).await;
    scene.trainer.agent.archive_exercise(made.id, 1).await.expect("it is the newest version");
    misses(&scene.trainer, made.id).await;
    scene.offline().await;
    scene.trainer.agent.restore_exercise(made.clone()).await.expect("it waits");
    let other = scene.admin.agent.create_exercise(draft("superman")).await.expect("the name is free");
    scene.online().await;
    let view = scene.trainer.sees("the refusal", |view| !view.refused.is_empty()).await;
    let refused = &view.refused[0];
    assert_eq!(refused.code, FailureCode::Server(ProblemCode::NameTaken));

    scene.admin.agent.edit_exercise(other.id, 1, draft("Superwoman")).await.expect("it is the newest version");
    sees(&scene.trainer, other.id, |known| known.name == "Superwoman").await;
    scene.trainer.agent.retry_act(refused.key.clone()).await.expect("the name is free again");
    assert_eq!(sees(&scene.admin, made.id, |_| true).await.name, "Superman");
    Ok(())
}
