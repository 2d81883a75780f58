//! What an athlete weighs: entered, corrected and deleted by the athlete.

use training::weights::{create, edit, recreate, remove};
use training::wire::Role;
use training::{EntityRef, Event, Refusal, UserId, Weight, WeightDraft, WeightId};
use uuid::Uuid;

use super::{Answer, Command, CommandContext, CommandError, EventsByPerson, Outcome};
use crate::clock;
use crate::http::{ApiError, Caller, IfMatch};
use crate::store::{StoreError, Tx, WeightRow};

/// Enters a weight of this athlete.
pub(crate) struct CreateWeight(pub(crate) UserId, pub(crate) WeightDraft);

/// Corrects a weight, based on the version it names. On version 0 it recreates one that was deleted.
pub(crate) struct EditWeight(pub(crate) WeightId, pub(crate) IfMatch, pub(crate) WeightDraft);

/// Deletes a weight, based on the version it names.
pub(crate) struct DeleteWeight(pub(crate) WeightId, pub(crate) IfMatch);

impl Command for CreateWeight {
    fn authorise(&self, caller: &Caller) -> Result<(), ApiError> {
        caller.must_be(Role::Athlete)
    }

    async fn perform(self, tx: &mut Tx, context: &CommandContext) -> Result<Outcome, CommandError> {
        let Self(athlete, draft) = self;
        lock(tx, athlete, context).await?;
        let mut id = WeightId(context.new_id());
        if tx.athlete_of_weight(id).await?.is_some() {
            // Only happens if a client chose its key to collide.
            id = WeightId(Uuid::now_v7());
        }
        let weight = create(id, athlete, &draft, clock::now(), tx.count_weights(athlete).await?)?;
        tx.add_weights(std::slice::from_ref(&weight), None).await?;
        let answer = Answer::created(&weight, Some(weight.version))?;
        Ok(Outcome::new(answer, saved(tx, weight).await?))
    }

    async fn may_be_replayed(&self, tx: &mut Tx, context: &CommandContext) -> Result<(), CommandError> {
        lock(tx, self.0, context).await
    }
}

impl Command for EditWeight {
    fn authorise(&self, caller: &Caller) -> Result<(), ApiError> {
        caller.must_be(Role::Athlete)
    }

    async fn perform(self, tx: &mut Tx, context: &CommandContext) -> Result<Outcome, CommandError> {
        let Self(id, version, draft) = self;
        let WeightRow { weight: before, is_deleted } = locked(tx, id, context).await?;
        if is_deleted {
            if !version.is_given() {
                return Err(Refusal::NotFound.into());
            }
            let others = tx.count_weights(before.athlete_id).await?;
            let weight = recreate(&before, version.version()?, &draft, clock::now(), others)?;
            tx.save_weight(&weight).await?;
            let answer = Answer::created(&weight, Some(weight.version))?;
            return Ok(Outcome::new(answer, saved(tx, weight).await?));
        }
        let weight = edit(&before, Some(version.version()?), &draft, clock::now())?;
        let answer = Answer::changed(&weight, Some(weight.version))?;
        if weight == before {
            return Ok(Outcome::new(answer, EventsByPerson::default()));
        }
        tx.save_weight(&weight).await?;
        Ok(Outcome::new(answer, saved(tx, weight).await?))
    }

    async fn may_be_replayed(&self, tx: &mut Tx, context: &CommandContext) -> Result<(), CommandError> {
        locked(tx, self.0, context).await.map(drop)
    }
}

impl Command for DeleteWeight {
    fn authorise(&self, caller: &Caller) -> Result<(), ApiError> {
        caller.must_be(Role::Athlete)
    }

    async fn perform(self, tx: &mut Tx, context: &CommandContext) -> Result<Outcome, CommandError> {
        let Self(id, version) = self;
        let WeightRow { weight, is_deleted } = locked(tx, id, context).await?;
        if is_deleted {
            return Err(Refusal::NotFound.into());
        }
        remove(&weight, Some(version.version()?))?;
        tx.delete_weight(id).await?;
        let gone = Event::Removed { at: clock::now(), entity: EntityRef::of::<Weight>(id) };
        Ok(Outcome::new(Answer::gone(), announced(tx, weight.athlete_id, &gone).await?))
    }

    async fn may_be_replayed(&self, tx: &mut Tx, context: &CommandContext) -> Result<(), CommandError> {
        locked(tx, self.0, context).await.map(drop)
    }
}

/// Locks the athlete, who is the caller. Their trainer knows of them and may not write; for everybody else there is no
/// such athlete.
async fn lock(tx: &mut Tx, athlete: UserId, context: &CommandContext) -> Result<(), CommandError> {
    let me = context.caller.account.id;
    if athlete != me {
        let is_theirs = tx.is_trained_by(athlete, me).await?;
        return Err(if is_theirs { Refusal::NotOwner } else { Refusal::NotFound }.into());
    }
    // Somebody who is deactivated at this very moment has nothing here any more.
    if tx.lock_user(me).await? { Ok(()) } else { Err(Refusal::NotFound.into()) }
}

/// A weight of the caller's, who is locked first.
async fn locked(tx: &mut Tx, id: WeightId, context: &CommandContext) -> Result<WeightRow, CommandError> {
    let athlete = tx.athlete_of_weight(id).await?.ok_or(Refusal::NotFound)?;
    lock(tx, athlete, context).await?;
    Ok(tx.weight(id).await?.ok_or(Refusal::NotFound)?)
}

async fn saved(tx: &mut Tx, weight: Weight) -> Result<EventsByPerson, StoreError> {
    let athlete = weight.athlete_id;
    announced(tx, athlete, &Event::Saved { at: clock::now(), document: weight.into() }).await
}

/// A weight goes to its athlete and to whoever trains them. Under the lock of the athlete, that is nobody else until the
/// commit.
async fn announced(tx: &mut Tx, athlete: UserId, event: &Event) -> Result<EventsByPerson, StoreError> {
    let trainer = tx.trainer_of(athlete).await?;
    Ok(EventsByPerson::for_all(std::iter::once(athlete).chain(trainer), event))
}
