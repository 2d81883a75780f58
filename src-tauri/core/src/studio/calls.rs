//! The machine's answers to its window about itself: who comes, who goes, what only staff may.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::spawn_blocking;
use training::wire::SignIn;

use super::StudioMachine;
use super::floor::Floor;
use super::pin::{Lock, NotAPin, Pin};
use super::roster::Roster;
use crate::api::Api;
use crate::bridge::{Calls, Failure, LocalCode, StudioCalls};
use crate::home::Profile;
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
        let now = self.options.outside.now();
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
            return Err(in_a_while(LocalCode::WrongPin, lock.closed_for(self.options.outside.now())));
        }
        lock.note_opened();
        floor.keep_roster()
    }

    /// Brings the agent of `profile` to the front.
    async fn bring_to_front(&self, floor: &mut Floor, profile: &Profile, turn: u64) -> Result<(), Failure> {
        let agent = floor.open(profile).await?;
        // Whoever went back meanwhile, or was too slow for the next one, is not shown to whoever is there now.
        if self.gate.bring(profile, turn) { agent.view().await } else { Ok(()) }
    }
}

impl StudioCalls for StudioMachine {
    async fn pick(&self, profile: String, pin: String) -> Result<(), Failure> {
        let pin = Pin::of_person(&pin).map_err(not_a_pin)?;
        let turn = self.gate.turn();
        let mut floor = self.floor.lock().await;
        self.open_lock(&mut floor, |roster| Ok(&mut roster.regular(&profile)?.lock), pin).await?;
        let regular = floor.roster.regular(&profile)?;
        regular.may_wait = true;
        let profile = regular.profile();
        floor.keep_roster()?;
        self.bring_to_front(&mut floor, &profile, turn).await
    }

    async fn admit(&self, email: String, password: String, pin: String) -> Result<(), Failure> {
        let turn = self.gate.turn();
        let lock = closed_with(Pin::of_person(&pin).map_err(not_a_pin)?).await?;
        let device_name = format!("{} ({})", Profile::of_studio_machine(), std::env::consts::OS);
        // While nothing is held: it takes as long as the network does, and others may pick themselves meanwhile.
        let asked = Api::new(self.house.server(), Vault::in_memory(), Arc::clone(&self.options.outside))?;
        let signed_in = asked.sign_in(&SignIn { email, password, device_name }).await?;
        let mut floor = self.floor.lock().await;
        let before = floor.roster.clone();
        let profile = floor.roster.take_in(&signed_in.user, lock);
        let admitted = async {
            floor.open(&profile).await?.admit(&signed_in).await?;
            floor.keep_roster()
        };
        if let Err(failure) = admitted.await {
            if before.holds(&profile) {
                // With the PIN they had, and whatever of theirs waits.
                floor.roster = before;
            } else if let Err(failure) = floor.take_off(&profile) {
                tracing::warn!(code = ?failure.code, "the roster could not be kept");
            }
            asked.tokens.keep(&asked, &signed_in).await;
            if let Err(error) = asked.sign_out(false).await {
                tracing::warn!(%error, "the server was not told that nobody was admitted");
            }
            return Err(failure);
        }
        let brought = self.bring_to_front(&mut floor, &profile, turn).await;
        // Afterwards: whoever is not in front and has nothing to do is closed.
        floor.look().await;
        brought
    }

    async fn lock(&self) -> Result<(), Failure> {
        self.gate.clear(false);
        self.house.view().await
    }

    async fn open_staff(&self, pin: String) -> Result<(), Failure> {
        let pin = Pin::of_studio(&pin).map_err(not_a_pin)?;
        let mut floor = self.floor.lock().await;
        self.open_lock(&mut floor, |roster| Ok(&mut roster.lock), pin).await?;
        self.gate.clear(true);
        self.house.view().await
    }

    async fn fill_screen(&self, on: bool) -> Result<(), Failure> {
        self.only_staff()?;
        if let Some(host) = &self.options.host {
            host.fill_screen(on);
        }
        self.gate.show_filled(on);
        Ok(())
    }

    async fn remove_person(&self, profile: String) -> Result<(), Failure> {
        self.only_staff()?;
        let mut floor = self.floor.lock().await;
        let profile = floor.roster.regular(&profile)?.profile();
        let agent = floor.open(&profile).await?;
        // Whoever waits goes on sending, and whoever does not is closed.
        if agent.doing().await.keeps_something {
            drop(agent);
            floor.look().await;
            return Err(Failure::local(LocalCode::StillWaiting));
        }
        agent.sign_out(false).await?;
        // What they did at the last moment is not taken with them.
        let keeps_something = agent.doing().await.keeps_something;
        drop(agent);
        if !keeps_something {
            floor.take_off(&profile)?;
        }
        floor.look().await;
        if keeps_something { Err(Failure::local(LocalCode::StillWaiting)) } else { Ok(()) }
    }

    async fn end_studio(&self) -> Result<(), Failure> {
        self.only_staff()?;
        let mut floor = self.floor.lock().await;
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
