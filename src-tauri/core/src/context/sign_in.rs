//! Who is signed in on this profile: signing in, signing out, switching users.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::sleep;
use training::wire::SignedIn;

use super::connection::Connection;
use super::store::{Locked, Store};
use crate::api::Api;
use crate::bridge::{Failure, LocalCode, SignedOut, VaultKind};

/// Wait before an unavailable keyring is asked again; doubled each time.
const KEYRING_RETRY_FIRST: Duration = Duration::from_secs(1);
/// The longest wait.
const KEYRING_RETRY_MAX: Duration = Duration::from_mins(1);
/// Number of tries: about an hour in total.
const KEYRING_TRIES: u32 = 60;

/// See the module.
pub(crate) struct SignIn {
    store: Arc<Store>,
}

impl SignIn {
    pub(crate) fn new(store: Arc<Store>) -> Self {
        Self { store }
    }

    fn connection(&self) -> &Connection {
        self.store.connection()
    }

    /// Sets the initial sign-in state, before anything is emitted.
    pub(crate) fn begin(&self, signed_in: bool, vault: VaultKind) {
        let mut state = self.connection().state();
        state.vault = vault;
        state.awaits_keyring = state.api.tokens.keyring_is_unavailable();
        if signed_in {
            state.sign_in(vault);
            drop(state);
            self.connection().renumber_sign_in(true);
        }
    }

    /// Signs in from a keyring that was unavailable at the start, unless somebody has signed in meanwhile. A system
    /// that starts applications at login may start some before their keyring.
    pub(crate) async fn await_keyring(&self) {
        let mut sign_ins = self.connection().sign_ins();
        if !self.connection().state().awaits_keyring || sign_ins.borrow_and_update().is_some() {
            return self.stop_awaiting_keyring();
        }
        let since = sign_ins.clone();
        tokio::select! {
            biased;
            _ = sign_ins.changed() => self.stop_awaiting_keyring(),
            () = self.retry_keyring(&since) => {}
        }
    }

    fn stop_awaiting_keyring(&self) {
        self.connection().state().awaits_keyring = false;
    }

    async fn retry_keyring(&self, since: &watch::Receiver<Option<u64>>) {
        let mut pause = KEYRING_RETRY_FIRST;
        for _ in 0..KEYRING_TRIES {
            sleep(pause).await;
            pause = KEYRING_RETRY_MAX.min(pause * 2);
            let api = self.connection().api();
            let before = api.tokens.changes();
            let (signed_in, vault) = api.tokens.load().await;
            if api.tokens.keyring_is_unavailable() {
                continue;
            }
            let replica = self.store.lock().await;
            // A sign-in, a sign-out or a change of server in the meantime takes precedence.
            let is_current = !since.has_changed().unwrap_or(true) && self.is_current(&api);
            if is_current && api.tokens.changes() == before {
                self.keyring_is_available(&replica, signed_in, vault);
            }
            return self.stop_awaiting_keyring();
        }
        let replica = self.store.lock().await;
        self.stop_awaiting_keyring();
        // The profile's activity reads differently from now on.
        replica.emit_view();
    }

    fn keyring_is_available(&self, replica: &Locked<'_>, signed_in: bool, vault: VaultKind) {
        {
            let mut state = self.connection().state();
            state.vault = vault;
            state.awaits_keyring = false;
            if signed_in {
                state.sign_in(vault);
            }
        }
        replica.emit_view();
        if signed_in {
            replica.renumber_sign_in(true);
        }
    }

    /// Whether `api` has the tokens of the present sign-in, on the present server.
    fn is_current(&self, api: &Api) -> bool {
        self.connection().state().api.tokens.is_same(&api.tokens)
    }

    /// Adopts a new sign-in, made with `api`.
    pub(crate) async fn adopt(&self, api: &Api, signed_in: &SignedIn) -> Result<(), Failure> {
        // During the request, the user may have pointed the profile to another server.
        let server_changed = || Failure::local(LocalCode::NotSignedIn).because("the server was changed meanwhile");
        if !self.is_current(api) {
            return Err(server_changed());
        }
        {
            let mut replica = self.store.lock().await;
            if replica.contents().me.as_ref().is_some_and(|me| me.id != signed_in.user.id) {
                // Another user's data must never be shown to this one, nor kept, even if the sign-in fails after this.
                replica.clear().await?;
            }
        }
        // Without holding the replica's lock: a keyring may have to be unlocked first.
        let vault = api.tokens.store(api, signed_in).await;
        let mut replica = self.store.lock().await;
        if !self.is_current(api) {
            api.tokens.forget().await;
            return Err(server_changed());
        }
        if let Err(error) = replica.set_me(signed_in.user.clone()).await {
            api.tokens.forget().await;
            return Err(error.into());
        }
        self.connection().state().sign_in(vault);
        replica.emit_view();
        replica.renumber_sign_in(true);
        Ok(())
    }

    /// Ends the sign-in with this number, which the server has ended, but not a later one.
    pub(crate) async fn ended_by_server(&self, number: u64) {
        let replica = self.store.lock().await;
        if self.connection().sign_in_number() == Some(number) {
            self.end_locked(&replica, SignedOut::ByServer);
        }
    }

    /// Ends the sign-in on this profile. If the user signed out, the replica is emptied too.
    pub(crate) async fn end(&self, why: SignedOut) {
        let mut replica = self.store.lock().await;
        if why == SignedOut::ByPerson
            && let Err(error) = replica.clear().await
        {
            tracing::error!(error = &error as &dyn std::error::Error, "the replica could not be emptied");
        }
        self.end_locked(&replica, why);
    }

    fn end_locked(&self, replica: &Locked<'_>, why: SignedOut) {
        self.connection().state().sign_out(why);
        replica.renumber_sign_in(false);
        replica.emit_view();
    }

    /// Points this profile to another server.
    ///
    /// # Errors
    /// [`LocalCode::Internal`] while somebody is signed in.
    pub(crate) async fn change_server(&self, api: Api) -> Result<(), Failure> {
        let (signed_in, vault) = api.tokens.load().await;
        let mut replica = self.store.lock().await;
        self.must_be_signed_out()?;
        replica.clear_for_server(&api.server().to_string()).await?;
        {
            let mut state = self.connection().state();
            state.api = api;
            state.vault = vault;
            if signed_in {
                state.sign_in(vault);
            } else {
                state.sign_out(SignedOut::ByPerson);
            }
        }
        replica.emit_view();
        replica.renumber_sign_in(signed_in);
        Ok(())
    }

    /// Checks that nobody is signed in.
    ///
    /// # Errors
    /// [`LocalCode::Internal`] while somebody is.
    pub(crate) fn must_be_signed_out(&self) -> Result<(), Failure> {
        match self.connection().sign_in_number() {
            None => Ok(()),
            Some(_) => Err(Failure::local(LocalCode::Internal).because("a signed-in profile stays with its server")),
        }
    }
}
