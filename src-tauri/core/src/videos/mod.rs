//! Videos on this machine's disk, for all profiles: what is kept ([`wanted()`]), where ([`store`]), how it gets there
//! ([`fetch`]), and the task that fetches without being asked ([`keeper`]).
//!
//! A profile reads only videos that its own replica names, so nobody learns here of another studio's.

mod fetch;
mod keeper;
mod store;
#[cfg(test)]
mod tests;
mod wanted;

pub(crate) use fetch::{Fetch, FetchError};
pub(crate) use keeper::keep_videos;
pub(crate) use store::{Displaced, LIMIT_BYTES, VideoFile, VideoStore};
pub(crate) use wanted::{Wanted, is_known, wanted};
