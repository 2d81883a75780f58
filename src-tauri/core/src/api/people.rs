//! The people of a studio: what its admins ask for and change, and invitations.
//!
//! All of it needs the server. Nothing here is replicated, and nothing waits in the outbox.

use std::time::Duration;

use reqwest::header::IF_MATCH;
use reqwest::{Method, Response};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use training::UserId;
use training::people::{
    ChangeUser, ClaimInvitation, CreateUser, Device, EraseUser, Invitation, InvitationPreview, InvitedUser,
    LookAtInvitation, User,
};
use training::wire::SignedIn;
use uuid::Uuid;

use super::{Api, IDEMPOTENCY_KEY, json, json_of_many};
use crate::bridge::{AuditPage, UserPage, UserQuery};
use crate::failure::ApiError;

/// The time limit of an export, which may be tens of megabytes.
const EXPORT_TIMEOUT: Duration = Duration::from_mins(15);
/// The time limit of an erasure, at whose end the server overwrites its file.
const ERASE_TIMEOUT: Duration = Duration::from_mins(1);

/// A list of sign-ins, as the server answers with it.
#[derive(Deserialize)]
struct Devices {
    devices: Vec<Device>,
}

impl Api {
    /// Whose an invitation is.
    pub(crate) async fn look_at_invitation(&self, code: String) -> Result<InvitationPreview, ApiError> {
        let body = LookAtInvitation { code };
        let answer = self.execute(self.request(Method::POST, "/v1/invitations/look").json(&body)).await;
        json(self.with_issuer(answer).await?).await
    }

    /// Sets a password with an invitation, which is used up, and signs in.
    pub(crate) async fn claim_invitation(&self, body: &ClaimInvitation) -> Result<SignedIn, ApiError> {
        let answer = self.execute(self.request(Method::POST, "/v1/invitations/claim").json(body)).await;
        json(self.with_issuer(answer).await?).await
    }

    /// A page of the studio's people.
    pub(crate) async fn users(&self, query: &UserQuery) -> Result<UserPage, ApiError> {
        let parameters = [
            ("q", query.search.clone()),
            ("role", query.role.map(|role| role.as_str().to_owned())),
            ("status", query.status.map(|status| status.as_str().to_owned())),
            ("after", query.after.clone()),
            ("limit", query.limit.map(|limit| limit.to_string())),
        ];
        let request = || {
            let given = parameters.iter().filter_map(|(name, value)| Some((name, value.as_deref()?)));
            given.fold(self.request(Method::GET, "/v1/users"), |request, (name, value)| request.query(name, value))
        };
        json_of_many(self.send(&request).await?).await
    }

    /// One of them, as they are now.
    pub(crate) async fn user(&self, id: UserId) -> Result<User, ApiError> {
        json(self.send(&|| self.request(Method::GET, &format!("/v1/users/{id}"))).await?).await
    }

    pub(crate) async fn add_user(&self, body: &CreateUser) -> Result<InvitedUser, ApiError> {
        self.command(Method::POST, "/v1/users", body, None).await
    }

    pub(crate) async fn change_user(&self, id: UserId, version: u64, body: &ChangeUser) -> Result<User, ApiError> {
        self.command(Method::PATCH, &format!("/v1/users/{id}"), body, Some(version)).await
    }

    pub(crate) async fn invite_user(&self, id: UserId) -> Result<Invitation, ApiError> {
        self.act(&format!("/v1/users/{id}/invitation")).await
    }

    pub(crate) async fn withdraw_invitation(&self, id: UserId) -> Result<(), ApiError> {
        self.delete(&format!("/v1/users/{id}/invitation")).await
    }

    pub(crate) async fn devices_of(&self, id: UserId) -> Result<Vec<Device>, ApiError> {
        self.devices(&format!("/v1/users/{id}/devices")).await
    }

    pub(crate) async fn end_device_of(&self, id: UserId, device: Uuid) -> Result<(), ApiError> {
        self.delete(&format!("/v1/users/{id}/devices/{device}")).await
    }

    pub(crate) async fn my_devices(&self) -> Result<Vec<Device>, ApiError> {
        self.devices("/v1/me/devices").await
    }

    pub(crate) async fn end_my_device(&self, device: Uuid) -> Result<(), ApiError> {
        self.delete(&format!("/v1/me/devices/{device}")).await
    }

    /// Erases a person.
    pub(crate) async fn erase_user(&self, id: UserId, confirm: String) -> Result<(), ApiError> {
        let (key, path) = (self.environment.new_key().to_string(), format!("/v1/users/{id}/erase"));
        let body = EraseUser { confirm };
        let request = || {
            let request = self.request(Method::POST, &path).within(ERASE_TIMEOUT);
            request.header(IDEMPOTENCY_KEY, &key).json(&body)
        };
        self.send(&request).await.map(drop)
    }

    /// Everything of a person, as a ZIP whose size is not known in advance.
    pub(crate) async fn export(&self, id: UserId) -> Result<Response, ApiError> {
        self.send(&|| self.request(Method::GET, &format!("/v1/users/{id}/export")).within(EXPORT_TIMEOUT)).await
    }

    /// A page of the audit log, newest first.
    pub(crate) async fn audit(&self, after: Option<&str>) -> Result<AuditPage, ApiError> {
        let request =
            || after.into_iter().fold(self.request(Method::GET, "/v1/audit"), |request, at| request.query("after", at));
        json_of_many(self.send(&request).await?).await
    }

    async fn devices(&self, path: &str) -> Result<Vec<Device>, ApiError> {
        json_of_many::<Devices>(self.send(&|| self.request(Method::GET, path)).await?).await.map(|list| list.devices)
    }

    pub(super) async fn delete(&self, path: &str) -> Result<(), ApiError> {
        let key = self.environment.new_key().to_string();
        self.send(&|| self.request(Method::DELETE, path).header(IDEMPOTENCY_KEY, &key)).await.map(drop)
    }

    /// A command with a body, and the version it is based on.
    async fn command<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: &(impl Serialize + Sync),
        version: Option<u64>,
    ) -> Result<T, ApiError> {
        let key = self.environment.new_key().to_string();
        let request = || {
            let request = self.request(method.clone(), path).header(IDEMPOTENCY_KEY, &key).json(body);
            version.into_iter().fold(request, |request, version| request.header(IF_MATCH, &format!("\"{version}\"")))
        };
        json(self.send(&request).await?).await
    }
}
