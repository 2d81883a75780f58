//! What all endpoints share: the caller, request bodies and parameters, and error responses.

mod body;
mod body_limits;
mod body_stream;
mod boundary;
mod caller;
mod caller_network;
mod error;
mod file;
mod host;
mod idempotency;
mod json;
mod network;
mod page;
mod params;
pub(crate) mod request_id;
mod strict;
mod version;
mod weighted;

pub(crate) use body::{AnonymousBody, Nothing, Optional, Required};
pub(crate) use body_limits::{Bodies, BodyTiming, CollectedBody};
pub(crate) use body_stream::{BodyEnd, BodyStream};
pub(crate) use boundary::{NO_STORE, boundary, refuse_unknown_parameters};
pub(crate) use caller::Caller;
pub(crate) use error::{ApiError, method_not_allowed, not_found};
pub(crate) use file::{FileAnswer, answer_with_file};
pub(crate) use idempotency::{CommandRequest, IdempotencyKey, MAX_KEY_CHARS, idempotency_key};
pub use network::{BadTrustedProxies, TrustedProxies};
pub(crate) use network::{Network, Peer};
pub(crate) use page::PageSize;
pub(crate) use params::{Ids, Params};
pub(crate) use version::{IfMatch, etag};
pub(crate) use weighted::parse_weighted;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) use {body::FromBody, caller::bearer, host::check as check_host, version::version as version_in_tag};
