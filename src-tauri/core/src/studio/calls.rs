//! The machine's answers to its window about itself: who comes, who goes, what only staff may.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::spawn_blocking;
use training::wire::{SignIn, SignedIn};

use super::StudioMachine;
use super::floor::{self, Floor};
use super::gate::Chosen;
use super::pin::{Lock, NotAPin, Pin};
use super::roster::Roster;
use crate::agent::Agent;
use crate::api::Api;
use crate::bridge::{Calls, Failure, LocalCode, StudioCalls};
use crate::profile::Profile;
use crate::vault::Vault;

impl StudioMachine {
    /// Opens `lock` with `pin`, and sees to it that whoever guesses is slow. `floor` is kept before it is known how the try
    /// ends.
    async fn open_lock(
        &self,
        floor: &mut Floor,
        which: impl Fn(&mut Roster) -> Result<&mut Lock, Failure>,
        pin: Pin,
    ) -> Result<(), Failure> {
        let now = self.options.environment.now();
        let lock = which(&mut floor.roster)?;
        lock.set_clock(now);
        if let Some(wait) = lock.closed_for(now) {
            return Err(in_a_while(LocalCode::TooManyPins, Some(wait)));
        }
        lock.note_try(now);
        let tried = lock.clone();
        floor.keep_roster()?;
        let opened = spawn_blocking(move || tried.is_opened_by(&pin)).await;
        let is_open = opened.map_err(internal)?.map_err(internal)?;
        let lock = which(&mut floor.roster)?;
        if !is_open {
            return Err(in_a_while(LocalCode::WrongPin, lock.closed_for(self.options.environment.now())));
        }
        lock.note_opened();
        Ok(())
    }

    /// Brings `agent`, of `profile`, to the front.
    async fn bring_to_front(&self, profile: Profile, agent: Arc<Agent>, turn: u64) -> Result<(), Failure> {
        let mut floor = self.floor.lock().await;
        if !floor.is_open(&profile, &agent) {
            return Err(Failure::local(LocalCode::NotOnThisMachine));
        }
        // From now on something of theirs may wait, and is looked after at the next start, however this one ends.
        floor.roster.regular(profile.as_str())?.may_wait = true;
        floor.keep_roster()?;
        // Whoever went back meanwhile, or was too slow for the next one, is not shown to whoever is there now.
        let is_in_front = self.gate.bring(Chosen::Person(profile, Arc::clone(&agent)), turn);
        drop(floor);
        if is_in_front { agent.view().await } else { Ok(()) }
    }

    /// Takes `signed_in` in, with `lock`; answers their profile and its agent.
    async fn take_in(&self, asked: &Api, signed_in: &SignedIn, lock: Lock) -> Result<(Profile, Arc<Agent>), Failure> {
        let (before, profile) = {
            let mut floor = self.floor.lock().await;
            // While the server was asked, staff may have pointed the machine to another one.
            if self.house.server() != *asked.server() {
                return Err(Failure::local(LocalCode::NotSignedIn).because("the server was changed meanwhile"));
            }
            floor.roster.take_in(&signed_in.user, lock)
        };
        let admitted = async {
            let agent = floor::open(&self.floor, &profile).await?;
            agent.admit(signed_in).await?;
            let floor = self.floor.lock().await;
            if floor.is_open(&profile, &agent) {
                return floor.keep_roster().map(|()| agent);
            }
            drop(floor);
            // Staff took them off while a keyring took its time: nothing of theirs stays behind.
            agent.forget_sign_in().await;
            Err(Failure::local(LocalCode::NotOnThisMachine))
        };
        let failure = match admitted.await {
            Ok(agent) => return Ok((profile, agent)),
            Err(failure) => failure,
        };
        let mut floor = self.floor.lock().await;
        let undone = match before {
            // With the PIN they had, and whatever of theirs waits, unless staff have taken them off meanwhile.
            Some(before) if floor.roster.regular(profile.as_str()).is_ok() => {
                floor.roster.put_back(before);
                floor.keep_roster()
            }
            Some(_) => Ok(()),
            None => floor.take_off(&profile).await,
        };
        if let Err(failure) = undone {
            tracing::warn!(code = ?failure.code, "the roster could not be kept");
        }
        Err(failure)
    }
}

impl StudioCalls for StudioMachine {
    async fn pick(&self, profile: String, pin: String) -> Result<(), Failure> {
        let pin = Pin::of_person(&pin).map_err(not_a_pin)?;
        let turn = self.gate.turn();
        let profile = {
            let mut floor = self.floor.lock().await;
            self.open_lock(&mut floor, |roster| Ok(&mut roster.regular(&profile)?.lock), pin).await?;
            floor.keep_roster()?;
            floor.roster.regular(&profile)?.profile()
        };
        let agent = floor::open(&self.floor, &profile).await?;
        self.bring_to_front(profile, agent, turn).await
    }

