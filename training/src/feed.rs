//! The feed: events about entities, numbered for each person.
//!
//! On the wire an event is one object: when (`at`), what (`type`), and the entity afterwards. Sessions have their own
//! events ([`SessionEvent`]). Any other entity is saved or removed, under the names in the table of kinds: the one event
//! carries the whole entity and the other its id, both in the member named after its kind. A person's own account is no
//! entity of a list; `account-changed` carries it.

use std::collections::BTreeMap;

use serde::de::Error as _;
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::entity::{Document, EntityRef, Kind};
use crate::ids::RoundId;
use crate::people::Account;
use crate::session::{Session, SessionEvent, SessionEventName};
use crate::timestamp::Timestamp;
use crate::vocabulary::Unrecognised;

/// Something that happened.
#[allow(clippy::large_enum_variant, reason = "nearly every event is a session's, and few are held at once")]
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// In a session.
    Session(SessionEvent),
    /// An entity was created or changed.
    Saved {
        /// When, by the server's clock.
        at: Timestamp,
        /// The entity after it.
        document: Document,
    },
    /// An entity was removed, or is no longer visible to this person.
    Removed {
        /// When, by the server's clock.
        at: Timestamp,
        /// Which.
        entity: EntityRef,
    },
    /// The person's own account was changed.
    AccountChanged {
        /// When, by the server's clock.
        at: Timestamp,
        /// The account after it.
        account: Box<Account>,
    },
    /// An event that only a newer version knows. It changes nothing here, but its number counts.
    Unknown {
        /// When, by the server's clock.
        at: Timestamp,
        /// Its name.
        name: Unrecognised,
    },
}

/// An event in one person's feed.
#[derive(Clone, Debug, PartialEq)]
pub struct Envelope {
    /// Its number in the feed: 1, 2, 3, … without holes.
    pub seq: u64,
    /// The event.
    pub event: Event,
}

/// The name of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventName {
    /// Of a session's.
    Session(SessionEventName),
    /// An entity of this kind was created or changed.
    Saved(Kind),
    /// An entity of this kind was removed.
    Removed(Kind),
    /// The person's own account was changed.
    AccountChanged,
    /// One that this version doesn't know.
    Unknown(Unrecognised),
}

/// The name of the event of a person's own account, and the member that holds it.
const ACCOUNT_CHANGED: (&str, &str) = ("account-changed", "account");

impl EventName {
    /// Parses a name from the wire.
    pub fn from_word(word: &str) -> Self {
        let session = SessionEventName::from_word(word);
        if session.is_known() {
            return Self::Session(session);
        }
        if word == ACCOUNT_CHANGED.0 {
            return Self::AccountChanged;
        }
        let named = Self::of_entities().find(|(_, name)| *name == word);
        named.map_or_else(|| Self::Unknown(Unrecognised::new(word)), |(name, _)| name)
    }

    /// Every event about entities but sessions, with its name.
    fn of_entities() -> impl Iterator<Item = (Self, &'static str)> {
        Kind::ALL.iter().copied().flat_map(|kind| {
            let names = kind.events();
            let saved = names.saved.map(|name| (Self::Saved(kind), name));
            saved.into_iter().chain(names.removed.map(|name| (Self::Removed(kind), name)))
        })
    }
}

impl std::fmt::Display for EventName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Session(name) => f.write_str(name.as_str()),
            // A kind without such an event has none that could be written.
            Self::Saved(kind) => f.write_str(kind.events().saved.unwrap_or_default()),
            Self::Removed(kind) => f.write_str(kind.events().removed.unwrap_or_default()),
            Self::AccountChanged => f.write_str(ACCOUNT_CHANGED.0),
            Self::Unknown(name) => f.write_str(name.as_str()),
        }
    }
}

impl Serialize for EventName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(feature = "typescript")]
impl ts_rs::TS for EventName {
    type WithoutGenerics = Self;
    type OptionInnerType = Self;

    fn name(_: &ts_rs::Config) -> String {
        "EventName".to_owned()
    }

    fn ident(config: &ts_rs::Config) -> String {
        Self::name(config)
    }

    fn inline(_: &ts_rs::Config) -> String {
        let others = Self::of_entities().map(|(_, name)| name).chain([ACCOUNT_CHANGED.0]);
        let others: Vec<String> = others.map(|name| format!(" | \"{name}\"")).collect();
        format!("SessionEventName{}", others.concat())
    }

    fn decl(config: &ts_rs::Config) -> String {
        format!("type EventName = {};", Self::inline(config))
    }

    fn visit_dependencies(visitor: &mut impl ts_rs::TypeVisitor)
    where
        Self: 'static,
    {
        visitor.visit::<SessionEventName>();
    }

    fn output_path() -> Option<std::path::PathBuf> {
        Some("EventName.ts".into())
    }
}

impl Event {
    /// Its name.
    pub fn name(&self) -> EventName {
        match self {
            Self::Session(event) => EventName::Session(event.change.name()),
            Self::Saved { document, .. } => EventName::Saved(document.entity_ref().kind),
            Self::Removed { entity, .. } => EventName::Removed(entity.kind),
            Self::AccountChanged { .. } => EventName::AccountChanged,
            Self::Unknown { name, .. } => EventName::Unknown(*name),
        }
    }

