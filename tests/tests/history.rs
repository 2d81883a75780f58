//! The past through the window's calls, on the real server: what was done, corrections without a network, sessions that
//! are entered afterwards.

use ringside_core::bridge::{
    AccountCalls, FailureCode, HistoryCalls, LinkState, LocalCode, SessionCalls, SessionQuery, SessionState,
    StatsQuery, View,
};
use system_tests::{Failure, NetworkCondition, Person, Proxy, Server};
use training::{
    ExerciseReport, PlannedExercise, PlannedValues, RecordedExercise, RecordedRound, Round, RoundPlan, RoundStatus,
    Session, SessionRecord, Values,
};

/// A trainer, and their athlete behind a network of their own, after a session with one set.
struct Fixture {
    _server: Server,
    trainer: Person,
    athlete: Person,
    network: Proxy,
    session: Session,
    round: Round,
}

fn lifted(weight_kg: f64, reps: u32) -> Values {
    Values { weight_kg: Some(weight_kg), reps: Some(reps), ..Values::default() }
}

impl Fixture {
    async fn new() -> Result<Self, Failure> {
        let server = Server::start()?;
        let network = Proxy::in_front_of(server.url()).await?;
        let trainer = Person::signed_in(server.url(), server.first("trainer")?).await;
        let athlete = Person::signed_in(&network.url(), server.first("athlete")?).await;
        let session = athlete.agent.start_session().await.expect("nothing stands against it");
        let is_there = |view: &View| view.documents.sessions.iter().any(|it| it.id == session.id);
        trainer.sees("the waiting session", is_there).await;
        trainer.join(session.id).await;
        let exercise_id = trainer.view().documents.exercises[0].id;
        let planned = PlannedExercise::new(exercise_id, lifted(90.0, 5));
        let plan = RoundPlan { is_final: true, rest_after_s: None, exercises: vec![planned] };
        trainer.agent.add_round(session.id, plan, true).await.expect("no other round is out");
        let round = athlete.sees_round(RoundStatus::Released).await;
        let report = ExerciseReport {
            id: round.exercises[0].id,
            effort: 10,
            pain: false,
            pain_regions: Vec::new(),
            note: None,
            actual: Some(lifted(1_000.0, 5)),
        };
        athlete.agent.complete_round(round.id, vec![report]).await.expect("it is out");
        let round = trainer.sees_round(RoundStatus::Completed).await;
        athlete.has_sent_all().await;
        let is_completed = |view: &View| {
            let mut rounds = view.documents.sessions.iter().flat_map(|known| &known.rounds);
            rounds.any(|known| known.id == round.id && known.version == round.version)
        };
        athlete.sees("it completed as the server has it", is_completed).await;
        Ok(Self { _server: server, trainer, athlete, network, session, round })
    }

