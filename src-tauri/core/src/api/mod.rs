//! The client of the hosted API: typed requests, typed errors.
//!
//! Deliberately absent: retries beyond one (the supervisor's and the outbox's business) and any state but the
//! connection pool and the tokens.

mod address;
mod answer;
mod tokens;

use std::time::Duration;

use reqwest::header::IF_MATCH;
use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder};
use serde::de::DeserializeOwned;
use training::wire::{
    Account, CancelSession, ChangeMe, ChangePassword, CompleteRound, Cursor, FeedPage, LogExercise, SaveRound, SignIn,
    SignOut, SignedIn, Snapshot,
};
use training::{ProblemCode, Session, SessionId};
use uuid::Uuid;

pub use address::ServerUrl;
pub(crate) use answer::refused;
use answer::{checked, json};
pub(crate) use tokens::{Access, Token, Tokens};

use crate::failure::ApiError;
use crate::outbox::{Act, Answer, Entry};
use crate::vault::Vault;

/// How long a connection may take to be made.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a request may take that the server answers at once.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(15);
/// How long the server may hold a poll open, in seconds.
const POLL_WAIT_S: u32 = 25;
/// How long a stream may be silent: the server sends a byte every 15 s, so more than two are missing.
const STREAM_SILENCE: Duration = Duration::from_secs(35);

/// The API of one server, as one profile.
#[derive(Clone)]
pub(crate) struct Api {
    server: ServerUrl,
    /// For requests with an answer.
    requests: Client,
    /// For streams: no overall timeout, but none may be silent.
    streams: Client,
    pub(crate) tokens: Tokens,
}

impl Api {
    pub(crate) fn new(server: ServerUrl, vault: Vault) -> Result<Self, ApiError> {
        // Our server never redirects. Whoever does is not it, and must not be handed a password or a token.
        let base =
            || Client::builder().connect_timeout(CONNECT_TIMEOUT).user_agent(USER_AGENT).redirect(Policy::none());
        // Plain http is for this machine, and must not leave it for a proxy.
        let base = || if server.is_plain() { base().no_proxy() } else { base() };
        let requests = base().build()?;
        let streams = base().read_timeout(STREAM_SILENCE).build()?;
        Ok(Self { server, requests, streams, tokens: Tokens::new(vault) })
    }

    pub(crate) fn server(&self) -> &ServerUrl {
        &self.server
    }

    /// Whether a Ringside server of our version answers.
    pub(crate) async fn check_server(&self) -> Result<(), ApiError> {
        let request = self.requests.get(self.server.at("/healthz")).timeout(REQUEST_TIMEOUT);
        checked(request.send().await?).await.map(drop)
    }

    pub(crate) async fn sign_in(&self, body: &SignIn) -> Result<SignedIn, ApiError> {
        let request = self.requests.post(self.server.at("/v1/auth/login")).timeout(REQUEST_TIMEOUT).json(body);
        json(request.send().await?).await
    }

    pub(crate) async fn sign_out(&self, everywhere: bool) -> Result<(), ApiError> {
        match self.send(&|| self.request(Method::POST, "/v1/auth/logout").json(&SignOut { everywhere })).await {
            // Signed out already: by this very request, if its first answer was lost.
            Ok(_) | Err(ApiError::NotSignedIn) => Ok(()),
            Err(error) => Err(error),
        }
    }

    pub(crate) async fn snapshot(&self) -> Result<Snapshot, ApiError> {
        json(self.send(&|| self.request(Method::GET, "/v1/snapshot")).await?).await
    }

    /// The feed after `cursor`; with `wait`, the server holds the answer back until there is something.
    pub(crate) async fn poll(&self, cursor: &Cursor, wait: bool) -> Result<FeedPage, ApiError> {
        let wait_s = if wait { POLL_WAIT_S } else { 0 };
        let query = [("after", cursor.to_string()), ("wait", wait_s.to_string())];
        let request = || {
            self.request(Method::GET, "/v1/feed")
                .header(reqwest::header::ACCEPT, "application/json")
                .query(&query)
                .timeout(REQUEST_TIMEOUT + Duration::from_secs(wait_s.into()))
        };
        json(self.send(&request).await?).await
    }