    async fn admit(&self, email: String, password: String, pin: String) -> Result<(), Failure> {
        let turn = self.gate.turn();
        let lock = closed_with(Pin::of_person(&pin).map_err(not_a_pin)?).await?;
        let device_name = format!("{} ({})", Profile::of_studio_machine(), std::env::consts::OS);
        let asked = Api::new(self.house.server(), Vault::in_memory(), Arc::clone(&self.options.environment))?;
        let signed_in = asked.sign_in(&SignIn { email, password, device_name }).await?;
        match self.take_in(&asked, &signed_in, lock).await {
            Ok((profile, agent)) => {
                let outcome = self.bring_to_front(profile, agent, turn).await;
                // They are shown among the others, and closed again if they are not in front and have nothing to do.
                self.floor.lock().await.look().await;
                outcome
            }
            Err(failure) => {
                asked.tokens.keep(&asked, &signed_in).await;
                if let Err(error) = asked.sign_out(false).await {
                    tracing::warn!(%error, "the server was not told that nobody was admitted");
                }
                Err(failure)
            }
        }
    }

    async fn lock(&self) -> Result<(), Failure> {
        self.gate.clear();
        self.house.view().await
    }

    async fn open_staff(&self, pin: String) -> Result<(), Failure> {
        let pin = Pin::of_studio(&pin).map_err(not_a_pin)?;
        let turn = self.gate.turn();
        let mut floor = self.floor.lock().await;
        self.open_lock(&mut floor, |roster| Ok(&mut roster.lock), pin).await?;
        floor.keep_roster()?;
        // Whoever walked away before it was known leaves no way out behind.
        if self.gate.bring(Chosen::Staff, turn) { self.house.view().await } else { Ok(()) }
    }

    async fn fill_screen(&self, on: bool) -> Result<(), Failure> {
        self.only_staff()?;
        if let Some(host) = &self.options.host {
            host.fill_screen(on);
        }
        self.gate.show_filled(on);
        Ok(())
    }

    async fn remove_person(&self, profile: String, confirmed: bool) -> Result<(), Failure> {
        self.only_staff()?;
        let profile = self.floor.lock().await.roster.regular(&profile)?.profile();
        let agent = floor::open(&self.floor, &profile).await?;
        let activity = agent.activity().await;
        let removed = match refusal(activity.open_session.is_some(), activity.keeps_something) {
            Some(code) if !confirmed => Err(Failure::local(code)),
            _ => {
                if let Some(session) = activity.own_session
                    && let Err(failure) = agent.cancel_session(session, None).await
                {
                    // Their trainer can.
                    tracing::warn!(code = ?failure.code, "a session of somebody who was removed could not be cancelled");
                }
                agent.sign_out(false).await
            }
        };
        let mut floor = self.floor.lock().await;
        // What they did at the last moment is not taken with them.
        let keeps_something = agent.activity().await.keeps_something;
        drop(agent);
        let removed = match removed {
            Ok(()) if keeps_something && !confirmed => Err(Failure::local(LocalCode::StillWaiting)),
            Ok(()) => floor.take_off(&profile).await,
            // Whoever waits goes on sending, and whoever does not is closed.
            refused => refused,
        };
        floor.look().await;
        removed
    }

    async fn end_studio(&self, confirmed: bool) -> Result<(), Failure> {
        self.only_staff()?;
        let mut floor = self.floor.lock().await;
        let goes_on = floor.look().await;
        let keeps_something = self.gate.people().iter().any(|person| person.keeps_something);
        if let Some(code) = refusal(goes_on, keeps_something).filter(|_| !confirmed) {
            return Err(Failure::local(code));
        }
        floor.roster.on = false;
        floor.keep_roster()?;
        floor.close_all();
        self.house.leave_profile();
        if let Some(host) = &self.options.host {
            host.restart();
        }
        Ok(())
    }
}

/// Why staff have to confirm what they want.
fn refusal(is_in_session: bool, keeps_something: bool) -> Option<LocalCode> {
    match (is_in_session, keeps_something) {
        (true, _) => Some(LocalCode::InSession),
        (false, true) => Some(LocalCode::StillWaiting),
        (false, false) => None,
    }
}

/// A lock that `pin` opens.
pub(super) async fn closed_with(pin: Pin) -> Result<Lock, Failure> {
    spawn_blocking(move || Lock::closed_with(&pin)).await.map_err(internal)?.map_err(internal)
}

fn in_a_while(code: LocalCode, wait: Option<Duration>) -> Failure {
    // The next whole second: whoever tries when it is up is not told to wait for another.
    let retry_after_s = wait.map(|wait| u32::try_from(wait.as_millis().div_ceil(1000)).unwrap_or(u32::MAX));
    Failure { retry_after_s, ..Failure::local(code) }
}

/// For a window to translate.
pub(super) fn not_a_pin(error: NotAPin) -> Failure {
    Failure::local(LocalCode::NotAPin).because(error)
}

fn internal(error: impl std::fmt::Display) -> Failure {
    Failure::local(LocalCode::Internal).because(error)
}