    /// The estimate that a trainer's window shows of the athlete.
    fn estimate(&self, view: &View) -> Option<f64> {
        let athlete = view.documents.athletes.iter().find(|athlete| athlete.id == self.session.athlete.id)?;
        let exercise = self.round.exercises[0].exercise_id;
        let record = athlete.records.iter().find(|record| record.exercise_id == exercise)?;
        record.estimate.as_ref().map(|estimate| estimate.e1rm_kg)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b65_a_correction_without_a_network_is_shown_at_once_and_sent_once() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    let Fixture { trainer, athlete, network, session, round, .. } = &fixture;
    trainer.sees("the record", |view| fixture.estimate(view) == Some(1_125.0)).await;
    network.set(NetworkCondition::Down);
    athlete.is(LinkState::Offline).await;
    let (item, actual) = (round.exercises[0].id, lifted(100.0, 5));
    let corrected = athlete.agent.correct_exercise(session.id, round.id, item, round.version, actual, None).await;
    assert_eq!(corrected.expect("it waits").exercises[0].actual, Some(actual), "shown at once, though it has ended");
    assert_eq!(athlete.view().link.waiting, 1);

    network.set(NetworkCondition::Normal);
    athlete.agent.try_now().await.expect("it can always be asked");
    athlete.sees("that nothing waits", |view| view.link.waiting == 0).await;
    trainer.sees("the better record", |view| fixture.estimate(view) == Some(112.5)).await;
    let seen = trainer.agent.read_session(session.id).await.expect("it is theirs");
    let [correction] = &seen.rounds[0].exercises[0].corrections[..] else { panic!("it was corrected once") };
    assert_eq!((correction.by.id, correction.before), (session.athlete.id, Some(lifted(1_000.0, 5))));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b18_past_sessions_and_sets_are_read_and_one_that_happened_elsewhere_is_entered_once() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    let Fixture { trainer, athlete, network, session, round, .. } = &fixture;
    let (person, exercise_id) = (session.athlete.id, round.exercises[0].exercise_id);
    let exercise =
        RecordedExercise { exercise_id, planned: PlannedValues::default(), actual: lifted(80.0, 8), feedback: None };
    let record = SessionRecord {
        started_at: "2026-01-05T10:00:00Z".parse::<jiff::Timestamp>().expect("an instant").into(),
        ended_at: "2026-01-05T11:00:00Z".parse::<jiff::Timestamp>().expect("an instant").into(),
        rounds: vec![RecordedRound { exercises: vec![exercise] }],
    };
    network.set(NetworkCondition::CutAfter(1));
    let unanswered = athlete.agent.record_session(person, record.clone()).await;
    assert_eq!(unanswered.expect_err("the answer is lost").code, FailureCode::Local(LocalCode::Unreachable));
    let is_recorded = |view: &View| view.documents.sessions.iter().any(|known| known.recorded);
    trainer.sees("that it was entered all the same", is_recorded).await;
    network.set(NetworkCondition::Normal);
    let entered = athlete.agent.record_session(person, record).await.expect("it is the same");

    let query = SessionQuery { status: Some(SessionState::Ended), limit: Some(1), ..SessionQuery::default() };
    let page = trainer.agent.list_sessions(person, query.clone()).await.expect("they are their athlete's");
    assert_eq!(page.sessions.iter().map(|known| known.id).collect::<Vec<_>>(), [session.id]);
    let next = SessionQuery { before: page.next, ..query };
    let page = trainer.agent.list_sessions(person, next).await.expect("there is another page");
    assert_eq!(
        (page.sessions[0].id, page.sessions[0].recorded, page.next),
        (entered.id, true, None),
        "and nothing else"
    );
    let sets = athlete.agent.list_sets(person, exercise_id, 10).await.expect("they are their own");
    assert_eq!(sets.iter().map(|set| set.actual).collect::<Vec<_>>(), [lifted(1_000.0, 5), lifted(80.0, 8)]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b33_statistics_are_the_same_for_an_athlete_and_their_trainer_and_need_the_network() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    let Fixture { trainer, athlete, network, session, round, .. } = &fixture;
    let (person, exercise_id) = (session.athlete.id, round.exercises[0].exercise_id);
    let query = StatsQuery { timezone: Some("Europe/Berlin".to_owned()), ..StatsQuery::default() };
    let stats = athlete.agent.athlete_stats(person, query.clone()).await.expect("they are their own");
    let estimates: Vec<_> = stats.e1rm.iter().flat_map(|series| &series.points).map(|point| point.e1rm_kg).collect();
    assert_eq!(estimates, [1_125.0]);
    assert_eq!(stats.e1rm[0].exercise_id, exercise_id);
    let seen = trainer.agent.athlete_stats(person, query.clone()).await.expect("they are their athlete's");
    assert_eq!(seen, stats);
    let narrowed = StatsQuery { to: Some(session.started_at), ..query.clone() };
    let before = trainer.agent.athlete_stats(person, narrowed).await.expect("they are their athlete's");
    assert!(before.e1rm.is_empty(), "nothing began before the first session");
    network.set(NetworkCondition::Down);
    athlete.is(LinkState::Offline).await;
    let unread = athlete.agent.athlete_stats(person, query).await;
    assert_eq!(unread.expect_err("there is no network").code, FailureCode::Local(LocalCode::Unreachable));
    Ok(())
}