    /// When it happened, by the server's clock.
    pub fn at(&self) -> Timestamp {
        match self {
            Self::Session(event) => event.at,
            Self::Saved { at, .. }
            | Self::Removed { at, .. }
            | Self::AccountChanged { at, .. }
            | Self::Unknown { at, .. } => *at,
        }
    }

    /// The entity it is about; `None` if that is unknown.
    pub fn entity_ref(&self) -> Option<EntityRef> {
        match self {
            Self::Session(event) => Some(EntityRef::of::<Session>(event.session_id)),
            Self::Saved { document, .. } => Some(document.entity_ref()),
            Self::Removed { entity, .. } => Some(*entity),
            Self::AccountChanged { .. } | Self::Unknown { .. } => None,
        }
    }

    /// The round it is about, if it is about one.
    pub fn round_id(&self) -> Option<RoundId> {
        match self {
            Self::Session(event) => event.change.round().map(|round| round.id),
            Self::Saved { .. } | Self::Removed { .. } | Self::AccountChanged { .. } | Self::Unknown { .. } => None,
        }
    }
}

/// The member of an event that holds an entity of this kind.
fn member(kind: Kind) -> String {
    kind.as_str().replace('-', "_")
}

/// What is left of a removed entity.
#[derive(Serialize, Deserialize)]
struct Gone {
    id: Uuid,
}

impl Serialize for Event {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if let Self::Session(event) = self {
            return event.serialize(serializer);
        }
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("at", &self.at())?;
        map.serialize_entry("type", &self.name())?;
        match self {
            Self::Saved { document, .. } => map.serialize_entry(&member(document.entity_ref().kind), document)?,
            Self::Removed { entity, .. } => map.serialize_entry(&member(entity.kind), &Gone { id: entity.id })?,
            Self::AccountChanged { account, .. } => map.serialize_entry(ACCOUNT_CHANGED.1, account)?,
            Self::Session(_) | Self::Unknown { .. } => {}
        }
        map.end()
    }
}

impl Serialize for Envelope {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Numbered<'a> {
            seq: u64,
            #[serde(flatten)]
            event: &'a Event,
        }
        Numbered { seq: self.seq, event: &self.event }.serialize(serializer)
    }
}

/// Parses an event from its JSON object, ignoring any other members.
fn read(text: &str) -> Result<Event, serde_json::Error> {
    #[derive(Deserialize)]
    struct Head {
        at: Timestamp,
        #[serde(rename = "type")]
        name: String,
    }
    let Head { at, name } = serde_json::from_str(text)?;
    let held = |member: &str| {
        let mut members: BTreeMap<String, &RawValue> = serde_json::from_str(text)?;
        let entity = members.remove(member).map(RawValue::get);
        entity.ok_or_else(|| serde_json::Error::custom(format_args!("{name} without {member}")))
    };
    let entity = |kind: Kind| held(&member(kind));
    Ok(match EventName::from_word(&name) {
        EventName::Session(_) => Event::Session(serde_json::from_str(text)?),
        EventName::Saved(kind) => {
            let mut json = serde_json::Deserializer::from_str(entity(kind)?);
            match Document::read(kind, &mut json)? {
                Some(document) => Event::Saved { at, document },
                None => Event::Unknown { at, name: Unrecognised::new(&name) },
            }
        }
        EventName::Removed(kind) => {
            let Gone { id } = serde_json::from_str(entity(kind)?)?;
            Event::Removed { at, entity: EntityRef { kind, id } }
        }
        EventName::AccountChanged => {
            Event::AccountChanged { at, account: serde_json::from_str(held(ACCOUNT_CHANGED.1)?)? }
        }
        EventName::Unknown(name) => Event::Unknown { at, name },
    })
}

impl<'de> Deserialize<'de> for Event {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Box::<RawValue>::deserialize(deserializer)?;
        read(text.get()).map_err(D::Error::custom)
    }
}

impl<'de> Deserialize<'de> for Envelope {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Number {
            seq: u64,
        }
        let text = Box::<RawValue>::deserialize(deserializer)?;
        let Number { seq } = serde_json::from_str(text.get()).map_err(D::Error::custom)?;
        Ok(Self { seq, event: read(text.get()).map_err(D::Error::custom)? })
    }
}

/// In the API's description: an event is a session's, or one of those that every other kind of entity has.
#[cfg(feature = "openapi")]
mod schema {
    use utoipa::openapi::schema::{AllOfBuilder, AnyOfBuilder, ObjectBuilder, Type};
    use utoipa::openapi::{Ref, RefOr, Schema};
    use utoipa::{PartialSchema, ToSchema};

    use super::{ACCOUNT_CHANGED, Envelope, EventName, member};
    use crate::entity::schemas;
    use crate::people::Account;
    use crate::session::SessionEvent;
    use crate::timestamp::Timestamp;

