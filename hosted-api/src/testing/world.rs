//! A server with two studios in it, and the people of both.

use std::net::Ipv4Addr;
use std::panic::resume_unwind;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use logging::LostLines;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::Semaphore;
use training::wire::{Locale, Role, SignedIn};
use training::{PersonLimits, UserId};
use uuid::Uuid;

use super::call::Call;
use super::stream::TestStream;
use crate::accounts::{PasswordAttempts, Passwords};
use crate::app::{App, EXPORTS, IMPORTS, INSPECTIONS, SEARCHES, Timing};
use crate::blobs::Blobs;
use crate::clock;
use crate::config::Config;
use crate::data_directory;
use crate::feed::{Attendance, Hub};
use crate::http::{Bodies, BodyTiming};
use crate::metrics::Metrics;
use crate::rate_limiter::{Rate, RateLimiter};
use crate::seed::{Seeded, fill};
use crate::server::{RunningServer, start_with};
use crate::shared_rate_limiter::SharedRateLimiter;
use crate::store::{DatabaseUrl, NewUser, Store, TestDatabase};
use crate::updates::{Publication, PublishError, Published, Updates, publish};

/// How long a request waits for the database in tests: many write at once, and none tests the speed of the disk.
const ACQUIRE_TIMEOUT: Duration = Duration::from_mins(2);

/// A running server.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) app: Arc<App>,
    pub(crate) base: String,
    metrics: String,
    pub(crate) http: reqwest::Client,
    studios: Arc<[Seeded; 2]>,
    artefacts: Arc<TempDir>,
    database: DatabaseUrl,
}

/// Somebody on one device.
#[derive(Clone)]
pub(crate) struct Client {
    world: World,
    pub(crate) access: String,
    pub(crate) refresh: String,
    pub(crate) id: String,
}

