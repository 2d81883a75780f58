//! The kiosk's answers to calls about itself: picking, admitting and removing members, and what only staff may do.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::spawn_blocking;
use training::people::ClaimInvitation;
use training::wire::{SignIn, SignedIn};

use super::Kiosk;
use super::gate::Foreground;
use super::pool::{self, AgentPool};
use crate::agent::Agent;
use crate::api::Api;
use crate::bridge::{AccountCalls, Failure, KioskCalls, LocalCode, SessionCalls};
use crate::profile::Profile;
use crate::roster::Roster;
use crate::roster::pin::{Pin, PinLock};
use crate::roster::{hash_pin, not_a_pin};
use crate::vault::Vault;

/// How long the removal of a member waits until the cancellation of their session has been sent. Without a network it
/// never is, and staff stands in front of the screen.
const CANCEL_TIMEOUT: Duration = Duration::from_secs(10);

impl Kiosk {
    /// Verifies `pin` against the lock that `which` selects, with its throttling. The attempt is saved before its outcome
    /// is known.
    async fn verify_pin(
        &self,
        pool: &mut AgentPool,
        which: impl Fn(&mut Roster) -> Result<&mut PinLock, Failure>,
        pin: Pin,
    ) -> Result<(), Failure> {
        let now = self.options.environment.now();
        let lock = which(&mut pool.roster)?;
        lock.clamp_last_attempt(now);
        if let Some(wait) = lock.locked_for(now) {
            return Err(retry_after(LocalCode::TooManyPins, Some(wait)));
        }
        lock.record_attempt(now);
        let copy = lock.clone();
        pool.save_roster()?;
        let verified = spawn_blocking(move || copy.matches(&pin)).await;
        let is_right = verified.map_err(internal)?.map_err(internal)?;
        let lock = which(&mut pool.roster)?;
        if !is_right {
            return Err(retry_after(LocalCode::WrongPin, lock.locked_for(self.options.environment.now())));
        }
        lock.reset();
        Ok(())
    }

    /// Brings the member with `profile` to the foreground, unless the foreground was decided again since `generation`.
    async fn bring_to_foreground(&self, profile: Profile, agent: Arc<Agent>, generation: u64) -> Result<(), Failure> {
        let mut pool = self.pool.lock().await;
        if !pool.is_open(&profile, &agent) {
            return Err(Failure::local(LocalCode::NotOnThisMachine));
        }
        // From now on there may be unsynced data, which the next start has to look after even if this one crashes.
        pool.roster.member(profile.as_str())?.may_have_unsynced = true;
        pool.save_roster()?;
        let is_foreground = self.gate.switch_if_current(Foreground::Member(profile, Arc::clone(&agent)), generation);
        drop(pool);
        if is_foreground { agent.view().await } else { Ok(()) }
    }

    /// Adds the person in `signed_in` to the roster with `lock`, and opens their agent. On failure the roster is restored.
    async fn add_member(
        &self,
        api: &Api,
        signed_in: &SignedIn,
        lock: PinLock,
    ) -> Result<(Profile, Arc<Agent>), Failure> {
        let (before, profile) = {
            let mut pool = self.pool.lock().await;
            // Staff may have chosen another server during the sign-in.
            if self.lobby.server() != *api.server() {
                return Err(Failure::local(LocalCode::NotSignedIn).because("the server changed during the sign-in"));
            }
            pool.roster.upsert(&signed_in.user, lock)
        };
        let admitted = async {
            let agent = pool::open(&self.pool, &profile).await?;
            agent.admit(signed_in).await?;
            let pool = self.pool.lock().await;
            if pool.is_open(&profile, &agent) {
                return pool.save_roster().map(|()| agent);
            }
            drop(pool);
            // Staff removed the member while the keyring was busy. The sign-in must not be left behind.
            agent.forget_sign_in().await;
            Err(Failure::local(LocalCode::NotOnThisMachine))
        };
        let failure = match admitted.await {
            Ok(agent) => return Ok((profile, agent)),
            Err(failure) => failure,
        };
        let mut pool = self.pool.lock().await;
        let undone = match before {
            // Keeps their previous PIN and unsynced data, unless staff have removed them in the meantime.
            Some(before) if pool.roster.member(profile.as_str()).is_ok() => {
                pool.roster.restore(before);
                pool.save_roster()
            }
            Some(_) => Ok(()),
            None => pool.remove(&profile).await,
        };
        if let Err(failure) = undone {
            tracing::warn!(code = ?failure.code, "could not save the roster");
        }
        Err(failure)
    }

    /// The API of this kiosk's server, without tokens.
    fn lobby_api(&self) -> Result<Api, Failure> {
        Ok(Api::new(self.lobby.server(), Vault::in_memory(), Arc::clone(&self.options.environment))?)
    }

    /// Makes whoever signed in with `api` a member and brings them to the foreground; ends the sign-in if that fails.
    async fn admit_signed_in(
        &self,
        api: &Api,
        signed_in: &SignedIn,
        lock: PinLock,
        generation: u64,
    ) -> Result<(), Failure> {
        match self.add_member(api, signed_in, lock).await {
            Ok((profile, agent)) => {
                let outcome = self.bring_to_foreground(profile, agent, generation).await;
                // Shows the new member, and closes their agent if they are idle in the background.
                self.pool.lock().await.refresh().await;
                outcome
            }
            Err(failure) => {
                api.tokens.store(api, signed_in).await;
                if let Err(error) = api.sign_out(false).await {
                    tracing::warn!(%error, "could not end the sign-in of a member who was not admitted");
                }
                Err(failure)
            }
        }
    }
}