    fn event(name: EventName, member: impl Into<String>, entity: impl Into<RefOr<Schema>>) -> ObjectBuilder {
        let name = ObjectBuilder::new().schema_type(Type::String).enum_values(Some([name.to_string()]));
        let member = member.into();
        ObjectBuilder::new()
            .property("at", Timestamp::schema())
            .required("at")
            .property("type", name)
            .required("type")
            .property(member.clone(), entity)
            .required(member)
    }

    fn gone() -> ObjectBuilder {
        ObjectBuilder::new().property("id", uuid_schema()).required("id")
    }

    fn uuid_schema() -> RefOr<Schema> {
        crate::ids::ExerciseId::schema()
    }

    impl PartialSchema for Envelope {
        fn schema() -> RefOr<Schema> {
            let number = ObjectBuilder::new()
                .schema_type(Type::Integer)
                .minimum(Some(1))
                .description(Some("Its number in the feed: 1, 2, 3, … without holes."));
            let mut events = AnyOfBuilder::new().item(Ref::from_schema_name(SessionEvent::name()));
            for (name, _) in EventName::of_entities() {
                events = match name {
                    EventName::Saved(kind) => {
                        events.item(event(name, member(kind), Ref::from_schema_name(schemas::name(kind))))
                    }
                    EventName::Removed(kind) => events.item(event(name, member(kind), gone())),
                    _ => events,
                };
            }
            let account = Ref::from_schema_name(Account::name());
            events = events.item(event(EventName::AccountChanged, ACCOUNT_CHANGED.1, account));
            AllOfBuilder::new()
                .description(Some(
                    "An event of the feed. Clients ignore members that they don't know, and pass over types that they \
                     don't know: only their number counts.",
                ))
                .item(ObjectBuilder::new().property("seq", number).required("seq"))
                .item(events)
                .into()
        }
    }

    impl ToSchema for Envelope {
        fn schemas(all: &mut Vec<(String, RefOr<Schema>)>) {
            all.push((SessionEvent::name().into(), SessionEvent::schema()));
            SessionEvent::schemas(all);
            schemas::all(all);
            all.push((Account::name().into(), Account::schema()));
            Account::schemas(all);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXERCISE: &str = r#"{"id":"01890000-0000-7000-8000-000000000000","name":"Squat","category":"yoga",
        "fields":["reps","tempo"],"archived":false,"version":3,"equipment":["barbell"]}"#;

    fn envelope(text: &str) -> Envelope {
        serde_json::from_str(text).expect("an event")
    }

    #[test]
    fn an_entity_is_read_from_the_member_called_by_its_kind_and_other_members_are_ignored() {
        let text = format!(
            r#"{{"seq":4,"at":"2026-01-01T00:00:00Z","type":"exercise-saved","exercise":{EXERCISE},"reason":1}}"#
        );
        let Event::Saved { document, .. } = envelope(&text).event else { panic!("it was saved") };
        assert_eq!(document.version(), 3);
        let written = serde_json::to_value(&document).expect("an exercise");
        assert_eq!(written["category"], "yoga", "unknown words are passed on");
        assert_eq!(written["fields"][1], "tempo");
    }

    #[test]
    fn an_event_of_an_unknown_type_has_a_number_and_nothing_else() {
        for name in ["meal-saved", "meal-removed", "presence", "session-saved", "note-removed", "-saved", ""] {
            let read = envelope(&format!(r#"{{"type":"{name}","at":"2026-01-01T00:00:00Z","x":{{}},"seq":9}}"#));
            assert_eq!(read.seq, 9);
            assert!(matches!(read.event, Event::Unknown { name: unknown, .. } if unknown.as_str() == name), "{name}");
        }
    }

    #[test]
    fn an_event_reads_back_as_it_was_written() {
        let removed = Envelope {
            seq: 7,
            event: Event::Removed {
                at: Timestamp::from_millisecond(0).expect("an instant"),
                entity: EntityRef { kind: Kind::Exercise, id: Uuid::from_u128(1) },
            },
        };
        let text = serde_json::to_string(&removed).expect("an event");
        assert!(text.contains(r#""type":"exercise-removed","exercise":{"id":"#), "{text}");
        assert_eq!(envelope(&text), removed);
    }

    #[test]
    fn the_events_of_a_journal_are_not_called_by_their_kind() {
        let removed = EntityRef { kind: Kind::JournalEntry, id: Uuid::from_u128(1) };
        let event = Event::Removed { at: Timestamp::from_millisecond(0).expect("an instant"), entity: removed };
        let text = serde_json::to_string(&Envelope { seq: 7, event }).expect("an event");
        assert!(text.contains(r#""type":"journal-removed","journal_entry":{"id":"#), "{text}");
        assert_eq!(envelope(&text).event.entity_ref(), Some(removed));
        assert_eq!(EventName::from_word("journal-saved"), EventName::Saved(Kind::JournalEntry));
    }

    #[test]
    fn an_event_without_its_entity_is_refused() {
        let text = r#"{"seq":1,"at":"2026-01-01T00:00:00Z","type":"exercise-saved"}"#;
        assert!(serde_json::from_str::<Envelope>(text).is_err());
    }
}
