//! What is left of a session once one of its people is erased: it stays for the other one, without the person.

use super::round::RoundExercise;
use super::{Person, Session};
use crate::ids::UserId;

impl Person {
    /// What an erased athlete is called. Windows that know it say it in their language.
    pub const FORMER_ATHLETE: &'static str = "Former athlete";
    /// What an erased trainer is called.
    pub const FORMER_TRAINER: &'static str = "Former trainer";
    /// What somebody who was neither is called once they are erased.
    pub const FORMER_ADMIN: &'static str = "Former admin";
}

impl Session {
    /// Whether nobody but this person took part in it. Who merely sees it, as the trainer they are assigned to does, took
    /// none.
    pub fn is_alone(&self, person: UserId) -> bool {
        self.athlete.id == person && self.trainer.as_ref().is_none_or(|trainer| trainer.id == person)
    }

    /// The session as it stays for the others once this person is erased. If it names them, its version rises, and so do
    /// those of the rounds that did.
    ///
    /// Of an athlete, what was planned and done stays. Gone are their name, what they said (feedback, reasons), what they
    /// did before, and what was written about them. Of a trainer, their name goes, and the reasons they gave; what they
    /// planned is the athlete's history.
    #[must_use]
    pub fn without(&self, person: UserId) -> Self {
        let mut after = self.clone();
        let is_athlete = self.athlete.id == person;
        let former = if is_athlete { Person::FORMER_ATHLETE } else { Person::FORMER_TRAINER };
        for named in std::iter::once(&mut after.athlete).chain(&mut after.trainer) {
            rename(named, person, former);
        }
        if is_athlete || self.cancelled_by.is_some_and(|by| by.id == person) {
            after.cancel_reason = None;
        }
        for (round, before) in after.rounds.iter_mut().zip(&self.rounds) {
            for exercise in &mut round.exercises {
                exercise.forget(person, former, is_athlete);
            }
            round.version += u64::from(round.exercises != before.exercises);
        }
        after.version += u64::from(after != *self);
        after
    }
}

impl RoundExercise {
    /// Forgets who corrected it, if that was this person, and if it was theirs, what they and others said.
    fn forget(&mut self, person: UserId, former: &str, is_theirs: bool) {
        if is_theirs {
            self.feedback = None;
            self.last = None;
            self.trainer_notes = None;
        }
        for correction in &mut self.corrections {
            if is_theirs || correction.by.id == person {
                correction.reason = None;
            }
            rename(&mut correction.by, person, former);
        }
    }
}

fn rename(named: &mut Person, person: UserId, former: &str) {
    if named.id == person {
        former.clone_into(&mut named.name);
    }
}
