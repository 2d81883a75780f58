//! Projects entities to their state once all waiting acts are done.

use std::cell::OnceCell;

use training::library::name_key;
use training::wire::Account;
use training::{Athlete, Document, EntityRef, Event, Exercise, ExerciseId, Kind, LastDone, Refusal, UserId, apply};

use super::decision::{DecisionContext, Known};
use super::entry::Entry;
use crate::documents::DocumentMap;

/// The stored documents with acts applied, as far as the rules still allow.
pub(crate) struct Projection<'a> {
    stored: &'a DocumentMap,
    me: &'a Account,
    /// In the order in which they were done.
    acts: Vec<&'a Entry>,
}

impl<'a> Projection<'a> {
    /// `stored` as seen by `me` with `acts` applied in order.
    pub(crate) fn new(stored: &'a DocumentMap, me: &'a Account, acts: impl IntoIterator<Item = &'a Entry>) -> Self {
        Self { stored, me, acts: acts.into_iter().collect() }
    }

    /// An entity, projected.
    ///
    /// It keeps the stored version: none of these changes is an event of the feed.
    pub(crate) fn document(&self, entity: EntityRef) -> Option<Document> {
        let stored = self.stored.document(entity);
        let mut document = stored.cloned();
        let version = stored.map_or(0, Document::version);
        for entry in self.acts.iter().filter(|entry| entry.subject == entity) {
            let known = Projected { projection: self, names: None };
            let by = DecisionContext::new(self.me, entry.at, entry.key, &known);
            // An act that is no longer allowed is left for the server to refuse.
            for event in entry.decide(document.as_ref(), &by).unwrap_or_default() {
                document = folded(document, event, self.me);
            }
        }
        document.map(|document| document.at_version(version))
    }

    /// Every entity of a kind, projected, including those only created by an act, in order of id.
    pub(crate) fn all(&self, kind: Kind) -> impl DoubleEndedIterator<Item = Document> + '_ {
        let made = self.acts.iter().map(|entry| entry.subject);
        let mut refs: Vec<EntityRef> = self.stored.refs().chain(made).filter(|entity| entity.kind == kind).collect();
        refs.sort_unstable();
        refs.dedup();
        refs.into_iter().filter_map(|entity| self.document(entity))
    }

    /// The events of an act done now.
    ///
    /// # Errors
    /// The [`Refusal`] of the rules, as far as they can be checked locally.
    pub(crate) fn decide(&self, entry: &Entry) -> Result<Vec<Event>, Refusal> {
        let known = Projected { projection: self, names: Some(OnceCell::new()) };
        let by = DecisionContext::new(self.me, entry.at, entry.key, &known);
        entry.decide(self.document(entry.subject).as_ref(), &by)
    }
}

/// What acts look up in a projection.
struct Projected<'a> {
    projection: &'a Projection<'a>,
    /// The names of all exercises. Checked only for a new act: a waiting one was checked when it was done.
    names: Option<OnceCell<Vec<(ExerciseId, String)>>>,
}

impl Known for Projected<'_> {
    fn exercise(&self, id: ExerciseId) -> Option<Exercise> {
        self.projection.document(EntityRef::of::<Exercise>(id))?.try_into().ok()
    }

    fn is_named(&self, name: &str, but: Option<ExerciseId>) -> bool {
        let Some(names) = &self.names else { return false };
        let names = names.get_or_init(|| {
            let exercises =
                self.projection.all(Kind::Exercise).filter_map(|document| Exercise::try_from(document).ok());
            exercises.map(|exercise| (exercise.id, name_key(&exercise.name))).collect()
        });
        let name = name_key(name);
        names.iter().any(|(id, known)| Some(*id) != but && *known == name)
    }

    fn last_done(&self, athlete: UserId, exercise: ExerciseId) -> Option<LastDone> {
        let athlete: Athlete = self.projection.document(EntityRef::of::<Athlete>(athlete))?.try_into().ok()?;
        athlete.records.into_iter().find(|record| record.exercise_id == exercise)?.last
    }

    fn trains(&self, athlete: UserId) -> bool {
        self.projection.document(EntityRef::of::<Athlete>(athlete)).is_some()
    }
}

fn folded(document: Option<Document>, event: Event, me: &Account) -> Option<Document> {
    match event {
        Event::Session(event) => {
            let Some(Document::Session(mut session)) = document else { return document };
            let viewer = session.part_of(me.id);
            apply(&mut session, &event, viewer);
            Some(Document::Session(session))
        }
        Event::Saved { document, .. } => Some(document),
        Event::Removed { .. } => None,
        Event::AccountChanged { .. } | Event::Unknown { .. } => document,
    }
}
