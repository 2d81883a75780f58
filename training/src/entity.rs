//! Entities: everything that is synced to the devices of those who may see it.
//!
//! A feed, a replica and an outbox know an entity's kind, id and version, and carry its document; only the rules know
//! more. A new kind needs a line in the table at the end, and a module with its type, which has the fields `id` (or
//! another that says which one it is) and `version`, and its rules.

use std::fmt;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use crate::library::Exercise;
use crate::notes::{JournalEntry, Note};
use crate::people::Athlete;
use crate::session::Session;
use crate::templates::Template;
use crate::vocabulary::vocabulary;
use crate::weights::Weight;

/// A type whose values are synced.
pub trait Entity: Serialize + DeserializeOwned {
    /// Its kind.
    const KIND: Kind;

    /// Which one it is.
    fn id(&self) -> Uuid;

    /// Grows with every change.
    fn version(&self) -> u64;

    /// Sets its version.
    fn set_version(&mut self, version: u64);
}

/// Names one entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct EntityRef {
    /// Its kind.
    pub kind: Kind,
    /// Its id.
    #[cfg_attr(feature = "typescript", ts(type = "string"))]
    pub id: Uuid,
}

impl EntityRef {
    /// The entity of type `E` with this id.
    pub fn of<E: Entity>(id: impl Into<Uuid>) -> Self {
        Self { kind: E::KIND, id: id.into() }
    }
}

impl fmt::Display for EntityRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind.as_str(), self.id)
    }
}

/// The names of the events about entities of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct EventNames {
    /// That one was created or changed; none for sessions, which have events of their own.
    pub(crate) saved: Option<&'static str>,
    /// That one was removed; none for what is never removed by itself.
    pub(crate) removed: Option<&'static str>,
}

/// A literal that may be left out.
macro_rules! optional {
    () => {
        None
    };
    ($given:literal) => {
        Some($given)
    };
}

/// The field that says which entity it is.
macro_rules! id_of {
    ($entity:ident) => {
        $entity.id.0
    };
    ($entity:ident, $field:ident) => {
        $entity.$field.0
    };
}

