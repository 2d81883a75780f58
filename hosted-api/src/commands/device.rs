//! Ending a person's sign-in on one device: by themselves or an admin.

use training::people::AuditAct;
use training::wire::Role;
use training::{Refusal, UserId};

use super::{Answer, Command, CommandContext, CommandError, EventsByPerson, Outcome};
use crate::accounts::DeviceId;
use crate::clock;
use crate::http::{ApiError, Caller};
use crate::store::Tx;

/// See the module.
pub(crate) struct EndDevice {
    pub(crate) user: UserId,
    pub(crate) device: DeviceId,
}

impl Command for EndDevice {
    fn authorise(&self, caller: &Caller) -> Result<(), ApiError> {
        if self.user == caller.account.id { Ok(()) } else { caller.must_be(Role::Admin) }
    }

    async fn perform(self, tx: &mut Tx, context: &CommandContext) -> Result<Outcome, CommandError> {
        let Self { user, device } = self;
        let (studio, at) = (context.caller.account.studio.id, clock::now());
        let row = tx.user(studio, user).await?.ok_or(Refusal::NotFound)?;
        if !tx.revoke_device_of(user, device, at).await? {
            return Err(Refusal::NotFound.into());
        }
        if user != context.caller.account.id {
            let by = context.caller.person();
            tx.record(Some(studio), Some(&by), AuditAct::DeviceSignedOut, &(&row.user).into(), at).await?;
        }
        let mut news = EventsByPerson::default();
        news.sign_out_device(user, device);
        Ok(Outcome::new(Answer::gone(), news))
    }
}
