//! The format of a stored session.

/// The version of a session document's shape that this server writes.
///
/// Raised whenever the shape changes, even if only a field is added: an older server, which would write the session
/// without that field, then leaves it alone. A test compares the shape with the one recorded for this number.
pub(crate) const FORMAT: i64 = 2;
