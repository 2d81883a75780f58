//! The client of the hosted API: typed requests, typed errors.
//!
//! Deliberately absent: retries beyond one (the supervisor's and the outbox's business) and any state but the
//! connection pool and the tokens.

mod answer;
mod history;
mod imports;
mod notes;
mod people;
mod request;
mod tokens;
mod videos;
mod weights;

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{ACCEPT, HeaderName, IF_MATCH};
use reqwest::{Method, Response, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::{Notify, watch};
use tokio::time::sleep;
use training::library::{ExerciseDetails, UsedIn};
use training::wire::{
    Account, ChangeMe, ChangePassword, Cursor, FeedPage, FeedTiming, SignIn, SignOut, SignedIn, Snapshot,
};
use training::{Document, Exercise, ExerciseId, ProblemCode, Session, SessionId};

use crate::address::ServerUrl;
pub(crate) use answer::checked;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) use answer::retry_after_s;
use answer::{body_of_act, json, json_of_many, no_stream};
pub(crate) use imports::FileToRead;
use request::ApiRequest;
pub(crate) use tokens::{Access, Token, Tokens};
pub(crate) use videos::{VideoPiece, WantedPiece};

use crate::environment::{Environment, EventStream, OpenError, Transport};
use crate::failure::ApiError;
use crate::outbox::{Answer, AnsweredWith, Entry, Request};
use crate::vault::Vault;

/// The time limit of a request that the server answers immediately.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(15);
/// How long the server may hold a poll open, in seconds.
const POLL_WAIT_S: u32 = FeedTiming::MAX_POLL_WAIT_S;
/// An attempt younger than this is not restarted when somebody asks to retry now: it is already what they ask for. TCP
/// retransmits the first packet of a connection after a second by itself.
const FRESH_ATTEMPT: Duration = Duration::from_secs(1);

/// The API of one server, as one profile.
#[derive(Clone)]
pub(crate) struct Api {
    server: ServerUrl,
    transport: Arc<dyn Transport>,
    environment: Arc<dyn Environment>,
    /// A counter of how often the connections were abandoned.
    abandoned: Arc<watch::Sender<u64>>,
    /// Notified when requests in flight may never be answered.
    in_doubt: Arc<Notify>,
    pub(crate) tokens: Tokens,
}

impl Api {
    pub(crate) fn new(server: ServerUrl, vault: Vault, environment: Arc<dyn Environment>) -> Result<Self, ApiError> {
        let transport = environment.connect(&server)?;
        Ok(Self {
            server,
            transport,
            environment,
            abandoned: Arc::default(),
            in_doubt: Arc::default(),
            tokens: Tokens::new(vault),
        })
    }

    pub(crate) fn server(&self) -> &ServerUrl {
        &self.server
    }

    /// The same server, with other tokens.
    pub(crate) fn with_tokens(&self, tokens: Tokens) -> Self {
        Self { tokens, ..self.clone() }
    }

    /// Stops using every open connection: they may be dead.
    pub(crate) fn leave_connections(&self) {
        self.transport.leave_connections();
        self.abandoned.send_modify(|times| *times += 1);
    }

    /// Marks the requests in flight as in doubt: they may have been sent before there was a network.
    pub(crate) fn doubt_requests(&self) {
        self.in_doubt.notify_waiters();
    }

    /// Returns when an attempt that starts now is [in doubt](Self::doubt_requests), unless it is still fresh by then.
    pub(crate) async fn wait_until_in_doubt(&self) {
        sleep(FRESH_ATTEMPT).await;
        self.in_doubt.notified().await;
    }

    /// Whether a Ringside server of our version answers.
    pub(crate) async fn check_server(&self) -> Result<(), ApiError> {
        let answer = self.execute(self.request(Method::GET, "/healthz")).await;
        checked(self.with_issuer(answer).await?).await.map(drop)
    }

    pub(crate) async fn sign_in(&self, body: &SignIn) -> Result<SignedIn, ApiError> {
        let answer = self.execute(self.request(Method::POST, "/v1/auth/login").json(body)).await;
        json(self.with_issuer(answer).await?).await
    }

    pub(crate) async fn sign_out(&self, everywhere: bool) -> Result<(), ApiError> {
        match self.send(&|| self.request(Method::POST, "/v1/auth/logout").json(&SignOut { everywhere })).await {
            // Already signed out: by this very request, if its first answer was lost.
            Ok(_) | Err(ApiError::NotSignedIn) => Ok(()),
            Err(error) => Err(error),
        }
    }