impl World {
    pub(crate) async fn on_sqlite<F: Future<Output = ()> + Send + 'static>(body: impl FnOnce(Self) -> F) {
        Self::run(TestDatabase::sqlite(), (Timing::default(), BodyTiming::default()), body).await;
    }

    /// With a server that uses these timings.
    pub(crate) async fn with_timing<F: Future<Output = ()> + Send + 'static>(
        timing: Timing,
        body: impl FnOnce(Self) -> F,
    ) {
        Self::run(TestDatabase::sqlite(), (timing, BodyTiming::default()), body).await;
    }

    /// With a server that waits for bodies for these times.
    pub(crate) async fn waiting_for_bodies<F: Future<Output = ()> + Send + 'static>(
        bodies: BodyTiming,
        body: impl FnOnce(Self) -> F,
    ) {
        Self::run(TestDatabase::sqlite(), (Timing::default(), bodies), body).await;
    }

    pub(crate) async fn on_postgres<F: Future<Output = ()> + Send + 'static>(body: impl FnOnce(Self) -> F) {
        Self::run(TestDatabase::postgres().await, (Timing::default(), BodyTiming::default()), body).await;
    }

    /// Runs a test, and cleans up even if it fails.
    async fn run<F: Future<Output = ()> + Send + 'static>(
        database: TestDatabase,
        timing: (Timing, BodyTiming),
        body: impl FnOnce(Self) -> F,
    ) {
        let (world, running) = Self::start(&database, timing).await;
        let outcome = tokio::spawn(body(world)).await;
        running.shutdown().await;
        database.remove().await;
        if let Err(failure) = outcome {
            resume_unwind(failure.into_panic());
        }
    }

    async fn start(database: &TestDatabase, (timing, bodies): (Timing, BodyTiming)) -> (Self, RunningServer) {
        let artefacts = TempDir::new().expect("a directory for artefacts");
        let store = Store::connect_with_timeout(&database.url(), ACQUIRE_TIMEOUT).await.expect("the database opens");
        let one = fill(&store, "Studio One").await.expect("the first studio is filled");
        let two = fill(&store, "Studio Two").await.expect("the second studio is filled");
        let app = Arc::new(new_app(store, timing, bodies, artefacts.path()));
        data_directory::mark(&app.store, artefacts.path()).await.expect("it is marked");
        let metrics = Some((Ipv4Addr::LOCALHOST, 0).into());
        let config = Config { metrics, ..Config::local(database.url()) };
        let running = start_with(Arc::clone(&app), config).expect("the server starts");
        let base = format!("http://{}", running.addr);
        let metrics = format!("http://{}/metrics", running.metrics_addr.expect("it has metrics"));
        let (studios, artefacts) = (Arc::new([one, two]), Arc::new(artefacts));
        // The server closes idle connections, perhaps at the moment one is reused.
        let http = reqwest::Client::builder().pool_max_idle_per_host(0).build().expect("a client");
        (Self { app, base, metrics, http, studios, artefacts, database: database.url() }, running)
    }

    /// Another server on the same database; the same world, through it.
    pub(crate) async fn second_server(&self, timing: Timing) -> (Self, RunningServer) {
        self.second_server_with(timing, self.artefacts.path()).await
    }

    /// Another server on the same database, with this data directory.
    pub(crate) async fn second_server_with(&self, timing: Timing, directory: &Path) -> (Self, RunningServer) {
        let store = Store::connect_with_timeout(&self.database, ACQUIRE_TIMEOUT).await.expect("the database opens");
        let app = Arc::new(new_app(store, timing, BodyTiming::default(), directory));
        let running = start_with(Arc::clone(&app), Config::local(self.database.clone())).expect("the server starts");
        (Self { app, ..self.at(format!("http://{}", running.addr)) }, running)
    }

    /// Somebody of the first studio: `mara`, `tobias`, `leonie` train with `jonas`, `rui` with `ines`; `admin`.
    pub(crate) async fn sign_in(&self, mailbox: &str) -> Client {
        self.sign_in_as(&self.email(mailbox)).await
    }

    /// The same in the second studio.
    pub(crate) async fn sign_in_elsewhere(&self, mailbox: &str) -> Client {
        self.sign_in_as(&format!("{mailbox}@studio-two.example")).await
    }

    #[allow(clippy::unused_self, reason = "asked of the world like everything else about its people")]
    pub(crate) fn email(&self, mailbox: &str) -> String {
        format!("{mailbox}@studio-one.example")
    }

    /// The database, for what works on it beside the server.
    pub(crate) fn database(&self) -> &DatabaseUrl {
        &self.database
    }

    /// Everybody's password.
    pub(crate) fn password(&self) -> &str {
        &self.studios[0].accounts[0].password
    }

    async fn sign_in_as(&self, email: &str) -> Client {
        self.sign_in_with(email, self.password()).await
    }

    /// Anybody, by their address and password.
    pub(crate) async fn sign_in_with(&self, email: &str, password: &str) -> Client {
        let body = json!({ "email": email, "password": password, "device_name": "test" });
        let reply = self.post("/v1/auth/login").json(&body).send().await;
        assert_eq!(reply.status, 200, "{reply:?}");
        let signed_in: SignedIn = reply.read();
        self.client(signed_in)
    }

    /// A client with these tokens.
    pub(crate) fn client(&self, signed_in: SignedIn) -> Client {
        Client {
            world: self.clone(),
            access: signed_in.access_token,
            refresh: signed_in.refresh_token,
            id: signed_in.user.id.to_string(),
        }
    }

    /// The same world, through another server.
    pub(crate) fn at(&self, base: String) -> Self {
        Self { base, ..self.clone() }
    }

    /// A request without a token.
    pub(crate) fn call(&self, method: &str, path: &str) -> Call {
        let method = method.parse().expect("a method");
        Call::new(self.http.request(method, format!("{}{path}", self.base)))
    }

    pub(crate) fn post(&self, path: &str) -> Call {
        self.call("POST", path)
    }

    /// The server's metrics.
    pub(crate) async fn metrics(&self) -> String {
        Call::new(self.http.get(&self.metrics)).send().await.text
    }

    /// Where the files of artefacts are kept.
    pub(crate) fn artefacts(&self) -> &Path {
        self.artefacts.path()
    }

    /// The number of people in both studios.
    pub(crate) fn people(&self) -> usize {
        self.studios.iter().map(|studio| studio.accounts.len()).sum()
    }

    /// Publishes as an operator does.
    pub(crate) async fn publish(&self, publication: &Publication) -> Result<Published, PublishError> {
        publish(&self.app.store, self.artefacts(), publication).await
    }

    /// Adds an athlete to the first studio; returns their id and the code of their invitation.
    pub(crate) async fn invited(&self, name: &str, email: &str) -> (String, String) {
        let body = json!({ "name": name, "email": email, "roles": ["athlete"] });
        let made = self.sign_in("admin").await.post("/v1/users").json(&body).send().await.created();
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        (text(&made["user"]["id"]), text(&made["invitation"]["code"]))
    }

    /// Adds this many athletes to the first studio, of whom nobody can sign in.
    pub(crate) async fn add_athletes(&self, count: usize) {
        let admin = self.sign_in("admin").await;
        let studio = admin.get("/v1/me").send().await.ok()["studio"]["id"].as_str().expect("an id").to_owned();
        let studio = studio.parse().expect("an id");
        let mut tx = self.app.store.write().await.expect("it begins");
        for number in 0..count {
            let (name, email) = (format!("Person {number}"), format!("person-{number}@crowd.example"));
            let user = NewUser {
                id: UserId(Uuid::now_v7()),
                studio,
                email: &email,
                name: &name,
                password_hash: None,
                roles: &[Role::Athlete],
                locale: Locale::default(),
                trainer: None,
            };
            tx.add_user(&user, clock::now()).await.expect("they are added");
        }
        tx.commit().await.expect("and stay");
    }

    /// Assigns an athlete to another trainer.
    pub(crate) async fn assign(&self, athlete: &Client, trainer: &Client) {
        self.change_person(athlete, json!({ "trainer_id": trainer.id })).await;
    }

    /// Has an admin change a person.
    pub(crate) async fn change_person(&self, person: &Client, change: Value) {
        let admin = self.sign_in("admin").await;
        let path = format!("/v1/users/{}", person.id);
        let known = admin.get(&path).send().await.ok();
        admin.call("PATCH", &path).if_match(&known["version"]).json(&change).send().await.ok();
    }

    /// A session of `mara` that `jonas` has joined, and both of them.
    pub(crate) async fn session(&self) -> (String, Client, Client) {
        let (athlete, trainer) = tokio::join!(self.sign_in("mara"), self.sign_in("jonas"));
        let id = athlete.post("/v1/sessions").send().await.created()["id"].as_str().expect("an id").to_owned();
        trainer.post(&format!("/v1/sessions/{id}/join")).send().await.ok();
        (id, athlete, trainer)
    }
}

