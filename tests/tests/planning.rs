//! Templates on a desktop, with and without a network, and one plan for several athletes.

use futures_util::future::join_all;
use ringside_core::bridge::{ActName, FailureCode, PlanningCalls, SessionCalls, View};
use system_tests::{Failure, Person, Proxy, Server};
use training::WeightUnit;
use training::{
    ExerciseReport, Load, PlannedExercise, PlannedValues, ProblemCode, RoundPlan, RoundStatus, Session, Template,
    TemplateDraft, TemplateId, UserId, Values,
};

/// A trainer behind their own network, and their other device.
struct Fixture {
    server: Server,
    trainer: Person,
    other_device: Person,
    network: Proxy,
}

impl Fixture {
    async fn new() -> Result<Self, Failure> {
        let server = Server::start()?;
        let network = Proxy::in_front_of(server.url()).await?;
        let trainer = Person::signed_in(&network.url(), server.first("trainer")?).await;
        let other_device = Person::signed_in(server.url(), server.first("trainer")?).await;
        Ok(Self { server, trainer, other_device, network })
    }

    async fn go_offline(&self) {
        self.trainer.go_offline(&self.network).await;
    }

    async fn go_online(&self) {
        self.trainer.go_online(&self.network).await;
    }

    fn draft(&self, name: &str) -> TemplateDraft {
        let load = Some(Load::PercentOfE1rm(80.0));
        let planned = PlannedValues { reps: Some(8), reps_to: Some(12), load, ..PlannedValues::default() };
        TemplateDraft { name: name.to_owned(), shared: true, rounds: vec![plan(&self.trainer.view(), planned)] }
    }

    /// Athletes of the trainer in sessions that the trainer has joined.
    async fn group(&self) -> Result<Vec<(Person, Session)>, Failure> {
        let view = self.trainer.view();
        let athletes: Vec<_> = view.documents.athletes.iter().map(|athlete| athlete.name.clone()).collect();
        let mut group = Vec::new();
        for account in self.server.accounts().iter().filter(|account| athletes.contains(&account.name)).take(3) {
            let athlete = Person::signed_in(self.server.url(), account).await;
            let session = athlete.agent.start_session().await.expect("nothing stands against it");
            let waits = |view: &View| view.documents.sessions.iter().any(|known| known.id == session.id);
            self.trainer.sees("the waiting session", waits).await;
            group.push((athlete, self.trainer.join(session.id).await));
        }
        assert_eq!(group.len(), 3);
        Ok(group)
    }

    /// Releases one plan to all of them at once.
    async fn release_to(&self, group: &[(Person, Session)]) -> Vec<Result<(), FailureCode>> {
        let plan = plan(&self.trainer.view(), PlannedValues { reps: Some(5), ..PlannedValues::default() });
        let release = async |(_, session): &(Person, Session)| {
            let added = self.trainer.agent.add_round(session.id, plan.clone(), true).await;
            added.map(drop).map_err(|failure| failure.code)
        };
        join_all(group.iter().map(release)).await
    }
}

fn plan(view: &View, planned: PlannedValues) -> RoundPlan {
    let exercise = PlannedExercise::new(view.documents.exercises[0].id, planned);
    RoundPlan { is_final: false, rest_after_s: None, exercises: vec![exercise] }
}

/// Waits until `person` sees the template as `wanted`.
async fn sees(person: &Person, id: TemplateId, wanted: impl Fn(&Template) -> bool) -> Template {
    let find = |templates: &[Template]| templates.iter().find(|known| known.id == id && wanted(known)).cloned();
    let view = person.sees("the template", |view| find(&view.documents.templates).is_some()).await;
    find(&view.documents.templates).expect("it was just there")
}

