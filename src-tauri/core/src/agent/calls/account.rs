//! Who is signed in on this profile, where, and the connection.

use std::time::Duration;

use training::wire::{Account, ChangeMe, ChangePassword, Locale, SignIn};

use crate::address::ServerUrl;
use crate::agent::Agent;
use crate::api::Api;
use crate::bridge::{AccountCalls, Failure, LocalCode, SignedOut};
use crate::known_device::KnownDevice;

/// How long a sign-out waits for a server that does not answer.
const TOLD_WITHIN: Duration = Duration::from_secs(3);

impl Agent {
    /// Asks the server to end every sign-in of this user. Only the server can do that.
    pub(crate) async fn end_everywhere(&self) -> Result<(), Failure> {
        Ok(self.shared.api().sign_out(true).await?)
    }

    /// Forgets a sign-in that the server has ended.
    pub(crate) async fn forget_sign_in(&self) {
        let api = self.shared.api();
        api.tokens.note_spent();
        self.shared.signed_out(SignedOut::ByPerson).await;
        api.tokens.forget().await;
    }
}

impl AccountCalls for Agent {
    async fn view(&self) -> Result<(), Failure> {
        self.shared.show().await;
        Ok(())
    }

    async fn sign_in(&self, email: String, password: String) -> Result<Account, Failure> {
        let device_name = format!("{} ({})", self.shared.profile(), std::env::consts::OS);
        let api = self.shared.api();
        let known = KnownDevice::of(self.shared.home(), self.shared.profile(), api.server());
        let mut body = SignIn { email, password, device_name, device_token: known.token() };
        let mut answer = api.sign_in(&body).await;
        if body.device_token.is_some() && answer.as_ref().is_err_and(|error| error.finds("/device_token")) {
            // The server was set back to a version that does not know of such tokens.
            body.device_token = None;
            answer = api.sign_in(&body).await;
        }
        let signed_in = answer?;
        if let Some(token) = &signed_in.device_token {
            known.keep(token);
        }
        self.shared.signed_in(&api, &signed_in).await?;
        Ok(signed_in.user)
    }

    async fn sign_out(&self, everywhere: bool) -> Result<(), Failure> {
        if everywhere {
            self.end_everywhere().await?;
            self.forget_sign_in().await;
        } else {
            let api = self.shared.api();
            // Once the window shows the sign-out, the user may close it at once.
            api.tokens.note_spent();
            // Locally first, so that nothing follows the feed any more when the server ends the sign-in. This works
            // without the server; its tokens then expire by themselves.
            self.shared.signed_out(SignedOut::ByPerson).await;
            // Before the request to the server, which may take long: closing the window meanwhile leaves the user
            // signed out, and a sign-in made meanwhile is not ended.
            let leaving = api.as_holder_of(api.tokens.detach().await);
            match tokio::time::timeout(TOLD_WITHIN, leaving.sign_out(false)).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::warn!(%error, "the server was not told of the sign-out"),
                Err(_late) => tracing::warn!("the server was not told of the sign-out in time"),
            }
        }
        Ok(())
    }

    async fn choose_server(&self, url: String) -> Result<String, Failure> {
        let server: ServerUrl = url.parse().map_err(|error| Failure::local(LocalCode::BadAddress).because(error))?;
        if self.shared.sign_ins().borrow().is_some() {
            return Err(Failure::local(LocalCode::Internal).because("a signed-in profile stays with its server"));
        }
        let api = Api::new(
            server.clone(),
            self.shared.api().tokens.vault_for(self.shared.home(), self.shared.profile(), &server),
            self.shared.environment(),
        )?;
        api.check_server().await?;
        self.shared.home().choose_server(self.shared.profile(), &server)?;
        self.shared.move_to(api).await?;
        Ok(server.to_string())
    }

    async fn change_me(&self, name: Option<String>, locale: Option<Locale>) -> Result<Account, Failure> {
        let me = self.shared.api().change_me(&ChangeMe { name, locale }).await?;
        self.shared.set_me(me.clone()).await?;
        Ok(me)
    }

    async fn change_password(&self, current_password: String, new_password: String) -> Result<(), Failure> {
        Ok(self.shared.api().change_password(&ChangePassword { current_password, new_password }).await?)
    }

    async fn try_now(&self) -> Result<(), Failure> {
        self.shared.network_is_back();
        Ok(())
    }
}