    pub(crate) async fn snapshot(&self) -> Result<Snapshot, ApiError> {
        json_of_many(self.send(&|| self.request(Method::GET, "/v1/snapshot")).await?).await
    }

    /// The feed after `cursor`. With `wait`, the server holds the answer until there is an event (long polling).
    pub(crate) async fn poll(&self, cursor: &Cursor, wait: bool) -> Result<FeedPage, ApiError> {
        let wait_s = if wait { POLL_WAIT_S } else { 0 };
        let after = cursor.to_string();
        let request = || {
            self.request(Method::GET, "/v1/feed")
                .header(ACCEPT, "application/json")
                .query("after", &after)
                .query("wait", &wait_s.to_string())
                .within(REQUEST_TIMEOUT + Duration::from_secs(wait_s.into()))
        };
        json_of_many(self.send(&request).await?).await
    }

    /// Opens the feed as a stream: the stream, or why there is none, and the access token that was used.
    ///
    /// Opening has no time limit. The caller applies its own.
    pub(crate) async fn stream(&self, cursor: &Cursor) -> Result<(Result<EventStream, ApiError>, Access), ApiError> {
        let access = self.tokens.access(self).await?;
        let cursor = cursor.to_string();
        let request = ApiRequest::new(Method::GET, self.server.at("/v1/feed"))
            .bearer(&access.token)
            // Sent twice, because some gateways pass only the headers they know.
            .header(LAST_EVENT_ID, &cursor)
            .query("after", &cursor);
        let opened = match self.transport.open_stream(request.into_request()).await {
            Ok(events) => Ok(events),
            Err(OpenError::Transport(error)) => Err(error.into()),
            Err(OpenError::NoStream(answer)) => Err(no_stream(*answer).await),
        };
        Ok((opened, access))
    }

    pub(crate) async fn change_me(&self, body: &ChangeMe) -> Result<Account, ApiError> {
        json(self.send(&|| self.request(Method::PATCH, "/v1/me").json(body)).await?).await
    }

    pub(crate) async fn change_password(&self, body: &ChangePassword) -> Result<(), ApiError> {
        self.send(&|| self.request(Method::POST, "/v1/me/password").json(body)).await.map(drop)
    }

    pub(crate) async fn start_session(&self) -> Result<Session, ApiError> {
        self.act("/v1/sessions").await
    }

    pub(crate) async fn join_session(&self, id: SessionId) -> Result<Session, ApiError> {
        self.act(&format!("/v1/sessions/{id}/join")).await
    }

    /// The studio's archived exercises by name.
    pub(crate) async fn archived_exercises(&self) -> Result<Vec<Exercise>, ApiError> {
        self.exercises(true).await
    }

    /// The version of an exercise; `None` if there is none.
    pub(crate) async fn version_of_exercise(&self, id: ExerciseId) -> Result<Option<u64>, ApiError> {
        for archived in [false, true] {
            let exercises = self.exercises(archived).await?;
            if let Some(exercise) = exercises.iter().find(|exercise| exercise.id == id) {
                return Ok(Some(exercise.version));
            }
        }
        Ok(None)
    }

    async fn exercises(&self, archived: bool) -> Result<Vec<Exercise>, ApiError> {
        #[derive(serde::Deserialize)]
        struct Library {
            exercises: Vec<Exercise>,
        }
        let request = || self.request(Method::GET, "/v1/exercises").query("archived", &archived.to_string());
        json_of_many::<Library>(self.send(&request).await?).await.map(|library| library.exercises)
    }

    /// What of the studio uses an exercise.
    pub(crate) async fn exercise_use(&self, id: ExerciseId) -> Result<UsedIn, ApiError> {
        let path = format!("/v1/exercises/{id}");
        json_of_many::<ExerciseDetails>(self.send(&|| self.request(Method::GET, &path)).await?)
            .await
            .map(|details| details.used_in)
    }

