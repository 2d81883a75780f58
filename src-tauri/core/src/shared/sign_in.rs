//! Who is signed in on this profile: signing in, signing out, switching users.

use std::sync::PoisonError;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::sleep;
use training::wire::{Account, SignedIn};

use super::Shared;
use crate::api::Api;
use crate::bridge::{Failure, Link, LinkState, LocalCode, SignedOut, VaultKind};
use crate::replica::Replica;

/// Wait before an unavailable keyring is asked again; doubled each time.
const KEYRING_AGAIN: Duration = Duration::from_secs(1);
/// The longest wait.
const KEYRING_AGAIN_AT_LAST: Duration = Duration::from_mins(1);
/// Number of tries: about an hour in total.
const KEYRING_TRIES: u32 = 60;

impl Shared {
    /// Whether a trainer or an admin is signed in on this profile.
    pub(crate) async fn is_staff_signed_in(&self) -> bool {
        let is_signed_in = self.connection_state().signed_out.is_none();
        is_signed_in && self.replica().lock().await.contents().me.as_ref().is_some_and(Account::is_staff)
    }

    /// Sets the initial sign-in state, before anything is emitted.
    pub(crate) fn begin(&self, signed_in: bool, vault: VaultKind) {
        let is_away = self.api().tokens.keyring_is_away();
        let mut connection_state = self.connection_state();
        connection_state.vault = vault;
        connection_state.awaits_keyring = is_away;
        if signed_in {
            connection_state.signed_out = None;
            connection_state.link.state = LinkState::Connecting;
            self.next_sign_in(true);
        }
    }

    /// Signs in from a keyring that was unavailable at the start, unless somebody has signed in meanwhile. A system
    /// that starts applications at login may start some before their keyring.
    pub(crate) async fn await_keyring(&self) {
        let mut sign_ins = self.sign_ins();
        if !self.connection_state().awaits_keyring || sign_ins.borrow_and_update().is_some() {
            return self.forget_keyring_is_late();
        }
        let since = sign_ins.clone();
        tokio::select! {
            biased;
            _ = sign_ins.changed() => self.forget_keyring_is_late(),
            () = self.ask_keyring_again(&since) => {}
        }
    }

    fn forget_keyring_is_late(&self) {
        self.connection_state().awaits_keyring = false;
    }

    async fn ask_keyring_again(&self, since: &watch::Receiver<Option<u64>>) {
        let mut pause = KEYRING_AGAIN;
        for _ in 0..KEYRING_TRIES {
            sleep(pause).await;
            pause = KEYRING_AGAIN_AT_LAST.min(pause * 2);
            let api = self.api();
            let before = api.tokens.changes();
            let (signed_in, vault) = api.tokens.kept().await;
            if api.tokens.keyring_is_away() {
                continue;
            }
            let replica = self.replica.lock().await;
            // A sign-in, a sign-out or a change of server in the meantime takes precedence.
            let is_current = !since.has_changed().unwrap_or(true) && self.api().tokens.is_same(&api.tokens);
            if is_current && api.tokens.changes() == before {
                self.keyring_came(&replica, signed_in, vault);
            }
            return self.forget_keyring_is_late();
        }
        let replica = self.replica.lock().await;
        self.forget_keyring_is_late();
        // The profile's activity reads differently from now on.
        self.emit_view(&replica);
    }

    fn keyring_came(&self, replica: &Replica, signed_in: bool, vault: VaultKind) {
        {
            let mut connection_state = self.connection_state();
            connection_state.vault = vault;
            connection_state.awaits_keyring = false;
            if signed_in {
                connection_state.signed_out = None;
                connection_state.link = Link { state: LinkState::Connecting, waiting: 0, reason: None };
            }
        }
        self.emit_view(replica);
        if signed_in {
            self.next_sign_in(true);
        }
    }

    pub(crate) fn sign_ins(&self) -> watch::Receiver<Option<u64>> {
        self.sign_ins.subscribe()
    }

