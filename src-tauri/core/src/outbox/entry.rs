//! One act in the outbox.

use serde::{Deserialize, Serialize};
use training::{
    ActIds, Command, ExerciseReport, FieldProblem, ItemId, ProblemCode, Round, RoundId, RoundPlan, Session, SessionId,
    Timestamp, UserId, Values,
};
use uuid::Uuid;

/// What somebody did to a session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub(crate) enum Act {
    /// Ended it early.
    CancelSession { reason: Option<String> },
    /// Planned a round.
    AddRound { plan: RoundPlan, release: bool },
    /// Edited a round; `base` is what it was planned as before.
    EditRound { round: RoundId, plan: RoundPlan, release: bool, base: RoundPlan },
    /// Deleted a draft, which was planned as `base`.
    DeleteRound { round: RoundId, base: RoundPlan },
    /// Put a draft in front of the athlete.
    ReleaseRound { round: RoundId },
    /// Took a round back.
    RecallRound { round: RoundId },
    /// Began.
    StartRound { round: RoundId },
    /// Ticked an exercise off, or took the tick back.
    LogExercise { round: RoundId, item: ItemId, actual: Option<Values> },
    /// Completed a round; `late`: when it was no longer known whether the session still went on.
    CompleteRound {
        round: RoundId,
        reports: Vec<ExerciseReport>,
        #[serde(default)]
        late: bool,
    },
}

/// An act that waits, or was refused.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Entry {
    /// Its idempotency key, made when the person acted; what it makes is called by it.
    pub(crate) key: Uuid,
    /// Who acted. Nobody else's application sends or shows it.
    pub(crate) by: UserId,
    /// When, by the server's clock as far as it was known.
    pub(crate) at: Timestamp,
    /// On which session.
    pub(crate) session: SessionId,
    /// What they did.
    pub(crate) act: Act,
    /// The version it was sent on, for as long as it is not known what became of that.
    pub(crate) sent_on: Option<u64>,
    /// Why the server would not have it.
    pub(crate) refused: Option<Refused>,
}

/// Why an act was refused.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Refused {
    pub(crate) code: ProblemCode,
    pub(crate) fields: Vec<FieldProblem>,
}

impl Act {
    /// The round it is about; none for one that is about the session, or makes a round.
    pub(crate) fn round(&self) -> Option<RoundId> {
        match self {
            Self::CancelSession { .. } | Self::AddRound { .. } => None,
            Self::EditRound { round, .. }
            | Self::DeleteRound { round, .. }
            | Self::ReleaseRound { round }
            | Self::RecallRound { round }
            | Self::StartRound { round }
            | Self::LogExercise { round, .. }
            | Self::CompleteRound { round, .. } => Some(*round),
        }
    }

    /// The command this is in `session`, on the version that round has there.
    pub(crate) fn command(&self, session: &Session) -> Command {
        let version = |round: RoundId| session.round(round).map_or(0, |round| round.version);
        match self.clone() {
            Self::CancelSession { reason } => Command::Cancel { reason },
            Self::AddRound { plan, release } => Command::AddRound { plan, release },
            Self::EditRound { round, plan, release, .. } => {
                Command::EditRound { round, version: version(round), plan, release }
            }
            Self::DeleteRound { round, .. } => Command::DeleteRound { round, version: version(round) },
            Self::ReleaseRound { round } => Command::ReleaseRound(round),
            Self::RecallRound { round } => Command::RecallRound(round),
            Self::StartRound { round } => Command::StartRound(round),
            Self::LogExercise { round, item, actual } => Command::LogExercise { round, item, actual },
            Self::CompleteRound { round, reports, late } => Command::CompleteRound { round, reports, late },
        }
    }

    /// What a round must still be planned as for this act to be meant; none where it does not matter.
    pub(crate) fn base(&self) -> Option<&RoundPlan> {
        match self {
            Self::EditRound { base, .. } | Self::DeleteRound { base, .. } => Some(base),
            _ => None,
        }
    }

    /// Whether `round` is still planned as it was when this was done. What the athlete entered meanwhile does not count.
    pub(crate) fn still_means(&self, round: &Round) -> bool {
        self.base().is_none_or(|base| *base == RoundPlan::from(round))
    }
}

impl Entry {
    /// The same, where a round is made and released, without its release.
    pub(crate) fn as_draft(&self) -> Option<Self> {
        let Act::AddRound { plan, release: true } = &self.act else { return None };
        Some(Self { act: Act::AddRound { plan: plan.clone(), release: false }, ..self.clone() })
    }

    /// What becomes of feedback that is refused because the session has ended: it is sent once more, as late, for it may
    /// have been given before anybody here could know. None for what is no feedback, or was sent as late already.
    pub(crate) fn late(&self) -> Option<Self> {
        let Act::CompleteRound { round, reports, late: false } = &self.act else { return None };
        let act = Act::CompleteRound { round: *round, reports: reports.clone(), late: true };
        // Another request has another key; the same one, whenever it is made.
        let mut keys = ActIds::of(self.key)?;
        let _own = keys.make();
        Some(Self { key: keys.make(), act, sent_on: None, refused: None, ..self.clone() })
    }

    /// The feedback among the acts after this one that completes the round it is about, with what it noted; none when there is
    /// no such feedback, or this is nothing an athlete did in a round.
    pub(crate) fn said_with_feedback(&self, later: &[Self]) -> Option<Self> {
        let (round, noted) = match &self.act {
            Act::StartRound { round } => (*round, None),
            Act::LogExercise { round, item, actual } => (*round, actual.map(|actual| (*item, actual))),
            _ => return None,
        };
        let completes = |entry: &&Self| matches!(entry.act, Act::CompleteRound { round: id, .. } if id == round);
        let mut feedback = later.iter().find(completes)?.clone();
        let is_noted_again = |item: ItemId| {
            later.iter().any(|entry| matches!(entry.act, Act::LogExercise { item: other, .. } if other == item))
        };
        if let Some((item, actual)) = noted.filter(|(item, _)| !is_noted_again(*item))
            && let Act::CompleteRound { reports, .. } = &mut feedback.act
            && let Some(report) = reports.iter_mut().find(|report| report.id == item)
        {
            // What was said when it was completed is the newer.
            report.actual.get_or_insert(actual);
        }
        Some(feedback)
    }

    /// Whether it is still to be sent.
    pub(crate) fn waits(&self) -> bool {
        self.refused.is_none()
    }
}