    /// Sends an act with its idempotency key and, if it is based on one, `version`.
    pub(crate) async fn perform(&self, entry: &Entry, version: Option<u64>) -> Result<Answer, ApiError> {
        let key = entry.key.to_string();
        let Request { method, path, body, answer } = entry.act.behaviour().request(entry.subject);
        let request = || {
            let request = self.request(method.clone(), &path).header(IDEMPOTENCY_KEY, &key);
            let request = body.iter().fold(request, |request, body| request.json_text(body.clone()));
            version.into_iter().fold(request, |request, version| request.header(IF_MATCH, &format!("\"{version}\"")))
        };
        let response = self.send(&request).await?;
        if response.status() == StatusCode::NO_CONTENT {
            return Ok(Answer::Gone);
        }
        // The act is done even if its result is too large or can't be parsed.
        let Some(text) = body_of_act(response).await? else { return Ok(Answer::Done) };
        let read = match answer {
            AnsweredWith::Round => serde_json::from_slice(&text).map(|round| Some(Answer::Round(round))),
            AnsweredWith::Subject => {
                let mut json = serde_json::Deserializer::from_slice(&text);
                let document = Document::read(entry.subject.kind, &mut json);
                document.map(|document| document.map(|document| Answer::Entity(Box::new(document))))
            }
        };
        Ok(read.ok().flatten().unwrap_or(Answer::Done))
    }

    /// A `POST` command without a body, with an idempotency key generated now: when the person acted.
    async fn act<T: DeserializeOwned>(&self, path: &str) -> Result<T, ApiError> {
        let key = self.environment.new_key().to_string();
        json_of_many(self.send(&|| self.request(Method::POST, path).header(IDEMPOTENCY_KEY, &key)).await?).await
    }

    /// A command on a version of something that is not kept here, with an idempotency key generated now.
    async fn change(
        &self,
        method: Method,
        path: &str,
        version: u64,
        body: Option<&(impl Serialize + Sync)>,
    ) -> Result<Response, ApiError> {
        let (key, version) = (self.environment.new_key().to_string(), format!("\"{version}\""));
        let request = || {
            let request = self.request(method.clone(), path).header(IDEMPOTENCY_KEY, &key).header(IF_MATCH, &version);
            body.into_iter().fold(request, ApiRequest::json)
        };
        self.send(&request).await
    }

    fn request(&self, method: Method, path: &str) -> ApiRequest {
        ApiRequest::new(method, self.server.at(path)).within(REQUEST_TIMEOUT)
    }

    async fn execute(&self, request: ApiRequest) -> Result<Response, ApiError> {
        Ok(self.transport.execute(request.into_request()).await?)
    }

    /// Adds who issued a certificate that is not trusted, for a person who waits for the answer.
    async fn with_issuer<T>(&self, answer: Result<T, ApiError>) -> Result<T, ApiError> {
        match answer {
            Err(ApiError::Certificate { .. }) => {
                Err(ApiError::Certificate { issuer: self.transport.certificate_issuer().await })
            }
            answer => answer,
        }
    }

    /// Sends an idempotent request. It is sent again when it is in doubt, or when the connections are abandoned: what
    /// was sent over them may be lost.
    async fn execute_again(&self, request: &(dyn Fn() -> ApiRequest + Sync)) -> Result<Response, ApiError> {
        loop {
            let mut abandoned = self.abandoned.subscribe();
            tokio::select! {
                biased;
                answer = self.execute(request()) => return answer,
                Ok(()) = abandoned.changed() => {}
                () = self.wait_until_in_doubt() => self.leave_connections(),
            }
        }
    }

    /// Sends a request as the signed-in person.
    ///
    /// It is sent again while its answer is in doubt, and once each when the server no longer accepts the access token
    /// and when the connection broke before an answer arrived (a kept-alive connection to a server that was restarted).
    /// So every request sent here must be safe to repeat: reads, acts with an idempotency key, and operations that are
    /// idempotent by themselves.
    async fn send(&self, request: &(dyn Fn() -> ApiRequest + Sync)) -> Result<Response, ApiError> {
        let Access { mut token, .. } = self.tokens.access(self).await?;
        let (mut renewed, mut repeated) = (false, false);
        loop {
            match self.send_once(request, &token).await {
                Err(error) if error.code() == Some(ProblemCode::TokenInvalid) && !renewed => {
                    renewed = true;
                    token = self.tokens.access_after(self, &token).await?.token;
                }
                Err(ApiError::Unreachable(_)) if !repeated => repeated = true,
                answer => return answer,
            }
        }
    }

    async fn send_once(&self, request: &(dyn Fn() -> ApiRequest + Sync), token: &Token) -> Result<Response, ApiError> {
        checked(self.execute_again(&|| request().bearer(token)).await?).await
    }
}

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
