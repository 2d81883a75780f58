//! What is known of entities, by kind and id.

use std::collections::BTreeMap;

use training::{Document, Documents, Entity, EntityRef};
use uuid::Uuid;

/// See the module.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct DocumentMap(BTreeMap<EntityRef, Document>);

impl DocumentMap {
    /// An entity.
    pub(crate) fn document(&self, entity: EntityRef) -> Option<&Document> {
        self.0.get(&entity)
    }

    /// The entity of type `E` with this id.
    pub(crate) fn get<E: Entity>(&self, id: impl Into<Uuid>) -> Option<&E>
    where
        for<'a> &'a E: TryFrom<&'a Document>,
    {
        entity(self.document(EntityRef::of::<E>(id)))
    }

    /// Every entity of type `E`, in the order of their ids, which is that in which they were made.
    pub(crate) fn all<'a, E: Entity + 'a>(&'a self) -> impl DoubleEndedIterator<Item = &'a E>
    where
        &'a E: TryFrom<&'a Document>,
    {
        self.0.values().filter_map(|document| document.try_into().ok())
    }

    /// Puts an entity in place of what was known of it.
    pub(crate) fn put(&mut self, document: Document) {
        self.0.insert(document.entity_ref(), document);
    }

    /// Forgets an entity.
    pub(crate) fn remove(&mut self, entity: EntityRef) -> Option<Document> {
        self.0.remove(&entity)
    }

    /// Everything.
    pub(crate) fn documents(&self) -> impl Iterator<Item = &Document> {
        self.0.values()
    }

    /// Which entities are known.
    pub(crate) fn refs(&self) -> impl DoubleEndedIterator<Item = EntityRef> {
        self.0.keys().copied()
    }

    /// How many.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}

impl From<Documents> for DocumentMap {
    fn from(documents: Documents) -> Self {
        let mut map = Self::default();
        documents.into_documents().for_each(|document| map.put(document));
        map
    }
}

/// The entity in a document, if it is of type `E`.
pub(crate) fn entity<'a, E>(document: Option<&'a Document>) -> Option<&'a E>
where
    &'a E: TryFrom<&'a Document>,
{
    document.and_then(|document| document.try_into().ok())
}
