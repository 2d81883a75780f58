//! Weeks, as ISO 8601 has them: from Monday to Sunday, in somebody's time zone.

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::timestamp::Timestamp;

/// A week, named by the Monday it begins on and written as that date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(type = "string"))]
#[serde(transparent)]
pub struct Week(Date);

impl Week {
    /// The week of an instant.
    pub fn of(at: Timestamp, zone: &TimeZone) -> Self {
        let date = zone.to_datetime(at.into()).date();
        let monday = date.checked_sub(date.weekday().to_monday_zero_offset().days());
        // Only the first week of all time begins too early to have a date.
        Self(monday.unwrap_or(date))
    }
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for Week {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Date)))
            .description(Some("A week, as the date of its Monday."))
            .into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for Week {}
