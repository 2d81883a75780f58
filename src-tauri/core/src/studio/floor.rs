//! Whoever is on the roster, and the agents that are open.

use std::collections::HashMap;
use std::sync::Arc;

use training::SessionStatus;

use super::gate::Gate;
use super::roster::{Regular, Roster};
use crate::agent::{Agent, Doing, Options};
use crate::bridge::{Failure, PersonHere};
use crate::home::Profile;
use crate::vault::Vault;

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

    /// The profiles of everybody for whom something may wait to be sent.
    pub(super) fn may_wait(&self) -> Vec<Profile> {
        self.roster.regulars.iter().filter(|regular| regular.may_wait).map(Regular::profile).collect()
    }

    /// Looks what everybody is at: closes the agents that have nothing to do while somebody else is in front, shows the
    /// others so, and answers whether a session of anybody goes on.
    pub(super) async fn look(&mut self) -> bool {
        let in_front = self.gate.in_front();
        let mut doing = HashMap::new();
        let mut idle = Vec::new();
        for (profile, agent) in &self.agents {
            let its = agent.doing().await;
            let is_in_front = in_front.as_deref() == Some(profile.as_str());
            // Somebody may still wait for an answer of it: then it is looked at again the next time.
            let is_busy = is_in_front || its.waiting > 0 || its.open_session.is_some() || Arc::strong_count(agent) > 1;
            if !is_busy {
                idle.push((profile.clone(), its.keeps_something));
            }
            doing.insert(profile.clone(), its);
        }
        for (profile, keeps_something) in &idle {
            self.close(profile);
            for regular in self.roster.regulars.iter_mut().filter(|regular| regular.profile() == *profile) {
                regular.may_wait = *keeps_something;
            }
        }
        if !idle.is_empty()
            && let Err(failure) = self.keep_roster()
        {
            // Then they are opened at the next start, and closed again.
            tracing::warn!(code = ?failure.code, "the roster could not be kept");
        }
        self.show_people(&doing);
        doing.values().any(|its| its.open_session == Some(SessionStatus::Active))
    }

    fn show_people(&self, doing: &HashMap<Profile, Doing>) {
        let person = |regular: &Regular| {
            let profile = regular.profile();
            let Doing { waiting, is_training, .. } = doing.get(&profile).copied().unwrap_or_default();
            PersonHere { profile: profile.to_string(), name: regular.name.clone(), waiting, trains: is_training }
        };
        let mut people: Vec<PersonHere> = self.roster.regulars.iter().map(person).collect();
        people.sort_by_cached_key(|person| (person.name.to_lowercase(), person.profile.clone()));
        self.gate.show_people(people);
    }

    /// Closes the agent of `profile`.
    pub(super) fn close(&mut self, profile: &Profile) {
        if let Some(agent) = self.agents.remove(profile) {
            agent.leave_profile();
        }
    }

    /// Closes every agent.
    pub(super) fn close_all(&mut self) {
        for profile in self.agents.keys().cloned().collect::<Vec<_>>() {
            self.close(&profile);
        }
    }

    /// Takes whoever has `profile` off the roster, and everything of theirs off the disk.
    ///
    /// # Errors
    /// [`crate::bridge::LocalCode::DataDirectory`] when the roster can't be kept.
    pub(super) fn take_off(&mut self, profile: &Profile) -> Result<(), Failure> {
        self.close(profile);
        self.vaults.remove(profile);
        self.roster.take_off(profile);
        self.clear_up();
        self.keep_roster()
    }

    /// Removes what is left of people who were taken off: a file that is open can't be removed on every system.
    pub(super) fn clear_up(&mut self) {
        let home = &self.options.home;
        self.roster.leaving.retain(|profile| match home.remove(profile) {
            Ok(()) => false,
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "a profile is removed at the next start only");
                true
            }
        });
    }

    pub(super) fn keep_roster(&self) -> Result<(), Failure> {
        self.roster.write(&self.options.home)
    }
}
