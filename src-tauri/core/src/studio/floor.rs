//! Whoever is on the roster, and the agents that are open.

use std::collections::HashMap;
use std::sync::Arc;

use super::gate::Gate;
use super::roster::{Regular, Roster};
use crate::agent::{Agent, Options};
use crate::bridge::{Calls, Failure};
use crate::home::Profile;
use crate::vault::Vault;

/// What the directory of everybody's profile begins with.
const OF_A_PERSON: &str = "person-";

/// See the module.
pub(super) struct Floor {
    pub(super) roster: Roster,
    /// What the next agent is opened with, but for what is its own.
    pub(super) options: Options,
    agents: HashMap<Profile, Arc<Agent>>,
    /// Where sign-ins are kept while no keyring is asked, which outlive the agents.
    vaults: HashMap<Profile, Vault>,
    gate: Arc<Gate>,
}

impl Floor {
    /// With nobody there yet.
    pub(super) fn new(roster: Roster, options: Options, gate: &Arc<Gate>) -> Self {
        let options = Options { updater: None, ..options };
        Self { roster, options, agents: HashMap::new(), vaults: HashMap::new(), gate: Arc::clone(gate) }
    }

    /// The open agent of `profile`.
    pub(super) fn agent(&self, profile: &str) -> Option<Arc<Agent>> {
        self.agents.iter().find(|(open, _)| open.as_str() == profile).map(|(_, agent)| Arc::clone(agent))
    }

    /// The agent of `profile`, which is opened if it is not.
    pub(super) async fn open(&mut self, profile: &Profile) -> Result<Arc<Agent>, Failure> {
        if let Some(agent) = self.agents.get(profile) {
            return Ok(Arc::clone(agent));
        }
        let asks_a_keyring = self.options.vault.is_none();
        let vault = self.vaults.entry(profile.clone()).or_insert_with(Vault::in_memory);
        let options = Options {
            profile: profile.clone(),
            tell: self.gate.way_of(Some(profile)),
            vault: (!asks_a_keyring).then(|| vault.clone()),
            ..self.options.clone()
        };
        let agent = Arc::new(Agent::open_any(options).await?);
        self.agents.insert(profile.clone(), Arc::clone(&agent));
        Ok(agent)
    }

    /// Opens the agents of everybody for whom something may wait to be sent. Whose can't be opened is told so when they
    /// pick themselves.
    pub(super) async fn go_on_sending(&mut self) {
        let may_wait: Vec<Profile> =
            self.roster.regulars.iter().filter(|regular| regular.may_wait).map(Regular::profile).collect();
        for profile in may_wait {
            let begun = match self.open(&profile).await {
                // So that the gate knows what there is to do.
                Ok(agent) => agent.view().await,
                Err(failure) => Err(failure),
            };
            if let Err(failure) = begun {
                tracing::warn!(code = ?failure.code, "a profile of this machine could not be opened");
            }
        }
    }

    /// Closes the agents that have nothing to do while somebody else is in front.
    pub(super) fn close_the_idle(&mut self) {
        let in_front = self.gate.in_front();
        let is_busy = |profile: &Profile, agent: &Arc<Agent>| {
            // Somebody still waits for an answer of it: it is looked at again the next time.
            in_front.as_deref() == Some(profile.as_str()) || !self.gate.is_idle(profile) || Arc::strong_count(agent) > 1
        };
        let idle: Vec<Profile> =
            self.agents.iter().filter(|(profile, agent)| !is_busy(profile, agent)).map(|(it, _)| it.clone()).collect();
        for profile in &idle {
            self.close(profile);
            for regular in self.roster.regulars.iter_mut().filter(|regular| regular.profile() == *profile) {
                regular.may_wait = false;
            }
        }
        if !idle.is_empty()
            && let Err(failure) = self.keep_roster()
        {
            // Then they are opened at the next start, and closed again.
            tracing::warn!(code = ?failure.code, "the roster could not be kept");
        }
    }

    /// Closes the agent of `profile`.
    pub(super) fn close(&mut self, profile: &Profile) {
        if let Some(agent) = self.agents.remove(profile) {
            agent.leave_profile();
        }
        self.gate.forget(profile);
    }

    /// Closes every agent.
    pub(super) fn close_all(&mut self) {
        for profile in self.agents.keys().cloned().collect::<Vec<_>>() {
            self.close(&profile);
        }
    }

    /// Takes whoever has `profile` off the roster, and everything of theirs off the disk.
    pub(super) fn take_off(&mut self, profile: &Profile) {
        self.close(profile);
        self.vaults.remove(profile);
        self.roster.take_off(profile);
        self.remove(profile);
    }

    /// Removes what is left of people who are no longer on the roster: a file that is open can't be removed on every system.
    pub(super) fn clear_up(&self) {
        let left = self.options.home.profiles().into_iter();
        for profile in left.filter(|it| it.as_str().starts_with(OF_A_PERSON) && !self.roster.holds(it)) {
            self.remove(&profile);
        }
    }

    fn remove(&self, profile: &Profile) {
        if let Err(error) = self.options.home.remove(profile) {
            tracing::warn!(error = &error as &dyn std::error::Error, "a profile is removed at the next start only");
        }
    }

    pub(super) fn keep_roster(&self) -> Result<(), Failure> {
        self.roster.write(&self.options.home)
    }
}
