//! `GET /v1/users`: the studio's people by name, found by any part of their name or address, a page at a time.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use training::ProblemCode;
use training::people::{MAX_SORT_KEY_CHARS, User, UserStatus};
use training::wire::Role;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};
use uuid::Uuid;

use crate::app::App;
use crate::http::{ApiError, Caller, PageSize, Params};
use crate::store::{UserCursor, UserFilter, UserRow};

/// How many people a page has unless another number is asked for.
const DEFAULT_SIZE: u32 = 50;
/// Longest text to search for, in characters.
pub(crate) const MAX_QUERY_CHARS: usize = 100;

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
           ("after" = inline(Option<UserCursor>), Query, description = "Only those after this place: `next` of the last page"),
           ("limit" = Option<u32>, Query, description = "How many, 1 to 100; 50 if absent")),
    responses((status = 200, description = "A page", body = UserPage)))]
pub(crate) async fn list_users(
    State(app): State<Arc<App>>,
    caller: Caller,
    Params(filter): Params<Filter>,
) -> Result<Json<UserPage>, ApiError> {
    caller.must_be(Role::Admin)?;
    let size = PageSize::of(filter.limit, DEFAULT_SIZE)?;
    if filter.q.as_ref().is_some_and(|text| text.chars().count() > MAX_QUERY_CHARS) {
        return Err(invalid("q must have at most 100 characters"));
    }
    if filter.role.is_some_and(|role| !role.is_known()) || filter.status.is_some_and(|status| !status.is_known()) {
        return Err(invalid("role or status is not one there is"));
    }
    let after =
        filter.after.as_deref().map(|text| text.parse().map_err(|InvalidUserCursor| invalid("after is no place")));
    let wanted = UserFilter {
        text: filter.q.as_deref(),
        role: filter.role,
        status: filter.status,
        after: after.transpose()?,
        limit: size.rows(),
    };
    let mut rows = app.store.users(caller.account.studio.id, &wanted).await?;
    let next = size.cut(&mut rows).map(|row| row.cursor.to_string());
    Ok(Json(UserPage { users: rows.into_iter().map(|UserRow { user, .. }| user).collect(), next }))
}

impl PartialSchema for UserCursor {
    fn schema() -> RefOr<Schema> {
        let text = ObjectBuilder::new().schema_type(Type::String).pattern(Some(format!(
            "^[0-9a-f]{{0,{MAX_SORT_KEY_CHARS}}}\\.[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}$"
        )));
        text.description(Some("A place in the list of people.")).into()
    }
}

impl ToSchema for UserCursor {}

/// The text is not a place in the list.
pub(crate) struct InvalidUserCursor;

impl fmt::Display for UserCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.sort_key, self.id)
    }
}

impl FromStr for UserCursor {
    type Err = InvalidUserCursor;

    fn from_str(text: &str) -> Result<Self, InvalidUserCursor> {
        let (sort_key, id) = text.rsplit_once('.').ok_or(InvalidUserCursor)?;
        let is_hex = sort_key.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        let is_key = is_hex && sort_key.len() <= MAX_SORT_KEY_CHARS;
        let id: Uuid = id.parse().ok().filter(|_| is_key).ok_or(InvalidUserCursor)?;
        Ok(Self { sort_key: sort_key.to_owned(), id: id.into() })
    }
}

fn invalid(detail: &str) -> ApiError {
    ApiError::new(ProblemCode::InvalidParameter).detail(detail)
}