async fn sees_removal(person: &Person, id: TemplateId) {
    person.sees("it gone", |view| view.documents.templates.iter().all(|known| known.id != id)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b32_a_template_created_edited_and_deleted_offline_reaches_the_other_device() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    let (trainer, other_device) = (&fixture.trainer, &fixture.other_device);
    fixture.go_offline().await;
    let made = trainer.agent.create_template(fixture.draft("Legs")).await.expect("it waits");
    let shown = sees(trainer, made.id, |_| true).await;
    let renamed = TemplateDraft { name: "Legs, heavy".to_owned(), ..fixture.draft("") };
    trainer.agent.edit_template(made.id, shown.version, renamed).await.expect("it waits");
    let passing = trainer.agent.create_template(fixture.draft("Arms")).await.expect("it waits");
    let shown = sees(trainer, passing.id, |_| true).await;
    trainer.agent.delete_template(passing.id, shown.version).await.expect("it waits");
    sees_removal(trainer, passing.id).await;

    fixture.go_online().await;
    let seen = sees(other_device, made.id, |known| known.version == 2).await;
    assert_eq!((seen.name.as_str(), &seen.rounds), ("Legs, heavy", &made.rounds));
    sees_removal(other_device, passing.id).await;
    assert_eq!(sees(trainer, made.id, |known| known.version == 2).await, seen);
    assert_eq!(trainer.view().refused, [], "and nothing was refused");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b68_the_deletion_of_a_template_is_undone_online_and_offline() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    let (trainer, other_device) = (&fixture.trainer, &fixture.other_device);
    let made = trainer.agent.create_template(fixture.draft("Legs")).await.expect("nothing stands against it");
    let made = sees(trainer, made.id, |known| known.version == 1).await;
    sees(other_device, made.id, |_| true).await;
    trainer.agent.delete_template(made.id, 1).await.expect("it is the newest version");
    sees_removal(other_device, made.id).await;
    sees_removal(trainer, made.id).await;
    trainer.agent.restore_template(made.clone()).await.expect("it is gone");
    // Its version goes on, so that no edit from before the deletion fits it.
    let restored = Template { version: 2, ..made.clone() };
    assert_eq!(sees(other_device, made.id, |_| true).await, restored);
    sees(trainer, made.id, |known| known.version == 2).await;
    trainer.has_sent_all().await;

    fixture.go_offline().await;
    trainer.agent.delete_template(made.id, 2).await.expect("it waits");
    sees_removal(trainer, made.id).await;
    trainer.agent.restore_template(restored.clone()).await.expect("it waits, or was not sent");
    sees(trainer, made.id, |_| true).await;
    fixture.go_online().await;
    // A deletion that was tried is sent, one that was not is taken back.
    let seen = sees(other_device, made.id, |_| true).await;
    assert_eq!(Template { version: restored.version, ..seen }, restored);
    assert_eq!(trainer.view().refused, [], "and nothing was refused");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edit_of_an_outdated_template_is_refused_keeps_what_was_entered_and_can_be_retried() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    let (trainer, other_device) = (&fixture.trainer, &fixture.other_device);
    let made = trainer.agent.create_template(fixture.draft("Legs")).await.expect("nothing stands against it");
    sees(trainer, made.id, |known| known.version == 1).await;
    sees(other_device, made.id, |_| true).await;
    fixture.go_offline().await;
    trainer.agent.edit_template(made.id, 1, fixture.draft("Legs, here")).await.expect("it waits");
    other_device.agent.edit_template(made.id, 1, fixture.draft("Legs, there")).await.expect("it is the newest version");
    other_device.has_sent_all().await;
    fixture.go_online().await;
    let view = trainer.sees("the refusal", |view| !view.refused.is_empty()).await;
    let refused = &view.refused[0];
    assert_eq!(
        (refused.what, refused.code),
        (ActName::EditTemplate, FailureCode::Server(ProblemCode::VersionMismatch))
    );
    assert_eq!(refused.template.as_ref().map(|draft| draft.name.as_str()), Some("Legs, here"), "what was entered");
    sees(trainer, made.id, |known| known.name == "Legs, there").await;
    trainer.agent.retry_act(refused.key.clone()).await.expect("on what is there now");
    assert_eq!(sees(other_device, made.id, |known| known.version == 3).await.name, "Legs, here");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b61_a_plan_released_to_a_group_goes_to_all_whom_nothing_keeps_from_it() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    let group = fixture.group().await?;
    let out = plan(&fixture.trainer.view(), PlannedValues::default());
    fixture.trainer.agent.add_round(group[0].1.id, out, true).await.expect("no other round is out");
    let released = fixture.release_to(&group).await;
    let [first, others @ ..] = &released[..] else { panic!("three were released") };
    assert_eq!(others, [Ok(()), Ok(())]);
    // The server is asked all the same. If it answers late, its refusal is listed.
    let another_is_out = FailureCode::Server(ProblemCode::AnotherRoundOut);
    if first.is_ok() {
        let is_refused = |view: &View| view.refused.iter().any(|act| act.code == another_is_out);
        fixture.trainer.sees("the refusal", is_refused).await;
    } else {
        assert_eq!(*first, Err(another_is_out));
    }
    for (athlete, _) in &group[1..] {
        assert_eq!(athlete.sees_round(RoundStatus::Released).await.exercises[0].planned.reps, Some(5));
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b61_a_group_release_offline_waits_and_one_refusal_holds_up_nobody() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    let group = fixture.group().await?;
    fixture.go_offline().await;
    let released = fixture.release_to(&group).await;
    assert_eq!(released, [Ok(()), Ok(()), Ok(())], "they wait");
    assert_eq!(fixture.trainer.view().link.waiting, 3);
    // The first one gives up meanwhile.
    let (athlete, session) = &group[0];
    let has_it = |view: &View| view.documents.sessions.iter().any(|known| known.id == session.id);
    athlete.sees("their session", has_it).await;
    athlete.agent.cancel_session(session.id, None).await.expect("it is theirs");
    athlete.has_sent_all().await;
    fixture.go_online().await;
    for (athlete, _) in &group[1..] {
        athlete.sees_round(RoundStatus::Released).await;
    }
    let view = fixture.trainer.sees("the refusal", |view| !view.refused.is_empty()).await;
    let refused: Vec<_> = view.refused.iter().map(|act| (act.what, act.code)).collect();
    assert_eq!(refused, [(ActName::AddRound, FailureCode::Server(ProblemCode::SessionEnded))]);
    assert!(view.refused[0].plan.is_some(), "and what was planned is kept");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b32_loads_are_worked_out_offline_from_what_each_athlete_has_done() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    let (trainer, group) = (&fixture.trainer, fixture.group().await?);
    let (athlete, session) = &group[0];
    let out = plan(&trainer.view(), PlannedValues::default());
    trainer.agent.add_round(session.id, out, true).await.expect("no other round is out");
    let round = athlete.sees_round(RoundStatus::Released).await;
    let report = ExerciseReport {
        id: round.exercises[0].id,
        effort: 10,
        pain: false,
        pain_regions: Vec::new(),
        note: None,
        actual: Some(Values { weight_kg: Some(100.0), reps: Some(5), ..Values::default() }),
    };
    athlete.agent.complete_round(round.id, vec![report]).await.expect("it is out");
    let has_record = |view: &View| view.documents.athletes.iter().any(|athlete| !athlete.records.is_empty());
    trainer.sees("what was done", has_record).await;

    fixture.go_offline().await;
    let with = |load| plan(&trainer.view(), PlannedValues { load: Some(load), ..PlannedValues::default() });
    let rounds = vec![with(Load::PercentOfE1rm(80.0)), with(Load::LastPlusKg(2.5))];
    let weights = async |athlete: UserId| {
        let worked = trainer.agent.work_out(athlete, rounds.clone(), WeightUnit::Kg).await.expect("it is known here");
        let planned = worked.into_iter().map(|round| round.exercises[0].planned);
        planned.map(|planned| (planned.weight_kg, planned.load.is_some())).collect::<Vec<_>>()
    };
    // 112.5 kg are the estimate.
    assert_eq!(weights(session.athlete.id).await, [(Some(90.0), true), (Some(102.5), true)]);
    assert_eq!(weights(group[1].1.athlete.id).await, [(None, true), (None, true)], "who has done nothing yet");
    Ok(())
}