fn new_app(store: Store, timing: Timing, bodies: BodyTiming, artefacts: &Path) -> App {
    App {
        store,
        hub: Arc::new(Hub::default()),
        attendance: Arc::new(Attendance::default()),
        passwords: Passwords::new(),
        password_attempts: PasswordAttempts::new(),
        commands: RateLimiter::new(Rate::per_day(PersonLimits::COMMANDS_A_DAY)),
        sign_ins: SharedRateLimiter::new("sign-ins", Rate::per_day(PersonLimits::SIGN_INS_A_DAY)),
        metrics: Metrics::new(LostLines::default()).expect("the buckets are good"),
        timing,
        updates: Updates::new(Some(artefacts.to_owned()), None),
        listening: OnceLock::new(),
        // Tests come from many networks by saying so.
        trusted_proxies: "127.0.0.1".parse().expect("an address"),
        bodies: Bodies::new(bodies),
        data_dir: Some(artefacts.to_owned()),
        blobs: Some(Blobs::in_directory(artefacts)),
        inspections: Arc::new(Semaphore::new(INSPECTIONS)),
        searches: Semaphore::new(SEARCHES),
        imports: Semaphore::new(IMPORTS),
        exports: Arc::new(Semaphore::new(EXPORTS)),
    }
}

impl Client {
    /// The same person on the same device, who asks through another server.
    pub(crate) fn through(&self, world: &World) -> Self {
        Self { world: world.clone(), ..self.clone() }
    }

    pub(crate) fn call(&self, method: &str, path: &str) -> Call {
        self.world.call(method, path).bearer(&self.access)
    }

    pub(crate) fn get(&self, path: &str) -> Call {
        self.call("GET", path)
    }

    pub(crate) fn post(&self, path: &str) -> Call {
        self.call("POST", path)
    }

    /// The ids of the devices one is signed in on, the one last seen first.
    pub(crate) async fn device_ids(&self) -> Vec<String> {
        let listed = self.get("/v1/me/devices").send().await.ok();
        let devices = listed["devices"].as_array().expect("a list");
        devices.iter().map(|device| device["id"].as_str().expect("an id").to_owned()).collect()
    }

    /// The ids of the studio's first exercises.
    pub(crate) async fn exercises(&self, count: usize) -> Vec<String> {
        let library = self.get("/v1/exercises").send().await.ok();
        let all = library["exercises"].as_array().expect("a list");
        all.iter().take(count).map(|exercise| exercise["id"].as_str().expect("an id").to_owned()).collect()
    }

    /// A plan of the first exercise.
    pub(crate) async fn plan(&self) -> Value {
        let exercises = self.exercises(1).await;
        json!({ "exercises": [{ "exercise_id": exercises[0], "planned": { "reps": 8, "weight_kg": 60.0 } }] })
    }

    /// A round of one exercise, saved as a draft.
    pub(crate) async fn draft(&self, session: &str) -> Value {
        let plan = self.plan().await;
        self.post(&format!("/v1/sessions/{session}/rounds")).json(&plan).send().await.created()
    }

    /// A round of one exercise, in front of the athlete.
    pub(crate) async fn released(&self, session: &str) -> Value {
        let mut plan = self.plan().await;
        plan["release"] = json!(true);
        self.post(&format!("/v1/sessions/{session}/rounds")).json(&plan).send().await.created()
    }

    /// The cursor after the last event.
    pub(crate) async fn cursor(&self) -> String {
        self.get("/v1/snapshot").send().await.ok()["cursor"].as_str().expect("a cursor").to_owned()
    }

    /// A stream after `cursor`.
    pub(crate) async fn stream(&self, cursor: Option<&str>) -> TestStream {
        let mut call = self.get("/v1/feed").header("accept", "text/event-stream");
        if let Some(cursor) = cursor {
            call = call.header("last-event-id", cursor);
        }
        TestStream::of(call.raw().await)
    }
}

/// Feedback for every exercise of a round, all good.
impl Client {
    pub(crate) fn reports(round: &Value) -> Value {
        let exercises = round["exercises"].as_array().expect("a list");
        let reports: Vec<Value> = exercises
            .iter()
            .map(|exercise| json!({ "id": exercise["id"], "effort": 7, "pain": false, "pain_regions": [] }))
            .collect();
        json!({ "exercises": reports })
    }
}
