//! `POST /v1/athletes/{id}/sessions`: records a session that happened without Ringside.

use std::sync::Arc;

use axum::extract::State;
use training::{Session, SessionRecord, UserId};

use crate::app::App;
use crate::commands::{Answered, CommandContext, RecordSession, run};
use crate::http::{ApiError, CommandRequest, Ids, Required};

/// Record a session
///
/// By the athlete or the trainer they are assigned to. Its exercises may be archived; of feedback, only the effort is
/// needed. It counts like any other session.
#[utoipa::path(post, path = "/v1/athletes/{id}/sessions", tag = "athletes",
    params(("id" = UserId, Path, description = "The athlete")),
    request_body = SessionRecord,
    responses((status = 201, description = "The session", body = Session)))]
pub(crate) async fn record_session(
    State(app): State<Arc<App>>,
    Ids(athlete): Ids<UserId>,
    request: CommandRequest<Required<SessionRecord>>,
) -> Result<Answered, ApiError> {
    let CommandRequest { caller, key, body: Required(record) } = request;
    run(&app, CommandContext { caller, key }, RecordSession { athlete, record }).await
}
