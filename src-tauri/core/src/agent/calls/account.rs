//! Who is signed in on this profile, where, and the connection.

use std::sync::Arc;
use std::time::Duration;

use training::WeightUnit;
use training::people::{ClaimInvitation, InvitationPreview};
use training::wire::{Account, ChangeMe, ChangePassword, Locale, SignIn, SignedIn};

use crate::address::ServerUrl;
use crate::agent::Agent;
use crate::api::Api;
use crate::bridge::{AccountCalls, Failure, LocalCode, SignedOut};
use crate::known_device::KnownDevice;

/// How long a sign-out waits for a server that does not answer.
const SIGN_OUT_TIMEOUT: Duration = Duration::from_secs(3);

impl Agent {
    /// Asks the server to end every sign-in of this user. Only the server can do that.
    pub(crate) async fn end_everywhere(&self) -> Result<(), Failure> {
        Ok(self.context.api().sign_out(true).await?)
    }

    /// Forgets a sign-in that the server has ended.
    pub(crate) async fn forget_sign_in(&self) {
        let api = self.context.api();
        api.tokens.note_spent();
        self.context.sign_in.end(SignedOut::ByPerson).await;
        self.context.uploads.staging.discard_all();
        api.tokens.forget().await;
    }
}

impl Agent {
    /// Adopts a sign-in made with `api`, and keeps the token by which the server knows this device again.
    async fn adopt(&self, api: &Api, known: &KnownDevice, signed_in: SignedIn) -> Result<Account, Failure> {
        if let Some(token) = &signed_in.device_token {
            known.store(token);
        }
        self.context.sign_in.adopt(api, &signed_in).await?;
        Ok(signed_in.user)
    }

    /// The API of `server` for this profile; that of its own server if it is the same or not given.
    fn api_of(&self, server: Option<&str>) -> Result<Api, Failure> {
        let own = self.context.api();
        match server.map(parsed).transpose()?.filter(|server| server != own.server()) {
            Some(server) => self.api_on(server),
            None => Ok(own),
        }
    }

    /// The API of another server, with the tokens that this profile has there.
    fn api_on(&self, server: ServerUrl) -> Result<Api, Failure> {
        let (context, own) = (&self.context, self.context.api());
        let vault = own.tokens.vault_for(&context.home, &context.profile, &server);
        Ok(Api::new(server, vault, Arc::clone(&context.environment))?)
    }

    /// Points this profile to the server of `api`.
    async fn move_to(&self, api: &Api) -> Result<(), Failure> {
        self.context.home.choose_server(&self.context.profile, api.server())?;
        self.context.sign_in.change_server(api.clone()).await
    }
}

impl AccountCalls for Agent {
    async fn view(&self) -> Result<(), Failure> {
        self.context.store.emit_view().await;
        Ok(())
    }

    async fn sign_in(&self, email: String, password: String) -> Result<Account, Failure> {
        let api = self.context.api();
        let known = KnownDevice::of(&self.context.home, &self.context.profile, api.server());
        let device_name = self.context.profile.device_name();
        let mut body = SignIn { email, password, device_name, device_token: known.token() };
        let mut answer = api.sign_in(&body).await;
        if body.device_token.is_some() && answer.as_ref().is_err_and(|error| error.finds("/device_token")) {
            // The server was set back to a version that does not know of such tokens.
            body.device_token = None;
            answer = api.sign_in(&body).await;
        }
        self.adopt(&api, &known, answer?).await
    }

    async fn look_at_invitation(&self, code: String, server: Option<String>) -> Result<InvitationPreview, Failure> {
        Ok(self.api_of(server.as_deref())?.look_at_invitation(code).await?)
    }

    async fn claim_invitation(
        &self,
        code: String,
        server: Option<String>,
        password: String,
    ) -> Result<Account, Failure> {
        self.context.sign_in.must_be_signed_out()?;
        let api = self.api_of(server.as_deref())?;
        let known = KnownDevice::of(&self.context.home, &self.context.profile, api.server());
        let device_name = self.context.profile.device_name();
        let body = ClaimInvitation { code, password, device_name, device_token: known.token() };
        let signed_in = api.claim_invitation(&body).await?;
        // Only now: a refused claim leaves the profile where it was, with what waits to be sent there.
        if api.server() != self.context.api().server() {
            self.move_to(&api).await?;
        }
        self.adopt(&api, &known, signed_in).await
    }

    async fn sign_out(&self, everywhere: bool) -> Result<(), Failure> {
        if everywhere {
            self.end_everywhere().await?;
            self.forget_sign_in().await;
        } else {
            let api = self.context.api();
            // Once the window shows the sign-out, the user may close it at once.
            api.tokens.note_spent();
            // Locally first, so that nothing follows the feed any more when the server ends the sign-in. This works
            // without the server; its tokens then expire by themselves.
            self.context.sign_in.end(SignedOut::ByPerson).await;
            self.context.uploads.staging.discard_all();
            // Before the request to the server, which may take long: closing the window meanwhile leaves the user
            // signed out, and a sign-in made meanwhile is not ended.
            let leaving = api.with_tokens(api.tokens.detach().await);
            match tokio::time::timeout(SIGN_OUT_TIMEOUT, leaving.sign_out(false)).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::warn!(%error, "the sign-out request failed"),
                Err(_late) => tracing::warn!("the sign-out request timed out"),
            }
        }
        Ok(())
    }

    async fn choose_server(&self, url: String) -> Result<String, Failure> {
        let server = parsed(&url)?;
        self.context.sign_in.must_be_signed_out()?;
        let api = self.api_on(server.clone())?;
        api.check_server().await?;
        self.move_to(&api).await?;
        Ok(server.to_string())
    }

    async fn change_me(
        &self,
        name: Option<String>,
        locale: Option<Locale>,
        weight_unit: Option<WeightUnit>,
    ) -> Result<Account, Failure> {
        let me = self.context.api().change_me(&ChangeMe { name, locale, weight_unit }).await?;
        self.context.store.set_me(me.clone()).await?;
        Ok(me)
    }

    async fn change_password(&self, current_password: String, new_password: String) -> Result<(), Failure> {
        Ok(self.context.api().change_password(&ChangePassword { current_password, new_password }).await?)
    }

    async fn try_now(&self) -> Result<(), Failure> {
        self.context.connection.network_is_back();
        Ok(())
    }
}

/// The address of a server as a person, or a link, gives it.
fn parsed(url: &str) -> Result<ServerUrl, Failure> {
    url.parse().map_err(|error| Failure::local(LocalCode::BadAddress).because(error))
}
