//! The exercises of a file: each name once, in the order in which they come.

use std::collections::HashMap;

use training::imports::SkipReason;
use training::library::ExerciseLimits;
use training::{Field, Values, text};

use crate::fold::fold;
use crate::plan::{ImportedExercise, PlannedSession};
use crate::{ImportLimits, Names, Unreadable};

/// See the module.
pub(crate) struct Exercises<'a> {
    names: &'a Names,
    list: Vec<ImportedExercise>,
    /// By its name as it is written, where an exercise is in the list, or why it can't be.
    by_name: HashMap<String, Result<usize, SkipReason>>,
    /// By its name without what does not tell names apart.
    by_key: HashMap<String, usize>,
}

impl<'a> Exercises<'a> {
    pub(crate) fn new(names: &'a Names) -> Self {
        Self { names, list: Vec::new(), by_name: HashMap::new(), by_key: HashMap::new() }
    }

    /// Where the exercise of this name is, which a library may also have under one of its `aliases`.
    pub(crate) fn place(&mut self, name: &str, aliases: &[String]) -> Result<usize, SkipReason> {
        if let Some(known) = self.by_name.get(name) {
            return *known;
        }
        let found = self.add(name, aliases);
        self.by_name.insert(name.to_owned(), found);
        found
    }

    fn add(&mut self, name: &str, aliases: &[String]) -> Result<usize, SkipReason> {
        if name.trim().is_empty() {
            return Err(SkipReason::ExerciseMissing);
        }
        let name = text::name(name, ExerciseLimits::MAX_NAME_CHARS).map_err(|_| SkipReason::ExerciseName)?;
        let key = fold(&name);
        if let Some(at) = self.by_key.get(&key) {
            return Ok(*at);
        }
        let by_alias = || aliases.iter().find_map(|alias| self.names.find(alias));
        let exercise_id = self.names.find(&name).or_else(by_alias);
        self.by_key.insert(key, self.list.len());
        self.list.push(ImportedExercise { name, exercise_id, fields: Vec::new() });
        Ok(self.list.len() - 1)
    }

    /// Adds the inputs that an exercise was done with, and `others` that it had.
    pub(crate) fn note_fields(&mut self, exercise: usize, actual: &Values, others: &[Field]) {
        let fields = &mut self.list[exercise].fields;
        let inputs = [
            (Field::Weight, actual.weight_kg.is_some()),
            (Field::Reps, actual.reps.is_some()),
            (Field::Distance, actual.distance_m.is_some()),
            (Field::Time, actual.time_s.is_some()),
        ];
        for (field, is_done) in inputs {
            if (is_done || others.contains(&field)) && !fields.contains(&field) {
                fields.push(field);
            }
        }
    }

    /// The exercises that a set of these sessions is of. Those of which every set was skipped are dropped.
    pub(crate) fn used(self, sessions: &mut [PlannedSession]) -> Result<Vec<ImportedExercise>, Unreadable> {
        let sets = || sessions.iter().flat_map(|session| &session.rounds).flat_map(|round| &round.sets);
        let mut is_used = vec![false; self.list.len()];
        sets().for_each(|set| is_used[set.exercise] = true);
        let (mut places, mut kept) = (Vec::new(), Vec::new());
        for (exercise, is_used) in self.list.into_iter().zip(is_used) {
            places.push(kept.len());
            kept.extend(Some(exercise).filter(|_| is_used));
        }
        if kept.len() > ImportLimits::MAX_EXERCISES {
            return Err(Unreadable::TooManyExercises);
        }
        for set in sessions.iter_mut().flat_map(|session| &mut session.rounds).flat_map(|round| &mut round.sets) {
            set.exercise = places[set.exercise];
        }
        Ok(kept)
    }
}
