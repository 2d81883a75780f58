//! What a person's own window knows of their account.

use serde::{Deserialize, Serialize};

use crate::ids::{StudioId, UserId};
use crate::session::Person;
use crate::vocabulary::vocabulary;
use crate::weights::WeightUnit;

vocabulary! {
    /// What a person may be in a studio; several at once are possible.
    Role {
        /// Trains.
        Athlete = "athlete",
        /// Leads sessions of the athletes assigned to them.
        Trainer = "trainer",
        /// Keeps people and exercises.
        Admin = "admin",
    }
}

vocabulary! {
    /// A language the windows speak.
    Locale {
        /// German, the default.
        De = "de",
        /// Portuguese.
        Pt = "pt",
        /// English.
        En = "en",
    }
}

#[allow(clippy::derivable_impls, reason = "a vocabulary has no attributes on its words")]
impl Default for Locale {
    fn default() -> Self {
        Self::De
    }
}

/// A studio as its people see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Studio {
    /// Its id.
    pub id: StudioId,
    /// Its name.
    pub name: String,
    /// Its time zone, by its name in the IANA database; weeks are ISO weeks in it.
    #[serde(default = "utc")]
    pub time_zone: String,
}

/// What servers that know no time zones go by.
fn utc() -> String {
    "UTC".to_owned()
}

/// A person's own account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Account {
    /// Their id.
    pub id: UserId,
    /// Their name, as others see it.
    pub name: String,
    /// The address they sign in with.
    pub email: String,
    /// What they may be.
    pub roles: Vec<Role>,
    /// The language of their windows.
    pub locale: Locale,
    /// In which unit they read and enter weights. Servers before this field know kilograms only.
    #[serde(default)]
    pub weight_unit: WeightUnit,
    /// The studio they belong to.
    pub studio: Studio,
    /// The trainer assigned to them, if they train.
    pub trainer: Option<Person>,
    /// Grows by one with every change.
    #[serde(default)]
    pub version: u64,
}

impl Account {
    /// Whether they are a trainer or an admin, and so see the studio's library.
    pub fn is_staff(&self) -> bool {
        self.roles.iter().any(|role| matches!(role, Role::Trainer | Role::Admin))
    }
}
