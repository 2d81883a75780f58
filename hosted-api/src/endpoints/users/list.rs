//! `GET /v1/users`: the studio's people by name, found by any part of their name or address, a page at a time.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use training::ProblemCode;
use training::people::{User, UserStatus};
use training::wire::Role;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};
use uuid::Uuid;

use crate::app::App;
use crate::http::{ApiError, Caller, Params};
use crate::store::{UserFilter, UserPlace, UserRow};

const DEFAULT_LIMIT: u32 = 50;
/// Longest page.
pub(crate) const MAX_LIMIT: u32 = 100;
/// Longest text to search for, in characters.
pub(crate) const MAX_QUERY_CHARS: usize = 100;
/// What a place looks like.
const PLACE: &str = "^[0-9a-f]{0,2000}\\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$";

/// Which people.
#[derive(Deserialize)]
pub(crate) struct Filter {
    q: Option<String>,
    role: Option<Role>,
    status: Option<UserStatus>,
    after: Option<String>,
    limit: Option<u32>,
}

/// A page of people.
#[derive(Serialize, Deserialize, utoipa::ToSchema)]
pub(crate) struct UserPage {
    /// The people, by name.
    pub(crate) users: Vec<User>,
    /// Where the next page begins, for `after`; null on the last.
    pub(crate) next: Option<String>,
}

/// List the studio's people
///
/// By name, in the order of the studio's language. `q` is searched in names and addresses, without regard to case and
/// accents.
#[utoipa::path(get, path = "/v1/users", tag = "people",
    params(("q" = Option<String>, Query, description = "Any part of a name or an address"),
           ("role" = inline(Option<Role>), Query, description = "Only those with this role"),
           ("status" = inline(Option<UserStatus>), Query, description = "Only those with this status"),
           ("after" = inline(Option<UserPlace>), Query, description = "Only those after this place: `next` of the last page"),
           ("limit" = Option<u32>, Query, description = "How many, 1 to 100; 50 if absent")),
    responses((status = 200, description = "A page", body = UserPage)))]
pub(crate) async fn list_users(
    State(app): State<Arc<App>>,
    caller: Caller,
    Params(filter): Params<Filter>,
) -> Result<Json<UserPage>, ApiError> {
    caller.must_be(Role::Admin)?;
    let limit = filter.limit.unwrap_or(DEFAULT_LIMIT);
    if !(1..=MAX_LIMIT).contains(&limit) {
        return Err(invalid("limit must be 1 to 100"));
    }
    if filter.q.as_ref().is_some_and(|text| text.chars().count() > MAX_QUERY_CHARS) {
        return Err(invalid("q must have at most 100 characters"));
    }
    if filter.role.is_some_and(|role| !role.is_known()) || filter.status.is_some_and(|status| !status.is_known()) {
        return Err(invalid("role or status is not one there is"));
    }
    let after = filter.after.as_deref().map(|text| text.parse().map_err(|NoPlace| invalid("after is no place")));
    let wanted = UserFilter {
        text: filter.q.as_deref(),
        role: filter.role,
        status: filter.status,
        after: after.transpose()?,
        // One more than asked for tells whether there is another page.
        limit: limit + 1,
    };
    let mut rows = app.store.read().await?.users(caller.account.studio.id, &wanted).await?;
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let next = rows.last().filter(|_| more).map(|row| row.place.to_string());
    Ok(Json(UserPage { users: rows.into_iter().map(|UserRow { user, .. }| user).collect(), next }))
}

impl PartialSchema for UserPlace {
    fn schema() -> RefOr<Schema> {
        let text = ObjectBuilder::new().schema_type(Type::String).pattern(Some(PLACE));
        text.description(Some("A place in the list of people.")).into()
    }
}

impl ToSchema for UserPlace {}

/// The text is not a place in the list.
pub(crate) struct NoPlace;

impl fmt::Display for UserPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.sort_key, self.id)
    }
}

impl FromStr for UserPlace {
    type Err = NoPlace;

    fn from_str(text: &str) -> Result<Self, NoPlace> {
        let (sort_key, id) = text.rsplit_once('.').ok_or(NoPlace)?;
        let is_key = sort_key.len() <= 2_000 && sort_key.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        let id: Uuid = id.parse().ok().filter(|_| is_key).ok_or(NoPlace)?;
        Ok(Self { sort_key: sort_key.to_owned(), id: id.into() })
    }
}

fn invalid(detail: &str) -> ApiError {
    ApiError::new(ProblemCode::InvalidParameter).detail(detail)
}
