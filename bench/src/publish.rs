//! The server alone: from `POST release` until a client has received the event.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use futures_util::{StreamExt, TryStreamExt};
use serde_json::{Value, json};
use system_tests::{Account, Database, Device, Percentiles, Server};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc;

use crate::problem::{Problem, io};
use crate::report::{Row, times};

/// Streams that stay open throughout.
const STREAMS: usize = 200;
/// Releases that are timed, one after the other.
const RELEASES: usize = 2000;
/// Releases before that.
const WARM_UP: usize = 200;
/// Sign-ins at once: each costs the server a password hash.
const SIGN_INS: usize = 4;

/// A session with a round that waits to be released.
struct Pair {
    trainer: Arc<Device>,
    round: String,
}

/// An event a stream delivered.
struct Arrival {
    round: String,
    at: Instant,
}

/// Reads the streams on its own thread: an event is recorded when it arrives, not when the sender has time.
struct Readers(Option<Runtime>);

impl Readers {
    fn start() -> Result<Self, Problem> {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build();
        runtime.map(|runtime| Self(Some(runtime))).map_err(io("starting a thread"))
    }

    fn runtime(&self) -> &Runtime {
        self.0.as_ref().expect("it is there until it is dropped")
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        // Dropped by a task, which must not block on the thread.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// From sending the request to reading the event on the athlete's stream, durable commit included.
pub(crate) async fn release_to_event(name: &str, database: Database) -> Result<Row, Problem> {
    println!("{RELEASES} releases on {name} with {STREAMS} streams open");
    let server = Server::start_on(database)?;
    let (arrived, mut arrivals) = mpsc::unbounded_channel();
    let readers = Readers::start()?;
    let pairs = open(&server, &readers, &arrived).await?;
    let mut measured = Vec::with_capacity(RELEASES);
    for (index, pair) in pairs.iter().cycle().take(WARM_UP + RELEASES).enumerate() {
        let sent = Instant::now();
        pair.trainer.post(&format!("/v1/rounds/{}/release", pair.round)).await?;
        let arrival = arrivals.recv().await.ok_or_else(|| Problem::Unexpected("the streams ended".to_owned()))?;
        if arrival.round != pair.round {
            return Err(Problem::Unexpected("an event of another round came".to_owned()));
        }
        if index >= WARM_UP {
            measured.push(arrival.at.duration_since(sent));
        }
        pair.trainer.post(&format!("/v1/rounds/{}/recall", pair.round)).await?;
    }
    let what = format!("`POST release` to the event on a stream, durable, {STREAMS} streams, {name}");
    let goal = if name == "SQLite" { "p50 ≤ 2 ms, p99 ≤ 6 ms" } else { "" };
    Ok(times(what, &Percentiles::from_iter(measured), goal))
}

/// Opens the streams of as many people as needed, and a session for each athlete among them.
async fn open(
    server: &Server,
    readers: &Readers,
    arrived: &mpsc::UnboundedSender<Arrival>,
) -> Result<Vec<Pair>, Problem> {
    let mut accounts: Vec<Account> = Vec::new();
    let trains = |account: &Account| account.roles.iter().any(|role| role != "admin");
    while accounts.len() < STREAMS {
        let studio = server.add_studio(&format!("Studio {}", accounts.len()))?;
        accounts.extend(studio.into_iter().filter(trains));
    }
    accounts.truncate(STREAMS);
    let signing_in = accounts.iter().map(|account| async move {
        let device = Device::sign_in(server, account).await?;
        Ok::<_, Problem>((account, Arc::new(device)))
    });
    let people: Vec<_> = futures_util::stream::iter(signing_in).buffered(SIGN_INS).try_collect().await?;

    let mut pairs = Vec::new();
    let mut trainers: HashMap<String, Arc<Device>> = HashMap::new();
    for (account, device) in &people {
        if account.roles.iter().any(|role| role == "trainer") {
            let me = device.snapshot().await?["me"]["id"].as_str().unwrap_or_default().to_owned();
            trainers.insert(me, Arc::clone(device));
        }
    }
    for (account, device) in &people {
        let is_athlete = account.roles.iter().any(|role| role == "athlete");
        let mut stream = device.stream().await?.bytes_stream();
        // The trainer receives their own release as well; only the athlete's stream counts.
        let arrived = is_athlete.then(|| arrived.clone());
        readers.runtime().spawn(async move {
            while let Some(Ok(chunk)) = stream.next().await {
                let at = Instant::now();
                // Only one event is in flight at a time, so a chunk contains all of it.
                if let (Some(arrived), Some(round)) = (&arrived, released_round(&chunk)) {
                    arrived.send(Arrival { round, at }).ok();
                }
            }
        });
        if is_athlete {
            pairs.extend(begin(device, &trainers).await?);
        }
    }
    Ok(pairs)
}

/// Starts an athlete's session, joined and with a round planned, if their trainer is among the people.
async fn begin(athlete: &Device, trainers: &HashMap<String, Arc<Device>>) -> Result<Option<Pair>, Problem> {
    let me = athlete.snapshot().await?;
    let exercise = &me["exercises"][0]["id"];
    let Some(trainer) = me["me"]["trainer"]["id"].as_str().and_then(|id| trainers.get(id)) else { return Ok(None) };
    let session = athlete.post("/v1/sessions").await?;
    let id = session["id"].as_str().unwrap_or_default();
    trainer.post(&format!("/v1/sessions/{id}/join")).await?;
    let plan = json!({"exercises": [{"exercise_id": exercise, "planned": {"weight_kg": 80.0, "reps": 8}}]});
    let round = trainer.post_with(&format!("/v1/sessions/{id}/rounds"), plan).await?;
    let round = round["id"].as_str().unwrap_or_default().to_owned();
    Ok(Some(Pair { trainer: Arc::clone(trainer), round }))
}

/// The round that was released, according to a message of the athlete's stream.
fn released_round(message: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(message).ok()?;
    let data = text.split_once("event: round-released\ndata: ")?.1;
    let event: Value = serde_json::from_str(data.lines().next()?).ok()?;
    event["round"]["id"].as_str().map(str::to_owned)
}
