//! The client of the hosted API: typed requests, typed errors.
//!
//! Deliberately absent: retries beyond one (the supervisor's and, later, the outbox's business) and any state but the
//! connection pool and the tokens.

mod address;
mod answer;
mod tokens;

use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder};
use serde::Serialize;
use serde::de::DeserializeOwned;
use training::wire::{
    Account, CancelSession, ChangeMe, ChangePassword, CompleteRound, Cursor, FeedPage, LogExercise, SaveRound, SignIn,
    SignOut, SignedIn, Snapshot,
};
use training::{ItemId, ProblemCode, Round, RoundId, Session, SessionId};
use uuid::Uuid;

pub use address::ServerUrl;
pub(crate) use answer::refused;
use answer::{checked, json};
pub(crate) use tokens::{Access, Token, Tokens};

use crate::failure::ApiError;
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
        self.send(&|| self.request(Method::POST, "/v1/auth/logout").json(&SignOut { everywhere })).await.map(drop)
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
        let request = self.streams.get(self.server.at("/v1/feed")).bearer_auth(access.token.as_str());
        Ok((request.header("Last-Event-ID", cursor.to_string()), access))
    }

    pub(crate) async fn change_me(&self, body: &ChangeMe) -> Result<Account, ApiError> {
        json(self.send(&|| self.request(Method::PATCH, "/v1/me").json(body)).await?).await
    }

    pub(crate) async fn change_password(&self, body: &ChangePassword) -> Result<(), ApiError> {
        self.send(&|| self.request(Method::POST, "/v1/me/password").json(body)).await.map(drop)
    }

    pub(crate) async fn start_session(&self) -> Result<Session, ApiError> {
        self.act("/v1/sessions", None::<&()>).await
    }

    pub(crate) async fn join_session(&self, id: SessionId) -> Result<Session, ApiError> {
        self.act(&format!("/v1/sessions/{id}/join"), None::<&()>).await
    }

    pub(crate) async fn cancel_session(&self, id: SessionId, body: &CancelSession) -> Result<Session, ApiError> {
        self.act(&format!("/v1/sessions/{id}/cancel"), Some(body)).await
    }

    pub(crate) async fn add_round(&self, session: SessionId, body: &SaveRound) -> Result<Round, ApiError> {
        self.act(&format!("/v1/sessions/{session}/rounds"), Some(body)).await
    }

    pub(crate) async fn edit_round(&self, id: RoundId, version: u64, body: &SaveRound) -> Result<Round, ApiError> {
        let key = Uuid::now_v7().to_string();
        let request = || self.changing(Method::PUT, id, version, &key).json(body);
        json(self.send(&request).await?).await
    }

    pub(crate) async fn delete_round(&self, id: RoundId, version: u64) -> Result<(), ApiError> {
        let key = Uuid::now_v7().to_string();
        self.send(&|| self.changing(Method::DELETE, id, version, &key)).await.map(drop)
    }

    pub(crate) async fn release_round(&self, id: RoundId) -> Result<Round, ApiError> {
        self.act(&format!("/v1/rounds/{id}/release"), None::<&()>).await
    }

    pub(crate) async fn recall_round(&self, id: RoundId) -> Result<Round, ApiError> {
        self.act(&format!("/v1/rounds/{id}/recall"), None::<&()>).await
    }

    pub(crate) async fn start_round(&self, id: RoundId) -> Result<Round, ApiError> {
        self.act(&format!("/v1/rounds/{id}/start"), None::<&()>).await
    }

    pub(crate) async fn log_exercise(
        &self,
        round: RoundId,
        item: ItemId,
        body: &LogExercise,
    ) -> Result<Round, ApiError> {
        let path = format!("/v1/rounds/{round}/exercises/{item}/log");
        let key = Uuid::now_v7().to_string();
        json(self.send(&|| self.request(Method::PUT, &path).header(IDEMPOTENCY_KEY, &key).json(body)).await?).await
    }

    pub(crate) async fn complete_round(&self, id: RoundId, body: &CompleteRound) -> Result<Round, ApiError> {
        self.act(&format!("/v1/rounds/{id}/complete"), Some(body)).await
    }

    /// A command by `POST`, under an idempotency key made now: when the person acted.
    async fn act<T: DeserializeOwned>(
        &self,
        path: &str,
        body: Option<&(impl Serialize + Sync)>,
    ) -> Result<T, ApiError> {
        let key = Uuid::now_v7().to_string();
        let request = || {
            let request = self.request(Method::POST, path).header(IDEMPOTENCY_KEY, &key);
            match body {
                Some(body) => request.json(body),
                None => request,
            }
        };
        json(self.send(&request).await?).await
    }

    fn changing(&self, method: Method, id: RoundId, version: u64, key: &str) -> RequestBuilder {
        self.request(method, &format!("/v1/rounds/{id}"))
            .header(reqwest::header::IF_MATCH, format!("\"{version}\""))
            .header(IDEMPOTENCY_KEY, key)
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.requests.request(method, self.server.at(path)).timeout(REQUEST_TIMEOUT)
    }

    /// Sends a request as the signed-in person.
    ///
    /// It is sent a second time when the server no longer takes the access token, and when the connection broke before
    /// an answer came (a kept-alive connection to a server that was restarted): every request here is safe to repeat,
    /// being a read or carrying an idempotency key.
    async fn send(&self, request: &(dyn Fn() -> RequestBuilder + Sync)) -> Result<reqwest::Response, ApiError> {
        let Access { token, .. } = self.tokens.access(self).await?;
        match self.send_once(request, &token).await {
            Err(error) if error.code() == Some(ProblemCode::TokenInvalid) => {
                let Access { token, .. } = self.tokens.access_after(self, &token).await?;
                self.send_once(request, &token).await
            }
            Err(ApiError::Unreachable(_)) => self.send_once(request, &token).await,
            answer => answer,
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