impl KioskCalls for Kiosk {
    async fn pick(&self, profile: String, pin: String) -> Result<(), Failure> {
        let pin = Pin::of_member(&pin).map_err(not_a_pin)?;
        let generation = self.gate.generation();
        let profile = {
            let mut pool = self.pool.lock().await;
            self.verify_pin(&mut pool, |roster| Ok(&mut roster.member(&profile)?.lock), pin).await?;
            pool.save_roster()?;
            pool.roster.member(&profile)?.profile()
        };
        let agent = pool::open(&self.pool, &profile).await?;
        self.bring_to_foreground(profile, agent, generation).await
    }

    async fn admit(&self, email: String, password: String, pin: String) -> Result<(), Failure> {
        let generation = self.gate.generation();
        let lock = hash_pin(Pin::of_member(&pin).map_err(not_a_pin)?).await?;
        let device_name = Profile::of_kiosk().device_name();
        let api = self.lobby_api()?;
        // Whose profile it is, and so which device token, is known only afterwards.
        let signed_in = api.sign_in(&SignIn { email, password, device_name, device_token: None }).await?;
        self.admit_signed_in(&api, &signed_in, lock, generation).await
    }

    async fn admit_invited(&self, code: String, password: String, pin: String) -> Result<(), Failure> {
        let generation = self.gate.generation();
        let lock = hash_pin(Pin::of_member(&pin).map_err(not_a_pin)?).await?;
        let device_name = Profile::of_kiosk().device_name();
        let api = self.lobby_api()?;
        let body = ClaimInvitation { code, password, device_name, device_token: None };
        let signed_in = api.claim_invitation(&body).await?;
        self.admit_signed_in(&api, &signed_in, lock, generation).await
    }

    async fn lock(&self) -> Result<(), Failure> {
        self.gate.clear();
        self.lobby.view().await
    }

    async fn open_staff(&self, pin: String) -> Result<(), Failure> {
        let pin = Pin::of_studio(&pin).map_err(not_a_pin)?;
        let generation = self.gate.generation();
        let mut pool = self.pool.lock().await;
        self.verify_pin(&mut pool, |roster| Ok(&mut roster.lock), pin).await?;
        pool.save_roster()?;
        // Whoever walked away while the PIN was being verified must not leave the staff page open.
        if self.gate.switch_if_current(Foreground::Staff, generation) { self.lobby.view().await } else { Ok(()) }
    }

    async fn fill_screen(&self, on: bool) -> Result<(), Failure> {
        self.require_staff()?;
        if let Some(host) = &self.options.host {
            host.fill_screen(on);
        }
        self.gate.set_fills_screen(on);
        Ok(())
    }

    async fn remove_member(&self, profile: String, confirmed: bool) -> Result<(), Failure> {
        self.require_staff()?;
        let profile = self.pool.lock().await.roster.member(&profile)?.profile();
        let agent = pool::open(&self.pool, &profile).await?;
        let activity = agent.activity().await;
        let signed_out = match needs_confirmation(activity.open_session.is_some(), activity.has_unsent) {
            Some(code) if !confirmed => Err(Failure::local(code)),
            _ => {
                if let Some(session) = activity.own_session {
                    match agent.cancel_session(session, None).await {
                        // The act goes with the member's files.
                        Ok(_) => agent.wait_until_sent(CANCEL_TIMEOUT).await,
                        // Their trainer can still cancel it.
                        Err(failure) => {
                            tracing::warn!(code = ?failure.code, "could not cancel the session of a removed member");
                        }
                    }
                }
                agent.sign_out(false).await
            }
        };
        let mut pool = self.pool.lock().await;
        // Asked again: a change made at the last moment was not part of what staff confirmed.
        let may_have_unsynced = agent.activity().await.has_unsent;
        drop(agent);
        let removed = match signed_out {
            Ok(()) if may_have_unsynced && !confirmed => Err(Failure::local(LocalCode::StillWaiting)),
            Ok(()) => pool.remove(&profile).await,
            // The refresh below closes the agent again if it is idle.
            refused => refused,
        };
        pool.refresh().await;
        removed
    }

    async fn end_kiosk(&self, confirmed: bool) -> Result<(), Failure> {
        self.require_staff()?;
        let mut pool = self.pool.lock().await;
        let is_in_session = pool.refresh().await;
        let may_have_unsynced = self.gate.members().iter().any(|member| member.may_have_unsynced);
        if let Some(code) = needs_confirmation(is_in_session, may_have_unsynced).filter(|_| !confirmed) {
            return Err(Failure::local(code));
        }
        pool.roster.on = false;
        pool.save_roster()?;
        pool.close_all();
        self.lobby.leave_profile();
        if let Some(host) = &self.options.host {
            host.restart();
        }
        Ok(())
    }
}

/// Why staff have to confirm what they are about to do, if they have to.
fn needs_confirmation(is_in_session: bool, may_have_unsynced: bool) -> Option<LocalCode> {
    match (is_in_session, may_have_unsynced) {
        (true, _) => Some(LocalCode::InSession),
        (false, true) => Some(LocalCode::StillWaiting),
        (false, false) => None,
    }
}

fn retry_after(code: LocalCode, wait: Option<Duration>) -> Failure {
    // Rounded up to whole seconds, so that a retry after this time is not refused again.
    let retry_after_s = wait.map(|wait| u32::try_from(wait.as_millis().div_ceil(1000)).unwrap_or(u32::MAX));
    Failure { retry_after_s, ..Failure::local(code) }
}

fn internal(error: impl std::fmt::Display) -> Failure {
    Failure::local(LocalCode::Internal).because(error)
}
