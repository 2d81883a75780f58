//! Thousands of people on one server, each in a session of two, every stream open.

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt};
use hosted_api::{DatabaseUrl, Pair, seed_bench_people};
use serde_json::{Value, json};
use system_tests::{Database, Device, Server};

use crate::listeners::{LineMarkers, Listeners};
use crate::problem::{Problem, unexpected};
use crate::publisher::{Done, Job, publish};

/// Longer than any of this takes.
const ACCESS_LIFETIME: Duration = Duration::from_hours(12);
/// How many sessions are prepared at once.
const CONCURRENCY: usize = 16;
/// The lines to look for on our server's streams.
const MARKERS: LineMarkers = LineMarkers { up: "event: hello", event: "event: round-released" };

/// See the module.
pub(crate) struct Population {
    pub(crate) server: Server,
    pub(crate) address: SocketAddr,
    pub(crate) pairs: Vec<Pair>,
}

impl Population {
    /// A server with `pairs` of people who are signed in.
    pub(crate) async fn create(database: Database, pairs: usize) -> Result<Self, Problem> {
        let server = Server::start_on(database)?;
        let address = server.url().trim_start_matches("http://").parse();
        let address = address.map_err(|_| Problem::Unexpected(format!("{} is no address", server.url())))?;
        let url: DatabaseUrl = server.database_url().parse().map_err(|error| unexpected(&error))?;
        let pairs = seed_bench_people(&url, pairs, ACCESS_LIFETIME).await.map_err(|error| unexpected(&error))?;
        Ok(Self { server, address, pairs })
    }

    /// How many streams there are when all are open.
    pub(crate) fn streams(&self) -> usize {
        2 * self.pairs.len()
    }

    /// Opens the first `count` streams: an athlete's, their trainer's, the next athlete's.
    pub(crate) async fn listen(&self, count: usize) -> Result<Listeners, Problem> {
        let tokens = self.pairs.iter().flat_map(|pair| [&pair.athlete, &pair.trainer]);
        let requests = tokens
            .take(count)
            .map(|tokens| self.request("GET", "/v1/feed", &tokens.access) + "Accept: text/event-stream\r\n");
        Listeners::open(self.address, requests.collect(), MARKERS).await
    }

    /// Puts each pair into a session with a round that waits to be released; returns the rounds' ids.
    pub(crate) async fn prepare(&self) -> Result<Vec<String>, Problem> {
        let machine = &Device::sign_in(&self.server, self.server.first("trainer")?).await?;
        let first = self.pairs.first().ok_or_else(|| Problem::Unexpected("there are no people".to_owned()))?;
        let plan = &plan(&machine.held_by(&first.trainer.access)).await?;
        let preparing = self.pairs.iter().map(|Pair { athlete, trainer }| async move {
            session_with_draft(&machine.held_by(&athlete.access), &machine.held_by(&trainer.access), plan).await
        });
        futures_util::stream::iter(preparing).buffered(CONCURRENCY).try_collect().await
    }

    /// Posts to `…/{act}` of every round as its trainer, at a rate of `per_second`.
    pub(crate) async fn post_to_each(
        &self,
        rounds: &[String],
        act: &str,
        per_second: usize,
    ) -> Result<Vec<Done>, Problem> {
        let jobs = rounds.iter().zip(&self.pairs).enumerate().map(|(number, (round, pair))| {
            let path = format!("/v1/rounds/{round}/{act}");
            let request = self.request("POST", &path, &pair.trainer.access) + "Content-Length: 0\r\n\r\n";
            Job { number, request }
        });
        publish(self.address, jobs.collect(), per_second).await
    }

    /// The first lines of a request.
    fn request(&self, method: &str, path: &str, token: &str) -> String {
        format!("{method} {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {token}\r\n", self.address)
    }
}

/// A round of one exercise from the library of this trainer's studio.
pub(crate) async fn plan(trainer: &Device) -> Result<Value, Problem> {
    let library = trainer.get("/v1/exercises").await?;
    Ok(json!({"exercises": [{"exercise_id": library["exercises"][0]["id"],
                             "planned": {"weight_kg": 80.0, "reps": 8}}]}))
}

/// Puts two people into a session with a round that waits to be released; returns its id.
pub(crate) async fn session_with_draft(athlete: &Device, trainer: &Device, plan: &Value) -> Result<String, Problem> {
    let path = format!("/v1/sessions/{}", id(&athlete.post("/v1/sessions").await?));
    trainer.post(&format!("{path}/join")).await?;
    let round = trainer.post_with(&format!("{path}/rounds"), plan.clone()).await?;
    Ok(id(&round).to_owned())
}

fn id(of: &Value) -> &str {
    of["id"].as_str().unwrap_or_default()
}