    /// A request for the feed as a stream, and the access token in it.
    pub(crate) async fn stream_request(&self, cursor: &Cursor) -> Result<(RequestBuilder, Access), ApiError> {
        let access = self.tokens.access(self).await?;
        let cursor = cursor.to_string();
        let request = self.streams.get(self.server.at("/v1/feed")).bearer_auth(access.token.as_str());
        // Twice, because some gateways pass only the headers they know.
        Ok((request.query(&[("after", &cursor)]).header("Last-Event-ID", &cursor), access))
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

    /// Sends an act under its key; on `version`, where it is based on one.
    pub(crate) async fn perform(&self, entry: &Entry, version: Option<u64>) -> Result<Answer, ApiError> {
        let key = entry.key.to_string();
        let keyed = |method: Method, path: &str| {
            let request = self.request(method, path).header(IDEMPOTENCY_KEY, &key);
            version.into_iter().fold(request, |request, version| request.header(IF_MATCH, format!("\"{version}\"")))
        };
        let session = entry.session;
        match &entry.act {
            Act::CancelSession { reason } => {
                let path = format!("/v1/sessions/{session}/cancel");
                let body = CancelSession { reason: reason.clone() };
                let answer = self.send(&|| keyed(Method::POST, &path).json(&body)).await?;
                json(answer).await.map(|session| Answer::Session(Box::new(session)))
            }
            Act::AddRound { plan, release } => {
                let path = format!("/v1/sessions/{session}/rounds");
                let body = SaveRound::new(plan.clone(), *release);
                self.round(&|| keyed(Method::POST, &path).json(&body)).await
            }
            Act::EditRound { round, plan, release, .. } => {
                let path = format!("/v1/rounds/{round}");
                let body = SaveRound::new(plan.clone(), *release);
                self.round(&|| keyed(Method::PUT, &path).json(&body)).await
            }
            Act::DeleteRound { round, .. } => {
                let path = format!("/v1/rounds/{round}");
                self.send(&|| keyed(Method::DELETE, &path)).await.map(|_empty| Answer::Gone)
            }
            Act::ReleaseRound { round } => {
                self.round(&|| keyed(Method::POST, &format!("/v1/rounds/{round}/release"))).await
            }
            Act::RecallRound { round } => {
                self.round(&|| keyed(Method::POST, &format!("/v1/rounds/{round}/recall"))).await
            }
            Act::StartRound { round } => {
                self.round(&|| keyed(Method::POST, &format!("/v1/rounds/{round}/start"))).await
            }
            Act::LogExercise { round, item, actual } => {
                let path = format!("/v1/rounds/{round}/exercises/{item}/log");
                let body = LogExercise { actual: *actual };
                self.round(&|| keyed(Method::PUT, &path).json(&body)).await
            }
            Act::CompleteRound { round, reports } => {
                let path = format!("/v1/rounds/{round}/complete");
                let body = CompleteRound { exercises: reports.clone() };
                self.round(&|| keyed(Method::POST, &path).json(&body)).await
            }
        }
    }

    /// Sends a request that is answered with a round.
    async fn round(&self, request: &(dyn Fn() -> RequestBuilder + Sync)) -> Result<Answer, ApiError> {
        json(self.send(request).await?).await.map(|round| Answer::Round(Box::new(round)))
    }

    /// A command without data by `POST`, under an idempotency key made now: when the person acted.
    async fn act<T: DeserializeOwned>(&self, path: &str) -> Result<T, ApiError> {
        let key = Uuid::now_v7().to_string();
        json(self.send(&|| self.request(Method::POST, path).header(IDEMPOTENCY_KEY, &key)).await?).await
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.requests.request(method, self.server.at(path)).timeout(REQUEST_TIMEOUT)
    }

    /// Sends a request as the signed-in person.
    ///
    /// It is sent again, once each, when the server no longer takes the access token, and when the connection broke
    /// before an answer came (a kept-alive connection to a server that was restarted). What is asked here may be asked
    /// twice: reads, acts under a key, and what comes to the same thing when it is done again.
    async fn send(&self, request: &(dyn Fn() -> RequestBuilder + Sync)) -> Result<reqwest::Response, ApiError> {
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

    async fn send_once(
        &self,
        request: &(dyn Fn() -> RequestBuilder + Sync),
        token: &Token,
    ) -> Result<reqwest::Response, ApiError> {
        checked(request().bearer_auth(token.as_str()).send().await?).await
    }
}

const IDEMPOTENCY_KEY: &str = "Idempotency-Key";
const USER_AGENT: &str = concat!("ringside/", env!("CARGO_PKG_VERSION"));
