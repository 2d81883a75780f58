//! What a change of a person means for others.

use super::Role;
use super::audit::AuditAct;
use super::user::User;
use crate::ids::UserId;
use crate::session::{Part, SessionStatus};

/// A person before and after a change.
#[derive(Clone, Copy, Debug)]
pub struct UserChange<'a> {
    /// Before.
    pub before: &'a User,
    /// After.
    pub after: &'a User,
}

/// What becomes of an open session of somebody who is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenSession {
    /// It stays with its people.
    Kept,
    /// It waits for this trainer now.
    HandedTo(UserId),
    /// It ends: one of its people can't take their part in it any more.
    Cancelled,
}

impl UserChange<'_> {
    /// What was done, for the audit log.
    pub fn acts(&self) -> Vec<AuditAct> {
        let Self { before, after } = self;
        let is_other = (&before.name, &before.email, before.locale) != (&after.name, &after.email, after.locale);
        let acts = [
            (is_other, AuditAct::UserChanged),
            (before.roles != after.roles, AuditAct::RolesChanged),
            (self.is_reassigned(), AuditAct::TrainerChanged),
            (self.deactivates(), AuditAct::UserDeactivated),
            (self.reactivates(), AuditAct::UserReactivated),
        ];
        acts.into_iter().filter_map(|(happened, act)| happened.then_some(act)).collect()
    }

    /// Whether the person has another name.
    pub fn renames(&self) -> bool {
        self.before.name != self.after.name
    }

    /// Whether they can't sign in any more.
    pub fn deactivates(&self) -> bool {
        !self.before.is_deactivated() && self.after.is_deactivated()
    }

    /// Whether they can sign in again.
    pub fn reactivates(&self) -> bool {
        self.before.is_deactivated() && !self.after.is_deactivated()
    }

    /// Whether they may see something else now, and need a new snapshot.
    pub fn changes_own_audience(&self) -> bool {
        self.before.roles != self.after.roles || self.is_reassigned() || self.reactivates()
    }

    /// The trainer who no longer has them, and the one who has them now, if that is another.
    pub fn handover(&self) -> (Option<UserId>, Option<UserId>) {
        let (from, to) = (self.before.trained_by(), self.after.trained_by());
        if from == to { (None, None) } else { (from, to) }
    }

    /// The trainer who has had them all along.
    pub fn staying_trainer(&self) -> Option<UserId> {
        self.after.trained_by().filter(|trainer| self.before.trained_by() == Some(*trainer))
    }

    /// Whether the accounts of their athletes change with it, which name their trainer.
    pub fn concerns_athletes(&self) -> bool {
        self.renames() && self.after.is(Role::Trainer)
    }

    /// Whether their open sessions may be concerned: see [`UserChange::open_session`].
    pub fn concerns_sessions(&self) -> bool {
        let (from, to) = self.handover();
        from != to || self.before.roles != self.after.roles || self.deactivates()
    }

    /// What becomes of an open session in which they have this part. One that waits goes with the athlete to their new
    /// trainer; one that is led stays with who leads it.
    pub fn open_session(&self, part: Part, status: SessionStatus) -> OpenSession {
        let is_able = match part {
            Part::Athlete => self.after.is(Role::Athlete),
            Part::Trainer => self.after.is(Role::Trainer),
            // A newer server's, which knows what to do about it.
            Part::Unknown(_) => return OpenSession::Kept,
        };
        if !is_able || self.after.is_deactivated() {
            return OpenSession::Cancelled;
        }
        match self.handover() {
            (from, to) if from == to || part == Part::Trainer || status != SessionStatus::Waiting => OpenSession::Kept,
            (_, Some(trainer)) => OpenSession::HandedTo(trainer),
            // Nobody would see it.
            (_, None) => OpenSession::Cancelled,
        }
    }

    fn is_reassigned(&self) -> bool {
        let trainer = |user: &User| user.trainer.as_ref().map(|trainer| trainer.id);
        trainer(self.before) != trainer(self.after)
    }
}
