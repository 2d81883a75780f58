//! Newer versions of the application.

use crate::agent::Agent;
use crate::bridge::{Failure, LocalCode, Update, UpdateCalls};
use crate::updates::{UpdateContext, UpdateRequests};

impl Agent {
    fn update_requests(&self) -> Result<&UpdateRequests, Failure> {
        match self.context.updates.update() {
            Update::Unavailable => {
                Err(Failure::local(LocalCode::Internal).because("this build does not update itself"))
            }
            _ => Ok(self.context.updates.requests()),
        }
    }
}

impl UpdateCalls for Agent {
    async fn check_for_update(&self) -> Result<(), Failure> {
        self.update_requests()?.check.notify_one();
        Ok(())
    }

    async fn install_update(&self) -> Result<(), Failure> {
        let requests = self.update_requests()?;
        if self.context.updates.is_in_session().await {
            return Err(Failure::local(LocalCode::InSession));
        }
        requests.install.notify_one();
        Ok(())
    }
}
