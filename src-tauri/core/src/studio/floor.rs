//! Whoever is on the roster, and the agents that are open.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::{Mutex, OnceCell};
use training::SessionStatus;

use super::gate::Gate;
use super::roster::{Regular, Roster};
use crate::agent::{Activity, Agent, Options};
use crate::bridge::{Failure, LocalCode, PersonHere};
use crate::profile::Profile;
use crate::vault::Vault;

/// See the module.
pub(super) struct Floor {
    pub(super) roster: Roster,
    /// What the next agent is opened with, but for what is its own.
    pub(super) options: Options,
    agents: HashMap<Profile, Seat>,
    /// Where sign-ins are kept while no keyring is asked, which outlive the agents.
    vaults: HashMap<Profile, Vault>,
    gate: Arc<Gate>,
}

/// Where one agent is, or is being opened: a keyring may take a minute to answer, and whoever wants the same agent meanwhile
/// waits for it, and nobody else does.
type Seat = Arc<OnceCell<Arc<Agent>>>;

/// The agent of `profile`, which is opened if it is not. Must not be called by whoever holds `floor`.
pub(super) async fn open(floor: &Mutex<Floor>, profile: &Profile) -> Result<Arc<Agent>, Failure> {
    let (seat, options) = floor.lock().await.seat(profile)?;
    let opened = seat.get_or_try_init(async || Agent::open_any(options).await.map(Arc::new)).await;
    let unusable = |failure: &Failure| tracing::warn!(code = ?failure.code, "a profile of this machine is not usable");
    let agent = opened.inspect_err(unusable)?;
    // Whoever was taken off the roster meanwhile is not there any longer.
    if floor.lock().await.is_open(profile, agent) {
        return Ok(Arc::clone(agent));
    }
    agent.leave_profile();
    Err(Failure::local(LocalCode::NotOnThisMachine))
}

impl Floor {
    /// With nobody there yet.
    pub(super) fn new(roster: Roster, options: Options, gate: &Arc<Gate>) -> Self {
        let options = Options { updater: None, ..options };
        Self { roster, options, agents: HashMap::new(), vaults: HashMap::new(), gate: Arc::clone(gate) }
    }

    /// Whether `agent` is the open one of `profile`.
    pub(super) fn is_open(&self, profile: &Profile, agent: &Arc<Agent>) -> bool {
        let open = self.agents.get(profile).and_then(|seat| seat.get());
        open.is_some_and(|open| Arc::ptr_eq(open, agent))
    }

    /// Where the agent of `profile` is to be, and what it is opened with.
    ///
    /// # Errors
    /// [`LocalCode::NotOnThisMachine`] when nobody on the roster has it (any longer).
    fn seat(&mut self, profile: &Profile) -> Result<(Seat, Options), Failure> {
        self.roster.regular(profile.as_str())?;
        let asks_a_keyring = self.options.vault.is_none();
        let vault = self.vaults.entry(profile.clone()).or_insert_with(Vault::in_memory);
        let options = Options {
            profile: profile.clone(),
            emit: self.gate.way_of(Some(profile)),
            vault: (!asks_a_keyring).then(|| vault.clone()),
            ..self.options.clone()
        };
        Ok((Arc::clone(self.agents.entry(profile.clone()).or_default()), options))
    }

    /// The profiles of everybody for whom something may wait to be sent.
    pub(super) fn may_wait(&self) -> Vec<Profile> {
        self.roster.regulars.iter().filter(|regular| regular.may_wait).map(Regular::profile).collect()
    }

    /// Looks what everybody is at: closes the agents that have nothing to do while somebody else is in front, shows the
    /// others so, and answers whether a session of anybody goes on.
    pub(super) async fn look(&mut self) -> bool {
        let in_front = self.gate.in_front();
        let mut activity = HashMap::new();
        let mut idle = Vec::new();
        for (profile, seat) in &self.agents {
            let Some(agent) = seat.get() else { continue };
            let its = agent.activity().await;
            let is_in_front = in_front.as_ref().is_some_and(|(in_front, _)| in_front == profile);
            // Somebody may still wait for an answer of it: then it is looked at again the next time.
            let is_held = Arc::strong_count(agent) > 1 || Arc::strong_count(seat) > 1;
            let is_busy = is_in_front || its.waiting > 0 || its.open_session.is_some() || is_held;
            if !is_busy {
                idle.push((profile.clone(), its.keeps_something));
            }
            activity.insert(profile.clone(), its);
        }
        for (profile, keeps_something) in &idle {
            drop(self.agents.remove(profile));
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
        if !self.roster.leaving.is_empty() {
            self.clear_up();
        }
        self.show_people(&activity);
        activity.values().any(|its| its.open_session == Some(SessionStatus::Active))
    }

    fn show_people(&self, activity: &HashMap<Profile, Activity>) {
        let person = |regular: &Regular| {
            let profile = regular.profile();
            let closed = Activity { keeps_something: regular.may_wait, ..Activity::default() };
            let Activity { waiting, is_training, keeps_something, .. } =
                activity.get(&profile).copied().unwrap_or(closed);
            let profile = profile.to_string();
            PersonHere { profile, name: regular.name.clone(), waiting, keeps_something, trains: is_training }
        };
        let mut people: Vec<PersonHere> = self.roster.regulars.iter().map(person).collect();
        people.sort_by_cached_key(|person| (person.name.to_lowercase(), person.profile.clone()));
        self.gate.show_people(people);
    }

    /// Closes every agent.
    pub(super) fn close_all(&mut self) {
        for (_, seat) in self.agents.drain() {
            if let Some(agent) = seat.get() {
                agent.leave_profile();
            }
        }
    }

    /// Takes whoever has `profile` off the roster, and everything of theirs off the disk.
    ///
    /// # Errors
    /// [`crate::bridge::LocalCode::DataDirectory`] when the roster can't be kept.
    pub(super) async fn take_off(&mut self, profile: &Profile) -> Result<(), Failure> {
        if let Some(agent) = self.agents.remove(profile).as_deref().and_then(OnceCell::get) {
            // Not every system removes a file that somebody still has open.
            agent.end().await;
        }
        self.vaults.remove(profile);
        self.roster.take_off(profile);
        self.clear_up();
        // Whoever came back at the very moment is not there any longer.
        self.gate.leave(profile);
        self.keep_roster()
    }

    /// Removes what is left of people who were taken off: a file that is open can't be removed on every system.
    pub(super) fn clear_up(&mut self) {
        let home = &self.options.home;
        self.roster.leaving.retain(|profile| match home.remove(profile) {
            Ok(()) => false,
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "a profile could not be removed yet");
                true
            }
        });
    }

    pub(super) fn keep_roster(&self) -> Result<(), Failure> {
        self.roster.write(&self.options.home)
    }
}
