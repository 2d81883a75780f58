//! Acts while the network is gone: shown at once, kept whatever happens, performed exactly once and in order, and never
//! discarded silently.

use ringside_core::bridge::{AccountCalls, ActName, FailureCode, LinkState, SessionCalls};
use system_tests::{Device, Failure, Person, Proxy, Server, Weather};
use training::{
    ExerciseReport, PlannedExercise, ProblemCode, Round, RoundPlan, RoundStatus, Session, SessionStatus, Values,
};

/// A trainer and their athlete in a session, each behind their own network.
struct Scene {
    server: Server,
    trainer: Person,
    athlete: Person,
    to_trainer: Proxy,
    to_athlete: Proxy,
    session: Session,
}

impl Scene {
    async fn set() -> Result<Self, Failure> {
        let server = Server::start()?;
        let (to_trainer, to_athlete) = (Proxy::before(server.url()).await?, Proxy::before(server.url()).await?);
        let trainer = Person::signed_in(&to_trainer.url(), server.first("trainer")?).await;
        let athlete = Person::signed_in(&to_athlete.url(), server.first("athlete")?).await;
        let session = athlete.agent.start_session().await.expect("nothing stands against it");
        trainer
            .sees("the waiting session", |view| view.documents.sessions.iter().any(|known| known.id == session.id))
            .await;
        let session = trainer.agent.join_session(session.id).await.expect("it waits");
        Ok(Self { server, trainer, athlete, to_trainer, to_athlete, session })
    }

    /// A round of two exercises in front of the athlete.
    async fn round_out(&self) -> Round {
        let plan = plan(&self.trainer, 2);
        self.trainer.agent.add_round(self.session.id, plan, true).await.expect("no other round is out");
        self.athlete.sees_round(RoundStatus::Released).await
    }

    /// The session as the server has it, drafts included.
    async fn truth(&self) -> Result<Session, Failure> {
        let device = Device::sign_in(&self.server, self.server.first("trainer")?).await?;
        let session = device.get(&format!("/v1/sessions/{}", self.session.id)).await?;
        serde_json::from_value(session).map_err(Failure::Answer)
    }
}

async fn offline(person: &Person, network: &Proxy) {
    network.set(Weather::Down);
    person.is(LinkState::Offline).await;
}

async fn online(person: &Person, network: &Proxy) {
    network.set(Weather::Clear);
    person.agent.try_now().await.expect("it can always be asked");
    person.is(LinkState::Live).await;
    sent(person).await;
}

/// Waits until all their acts are on the server: on a slow machine an act completes locally before it is sent.
async fn sent(person: &Person) {
    person.sees("that nothing waits any more", |view| view.link.waiting == 0).await;
}

fn plan(trainer: &Person, exercises: usize) -> RoundPlan {
    let view = trainer.view();
    let planned = Values { weight_kg: Some(80.0), reps: Some(8), ..Values::default() };
    let exercises = view.documents.exercises.iter().take(exercises);
    let planned = |exercise_id| PlannedExercise { id: None, exercise_id, planned, trainer_notes: None };
    RoundPlan {
        is_final: false,
        rest_after_s: None,
        exercises: exercises.map(|exercise| planned(exercise.id)).collect(),
    }
}

