//! A session that is being collected: sets join the round of their exercise.

use std::collections::HashMap;

use jiff::civil::DateTime;
use training::imports::SkipReason;
use training::{RoundPlan, Session};

use crate::ImportLimits;
use crate::entry::Entry;
use crate::plan::{PlannedRound, PlannedSet};

/// A session that is being collected.
#[derive(Default)]
pub(crate) struct Draft {
    pub(crate) sets: usize,
    pub(crate) end: Option<DateTime>,
    /// The rounds, and by exercise the last round of it.
    pub(crate) rounds: Vec<PlannedRound>,
    last_round: HashMap<usize, usize>,
}

impl Draft {
    pub(crate) fn add(&mut self, entry: &Entry, set: PlannedSet) -> Result<(), SkipReason> {
        if self.sets == ImportLimits::MAX_SETS_OF_SESSION {
            return Err(SkipReason::SessionFull);
        }
        let open = self.last_round.get(&set.exercise).copied();
        let at = match open.filter(|&at| self.rounds[at].sets.len() < RoundPlan::MAX_EXERCISES) {
            Some(at) => at,
            None if self.rounds.len() == Session::MAX_ROUNDS => return Err(SkipReason::SessionFull),
            None => {
                self.last_round.insert(set.exercise, self.rounds.len());
                self.rounds.push(PlannedRound { sets: Vec::new() });
                self.rounds.len() - 1
            }
        };
        self.end = self.end.max(entry.span.end);
        self.rounds[at].sets.push(set);
        self.sets += 1;
        Ok(())
    }
}
