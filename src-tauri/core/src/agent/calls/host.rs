//! The desktop around the window, and the machine.

use training::ProblemCode;

use crate::agent::Agent;
use crate::bridge::{Failure, FailureCode, HostCalls, LocalCode, Machine, OpenedLink};
use crate::context::diagnostics;
use crate::host::{Host, MenuWords, Notice, TrayWords, Versions};
use crate::roster::become_kiosk;
use crate::updates::UpdateContext;

impl Agent {
    pub(super) fn host(&self) -> Result<&dyn Host, Failure> {
        self.host.as_deref().ok_or_else(|| Failure::local(LocalCode::Internal).because("there is no window"))
    }
}

impl HostCalls for Agent {
    async fn notify(&self, notice: Notice) -> Result<(), Failure> {
        self.host()?.notify(notice);
        Ok(())
    }

    async fn show_in_tray(&self, words: TrayWords) -> Result<(), Failure> {
        self.host()?.show_in_tray(words);
        Ok(())
    }

    async fn show_in_menu(&self, words: Box<MenuWords>) -> Result<(), Failure> {
        self.host()?.show_in_menu(*words);
        Ok(())
    }

    async fn opened_link(&self) -> Result<Option<OpenedLink>, Failure> {
        Ok(self.host()?.opened_link())
    }

    async fn close_window(&self) -> Result<(), Failure> {
        self.host()?.close();
        Ok(())
    }

    async fn ask_to_close(&self) -> Result<(), Failure> {
        self.host()?.ask_to_close();
        Ok(())
    }

    async fn is_asking(&self) -> Result<(), Failure> {
        self.host()?.is_asking();
        Ok(())
    }

    async fn toggle_full_screen(&self) -> Result<(), Failure> {
        self.host()?.toggle_full_screen();
        Ok(())
    }

    async fn versions(&self) -> Result<Versions, Failure> {
        Ok(self.host()?.versions())
    }

    async fn diagnostics(&self) -> Result<String, Failure> {
        let host = self.host()?.diagnostics();
        Ok(format!("{host}\n{}", diagnostics(&self.context.store).await))
    }

    async fn keep_awake(&self, on: bool) -> Result<(), Failure> {
        self.host()?.keep_awake(on);
        Ok(())
    }

    async fn machine(&self) -> Result<Machine, Failure> {
        let host = self.host()?;
        Ok(Machine { starts_with_system: host.starts_with_system(), may_become_kiosk: host.may_become_kiosk() })
    }

    async fn start_with_system(&self, on: bool) -> Result<Machine, Failure> {
        self.host()?.start_with_system(on).map_err(|error| Failure::local(LocalCode::System).because(error))?;
        self.machine().await
    }

    async fn become_kiosk(&self, pin: String) -> Result<(), Failure> {
        let host = self.host()?;
        if !host.may_become_kiosk() {
            return Err(Failure::local(LocalCode::Internal).because("a profile was named"));
        }
        if !self.context.store.is_staff_signed_in().await {
            let code = FailureCode::Server(ProblemCode::RoleForbidden);
            return Err(Failure { code, ..Failure::local(LocalCode::Internal) });
        }
        if self.context.updates.is_in_session().await {
            return Err(Failure::local(LocalCode::InSession));
        }
        become_kiosk(&self.context.home, &self.context.connection.server(), &pin).await?;
        self.leave_profile();
        host.restart();
        Ok(())
    }
}
