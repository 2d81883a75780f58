//! A session that is being collected: sets join the round of their exercise.

use std::collections::HashMap;

use jiff::civil::DateTime;
use training::imports::SkipReason;
use training::{RoundPlan, Session};

use crate::entry::Entry;
use crate::plan::{PlannedRound, PlannedSet};
use crate::size::{round_bytes, session_bytes, set_bytes};

/// A session that is being collected.
#[derive(Default)]
pub(crate) struct Draft {
    pub(crate) sets: usize,
    /// How large it is, as JSON.
    bytes: usize,
    pub(crate) end: Option<DateTime>,
    /// The rounds, and by exercise the last round of it.
    pub(crate) rounds: Vec<PlannedRound>,
    last_round: HashMap<usize, usize>,
}

impl Draft {
    pub(crate) fn add(&mut self, entry: &Entry, set: PlannedSet) -> Result<(), SkipReason> {
        let bytes = self.bytes.max(session_bytes()) + set_bytes(&set);
        let open = self.last_round.get(&set.exercise).copied();
        let open = open.filter(|&at| self.rounds[at].sets.len() < RoundPlan::MAX_EXERCISES);
        let bytes = if open.is_some() { bytes } else { bytes + round_bytes() };
        if bytes > Session::MAX_PLANNED_BYTES {
            return Err(SkipReason::SessionFull);
        }
        let at = match open {
            Some(at) => at,
            None if self.rounds.len() == Session::MAX_ROUNDS => return Err(SkipReason::SessionFull),
            None => {
                self.last_round.insert(set.exercise, self.rounds.len());
                self.rounds.push(PlannedRound::of(Vec::new()));
                self.rounds.len() - 1
            }
        };
        self.end = self.end.max(entry.span.end);
        self.rounds[at].sets.push(set);
        self.sets += 1;
        self.bytes = bytes;
        Ok(())
    }
}
