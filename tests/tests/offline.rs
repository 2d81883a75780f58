//! Acts while the network is gone: shown at once, kept whatever happens, performed exactly once and in order, and never
//! discarded silently.

use ringside_core::bridge::{AccountCalls, ActName, FailureCode, LinkState, SessionCalls};
use system_tests::{Device, Failure, NetworkCondition, Person, Proxy, Server};
use training::{
    ExerciseReport, PlannedExercise, ProblemCode, Round, RoundPlan, RoundStatus, Session, SessionStatus, Values,
};

/// A trainer and their athlete in a session, each behind their own network.
struct Fixture {
    server: Server,
    trainer: Person,
    athlete: Person,
    to_trainer: Proxy,
    to_athlete: Proxy,
    session: Session,
}

impl Fixture {
    async fn new() -> Result<Self, Failure> {
        let server = Server::start()?;
        let (to_trainer, to_athlete) =
            (Proxy::in_front_of(server.url()).await?, Proxy::in_front_of(server.url()).await?);
        let trainer = Person::signed_in(&to_trainer.url(), server.first("trainer")?).await;
        let athlete = Person::signed_in(&to_athlete.url(), server.first("athlete")?).await;
        let session = athlete.agent.start_session().await.expect("nothing stands against it");
        trainer
            .sees("the waiting session", |view| view.documents.sessions.iter().any(|known| known.id == session.id))
            .await;
        let session = trainer.join(session.id).await;
        Ok(Self { server, trainer, athlete, to_trainer, to_athlete, session })
    }

    /// A round of two exercises in front of the athlete.
    async fn release_round(&self) -> Round {
        let plan = plan(&self.trainer, 2);
        self.trainer.agent.add_round(self.session.id, plan, true).await.expect("no other round is out");
        self.trainer.has_sent_all().await;
        self.athlete.sees_round(RoundStatus::Released).await
    }

    /// The session on the server, with drafts.
    async fn session_on_server(&self) -> Result<Session, Failure> {
        let device = Device::sign_in(&self.server, self.server.first("trainer")?).await?;
        let session = device.get(&format!("/v1/sessions/{}", self.session.id)).await?;
        serde_json::from_value(session).map_err(Failure::Answer)
    }
}

fn plan(trainer: &Person, exercises: usize) -> RoundPlan {
    let view = trainer.view();
    let planned = Values { weight_kg: Some(80.0), reps: Some(8), ..Values::default() };
    let exercises = view.documents.exercises.iter().take(exercises);
    RoundPlan {
        is_final: false,
        rest_after_s: None,
        exercises: exercises.map(|exercise| PlannedExercise::new(exercise.id, planned)).collect(),
    }
}

