//! Changing one's own name, language or unit of weights. The last word counts, so it names no version.

use training::Refusal;
use training::people::{ChangeUser, Circumstances, UserChange, change};
use training::wire::ChangeMe;

use super::user::store_change;
use super::{Answer, Command, CommandContext, CommandError, EventsByPerson, Outcome};
use crate::clock;
use crate::http::{ApiError, Caller};
use crate::store::Tx;

/// See the module.
pub(crate) struct EditMe(pub(crate) ChangeMe);

impl Command for EditMe {
    fn authorise(&self, _: &Caller) -> Result<(), ApiError> {
        // One's own account.
        Ok(())
    }

    async fn perform(self, tx: &mut Tx, context: &CommandContext) -> Result<Outcome, CommandError> {
        let (me, studio) = (context.caller.account.id, context.caller.account.studio.id);
        tx.lock_studio(studio).await?;
        let before = tx.user(studio, me).await?.ok_or(Refusal::NotFound)?.user;
        let unit = tx.account(me).await?.weight_unit;
        let Self(ChangeMe { name, locale, weight_unit }) = self;
        let body = ChangeUser { name, locale, ..ChangeUser::default() };
        // Neither the name nor the language depends on anybody else.
        let mut after = change(&before, before.version, &body, &Circumstances::default())?;
        if let Some(other) = weight_unit.filter(|chosen| *chosen != unit) {
            tx.set_weight_unit(me, other).await?;
            after.version = before.version + 1;
        }
        let (account, by_person) = if after == before {
            (tx.account(me).await?, EventsByPerson::default())
        } else {
            let change = UserChange { before: &before, after: &after };
            store_change(tx, studio, &context.caller.person(), change, clock::now()).await?
        };
        Ok(Outcome::new(Answer::changed(&account, None)?, by_person))
    }
}
