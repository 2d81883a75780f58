//! Regression tests for faults that runs have found, one for each.

use std::time::Duration;

use ringside_core::bridge::{AccountCalls, Failure, FailureCode, LinkState, LocalCode, SessionCalls, View};
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep};
use training::{Exercise, RoundPlan, RoundStatus, Session};

use super::condition::NetworkCondition;
use super::machine::Machine;
use super::world::World;
use crate::people::Act;

/// The trainer's two machines and Mira's, signed in, with an active session and one round of it in front of her.
struct Scenario {
    world: World,
    _disks: tempfile::TempDir,
}

const DESK: usize = 0;
const LAPTOP: usize = 1;
const STUDIO: usize = 2;

/// Runs a test on virtual time.
fn run_scenario(test: impl AsyncFnOnce(&Scenario)) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime").block_on(async {
        let disks = tempfile::tempdir().expect("a temporary directory");
        // Its trace is shown if the test fails.
        let scenario = Scenario { world: World::new(1, true, disks.path()), _disks: disks };
        for number in [DESK, LAPTOP, STUDIO] {
            let mut machine = scenario.machine(number).lock().await;
            machine.open().await;
            let email = format!("{}@example.com", machine.person);
            machine.agent().expect("open").sign_in(email, "secret".to_owned()).await.expect("it is let in");
        }
        scenario.act(STUDIO, |_| Act::StartSession).await.expect("she starts");
        scenario.wait_for_view(DESK, |view| !view.documents.sessions.is_empty()).await;
        scenario.act(DESK, |view| Act::Join(view.documents.sessions[0].id)).await.expect("the trainer joins");
        for number in [DESK, LAPTOP] {
            scenario
                .wait_for_view(number, |view| {
                    view.documents.sessions.first().is_some_and(|session| session.version == 2)
                })
                .await;
        }
        test(&scenario).await;
    });
}

impl Scenario {
    fn machine(&self, number: usize) -> &Mutex<Machine> {
        &self.world.machines[number]
    }

    /// Puts a machine behind a network that holds streams back, and waits until it polls.
    async fn hold_streams_back(&self, number: usize) {
        self.set_condition(number, NetworkCondition::HoldingBack).await;
        self.machine(number).lock().await.link.break_connections();
        // The second silent stream in a row shows that it is the network; a renewed token begins the row anew.
        self.wait_for_view(number, |view| {
            (view.link.state, view.link.reason) == (LinkState::Polling, Some(LocalCode::StreamHeldBack))
        })
        .await;
    }

    async fn view(&self, number: usize) -> View {
        self.machine(number).lock().await.view().expect("it is open")
    }

    async fn session(&self, number: usize) -> Session {
        self.view(number).await.documents.sessions.remove(0)
    }

    async fn wait_for_view(&self, number: usize, wanted: impl Fn(&View) -> bool) {
        let until = Instant::now() + Duration::from_mins(2);
        while !wanted(&self.view(number).await) {
            assert!(Instant::now() < until, "it never comes: {:#?}", self.view(number).await);
            sleep(Duration::from_millis(100)).await;
        }
    }

    async fn act(&self, number: usize, act: impl FnOnce(&View) -> Act) -> Result<(), Failure> {
        let view = self.view(number).await;
        let agent = self.machine(number).lock().await.agent().expect("it is open");
        act(&view).perform(agent).await
    }

    async fn set_condition(&self, number: usize, condition: NetworkCondition) {
        self.machine(number).lock().await.link.set(condition);
    }

    async fn faults(&self, number: usize) -> Vec<String> {
        self.machine(number).lock().await.faults.lock().expect("whole").clone()
    }

    async fn assert_reconnects_quickly(&self) {
        self.set_condition(STUDIO, NetworkCondition::Normal).await;
        let back = Instant::now();
        self.act(STUDIO, |_| Act::TryNow).await.expect("it is asked");
        self.wait_for_view(STUDIO, |view| view.link.state == LinkState::Live).await;
        assert!(back.elapsed() < Duration::from_millis(1_500), "after {:?}", back.elapsed());
    }

    /// Plans a round on this machine and releases it.
    async fn release_round(&self, number: usize) -> Result<(), Failure> {
        self.act(number, |view| Act::AddRound(view.documents.sessions[0].id, plan(view), true)).await
    }

