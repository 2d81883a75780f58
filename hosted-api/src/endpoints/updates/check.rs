//! `GET /v1/updates/…`: whether there is an update, in the protocol of tauri's updater.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::header::{ACCEPT_LANGUAGE, CACHE_CONTROL, HOST, VARY};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use semver::Version;
use serde::{Deserialize, Serialize};
use training::{ProblemCode, Timestamp};

use crate::app::App;
use crate::http::{ApiError, Ids, NO_STORE};
use crate::updates::{Bucket, Channel, Installation, Notes, Platform, PublicUrl, notes_for, select_release};

/// Names the rollout bucket, one of a hundred, that an installation belongs to.
const BUCKET: &str = "ringside-rollout-bucket";

/// What a response depends on, and that it must not be cached.
const HEADERS: [(axum::http::HeaderName, &str); 2] =
    [(VARY, "Accept-Language, Ringside-Rollout-Bucket"), (CACHE_CONTROL, NO_STORE)];

/// The installation that asks, according to the path.
#[derive(Deserialize)]
pub(crate) struct UpdateQuery {
    channel: String,
    target: String,
    arch: String,
    bundle: String,
    current_version: String,
}

/// An update.
#[derive(Serialize, Deserialize, utoipa::ToSchema)]
pub(crate) struct Update {
    /// Its version.
    version: String,
    /// What is new, in the requested language if available.
    notes: Option<String>,
    /// What is new, in each available language.
    notes_by_language: Notes,
    /// When it was published.
    pub_date: Timestamp,
    /// Where the artefact is.
    url: String,
    /// The artefact's signature, which also names the version.
    signature: String,
}

/// Look for an update
///
/// The highest version an installation may take: above its own, for its platform, rolled out to its hundredth of all
/// installations. Those of the channel `beta` are offered what is on `stable` as well. Platforms are named as tauri's
/// updater names them.
#[utoipa::path(get, path = "/v1/updates/{channel}/{target}/{arch}/{bundle}/{current_version}", tag = "updates",
    params(("channel" = String, Path, description = "`stable` or `beta`"),
           ("target" = String, Path, description = "`linux`, `darwin` or `windows`"),
           ("arch" = String, Path, description = "`x86_64`, `aarch64`, `i686` or `armv7`"),
           ("bundle" = String, Path, description = "`deb`, `rpm`, `appimage`, `app`, `msi` or `nsis`"),
           ("current_version" = String, Path, description = "The version that is installed"),
           ("Ringside-Rollout-Bucket" = Option<u8>, Header,
            description = "The installation's hundredth of all, 0 to 99, always the same; without it, only what \
                           is offered to everybody"),
           ("Accept-Language" = Option<String>, Header, description = "The preferred languages of the notes")),
    responses((status = 200, description = "An update", body = Update), (status = 204, description = "None")))]
pub(crate) async fn check_update(
    State(app): State<Arc<App>>,
    Ids(query): Ids<UpdateQuery>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let installation = Installation {
        channel: Channel::from_word(&query.channel).ok_or(ApiError::new(ProblemCode::NotFound))?,
        current: query.current_version.parse::<Version>().map_err(|_| invalid("the version is not semantic"))?,
        bucket: bucket(&headers)?,
    };
    let origin = match &app.updates.public_url {
        Some(url) => url.clone(),
        None => origin(&headers).ok_or(invalid("the Host names no host"))?,
    };
    // An unknown platform gets the same response as one for which nothing was published.
    let platform = Platform::named(&query.target, &query.arch, &query.bundle).filter(|named| named.has_updates());
    let update = match platform.filter(|_| app.updates.artefacts.is_some()) {
        Some(platform) => update(&app, &installation, platform, &headers, &origin).await?,
        None => None,
    };
    Ok(match update {
        Some(update) => (HEADERS, Json(update)).into_response(),
        None => (StatusCode::NO_CONTENT, HEADERS).into_response(),
    })
}

async fn update(
    app: &App,
    installation: &Installation,
    platform: Platform,
    headers: &HeaderMap,
    origin: &PublicUrl,
) -> Result<Option<Update>, ApiError> {
    let mut tx = app.store.read().await?;
    let rows = tx.releases_for(platform).await?;
    let Some(release) = select_release(rows.iter().map(|row| &row.release), installation) else { return Ok(None) };
    // Both were read from the same snapshot, so it exists.
    let Some(artefact) = tx.artefact(release, platform).await? else { return Ok(None) };
    let row = rows.iter().find(|row| row.release == *release);
    let accepted: Vec<&str> = headers.get_all(ACCEPT_LANGUAGE).iter().filter_map(|value| value.to_str().ok()).collect();
    Ok(row.map(|row| Update {
        version: release.version.to_string(),
        notes: notes_for(&row.notes, &accepted.join(",")).map(str::to_owned),
        notes_by_language: row.notes.clone(),
        pub_date: row.published_at,
        url: origin.at(&["v1", "artefacts", &artefact.hash, &artefact.file_name]).to_string(),
        signature: artefact.signature,
    }))
}

fn bucket(headers: &HeaderMap) -> Result<Option<Bucket>, ApiError> {
    let mut values = headers.get_all(BUCKET).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let bucket = value.to_str().ok().and_then(Bucket::parse).filter(|_| values.next().is_none());
    bucket.map(Some).ok_or(invalid("Ringside-Rollout-Bucket must be one number, 0 to 99"))
}

/// The URL at which the client reached us, according to its request.
fn origin(headers: &HeaderMap) -> Option<PublicUrl> {
    headers.get(HOST).and_then(|host| host.to_str().ok()).and_then(PublicUrl::of_host)
}

fn invalid(detail: &str) -> ApiError {
    ApiError::new(ProblemCode::InvalidParameter).detail(detail)
}
