//! Changing one's own name or language. The last word counts, so it names no version.

use training::Refusal;
use training::people::{User, UserChange};
use training::wire::{ChangeMe, Locale};

use super::user::store_change;
use super::{Answer, Command, CommandContext, CommandError, EventsByPerson, Outcome};
use crate::clock;
use crate::store::Tx;

/// See the module.
pub(crate) struct EditMe {
    /// Trimmed and acceptable.
    pub(crate) name: Option<String>,
    pub(crate) locale: Option<Locale>,
}

impl From<ChangeMe> for EditMe {
    fn from(ChangeMe { name, locale }: ChangeMe) -> Self {
        Self { name: name.map(|name| name.trim().to_owned()), locale }
    }
}

impl Command for EditMe {
    async fn perform(self, tx: &mut Tx, context: &CommandContext) -> Result<Outcome, CommandError> {
        let (me, studio) = (context.caller.account.id, context.caller.account.studio.id);
        tx.lock_studio(studio).await?;
        let before = tx.user(studio, me).await?.ok_or(Refusal::NotFound)?.user;
        let mut after = User {
            name: self.name.unwrap_or_else(|| before.name.clone()),
            locale: self.locale.unwrap_or(before.locale),
            ..before.clone()
        };
        let mut by_person = EventsByPerson::default();
        if after != before {
            after.version += 1;
            let change = UserChange { before: &before, after: &after };
            by_person = store_change(tx, studio, &context.caller.person(), change, clock::now()).await?;
        }
        Ok(Outcome::new(Answer::changed(&tx.account(me).await?, None)?, by_person))
    }

    async fn may_be_replayed(&self, _: &mut Tx, _: &CommandContext) -> Result<(), CommandError> {
        // One's own account.
        Ok(())
    }
}