    /// Asserts that the machine shows what the server has.
    async fn assert_shows_server_state(&self, number: usize) {
        let expected = self.world.server.expected_snapshot(self.machine(number).lock().await.person);
        self.wait_for_view(number, |view| view.documents.sessions[0].rounds == expected.documents.sessions[0].rounds)
            .await;
    }
}

fn plan(view: &View) -> RoundPlan {
    let values = training::Values { reps: Some(8), ..training::Values::default() };
    let exercise = |exercise: &Exercise| training::PlannedExercise::new(exercise.id, values);
    RoundPlan {
        is_final: false,
        rest_after_s: None,
        exercises: view.documents.exercises.iter().take(2).map(exercise).collect(),
    }
}

#[test]
fn an_act_made_impossible_by_another_device_is_refused_without_faults() {
    run_scenario(async |scenario| {
        // The stream goes on; requests do not arrive.
        scenario.set_condition(DESK, NetworkCondition::BadGateway).await;
        let (late, first) = tokio::join!(scenario.release_round(DESK), scenario.release_round(LAPTOP));
        first.expect("it is the first");
        late.expect("it waits, and whoever did it is not told that it failed");
        assert_eq!(scenario.faults(DESK).await, [""; 0]);
        let released = scenario.session(DESK).await.rounds.iter().filter(|round| round.is_out()).count();
        assert_eq!(released, 1);
        scenario.set_condition(DESK, NetworkCondition::Normal).await;
        scenario.wait_for_view(DESK, |view| view.refused.len() == 1).await;
        scenario.assert_shows_server_state(DESK).await;
    });
}

#[test]
fn an_event_that_precedes_its_answer_is_shown_once() {
    run_scenario(async |scenario| {
        scenario.release_round(DESK).await.expect("it is out");
        scenario.wait_for_view(STUDIO, |view| view.documents.sessions[0].round_out().is_some()).await;
        scenario.set_condition(STUDIO, NetworkCondition::NoResponses).await;
        let tick = |view: &View| {
            let round = view.documents.sessions[0].round_out().expect("it is out");
            Act::LogExercise(round.id, round.exercises[0].id, Some(training::Values::default()))
        };
        scenario.act(STUDIO, tick).await.expect("it waits");
        scenario.wait_for_view(DESK, |view| view.documents.sessions[0].rounds[0].status == RoundStatus::Active).await;
        scenario.set_condition(STUDIO, NetworkCondition::Normal).await;
        scenario.wait_for_view(STUDIO, |view| view.link.waiting == 0).await;
        scenario.assert_shows_server_state(STUDIO).await;
        assert_eq!(scenario.faults(STUDIO).await, [""; 0]);
    });
}

#[test]
fn offline_edits_survive_a_crash() {
    run_scenario(async |scenario| {
        scenario.release_round(DESK).await.expect("it is out");
        scenario.wait_for_view(DESK, |view| !view.documents.sessions[0].rounds.is_empty()).await;
        scenario.set_condition(DESK, NetworkCondition::Down).await;
        scenario.wait_for_view(DESK, |view| view.link.state == LinkState::Offline).await;
        for rest in [10, 20] {
            let edit = |view: &View| {
                let round = &view.documents.sessions[0].rounds[0];
                let plan = RoundPlan { rest_after_s: Some(rest), ..RoundPlan::from(round) };
                Act::EditRound(round.id, round.version, plan, false)
            };
            scenario.act(DESK, edit).await.expect("it waits");
        }
        let mut desk = scenario.machine(DESK).lock().await;
        desk.crash().await;
        desk.link.set(NetworkCondition::Normal);
        desk.open().await;
        drop(desk);
        scenario.wait_for_view(DESK, |view| view.link.state == LinkState::Live && view.link.waiting == 0).await;
        let view = scenario.view(DESK).await;
        assert_eq!((view.refused.len(), view.documents.sessions[0].rounds[0].rest_after_s), (0, Some(20)));
        scenario.assert_shows_server_state(DESK).await;
    });
}

#[test]
fn a_late_refresh_signs_nobody_out() {
    run_scenario(async |scenario| {
        // Every attempt arrives, no response does; the token expires meanwhile.
        scenario.set_condition(STUDIO, NetworkCondition::NoResponses).await;
        sleep(Duration::from_mins(2)).await;
        scenario.set_condition(STUDIO, NetworkCondition::Normal).await;
        scenario.wait_for_view(STUDIO, |view| view.link.state == LinkState::Live).await;
        assert_eq!(scenario.view(STUDIO).await.signed_out, None);
    });
}