    /// Adopts a new sign-in, made with `api`.
    pub(crate) async fn signed_in(&self, api: &Api, signed_in: &SignedIn) -> Result<(), Failure> {
        // During the request, the user may have pointed the profile to another server.
        let is_current = || self.api().tokens.is_same(&api.tokens);
        let meanwhile = || Failure::local(LocalCode::NotSignedIn).because("the server was changed meanwhile");
        if !is_current() {
            return Err(meanwhile());
        }
        {
            let mut replica = self.replica.lock().await;
            if replica.contents().me.as_ref().is_some_and(|me| me.id != signed_in.user.id) {
                // Another user's data must never be shown to this one, nor kept, even if the sign-in fails after this.
                replica.start_over(None).await?;
            }
        }
        // Without holding the replica's lock: a keyring may have to be unlocked first.
        let vault = api.tokens.keep(api, signed_in).await;
        let mut replica = self.replica.lock().await;
        if !is_current() {
            api.tokens.forget().await;
            return Err(meanwhile());
        }
        if let Err(error) = replica.set_me(signed_in.user.clone()).await {
            api.tokens.forget().await;
            return Err(error.into());
        }
        {
            let mut connection_state = self.connection_state();
            connection_state.vault = vault;
            connection_state.signed_out = None;
            connection_state.link = Link { state: LinkState::Connecting, waiting: 0, reason: None };
        }
        self.emit_view(&replica);
        self.next_sign_in(true);
        Ok(())
    }

    /// Ends the sign-in with this number, which the server has ended, but not a later one.
    pub(crate) async fn ended_by_server(&self, number: u64) {
        let replica = self.replica.lock().await;
        if *self.sign_ins.borrow() == Some(number) {
            self.end_sign_in(&replica, SignedOut::ByServer);
        }
    }

    /// Ends the sign-in on this profile. If the user signed out, the replica is emptied too.
    pub(crate) async fn signed_out(&self, why: SignedOut) {
        let mut replica = self.replica.lock().await;
        if why == SignedOut::ByPerson
            && let Err(error) = replica.start_over(None).await
        {
            tracing::error!(error = &error as &dyn std::error::Error, "the replica could not be emptied");
        }
        self.end_sign_in(&replica, why);
    }

    pub(crate) fn end_sign_in(&self, replica: &Replica, why: SignedOut) {
        {
            let mut connection_state = self.connection_state();
            connection_state.signed_out = Some(why);
            connection_state.link = Link { state: LinkState::SignedOut, waiting: 0, reason: None };
        }
        self.next_sign_in(false);
        self.emit_view(replica);
    }

    /// Points this profile to another server.
    pub(crate) async fn move_to(&self, api: Api) -> Result<(), Failure> {
        let (signed_in, vault) = api.tokens.kept().await;
        let mut replica = self.replica.lock().await;
        if self.sign_ins.borrow().is_some() {
            return Err(Failure::local(LocalCode::Internal).because("a signed-in profile stays with its server"));
        }
        replica.start_over(None).await?;
        replica.belong_to(&api.server().to_string()).await?;
        *self.api.lock().unwrap_or_else(PoisonError::into_inner) = api;
        {
            let mut connection_state = self.connection_state();
            connection_state.vault = vault;
            connection_state.signed_out = (!signed_in).then_some(SignedOut::ByPerson);
            let state = if signed_in { LinkState::Connecting } else { LinkState::SignedOut };
            connection_state.link = Link { state, waiting: 0, reason: None };
        }
        self.emit_view(&replica);
        self.next_sign_in(signed_in);
        Ok(())
    }

    /// Stores the user's changed account and emits the view.
    pub(crate) async fn set_me(&self, me: Account) -> Result<(), Failure> {
        let mut replica = self.replica.lock().await;
        // By the time a slow answer arrives, somebody else may be signed in.
        if replica.contents().me.as_ref().is_some_and(|known| known.id == me.id) {
            replica.set_me(me).await?;
            self.emit_view(&replica);
        }
        Ok(())
    }

    pub(crate) fn next_sign_in(&self, signed_in: bool) {
        static NUMBERS: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
        let number = NUMBERS.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        self.sign_ins.send_replace(signed_in.then_some(number));
        self.replica_changed.notify_waiters();
    }
}