/// The table of entities: type (and the field with its id, if that has another name), word on the wire, name of its list
/// in a snapshot, names of its events.
macro_rules! entities {
    ($(
        $(#[doc = $doc:literal])*
        $entity:ident $((by $id:ident))? = $word:literal in $list:ident $(: $saved:literal $(, $removed:literal)?)?;
    )+) => {
        vocabulary! {
            /// What kind of entity it is.
            Kind { $($(#[doc = $doc])* $entity = $word,)+ }
        }

        impl Kind {
            /// The names of the events about entities of this kind.
            pub(crate) fn events(self) -> EventNames {
                match self {
                    $(Self::$entity => EventNames {
                        saved: optional!($($saved)?),
                        removed: optional!($($($removed)?)?),
                    },)+
                    Self::Unknown(_) => EventNames { saved: None, removed: None },
                }
            }
        }

        /// An entity of any kind, whole.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Document {
            $($(#[doc = $doc])* $entity(Box<$entity>),)+
        }

        impl Document {
            /// Which entity it is.
            pub fn entity_ref(&self) -> EntityRef {
                match self {
                    $(Self::$entity(entity) => EntityRef { kind: Kind::$entity, id: entity.id() },)+
                }
            }

            /// Its version.
            pub fn version(&self) -> u64 {
                match self {
                    $(Self::$entity(entity) => entity.version(),)+
                }
            }

            /// The same at another version.
            #[must_use]
            pub fn at_version(mut self, version: u64) -> Self {
                match &mut self {
                    $(Self::$entity(entity) => entity.set_version(version),)+
                }
                self
            }

            /// Reads a document of this kind; none for a kind that this version doesn't know.
            ///
            /// # Errors
            /// What `deserializer` says when the document is not one of its kind.
            pub fn read<'de, D: Deserializer<'de>>(kind: Kind, deserializer: D) -> Result<Option<Self>, D::Error> {
                match kind {
                    $(Kind::$entity => $entity::deserialize(deserializer).map(|entity| Some(entity.into())),)+
                    Kind::Unknown(_) => serde::de::IgnoredAny::deserialize(deserializer).map(|_| None),
                }
            }
        }

        /// A document is written as the entity in it.
        impl Serialize for Document {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $(Self::$entity(entity) => entity.serialize(serializer),)+
                }
            }
        }

        /// An entity of any kind with its kind beside it: as a window is told of it.
        #[derive(Clone, Debug, PartialEq, Serialize)]
        #[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
        #[serde(tag = "kind", content = "entity")]
        pub enum KindedDocument {
            $($(#[doc = $doc])* #[serde(rename = $word)] $entity($entity),)+
        }

        impl From<KindedDocument> for Document {
            fn from(document: KindedDocument) -> Self {
                match document {
                    $(KindedDocument::$entity(entity) => entity.into(),)+
                }
            }
        }

        impl From<Document> for KindedDocument {
            fn from(document: Document) -> Self {
                match document {
                    $(Document::$entity(entity) => Self::$entity(*entity),)+
                }
            }
        }

        $(
            impl Entity for $entity {
                const KIND: Kind = Kind::$entity;

                fn id(&self) -> Uuid {
                    id_of!(self $(, $id)?)
                }

                fn version(&self) -> u64 {
                    self.version
                }

                fn set_version(&mut self, version: u64) {
                    self.version = version;
                }
            }

            impl From<$entity> for Document {
                fn from(entity: $entity) -> Self {
                    Self::$entity(Box::new(entity))
                }
            }

            impl TryFrom<Document> for $entity {
                type Error = Document;

                fn try_from(document: Document) -> Result<Self, Document> {
                    match document {
                        Document::$entity(entity) => Ok(*entity),
                        other => Err(other),
                    }
                }
            }

            impl<'a> TryFrom<&'a Document> for &'a $entity {
                type Error = ();

                fn try_from(document: &'a Document) -> Result<Self, ()> {
                    match document {
                        Document::$entity(entity) => Ok(&**entity),
                        _ => Err(()),
                    }
                }
            }
        )+

        /// Entities by kind, as a snapshot lists them.
        #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
        #[serde(default)]
        pub struct Documents {
            $($(#[doc = $doc])* pub $list: Vec<$entity>,)+
        }

        impl Documents {
            /// Puts an entity in front of the others of its kind; returns its previous document.
            pub fn put(&mut self, document: Document) -> Option<Document> {
                let before = self.remove(document.entity_ref());
                match document {
                    $(Document::$entity(entity) => self.$list.insert(0, *entity),)+
                }
                before
            }

            /// Takes an entity out.
            pub fn remove(&mut self, entity: EntityRef) -> Option<Document> {
                match entity.kind {
                    $(Kind::$entity => {
                        let place = self.$list.iter().position(|known| known.id() == entity.id)?;
                        Some(self.$list.remove(place).into())
                    })+
                    Kind::Unknown(_) => None,
                }
            }

            /// All of them.
            pub fn into_documents(self) -> impl Iterator<Item = Document> {
                std::iter::empty()$(.chain(self.$list.into_iter().map(Document::from)))+
            }
        }

        /// The kinds' schemas in the API's description.
        #[cfg(feature = "openapi")]
        pub(crate) mod schemas {
            use utoipa::openapi::{RefOr, Schema};
            use utoipa::{PartialSchema, ToSchema};

            use super::{Kind, $($entity),+};

            /// The name of a known kind's schema.
            pub(crate) fn name(kind: Kind) -> String {
                match kind {
                    $(Kind::$entity => $entity::name().into_owned(),)+
                    Kind::Unknown(word) => word.as_str().to_owned(),
                }
            }

            /// Adds every kind's schema, with those it refers to.
            pub(crate) fn all(schemas: &mut Vec<(String, RefOr<Schema>)>) {
                $(
                    schemas.push(($entity::name().into_owned(), $entity::schema()));
                    $entity::schemas(schemas);
                )+
            }
        }

        impl Extend<Document> for Documents {
            fn extend<I: IntoIterator<Item = Document>>(&mut self, documents: I) {
                for document in documents {
                    match document {
                        $(Document::$entity(entity) => self.$list.push(*entity),)+
                    }
                }
            }
        }
    };
}

entities! {
    /// Training sessions with their rounds.
    Session = "session" in sessions;
    /// Exercises of the studio's library.
    Exercise = "exercise" in exercises: "exercise-saved", "exercise-removed";
    /// For trainers: the athletes assigned to them.
    Athlete = "athlete" in athletes: "athlete-changed", "athlete-removed";
    /// For trainers: their own templates, and those that others of the studio share.
    Template = "template" in templates: "template-saved", "template-removed";
    /// For trainers: their private notes on these sessions.
    Note (by session_id) = "note" in notes: "note-saved";
    /// For trainers: from the journals about their athletes, the pinned entries and the last ones, newest first.
    JournalEntry = "journal-entry" in journal_entries: "journal-saved", "journal-removed";
    /// Of the person and of the athletes assigned to them: what each weighed in the last 90 days, newest first.
    Weight = "weight" in weights: "weight-saved", "weight-removed";
}
