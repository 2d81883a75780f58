//! Recovery time after an interruption: real cores behind a network that breaks.

use std::time::{Duration, Instant};

use futures_util::future::try_join_all;
use hosted_api::seed_bench_people;
use ringside_core::bridge::{AccountCalls, LinkState};
use serde_json::{Value, json};
use system_tests::{Account, Device, NetworkCondition, Percentiles, Person, Proxy, Server};
use training::RoundStatus;

use crate::core_pool::CorePool;
use crate::cores::now_us;
use crate::problem::{Problem, unexpected};
use crate::report::{Row, times};

/// People at once, each behind their own network.
const PEOPLE: usize = 9;
/// How often each interruption happens to everybody.
const REPETITIONS: usize = 12;
/// How long the network is gone: a little longer for each, so that their retries are at different stages afterwards.
const OUTAGE: Duration = Duration::from_millis(700);
/// How long a machine sleeps; less would not be noticed, and need not be.
const SLEEP: Duration = Duration::from_secs(12);
/// Machines that sleep.
const MACHINES: usize = 20;
/// How often machines are put to sleep.
const SLEEPS: usize = 5;

/// An athlete in a session on a real core, behind their own network.
struct Setup {
    proxy: Proxy,
    athlete: Person,
    trainer: Device,
    round: String,
}

/// See the module.
pub(crate) async fn rows() -> Result<Vec<Row>, Problem> {
    println!("{PEOPLE} people behind networks that break, {REPETITIONS} times each");
    let server = Server::start()?;
    let mut setups = Vec::new();
    let mut studio = 0;
    while setups.len() < PEOPLE {
        let accounts = server.add_studio(&format!("Studio {studio}"))?;
        studio += 1;
        let is = |account: &&Account, role: &str| account.roles.iter().any(|it| it == role);
        let trainer = accounts.iter().find(|account| is(account, "trainer"));
        let trainer = trainer.ok_or_else(|| Problem::Unexpected("a studio without a trainer".to_owned()))?;
        // The first three athletes are the first trainer's.
        for athlete in accounts.iter().filter(|account| is(account, "athlete")).take(3) {
            setups.push(Setup::create(&server, athlete, trainer).await?);
        }
    }
    let (mut to_poll, mut to_live) = (Vec::new(), Vec::new());
    for _ in 0..REPETITIONS {
        to_poll.extend(try_join_all(setups.iter().map(Setup::cut_to_poll)).await?);
        to_live.extend(try_join_all(setups.iter().zip(1..).map(|(setup, nth)| setup.back_to_live(nth))).await?);
    }
    Ok(vec![
        times("stream cut to the first event by poll", &Percentiles::from_iter(to_poll), "p99 ≤ 2 s"),
        times("network back, as the system tells it, to live", &Percentiles::from_iter(to_live), "p99 ≤ 1 s"),
        times(
            "a machine that slept (its process, frozen for 12 s) awake to live",
            &wake_to_live(&server).await?,
            "p99 ≤ 2 s",
        ),
    ])
}

impl Setup {
    async fn create(server: &Server, athlete: &Account, trainer: &Account) -> Result<Self, Problem> {
        let proxy = Proxy::in_front_of(server.url()).await?;
        let trainer = Device::sign_in(server, trainer).await?;
        let session = Device::sign_in(server, athlete).await?.post("/v1/sessions").await?;
        let session = format!("/v1/sessions/{}", id(&session));
        trainer.post(&format!("{session}/join")).await?;
        let exercise = &trainer.get("/v1/exercises").await?["exercises"][0]["id"];
        let plan = json!({"exercises": [{"exercise_id": exercise, "planned": {"reps": 8}}]});
        let round = id(&trainer.post_with(&format!("{session}/rounds"), plan).await?).to_owned();
        let athlete = Person::signed_in(&proxy.url(), athlete).await;
        Ok(Self { proxy, athlete, trainer, round })
    }

    /// The stream is cut and does not come back; an event happens.
    async fn cut_to_poll(&self) -> Result<Duration, Problem> {
        let cut = Instant::now();
        self.proxy.set(NetworkCondition::Reset);
        self.athlete.sees("that the stream is gone", |view| view.link.state != LinkState::Live).await;
        self.proxy.set(NetworkCondition::Buffering);
        self.trainer.post(&format!("/v1/rounds/{}/release", self.round)).await?;
        self.athlete.sees_round(RoundStatus::Released).await;
        let took = cut.elapsed();
        self.trainer.post(&format!("/v1/rounds/{}/recall", self.round)).await?;
        self.proxy.set(NetworkCondition::Normal);
        self.try_now().await?;
        self.athlete.is(LinkState::Live).await;
        Ok(took)
    }

    /// The network is gone for a while.
    async fn back_to_live(&self, nth: u32) -> Result<Duration, Problem> {
        self.proxy.set(NetworkCondition::Down);
        self.athlete.is(LinkState::Offline).await;
        // This sleep is the network outage, not a wait for something.
        tokio::time::sleep(OUTAGE * nth).await;
        let back = Instant::now();
        self.proxy.set(NetworkCondition::Normal);
        // As a window does when the system reports that the network is back.
        self.try_now().await?;
        self.athlete.is(LinkState::Live).await;
        Ok(back.elapsed())
    }

    async fn try_now(&self) -> Result<(), Problem> {
        self.athlete.agent.try_now().await.map_err(|failure| Problem::Unexpected(format!("{failure:?}")))
    }
}

/// Cores whose process is frozen for a while. A machine that really sleeps also stops their clock, which freezing a
/// process can't simulate.
async fn wake_to_live(server: &Server) -> Result<Percentiles, Problem> {
    let url = server.database_url().parse().map_err(|error| unexpected(&error))?;
    let population =
        seed_bench_people(&url, MACHINES / 2, Duration::from_mins(15)).await.map_err(|error| unexpected(&error))?;
    let tokens: Vec<&str> =
        population.iter().flat_map(|pair| [pair.athlete.refresh.as_str(), &pair.trainer.refresh]).collect();
    println!("{} machines that sleep, {SLEEPS} times", tokens.len());
    let mut core_pool = CorePool::start(server.url(), &tokens).await?;
    let mut took = Vec::new();
    for _ in 0..SLEEPS {
        core_pool.signal(rustix::process::Signal::STOP)?;
        tokio::time::sleep(SLEEP).await;
        let awake = now_us();
        core_pool.signal(rustix::process::Signal::CONT)?;
        took.extend(core_pool.all_live(awake).await?.iter());
    }
    Ok(took.into_iter().collect())
}

fn id(of: &Value) -> &str {
    of["id"].as_str().unwrap_or_default()
}