fn reports(round: &Round) -> Vec<ExerciseReport> {
    let report = |item: &training::RoundExercise| ExerciseReport {
        id: item.id,
        effort: 7,
        pain: false,
        pain_regions: Vec::new(),
        note: Some("written offline".to_owned()),
        actual: None,
    };
    round.exercises.iter().map(report).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b20_acts_of_an_athlete_without_a_network_are_sent_once_and_in_order() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    let round = fixture.release_round().await;
    let athlete = &fixture.athlete;
    athlete.go_offline(&fixture.to_athlete).await;
    athlete.agent.start_round(round.id).await.expect("it waits");
    let done = Values { reps: Some(6), ..Values::default() };
    for exercise in &round.exercises {
        athlete.agent.log_exercise(round.id, exercise.id, Some(done)).await.expect("it waits");
    }
    let completed = athlete.agent.complete_round(round.id, reports(&round)).await.expect("it waits");
    assert_eq!(completed.status, RoundStatus::Completed, "shown at once");
    assert_eq!(athlete.view().link.waiting, 4);
    assert_eq!(fixture.session_on_server().await?.rounds[0].status, RoundStatus::Released, "nobody else knows");

    athlete.go_online(&fixture.to_athlete).await;
    let seen = fixture.trainer.sees_round(RoundStatus::Completed).await;
    assert!(seen.exercises.iter().all(|exercise| exercise.actual == Some(done) && exercise.feedback.is_some()));
    // Begun, two ticks, completed: each once.
    assert_eq!(seen.version, round.version + 4);
    athlete
        .sees("the server's word in place of its own", |view| view.documents.sessions[0].rounds == [seen.clone()])
        .await;
    assert_eq!((athlete.faults(), fixture.trainer.faults()), (Vec::new(), Vec::new()));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b20_unsent_acts_survive_the_end_of_the_application() -> Result<(), Failure> {
    let mut fixture = Fixture::new().await?;
    let round = fixture.release_round().await;
    fixture.athlete.go_offline(&fixture.to_athlete).await;
    fixture.athlete.agent.complete_round(round.id, reports(&round)).await.expect("it waits");
    let home = fixture.athlete.close();
    // Nobody is signed in after it, because these tests have no keyring; the same person signs in again.
    fixture.to_athlete.set(NetworkCondition::Normal);
    fixture.athlete = Person::reopen(home, &fixture.to_athlete.url()).await;
    let account = fixture.server.first("athlete")?;
    fixture.athlete.agent.sign_in(account.email.clone(), account.password.clone()).await.expect("the demo's password");
    let seen = fixture.trainer.sees_round(RoundStatus::Completed).await;
    assert_eq!(
        seen.exercises[0].feedback.as_ref().and_then(|feedback| feedback.note.as_deref()),
        Some("written offline")
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trainer_can_plan_edit_and_release_without_a_network() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    let trainer = &fixture.trainer;
    trainer.go_offline(&fixture.to_trainer).await;
    let draft = trainer.agent.add_round(fixture.session.id, plan(trainer, 1), false).await.expect("it waits");
    let mut longer = RoundPlan::from(&draft);
    longer.exercises.extend(plan(trainer, 2).exercises.split_off(1));
    longer.rest_after_s = Some(60);
    let edited = trainer.agent.edit_round(draft.id, draft.version, longer, false).await.expect("it waits");
    assert_eq!((edited.exercises.len(), edited.rest_after_s), (2, Some(60)));
    let superfluous = trainer.agent.add_round(fixture.session.id, plan(trainer, 1), false).await.expect("it waits");
    trainer.agent.delete_round(superfluous.id, superfluous.version).await.expect("it waits");
    let released = trainer.agent.release_round(draft.id).await.expect("it waits");

    trainer.go_online(&fixture.to_trainer).await;
    let seen = fixture.athlete.sees_round(RoundStatus::Released).await;
    assert_eq!(seen.exercises, released.exercises, "the ids chosen offline");
    let on_server = fixture.session_on_server().await?;
    assert_eq!(on_server.rounds.len(), 1);
    trainer
        .sees("the rounds as the server has them", |view| view.documents.sessions[0].rounds == on_server.rounds)
        .await;
    assert_eq!((trainer.view().refused, trainer.faults()), (Vec::new(), Vec::new()));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b68_a_deleted_draft_is_restored_in_its_place_also_without_a_network() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    let trainer = &fixture.trainer;
    let first = trainer.agent.add_round(fixture.session.id, plan(trainer, 1), false).await.expect("it goes on");
    let second = trainer.agent.add_round(fixture.session.id, plan(trainer, 2), false).await.expect("it goes on");
    trainer.has_sent_all().await;
    let ids = |session: &Session| session.rounds.iter().map(|round| (round.number, round.id)).collect::<Vec<_>>();
    let both = vec![(1, first.id), (2, second.id)];
    trainer.agent.delete_round(first.id, first.version).await.expect("a draft");
    trainer.sees("that it is gone", |view| ids(&view.documents.sessions[0]) == both[1..]).await;
    trainer.go_offline(&fixture.to_trainer).await;
    trainer.agent.restore_round(first.clone()).await.expect("it waits");
    trainer.sees("it in its place", |view| ids(&view.documents.sessions[0]) == both).await;
    trainer.go_online(&fixture.to_trainer).await;
    trainer.has_sent_all().await;
    let on_server = fixture.session_on_server().await?;
    assert_eq!(ids(&on_server), both);
    trainer.sees("it as the server has it", |view| view.documents.sessions[0].rounds == on_server.rounds).await;
    assert_eq!((trainer.view().refused, trainer.faults()), (Vec::new(), Vec::new()));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edit_made_offline_is_accepted_although_the_athlete_logged_an_exercise_meanwhile() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    let round = fixture.release_round().await;
    let out = fixture.trainer.sees_round(RoundStatus::Released).await;
    fixture.trainer.go_offline(&fixture.to_trainer).await;
    let mut plan = RoundPlan::from(&out);
    plan.exercises[0].planned.reps = Some(5);
    fixture.trainer.agent.edit_round(out.id, out.version, plan, false).await.expect("it waits");
    let done = Values { reps: Some(6), ..Values::default() };
    fixture
        .athlete
        .agent
        .log_exercise(round.id, round.exercises[1].id, Some(done))
        .await
        .expect("the athlete is online");
    fixture.athlete.has_sent_all().await;
    fixture.trainer.go_online(&fixture.to_trainer).await;
    let now = fixture.session_on_server().await?.rounds[0].clone();
    assert_eq!((now.exercises[0].planned.reps, now.exercises[1].actual), (Some(5), Some(done)), "both are there");
    assert_eq!(fixture.trainer.view().refused, Vec::new());
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deletion_of_an_outdated_version_is_refused_and_can_be_retried() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    let trainer = &fixture.trainer;
    let other_device = Person::signed_in(fixture.server.url(), fixture.server.first("trainer")?).await;
    trainer.agent.add_round(fixture.session.id, plan(trainer, 1), false).await.expect("the session goes on");
    trainer.has_sent_all().await;
    let has_draft = |view: &ringside_core::bridge::View| !view.documents.sessions[0].rounds.is_empty();
    let draft = other_device.sees("the draft", has_draft).await.documents.sessions[0].rounds[0].clone();
    trainer.sees("the draft as the server has it", |view| view.documents.sessions[0].rounds == [draft.clone()]).await;
    trainer.go_offline(&fixture.to_trainer).await;
    trainer.agent.delete_round(draft.id, draft.version).await.expect("it waits");
    other_device
        .agent
        .edit_round(draft.id, draft.version, plan(trainer, 2), false)
        .await
        .expect("it is the newest version");
    other_device.has_sent_all().await;
    trainer.go_online(&fixture.to_trainer).await;
    let view = trainer.sees("the refusal", |view| !view.refused.is_empty()).await;
    assert_eq!(view.refused[0].code, FailureCode::Server(ProblemCode::VersionMismatch));
    trainer.sees("the edited draft", |view| view.documents.sessions[0].rounds[0].exercises.len() == 2).await;
    trainer.agent.retry_act(view.refused[0].key.clone()).await.expect("on what is there now");
    other_device.sees("it gone", |view| !has_draft(view)).await;
    trainer.sees("nothing refused", |view| view.refused.is_empty()).await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_act_is_kept_with_its_reason_until_it_is_discarded() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    let round = fixture.release_round().await;
    let athlete = &fixture.athlete;
    athlete.go_offline(&fixture.to_athlete).await;
    athlete.agent.start_round(round.id).await.expect("it waits");
    // Meanwhile the trainer, unaware of it, recalls the round.
    fixture.trainer.agent.recall_round(round.id).await.expect("as far as they know, nobody has begun");
    fixture.trainer.has_sent_all().await;
    athlete.go_online(&fixture.to_athlete).await;
    let view = athlete.sees("what was refused", |view| !view.refused.is_empty()).await;
    let refused = &view.refused[0];
    assert_eq!((refused.what, refused.code), (ActName::StartRound, FailureCode::Server(ProblemCode::NotFound)));
    athlete.sees("it as it is", |view| view.documents.sessions[0].rounds.is_empty()).await;
    athlete.agent.discard_act(refused.key.clone()).await.expect("it is there");
    athlete.sees("nothing refused", |view| view.refused.is_empty()).await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn feedback_given_offline_before_a_cancellation_is_accepted_late() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    let round = fixture.release_round().await;
    let athlete = &fixture.athlete;
    athlete.go_offline(&fixture.to_athlete).await;
    let [first, second] = [round.exercises[0].id, round.exercises[1].id];
    let reps = |reps| Some(Values { reps: Some(reps), ..Values::default() });
    athlete.agent.start_round(round.id).await.expect("it waits");
    athlete.agent.log_exercise(round.id, first, reps(5)).await.expect("it waits");
    athlete.agent.log_exercise(round.id, first, reps(6)).await.expect("it waits");
    athlete.agent.log_exercise(round.id, second, reps(7)).await.expect("it waits");
    athlete.agent.log_exercise(round.id, second, None).await.expect("it waits");
    athlete.agent.complete_round(round.id, reports(&round)).await.expect("it waits");
    fixture.trainer.agent.cancel_session(fixture.session.id, None).await.expect("it is open");
    fixture.trainer.has_sent_all().await;
    athlete.go_online(&fixture.to_athlete).await;
    let on_server = fixture.session_on_server().await?;
    assert_eq!((on_server.status, on_server.rounds[0].status), (SessionStatus::Cancelled, RoundStatus::Completed));
    assert!(on_server.rounds[0].exercises.iter().all(|exercise| exercise.feedback.is_some()));
    let done: Vec<_> = on_server.rounds[0].exercises.iter().map(|exercise| exercise.actual).collect();
    assert_eq!(done, [reps(6), None], "and what was noted on the way");
    let seen = fixture.trainer.sees_round(RoundStatus::Completed).await;
    assert_eq!(seen, on_server.rounds[0], "and the trainer reads it");
    assert_eq!(athlete.view().refused, Vec::new());
    assert_eq!(fixture.trainer.faults(), Vec::<String>::new());
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn feedback_for_a_recalled_round_is_kept_on_the_machine() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    let round = fixture.release_round().await;
    let athlete = &fixture.athlete;
    athlete.go_offline(&fixture.to_athlete).await;
    athlete.agent.complete_round(round.id, reports(&round)).await.expect("it waits");
    fixture.trainer.agent.recall_round(round.id).await.expect("as far as they know, nobody has begun");
    fixture.trainer.agent.cancel_session(fixture.session.id, None).await.expect("it is open");
    fixture.trainer.has_sent_all().await;
    athlete.go_online(&fixture.to_athlete).await;
    let view = athlete.sees("what was refused", |view| !view.refused.is_empty()).await;
    assert_eq!((view.refused[0].what, view.refused[0].reports.len()), (ActName::CompleteRound, 2));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn acts_against_the_rules_are_refused_at_once_without_a_network() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    let round = fixture.release_round().await;
    fixture.athlete.go_offline(&fixture.to_athlete).await;
    let mut incomplete = reports(&round);
    incomplete.pop();
    let refused = fixture.athlete.agent.complete_round(round.id, incomplete).await.expect_err("one is missing");
    assert_eq!(refused.code, FailureCode::Server(ProblemCode::Invalid));
    assert_eq!(fixture.athlete.view().link.waiting, 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_act_whose_answer_was_lost_is_done_once() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    let round = fixture.release_round().await;
    // The request passes, but only a few bytes of the response: the act is done, but the client does not know.
    fixture.to_athlete.set(NetworkCondition::CutAfter(10));
    let begun = fixture.athlete.agent.start_round(round.id).await.expect("it is done or waits");
    assert_eq!(begun.status, RoundStatus::Active);
    fixture.athlete.go_online(&fixture.to_athlete).await;
    let on_server = fixture.session_on_server().await?;
    assert_eq!((on_server.rounds[0].status, on_server.rounds[0].version), (RoundStatus::Active, round.version + 1));
    assert_eq!(fixture.athlete.view().refused, Vec::new());
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unsent_acts_of_another_person_are_neither_sent_nor_shown() -> Result<(), Failure> {
    let mut fixture = Fixture::new().await?;
    let round = fixture.release_round().await;
    fixture.athlete.go_offline(&fixture.to_athlete).await;
    fixture.athlete.agent.complete_round(round.id, reports(&round)).await.expect("it waits");
    fixture.athlete.agent.sign_out(false).await.expect("it works without the server");
    fixture.to_athlete.set(NetworkCondition::Normal);
    let others = fixture.server.accounts().iter().filter(|account| account.roles == ["athlete"]);
    let other = others.clone().nth(1).expect("another athlete").clone();
    fixture.athlete.agent.sign_in(other.email, other.password).await.expect("the demo's password");
    let view = fixture.athlete.is(LinkState::Live).await;
    assert_eq!((view.link.waiting, view.refused.len(), view.documents.sessions.len()), (0, 0, 0));
    assert_eq!(fixture.session_on_server().await?.rounds[0].status, RoundStatus::Released);
    // Its author signs in again, and it is sent.
    fixture.athlete.agent.sign_out(false).await.expect("the server is there");
    let account = fixture.server.first("athlete")?;
    fixture.athlete.agent.sign_in(account.email.clone(), account.password.clone()).await.expect("the demo's password");
    fixture.trainer.sees_round(RoundStatus::Completed).await;
    fixture.session = fixture.session_on_server().await?;
    assert_eq!(fixture.session.status, SessionStatus::Active);
    Ok(())
}