fn reports(round: &Round) -> Vec<ExerciseReport> {
    let report = |item: &training::RoundExercise| ExerciseReport {
        id: item.id,
        effort: 7,
        pain: false,
        pain_regions: Vec::new(),
        note: Some("said offline".to_owned()),
        actual: None,
    };
    round.exercises.iter().map(report).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b20_an_athlete_trains_on_without_a_network_and_it_is_sent_once_and_in_order() -> Result<(), Failure> {
    let scene = Scene::set().await?;
    let round = scene.round_out().await;
    let athlete = &scene.athlete;
    offline(athlete, &scene.to_athlete).await;
    athlete.agent.start_round(round.id).await.expect("it waits");
    let done = Values { reps: Some(6), ..Values::default() };
    for exercise in &round.exercises {
        athlete.agent.log_exercise(round.id, exercise.id, Some(done)).await.expect("it waits");
    }
    let completed = athlete.agent.complete_round(round.id, reports(&round)).await.expect("it waits");
    assert_eq!(completed.status, RoundStatus::Completed, "shown at once");
    assert_eq!(athlete.view().link.waiting, 4);
    assert_eq!(scene.truth().await?.rounds[0].status, RoundStatus::Released, "nobody else knows");

    online(athlete, &scene.to_athlete).await;
    let seen = scene.trainer.sees_round(RoundStatus::Completed).await;
    assert!(seen.exercises.iter().all(|exercise| exercise.actual == Some(done) && exercise.feedback.is_some()));
    // Begun, two ticks, completed: each once.
    assert_eq!(seen.version, round.version + 4);
    athlete
        .sees("the server's word in place of its own", |view| view.documents.sessions[0].rounds == [seen.clone()])
        .await;
    assert_eq!((athlete.faults(), scene.trainer.faults()), (Vec::new(), Vec::new()));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b20_what_waits_survives_the_application_s_end() -> Result<(), Failure> {
    let mut scene = Scene::set().await?;
    let round = scene.round_out().await;
    offline(&scene.athlete, &scene.to_athlete).await;
    scene.athlete.agent.complete_round(round.id, reports(&round)).await.expect("it waits");
    let home = scene.athlete.close();
    // Nobody is signed in after it, because these tests have no keyring; the same person signs in again.
    scene.to_athlete.set(Weather::Clear);
    scene.athlete = Person::open_again(home, &scene.to_athlete.url()).await;
    let account = scene.server.first("athlete")?;
    scene.athlete.agent.sign_in(account.email.clone(), account.password.clone()).await.expect("the demo's password");
    let seen = scene.trainer.sees_round(RoundStatus::Completed).await;
    assert_eq!(seen.exercises[0].feedback.as_ref().and_then(|feedback| feedback.note.as_deref()), Some("said offline"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trainer_plans_edits_and_releases_without_a_network() -> Result<(), Failure> {
    let scene = Scene::set().await?;
    let trainer = &scene.trainer;
    offline(trainer, &scene.to_trainer).await;
    let draft = trainer.agent.add_round(scene.session.id, plan(trainer, 1), false).await.expect("it waits");
    let mut longer = RoundPlan::from(&draft);
    longer.exercises.extend(plan(trainer, 2).exercises.split_off(1));
    longer.rest_after_s = Some(60);
    let edited = trainer.agent.edit_round(draft.id, draft.version, longer, false).await.expect("it waits");
    assert_eq!((edited.exercises.len(), edited.rest_after_s), (2, Some(60)));
    let superfluous = trainer.agent.add_round(scene.session.id, plan(trainer, 1), false).await.expect("it waits");
    trainer.agent.delete_round(superfluous.id, superfluous.version).await.expect("it waits");
    let released = trainer.agent.release_round(draft.id).await.expect("it waits");

    online(trainer, &scene.to_trainer).await;
    let seen = scene.athlete.sees_round(RoundStatus::Released).await;
    assert_eq!(seen.exercises, released.exercises, "the same ids, although nobody knew them");
    let truth = scene.truth().await?;
    assert_eq!(truth.rounds.len(), 1);
    trainer.sees("the rounds as the server has them", |view| view.documents.sessions[0].rounds == truth.rounds).await;
    assert_eq!((trainer.view().refused, trainer.faults()), (Vec::new(), Vec::new()));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edit_made_offline_goes_through_although_the_athlete_ticked_meanwhile() -> Result<(), Failure> {
    let scene = Scene::set().await?;
    let round = scene.round_out().await;
    let out = scene.trainer.sees_round(RoundStatus::Released).await;
    offline(&scene.trainer, &scene.to_trainer).await;
    let mut plan = RoundPlan::from(&out);
    plan.exercises[0].planned.reps = Some(5);
    scene.trainer.agent.edit_round(out.id, out.version, plan, false).await.expect("it waits");
    let done = Values { reps: Some(6), ..Values::default() };
    scene.athlete.agent.log_exercise(round.id, round.exercises[1].id, Some(done)).await.expect("the athlete is online");
    sent(&scene.athlete).await;
    online(&scene.trainer, &scene.to_trainer).await;
    let now = scene.truth().await?.rounds[0].clone();
    assert_eq!((now.exercises[0].planned.reps, now.exercises[1].actual), (Some(5), Some(done)), "both are there");
    assert_eq!(scene.trainer.view().refused, Vec::new());
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deletion_that_an_edit_overtook_is_refused_and_goes_through_when_it_is_tried_again() -> Result<(), Failure> {
    let scene = Scene::set().await?;
    let trainer = &scene.trainer;
    let at_the_desk = Person::signed_in(scene.server.url(), scene.server.first("trainer")?).await;
    let draft = trainer.agent.add_round(scene.session.id, plan(trainer, 1), false).await.expect("the session goes on");
    let has_draft = |view: &ringside_core::bridge::View| !view.documents.sessions[0].rounds.is_empty();
    at_the_desk.sees("the draft", has_draft).await;
    sent(trainer).await;
    offline(trainer, &scene.to_trainer).await;
    trainer.agent.delete_round(draft.id, draft.version).await.expect("it waits");
    at_the_desk
        .agent
        .edit_round(draft.id, draft.version, plan(trainer, 2), false)
        .await
        .expect("it is the newest version");
    online(trainer, &scene.to_trainer).await;
    let view = trainer.sees("the refusal", |view| !view.refused.is_empty()).await;
    assert_eq!(view.refused[0].code, FailureCode::Server(ProblemCode::VersionMismatch));
    trainer.sees("the edited draft", |view| view.documents.sessions[0].rounds[0].exercises.len() == 2).await;
    trainer.agent.retry_act(view.refused[0].key.clone()).await.expect("on what is there now");
    at_the_desk.sees("it gone", |view| !has_draft(view)).await;
    trainer.sees("nothing refused", |view| view.refused.is_empty()).await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_refused_later_is_kept_with_its_reason_until_it_is_discarded() -> Result<(), Failure> {
    let scene = Scene::set().await?;
    let round = scene.round_out().await;
    let athlete = &scene.athlete;
    offline(athlete, &scene.to_athlete).await;
    athlete.agent.start_round(round.id).await.expect("it waits");
    // Meanwhile the trainer, unaware of it, recalls the round.
    scene.trainer.agent.recall_round(round.id).await.expect("nobody has begun, for all they know");
    sent(&scene.trainer).await;
    online(athlete, &scene.to_athlete).await;
    let view = athlete.sees("what was refused", |view| !view.refused.is_empty()).await;
    let refused = &view.refused[0];
    assert_eq!((refused.what, refused.code), (ActName::StartRound, FailureCode::Server(ProblemCode::NotFound)));
    athlete.sees("it as it is", |view| view.documents.sessions[0].rounds.is_empty()).await;
    athlete.agent.discard_act(refused.key.clone()).await.expect("it is there");
    athlete.sees("nothing refused", |view| view.refused.is_empty()).await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn feedback_given_before_a_cancellation_could_be_known_is_kept_as_late() -> Result<(), Failure> {
    let scene = Scene::set().await?;
    let round = scene.round_out().await;
    let athlete = &scene.athlete;
    offline(athlete, &scene.to_athlete).await;
    let [first, second] = [round.exercises[0].id, round.exercises[1].id];
    let reps = |reps| Some(Values { reps: Some(reps), ..Values::default() });
    athlete.agent.start_round(round.id).await.expect("it waits");
    athlete.agent.log_exercise(round.id, first, reps(5)).await.expect("it waits");
    athlete.agent.log_exercise(round.id, first, reps(6)).await.expect("it waits");
    athlete.agent.log_exercise(round.id, second, reps(7)).await.expect("it waits");
    athlete.agent.log_exercise(round.id, second, None).await.expect("it waits");
    athlete.agent.complete_round(round.id, reports(&round)).await.expect("it waits");
    scene.trainer.agent.cancel_session(scene.session.id, None).await.expect("it is open");
    sent(&scene.trainer).await;
    online(athlete, &scene.to_athlete).await;
    let truth = scene.truth().await?;
    assert_eq!((truth.status, truth.rounds[0].status), (SessionStatus::Cancelled, RoundStatus::Completed));
    assert!(truth.rounds[0].exercises.iter().all(|exercise| exercise.feedback.is_some()));
    let done: Vec<_> = truth.rounds[0].exercises.iter().map(|exercise| exercise.actual).collect();
    assert_eq!(done, [reps(6), None], "and what was noted on the way");
    let seen = scene.trainer.sees_round(RoundStatus::Completed).await;
    assert_eq!(seen, truth.rounds[0], "and the trainer reads it");
    assert_eq!(athlete.view().refused, Vec::new());
    assert_eq!(scene.trainer.faults(), Vec::<String>::new());
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn feedback_for_a_round_that_was_taken_back_before_is_kept_on_the_machine() -> Result<(), Failure> {
    let scene = Scene::set().await?;
    let round = scene.round_out().await;
    let athlete = &scene.athlete;
    offline(athlete, &scene.to_athlete).await;
    athlete.agent.complete_round(round.id, reports(&round)).await.expect("it waits");
    scene.trainer.agent.recall_round(round.id).await.expect("nobody has begun, for all they know");
    scene.trainer.agent.cancel_session(scene.session.id, None).await.expect("it is open");
    sent(&scene.trainer).await;
    online(athlete, &scene.to_athlete).await;
    let view = athlete.sees("what was refused", |view| !view.refused.is_empty()).await;
    assert_eq!((view.refused[0].what, view.refused[0].reports.len()), (ActName::CompleteRound, 2));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_rules_forbid_is_refused_at_once_also_without_a_network() -> Result<(), Failure> {
    let scene = Scene::set().await?;
    let round = scene.round_out().await;
    offline(&scene.athlete, &scene.to_athlete).await;
    let mut incomplete = reports(&round);
    incomplete.pop();
    let refused = scene.athlete.agent.complete_round(round.id, incomplete).await.expect_err("one is missing");
    assert_eq!(refused.code, FailureCode::Server(ProblemCode::Invalid));
    assert_eq!(scene.athlete.view().link.waiting, 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_act_whose_answer_was_lost_is_done_once() -> Result<(), Failure> {
    let scene = Scene::set().await?;
    let round = scene.round_out().await;
    // The request passes, but only a few bytes of the response: the act is done, but the client does not know.
    scene.to_athlete.set(Weather::CutAfter(10));
    let begun = scene.athlete.agent.start_round(round.id).await.expect("it is done or waits");
    assert_eq!(begun.status, RoundStatus::Active);
    online(&scene.athlete, &scene.to_athlete).await;
    let truth = scene.truth().await?;
    assert_eq!((truth.rounds[0].status, truth.rounds[0].version), (RoundStatus::Active, round.version + 1));
    assert_eq!(scene.athlete.view().refused, Vec::new());
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_sends_or_sees_what_somebody_else_left_waiting() -> Result<(), Failure> {
    let mut scene = Scene::set().await?;
    let round = scene.round_out().await;
    offline(&scene.athlete, &scene.to_athlete).await;
    scene.athlete.agent.complete_round(round.id, reports(&round)).await.expect("it waits");
    scene.athlete.agent.sign_out(false).await.expect("it works without the server");
    scene.to_athlete.set(Weather::Clear);
    let others = scene.server.accounts().iter().filter(|account| account.roles == ["athlete"]);
    let other = others.clone().nth(1).expect("another athlete").clone();
    scene.athlete.agent.sign_in(other.email, other.password).await.expect("the demo's password");
    let view = scene.athlete.is(LinkState::Live).await;
    assert_eq!((view.link.waiting, view.refused.len(), view.documents.sessions.len()), (0, 0, 0));
    assert_eq!(scene.truth().await?.rounds[0].status, RoundStatus::Released);
    // Its author signs in again, and it is sent.
    scene.athlete.agent.sign_out(false).await.expect("the server is there");
    let account = scene.server.first("athlete")?;
    scene.athlete.agent.sign_in(account.email.clone(), account.password.clone()).await.expect("the demo's password");
    scene.trainer.sees_round(RoundStatus::Completed).await;
    scene.session = scene.truth().await?;
    assert_eq!(scene.session.status, SessionStatus::Active);
    Ok(())
}
