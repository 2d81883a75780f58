//! What a person may do in a session now, apart from what they enter with it.
//!
//! [`decide`](super::decide()) checks every command with [`Permit::check`], and the [`Permits`] of a session are made
//! with the same function. So a window that offers what is permitted offers an act exactly while it would be accepted.

use std::collections::BTreeMap;

use serde::Serialize;

use super::round::{Round, RoundExercise, RoundStatus};
use super::{Part, Session, SessionStatus};
use crate::ids::{RoundId, UserId};
use crate::refusal::Refusal;

/// One thing that may be done. Each is named like the [`Command`](super::Command) it permits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Permit {
    /// Join the session.
    Join,
    /// End the session early.
    Cancel,
    /// Create a round.
    AddRound,
    /// Edit a round.
    EditRound,
    /// Delete a draft.
    DeleteRound,
    /// Put a draft in front of the athlete; of a session: release a new round as it is created.
    ReleaseRound,
    /// Take a released round back.
    RecallRound,
    /// Begin a round.
    StartRound,
    /// Tick an exercise of a round off, or take the tick back.
    LogExercise,
    /// Complete a round.
    CompleteRound,
    /// Correct what was noted of an exercise.
    CorrectExercise,
}

/// Everything a person may do in a session.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Permits {
    /// With the session as a whole.
    pub session: Vec<Permit>,
    /// With its rounds; a round that nothing may be done with is absent.
    pub rounds: BTreeMap<RoundId, Vec<Permit>>,
}

impl Permit {
    /// What may be done with a session as a whole.
    const OF_SESSION: [Self; 4] = [Self::Join, Self::Cancel, Self::AddRound, Self::ReleaseRound];
    /// What may be done with a round.
    const OF_ROUND: [Self; 8] = [
        Self::EditRound,
        Self::DeleteRound,
        Self::ReleaseRound,
        Self::RecallRound,
        Self::StartRound,
        Self::LogExercise,
        Self::CompleteRound,
        Self::CorrectExercise,
    ];

    /// Whose act it is; `None` when either may.
    pub fn part(self) -> Option<Part> {
        match self {
            Self::Cancel | Self::CorrectExercise => None,
            Self::Join
            | Self::AddRound
            | Self::EditRound
            | Self::DeleteRound
            | Self::ReleaseRound
            | Self::RecallRound => Some(Part::Trainer),
            Self::StartRound | Self::LogExercise | Self::CompleteRound => Some(Part::Athlete),
        }
    }

    /// Checks that it is an act of `part`.
    pub(crate) fn check_part(self, part: Part) -> Result<(), Refusal> {
        if self.part().is_none_or(|of| of == part) { Ok(()) } else { Err(Refusal::NotYourPart) }
    }

    /// Checks that it may be done now: with `round`, or with the session as a whole.
    pub(crate) fn check(self, session: &Session, round: Option<&Round>) -> Result<(), Refusal> {
        if self == Self::CorrectExercise {
            return check_correction(session, round);
        }
        if !session.status.is_open() {
            return Err(Refusal::SessionEnded);
        }
        match (self, session.status) {
            (Self::Cancel, _) | (Self::Join, SessionStatus::Waiting) => return Ok(()),
            (Self::Join, _) => return Err(Refusal::SessionNotWaiting),
            (_, SessionStatus::Active) => {}
            _ => return Err(Refusal::SessionNotActive),
        }
        if let Some(round) = round {
            self.check_round(round.status)?;
        }
        let creates_a_round = round.is_none() && matches!(self, Self::AddRound | Self::ReleaseRound);
        if creates_a_round && session.rounds.len() >= Session::MAX_ROUNDS {
            return Err(Refusal::SessionFull);
        }
        if self == Self::ReleaseRound && session.round_out().is_some() {
            return Err(Refusal::AnotherRoundOut);
        }
        Ok(())
    }

    /// Checks that it may be done with a round of this status. One that this version doesn't know is left alone.
    pub(crate) fn check_round(self, status: RoundStatus) -> Result<(), Refusal> {
        use RoundStatus::{Active, Completed, Draft, Released};
        match (self, status) {
            (Self::Join | Self::Cancel | Self::AddRound, _)
            | (Self::EditRound, Draft | Released | Active)
            | (Self::DeleteRound | Self::ReleaseRound, Draft)
            | (Self::RecallRound | Self::StartRound, Released)
            | (Self::LogExercise | Self::CompleteRound, Released | Active)
            | (Self::CorrectExercise, Active | Completed) => Ok(()),
            (Self::CorrectExercise, _) => Err(Refusal::NothingNoted),
            (Self::DeleteRound | Self::ReleaseRound, _) => Err(Refusal::RoundNotDraft),
            (_, Active) => Err(Refusal::RoundBegun),
            (_, Completed) => Err(Refusal::RoundCompleted),
            _ => Err(Refusal::RoundNotOut),
        }
    }
}

/// Checks that something noted in a round can be corrected: at any time, also after the end.
fn check_correction(session: &Session, round: Option<&Round>) -> Result<(), Refusal> {
    if !session.status.is_known() {
        return Err(Refusal::SessionEnded);
    }
    let round = round.ok_or(Refusal::NothingNoted)?;
    Permit::CorrectExercise.check_round(round.status)?;
    let has_entry = round.exercises.iter().any(RoundExercise::has_entry);
    if has_entry { Ok(()) } else { Err(Refusal::NothingNoted) }
}

impl Session {
    /// What this person, who sees it, may do in it now. `trains_athlete` says whether its athlete is assigned to them
    /// now.
    pub fn permits_of(&self, person: UserId, trains_athlete: bool) -> Permits {
        let part = self.part_of(person);
        let mut permits = self.permits(part);
        if !self.may_be_corrected_by(part, trains_athlete) {
            for of_round in permits.rounds.values_mut() {
                of_round.retain(|permit| *permit != Permit::CorrectExercise);
            }
            permits.rounds.retain(|_, of_round| !of_round.is_empty());
        }
        permits
    }

    /// Whether `part` corrects what was noted in it. Once it has ended, that is not whoever led it, but the trainer whom
    /// the athlete is assigned to now.
    pub fn may_be_corrected_by(&self, part: Part, trains_athlete: bool) -> bool {
        part != Part::Trainer || self.status.is_open() || trains_athlete
    }

    /// What `part` may do in it now.
    pub fn permits(&self, part: Part) -> Permits {
        let permitted = |permits: &[Permit], round: Option<&Round>| -> Vec<Permit> {
            let is_permitted = |permit: &Permit| permit.check_part(part).and(permit.check(self, round)).is_ok();
            permits.iter().copied().filter(is_permitted).collect()
        };
        let rounds = self.rounds.iter().map(|round| (round.id, permitted(&Permit::OF_ROUND, Some(round))));
        Permits {
            session: permitted(&Permit::OF_SESSION, None),
            rounds: rounds.filter(|(_, permits)| !permits.is_empty()).collect(),
        }
    }
}
