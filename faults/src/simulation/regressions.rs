//! Regression tests for faults that runs have found, one for each.

use ringside_core::bridge::{Failure, SessionCalls, View};
use training::{RoundPlan, RoundStatus, Session};

use super::*;
use crate::people::Act;

/// The trainer's two machines and Mira's, signed in, with an active session and one round of it in front of her.
struct Stage {
    world: World,
    _disks: tempfile::TempDir,
}

const DESK: usize = 0;
const LAPTOP: usize = 1;
const STUDIO: usize = 2;

/// Plays a scene on virtual time.
fn play(scene: impl AsyncFnOnce(&Stage)) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime").block_on(async {
        let disks = tempfile::tempdir().expect("a temporary directory");
        let stage = Stage { world: World::new(1, false, disks.path()), _disks: disks };
        for number in [DESK, LAPTOP, STUDIO] {
            let mut machine = stage.machine(number).lock().await;
            machine.open().await;
            let email = format!("{}@example.com", machine.person);
            machine.agent().expect("open").sign_in(email, "secret".to_owned()).await.expect("it is let in");
        }
        stage.act(STUDIO, |_| Act::StartSession).await.expect("she starts");
        stage.sees(DESK, |view| !view.documents.sessions.is_empty()).await;
        stage.act(DESK, |view| Act::Join(view.documents.sessions[0].id)).await.expect("the trainer joins");
        for number in [DESK, LAPTOP] {
            stage
                .sees(number, |view| view.documents.sessions.first().is_some_and(|session| session.version == 2))
                .await;
        }
        scene(&stage).await;
    });
}

impl Stage {
    fn machine(&self, number: usize) -> &Mutex<Machine> {
        &self.world.machines[number]
    }

    async fn view(&self, number: usize) -> View {
        self.machine(number).lock().await.view().expect("it is open")
    }

    async fn session(&self, number: usize) -> Session {
        self.view(number).await.documents.sessions.remove(0)
    }

