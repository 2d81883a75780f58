//! Identifiers: one newtype per kind of thing, so that a round's id can never be passed for a session's.

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(type = "string"))]
        #[serde(transparent)]
        pub struct $name(pub uuid::Uuid);

        impl From<uuid::Uuid> for $name {
            fn from(id: uuid::Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for uuid::Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )+};
}

id! {
    /// A studio: the boundary nothing is seen across.
    StudioId,
    /// A person with an account.
    UserId,
    /// One training session.
    SessionId,
    /// One round of a session.
    RoundId,
    /// One exercise as it stands in one round.
    ItemId,
    /// An exercise of the studio's library.
    ExerciseId,
    /// A template of a trainer's.
    TemplateId,
    /// A video of an exercise.
    VideoId,
    /// A file on its way to the server.
    UploadId,
    /// An entry of the journal about an athlete.
    JournalEntryId,
    /// A file of another tracker that was read.
    ImportId,
    /// What an athlete weighed at an instant.
    WeightId,
}

/// The ids of everything one act creates, counted up from its idempotency key: whoever decides the act, and however
/// often, gets the same ids. So a desktop knows the id of a round planned offline before the server receives it.
#[derive(Clone, Debug)]
pub struct ActIds(u128);

impl ActIds {
    /// The bits of a UUID version 7 that are neither instant nor version nor variant (RFC 9562, section 5.7, `rand_b`).
    const COUNTED: u128 = (1 << 62) - 1;

    /// The ids of the act with this key; `None` unless the key is a UUID version 7.
    pub fn of(key: uuid::Uuid) -> Option<Self> {
        (key.get_version_num() == 7).then(|| Self(key.as_u128()))
    }

    /// The next id. The first is the key itself.
    pub fn make(&mut self) -> uuid::Uuid {
        let made = self.0;
        self.0 = (made & !Self::COUNTED) | ((made + 1) & Self::COUNTED);
        uuid::Uuid::from_u128(made)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn an_act_s_ids_count_on_from_its_key() {
        let key: Uuid = "01890000-0000-7000-8000-000000000009".parse().expect("an id");
        let mut ids = ActIds::of(key).expect("a version 7");
        assert_eq!(ids.make(), key);
        assert_eq!(ids.make().to_string(), "01890000-0000-7000-8000-00000000000a");
        assert!(ActIds::of(Uuid::nil()).is_none());
    }

    #[test]
    fn counting_on_never_touches_what_is_not_random() {
        let key: Uuid = "01890000-0000-7abc-bfff-ffffffffffff".parse().expect("an id");
        let mut ids = ActIds::of(key).expect("a version 7");
        ids.make();
        assert_eq!(ids.make().to_string(), "01890000-0000-7abc-8000-000000000000");
    }
}
