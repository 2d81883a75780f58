//! The studio's people, and one's own sign-ins.

use training::UserId;
use training::people::{ChangeUser, CreateUser, Device, Invitation, InvitedUser, User};
use uuid::Uuid;

use crate::agent::Agent;
use crate::bridge::{AuditPage, Failure, LocalCode, PeopleCalls, UserPage, UserQuery};
use crate::exports::save;

impl PeopleCalls for Agent {
    async fn list_users(&self, query: UserQuery) -> Result<UserPage, Failure> {
        Ok(self.context.api().users(&query).await?)
    }

    async fn read_user(&self, user_id: UserId) -> Result<User, Failure> {
        Ok(self.context.api().user(user_id).await?)
    }

    async fn add_user(&self, user: CreateUser) -> Result<InvitedUser, Failure> {
        Ok(self.context.api().add_user(&user).await?)
    }

    async fn change_user(&self, user_id: UserId, version: u64, change: ChangeUser) -> Result<User, Failure> {
        Ok(self.context.api().change_user(user_id, version, &change).await?)
    }

    async fn invite_user(&self, user_id: UserId) -> Result<Invitation, Failure> {
        Ok(self.context.api().invite_user(user_id).await?)
    }

    async fn withdraw_invitation(&self, user_id: UserId) -> Result<(), Failure> {
        Ok(self.context.api().withdraw_invitation(user_id).await?)
    }

    async fn list_devices(&self, user_id: UserId) -> Result<Vec<Device>, Failure> {
        Ok(self.context.api().devices_of(user_id).await?)
    }

    async fn end_device(&self, user_id: UserId, device_id: String) -> Result<(), Failure> {
        Ok(self.context.api().end_device_of(user_id, device(&device_id)?).await?)
    }

    async fn erase_user(&self, user_id: UserId, confirm: String) -> Result<(), Failure> {
        Ok(self.context.api().erase_user(user_id, confirm).await?)
    }

    async fn export_person(&self, user_id: UserId) -> Result<String, Failure> {
        let downloads = self.host()?.download_dir();
        let downloads = downloads.ok_or_else(|| Failure::local(LocalCode::System).because("no place for downloads"))?;
        let saved = save(&*self.context.environment, self.context.api().export(user_id).await?, &downloads).await?;
        Ok(saved.display().to_string())
    }

    async fn list_audit(&self, after: Option<String>) -> Result<AuditPage, Failure> {
        Ok(self.context.api().audit(after.as_deref()).await?)
    }

    async fn list_my_devices(&self) -> Result<Vec<Device>, Failure> {
        Ok(self.context.api().my_devices().await?)
    }

    async fn end_my_device(&self, device_id: String) -> Result<(), Failure> {
        Ok(self.context.api().end_my_device(device(&device_id)?).await?)
    }
}

fn device(id: &str) -> Result<Uuid, Failure> {
    id.parse().map_err(|error| Failure::local(LocalCode::Internal).because(error))
}