    async fn sees(&self, number: usize, wanted: impl Fn(&View) -> bool) {
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

    async fn weather(&self, number: usize, weather: Weather) {
        self.machine(number).lock().await.link.set(weather);
    }

    async fn faults(&self, number: usize) -> Vec<String> {
        self.machine(number).lock().await.faults.lock().expect("whole").clone()
    }

    async fn is_live_soon_after_the_network_is_back(&self) {
        self.weather(STUDIO, Weather::Clear).await;
        let back = Instant::now();
        self.act(STUDIO, |_| Act::TryNow).await.expect("it is asked");
        self.sees(STUDIO, |view| view.link.state == LinkState::Live).await;
        assert!(back.elapsed() < Duration::from_millis(1_500), "after {:?}", back.elapsed());
    }

    /// Plans a round on this machine and releases it.
    async fn releases(&self, number: usize) -> Result<(), Failure> {
        self.act(number, |view| Act::AddRound(view.documents.sessions[0].id, plan(view), true)).await
    }

    /// Asserts that the machine shows what the server has.
    async fn is_right(&self, number: usize) {
        let truth = self.world.server.truth(self.machine(number).lock().await.person);
        self.sees(number, |view| view.documents.sessions[0].rounds == truth.documents.sessions[0].rounds).await;
    }
}

fn plan(view: &View) -> RoundPlan {
    let exercise = |exercise: &Exercise| training::PlannedExercise {
        id: None,
        exercise_id: exercise.id,
        planned: training::Values { reps: Some(8), ..training::Values::default() },
        trainer_notes: None,
    };
    RoundPlan {
        is_final: false,
        rest_after_s: None,
        exercises: view.documents.exercises.iter().take(2).map(exercise).collect(),
    }
}

#[test]
fn what_another_device_made_impossible_is_not_told_as_done() {
    play(async |stage| {
        // The stream goes on; requests do not arrive.
        stage.weather(DESK, Weather::Gateway).await;
        let (late, first) = tokio::join!(stage.releases(DESK), stage.releases(LAPTOP));
        first.expect("it is the first");
        late.expect("it waits, and whoever did it is not told that it failed");
        assert_eq!(stage.faults(DESK).await, [""; 0]);
        let released = stage.session(DESK).await.rounds.iter().filter(|round| round.is_out()).count();
        assert_eq!(released, 1);
        stage.weather(DESK, Weather::Clear).await;
        stage.sees(DESK, |view| view.refused.len() == 1).await;
        stage.is_right(DESK).await;
    });
}

#[test]
fn what_was_done_before_its_answer_came_is_not_shown_as_done_twice() {
    play(async |stage| {
        stage.releases(DESK).await.expect("it is out");
        stage.sees(STUDIO, |view| view.documents.sessions[0].round_out().is_some()).await;
        stage.weather(STUDIO, Weather::Deaf).await;
        let tick = |view: &View| {
            let round = view.documents.sessions[0].round_out().expect("it is out");
            Act::LogExercise(round.id, round.exercises[0].id, Some(training::Values::default()))
        };
        stage.act(STUDIO, tick).await.expect("it waits");
        stage.sees(DESK, |view| view.documents.sessions[0].rounds[0].status == RoundStatus::Active).await;
        stage.weather(STUDIO, Weather::Clear).await;
        stage.sees(STUDIO, |view| view.link.waiting == 0).await;
        stage.is_right(STUDIO).await;
        assert_eq!(stage.faults(STUDIO).await, [""; 0]);
    });
}

#[test]
fn edits_done_offline_outlive_the_end_of_the_application() {
    play(async |stage| {
        stage.releases(DESK).await.expect("it is out");
        stage.sees(DESK, |view| !view.documents.sessions[0].rounds.is_empty()).await;
        stage.weather(DESK, Weather::Down).await;
        stage.sees(DESK, |view| view.link.state == LinkState::Offline).await;
        for rest in [10, 20] {
            let edit = |view: &View| {
                let round = &view.documents.sessions[0].rounds[0];
                let plan = RoundPlan { rest_after_s: Some(rest), ..RoundPlan::from(round) };
                Act::EditRound(round.id, round.version, plan, false)
            };
            stage.act(DESK, edit).await.expect("it waits");
        }
        let mut desk = stage.machine(DESK).lock().await;
        desk.crash().await;
        desk.link.set(Weather::Clear);
        desk.open().await;
        drop(desk);
        stage.sees(DESK, |view| view.link.state == LinkState::Live && view.link.waiting == 0).await;
        let view = stage.view(DESK).await;
        assert_eq!((view.refused.len(), view.documents.sessions[0].rounds[0].rest_after_s), (0, Some(20)));
        stage.is_right(DESK).await;
    });
}

#[test]
fn a_refresh_that_arrives_late_signs_nobody_out() {
    play(async |stage| {
        // Every attempt arrives, no response does; the token expires meanwhile.
        stage.weather(STUDIO, Weather::Deaf).await;
        sleep(Duration::from_mins(2)).await;
        stage.weather(STUDIO, Weather::Clear).await;
        stage.sees(STUDIO, |view| view.link.state == LinkState::Live).await;
        assert_eq!(stage.view(STUDIO).await.signed_out, None);
    });
}

#[test]
fn what_was_answered_counts_although_the_stream_was_lost_before_it_brought_it() {
    play(async |stage| {
        let agent = stage.machine(DESK).lock().await.agent().expect("it is open");
        for _ in 0..10 {
            let view = stage.view(DESK).await;
            let round =
                agent.add_round(view.documents.sessions[0].id, plan(&view), false).await.expect("it is answered");
            stage.weather(DESK, Weather::Down).await;
            agent.delete_round(round.id, round.version).await.expect("what was answered is known");
            stage.weather(DESK, Weather::Clear).await;
            stage.sees(DESK, |view| view.link.state == LinkState::Live && view.link.waiting == 0).await;
            assert_eq!(stage.view(DESK).await.refused, []);
        }
        stage.is_right(DESK).await;
        assert_eq!(stage.faults(DESK).await, [""; 0]);
    });
}

#[test]
fn an_attempt_that_was_sent_into_nothing_is_not_waited_for_when_the_network_is_back() {
    play(async |stage| {
        stage.weather(STUDIO, Weather::Void).await;
        stage.machine(STUDIO).lock().await.link.cut();
        stage.sees(STUDIO, |view| view.link.state != LinkState::Live).await;
        // Old enough not to count as the person's own request, with more than half of its time left.
        sleep(Duration::from_secs(2)).await;
        stage.is_live_soon_after_the_network_is_back().await;
    });
}

#[test]
fn a_refresh_that_was_sent_into_nothing_is_not_waited_for_either() {
    play(async |stage| {
        stage.weather(STUDIO, Weather::Void).await;
        stage.machine(STUDIO).lock().await.link.cut();
        // The token expires meanwhile; the next request must renew it first.
        sleep(Duration::from_mins(2)).await;
        stage.is_live_soon_after_the_network_is_back().await;
    });
}

#[test]
fn what_was_done_while_nothing_came_through_is_sent_again_at_once() {
    play(async |stage| {
        stage.weather(DESK, Weather::Void).await;
        stage.releases(DESK).await.expect("it waits");
        sleep(Duration::from_secs(2)).await;
        stage.weather(DESK, Weather::Clear).await;
        stage.act(DESK, |_| Act::TryNow).await.expect("it is asked");
        sleep(Duration::from_secs(1)).await;
        assert!(stage.view(STUDIO).await.documents.sessions[0].round_out().is_some(), "the athlete sees it");
    });
}
