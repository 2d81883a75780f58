//! A person's other device: its acts reach their windows through the feed.
//!
//! It has no window and no core, only the API, so that a test can perform an act that no open window offers right now.

use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::server::{Account, Server};

/// See the module.
#[derive(Debug)]
pub struct Device {
    client: Client,
    url: String,
    token: String,
}

impl Device {
    /// Signs `account` in on a new device.
    pub async fn sign_in(server: &Server, account: &Account) -> Result<Self, Failure> {
        // The server closes idle connections, perhaps at the moment one is used again.
        let client = Client::builder().pool_max_idle_per_host(0).build();
        let client = client.map_err(|error| problem("/v1/auth/login", &error.to_string()))?;
        Self::sign_in_with(client, server.url(), account).await
    }

    /// Signs `account` in with this client, at the address of a proxy.
    pub async fn sign_in_with(client: Client, url: &str, account: &Account) -> Result<Self, Failure> {
        let mut device = Self { client, url: url.to_owned(), token: String::new() };
        let body = json!({"email": account.email, "password": account.password, "device_name": "another device"});
        let signed_in = device.act(Method::POST, "/v1/auth/login", Some(body)).await?;
        signed_in["access_token"].as_str().unwrap_or_default().clone_into(&mut device.token);
        Ok(device)
    }

    /// The same device with another access token.
    #[must_use]
    pub fn held_by(&self, token: &str) -> Self {
        Self { client: self.client.clone(), url: self.url.clone(), token: token.to_owned() }
    }

    /// This person's snapshot from the server.
    pub async fn snapshot(&self) -> Result<Value, Failure> {
        self.get("/v1/snapshot").await
    }

    /// Gets `path`.
    pub async fn get(&self, path: &str) -> Result<Value, Failure> {
        self.act(Method::GET, path, None).await
    }

    /// Gets the bytes at `path`.
    pub async fn bytes(&self, path: &str) -> Result<Vec<u8>, Failure> {
        let request = self.client.get(format!("{}{path}", self.url)).bearer_auth(&self.token);
        let answer = async { request.send().await?.error_for_status()?.bytes().await }.await;
        answer.map(Into::into).map_err(|error| problem(path, &error.to_string()))
    }

    /// Posts to `path` without a body.
    pub async fn post(&self, path: &str) -> Result<Value, Failure> {
        self.act(Method::POST, path, None).await
    }

    /// Posts `body` to `path`.
    pub async fn post_with(&self, path: &str, body: Value) -> Result<Value, Failure> {
        self.act(Method::POST, path, Some(body)).await
    }

    /// Posts a file's bytes to `path`.
    pub async fn post_bytes(&self, path: &str, bytes: Vec<u8>) -> Result<Value, Failure> {
        let request = self.client.post(format!("{}{path}", self.url)).bearer_auth(&self.token).body(bytes);
        let answer = async { request.send().await?.error_for_status()?.json().await }.await;
        answer.map_err(|error| problem(path, &error.to_string()))
    }

    /// Puts `body` to `path`.
    pub async fn put(&self, path: &str, body: Value) -> Result<Value, Failure> {
        self.act(Method::PUT, path, Some(body)).await
    }

    /// Patches this version of what is at `path` with `body`.
    pub async fn patch(&self, path: &str, version: &Value, body: Value) -> Result<Value, Failure> {
        let request = self.client.patch(format!("{}{path}", self.url)).header("If-Match", format!("\"{version}\""));
        self.answer(path, request.json(&body)).await
    }

    /// Deletes this version of `round`.
    pub async fn delete_round(&self, round: &Value) -> Result<Value, Failure> {
        let path = format!("/v1/rounds/{}", text(&round["id"]));
        let request = self.client.delete(format!("{}{path}", self.url));
        self.answer(&path, request.header("If-Match", format!("\"{}\"", round["version"]))).await
    }

    /// Saves `round` with `change` made to its plan.
    pub async fn edit_round(&self, round: &Value, change: impl FnOnce(&mut Value)) -> Result<Value, Failure> {
        let items = round["exercises"].as_array().cloned().unwrap_or_default();
        let exercises: Vec<Value> = items
            .iter()
            .map(|item| {
                json!({"id": item["id"], "exercise_id": item["exercise_id"], "planned": item["planned"],
                       "trainer_notes": item["trainer_notes"]})
            })
            .collect();
        let mut plan = json!({"is_final": round["is_final"], "rest_after_s": round["rest_after_s"],
                              "exercises": exercises});
        change(&mut plan);
        let path = format!("/v1/rounds/{}", text(&round["id"]));
        let request =
            self.client.put(format!("{}{path}", self.url)).header("If-Match", format!("\"{}\"", round["version"]));
        self.answer(&path, request.json(&plan)).await
    }

    /// The session of this person that is not over.
    pub async fn open_session(&self) -> Result<Value, Failure> {
        let snapshot = self.snapshot().await?;
        let sessions = snapshot["sessions"].as_array().cloned().unwrap_or_default();
        let is_open = |session: &Value| matches!(session["status"].as_str(), Some("waiting" | "active"));
        sessions.into_iter().find(is_open).ok_or_else(|| problem("/v1/snapshot", "holds no open session"))
    }

    /// This person's event stream; the response body goes on until the server ends it.
    pub async fn stream(&self) -> Result<reqwest::Response, Failure> {
        let request = self.client.get(format!("{}/v1/feed", self.url)).bearer_auth(&self.token);
        let opened = async { request.header("Accept", "text/event-stream").send().await?.error_for_status() }.await;
        opened.map_err(|error| problem("/v1/feed", &error.to_string()))
    }

    async fn act(&self, method: Method, path: &str, body: Option<Value>) -> Result<Value, Failure> {
        let request = self.client.request(method, format!("{}{path}", self.url));
        self.answer(path, if let Some(body) = body { request.json(&body) } else { request }).await
    }

    async fn answer(&self, path: &str, request: reqwest::RequestBuilder) -> Result<Value, Failure> {
        let request = if self.token.is_empty() { request } else { request.bearer_auth(&self.token) };
        let answer = async { request.send().await?.error_for_status()?.bytes().await }.await;
        let bytes = answer.map_err(|error| problem(path, &error.to_string()))?;
        if bytes.is_empty() { Ok(Value::Null) } else { serde_json::from_slice(&bytes).map_err(Failure::Answer) }
    }
}

/// A JSON text without its quotes.
pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn problem(path: &str, problem: &str) -> Failure {
    Failure::Program { program: format!("ringside-api, asked for {path},"), problem: problem.to_owned() }
}
