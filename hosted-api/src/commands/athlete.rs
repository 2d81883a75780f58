//! Who acts for an athlete: themself, or the trainer they are assigned to.

use training::wire::Role;
use training::{Part, UserId};

use crate::http::Caller;
use crate::store::{StoreError, Tx};

/// Locks an athlete for somebody who acts for them; returns the part of that person. For everybody else, and once the
/// athlete is deactivated, there is no such athlete.
///
/// Whoever else acts for them waits, and so does whoever changes the athlete or erases them.
pub(crate) async fn lock_athlete(tx: &mut Tx, caller: &Caller, athlete: UserId) -> Result<Option<Part>, StoreError> {
    let (me, roles) = (caller.account.id, &caller.account.roles);
    let (part, is_locked) = if me == athlete {
        (Part::Athlete, roles.contains(&Role::Athlete) && tx.lock_user(me).await?)
    } else {
        (Part::Trainer, roles.contains(&Role::Trainer) && tx.lock_trainee(athlete, me).await?)
    };
    Ok(is_locked.then_some(part))
}