#[test]
fn an_answered_act_is_known_before_its_event_arrives() {
    run_scenario(async |scenario| {
        let agent = scenario.machine(DESK).lock().await.agent().expect("it is open");
        for _ in 0..10 {
            let view = scenario.view(DESK).await;
            let round =
                agent.add_round(view.documents.sessions[0].id, plan(&view), false).await.expect("it is answered");
            scenario.set_condition(DESK, NetworkCondition::Down).await;
            agent.delete_round(round.id, round.version).await.expect("what was answered is known");
            scenario.set_condition(DESK, NetworkCondition::Normal).await;
            scenario.wait_for_view(DESK, |view| view.link.state == LinkState::Live && view.link.waiting == 0).await;
            assert_eq!(scenario.view(DESK).await.refused, []);
        }
        scenario.assert_shows_server_state(DESK).await;
        assert_eq!(scenario.faults(DESK).await, [""; 0]);
    });
}

#[test]
fn a_lost_request_is_abandoned_when_the_network_is_back() {
    run_scenario(async |scenario| {
        scenario.set_condition(STUDIO, NetworkCondition::BlackHole).await;
        scenario.machine(STUDIO).lock().await.link.break_connections();
        scenario.wait_for_view(STUDIO, |view| view.link.state != LinkState::Live).await;
        // Old enough not to count as the person's own request, with more than half of its time left.
        sleep(Duration::from_secs(2)).await;
        scenario.assert_reconnects_quickly().await;
    });
}

#[test]
fn a_lost_refresh_is_abandoned_when_the_network_is_back() {
    run_scenario(async |scenario| {
        scenario.set_condition(STUDIO, NetworkCondition::BlackHole).await;
        scenario.machine(STUDIO).lock().await.link.break_connections();
        // The token expires meanwhile; the next request must renew it first.
        sleep(Duration::from_mins(2)).await;
        scenario.assert_reconnects_quickly().await;
    });
}

#[test]
fn acts_from_an_outage_are_sent_at_once_when_the_network_is_back() {
    run_scenario(async |scenario| {
        scenario.set_condition(DESK, NetworkCondition::BlackHole).await;
        scenario.release_round(DESK).await.expect("it waits");
        sleep(Duration::from_secs(2)).await;
        scenario.set_condition(DESK, NetworkCondition::Normal).await;
        scenario.act(DESK, |_| Act::TryNow).await.expect("it is asked");
        sleep(Duration::from_secs(1)).await;
        assert!(scenario.view(STUDIO).await.documents.sessions[0].round_out().is_some(), "the athlete sees it");
    });
}

#[test]
fn an_act_that_a_gateway_refuses_does_not_hold_up_later_acts() {
    run_scenario(async |scenario| {
        scenario.set_condition(DESK, NetworkCondition::RefusingActs).await;
        scenario.release_round(DESK).await.expect("it waits");
        scenario.wait_for_view(DESK, |view| view.refused.len() == 1).await;
        assert_eq!(
            scenario.view(DESK).await.refused[0].code,
            FailureCode::Local(LocalCode::RefusedByIntermediary),
            "the feed gets through, so it is the act"
        );
        scenario.set_condition(DESK, NetworkCondition::Normal).await;
        scenario.release_round(DESK).await.expect("the next one gets through");
        scenario.wait_for_view(DESK, |view| view.link.waiting == 0).await;
        scenario.assert_shows_server_state(DESK).await;
    });
}

#[test]
fn a_network_that_holds_streams_back_after_hello_is_polled() {
    run_scenario(async |scenario| {
        scenario.hold_streams_back(STUDIO).await;
        let released = Instant::now();
        scenario.release_round(DESK).await.expect("it is out");
        scenario.wait_for_view(STUDIO, |view| view.documents.sessions[0].round_out().is_some()).await;
        assert!(released.elapsed() < Duration::from_secs(2), "after {:?}", released.elapsed());
        // The next stream is on probation first.
        scenario.set_condition(STUDIO, NetworkCondition::Normal).await;
        scenario.act(STUDIO, |_| Act::TryNow).await.expect("it is asked");
        scenario.wait_for_view(STUDIO, |view| view.link.state == LinkState::Live).await;
    });
}

#[test]
fn it_is_polled_as_well_where_the_head_of_a_stream_says_who_is_there() {
    run_scenario(async |scenario| scenario.hold_streams_back(DESK).await);
}
