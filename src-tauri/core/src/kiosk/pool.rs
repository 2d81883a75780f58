//! The agent pool: the roster, and the agents that are open.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::{Mutex, OnceCell};
use training::SessionStatus;

use super::gate::ForegroundGate;
use crate::agent::Agent;
use crate::bridge::{Failure, KioskMember, LocalCode};
use crate::context::Activity;
use crate::options::Options;
use crate::profile::Profile;
use crate::roster::{Member, Roster};
use crate::vault::{KeyringHealth, Vault};

/// See the module.
pub(super) struct AgentPool {
    pub(super) roster: Roster,
    /// What every agent is opened with. Profile, emitter and vault are set for each.
    pub(super) options: Options,
    slots: HashMap<Profile, Slot>,
    /// The vaults of the members. They outlive the agents: without a keyring, a sign-in is in memory only.
    vaults: HashMap<Profile, Vault>,
    keyring: KeyringHealth,
    gate: Arc<ForegroundGate>,
}

/// A place for one agent, which may still be opening. The keyring can take a minute, and only callers that want the same
/// agent wait for it.
type Slot = Arc<OnceCell<Arc<Agent>>>;

/// Returns the agent of `profile`, and opens it first if necessary. The caller must not hold the lock of `pool`.
pub(super) async fn open(pool: &Mutex<AgentPool>, profile: &Profile) -> Result<Arc<Agent>, Failure> {
    let (slot, options) = pool.lock().await.slot(profile)?;
    let opened = slot.get_or_try_init(async || Agent::open_any(options).await.map(Arc::new)).await;
    let log = |failure: &Failure| tracing::warn!(code = ?failure.code, "could not open the profile of a kiosk member");
    let agent = opened.inspect_err(log)?;
    // The member may have been removed while the agent was opening.
    if pool.lock().await.is_open(profile, agent) {
        return Ok(Arc::clone(agent));
    }
    agent.leave_profile();
    Err(Failure::local(LocalCode::NotOnThisMachine))
}

impl AgentPool {
    /// A pool without open agents.
    pub(super) fn new(roster: Roster, options: Options, gate: &Arc<ForegroundGate>) -> Self {
        let options = Options { updater: None, ..options };
        let keyring = KeyringHealth::of_kiosk({
            let gate = Arc::clone(gate);
            move |state| gate.set_keyring(state)
        });
        Self { roster, options, slots: HashMap::new(), vaults: HashMap::new(), keyring, gate: Arc::clone(gate) }
    }

    /// Whether `agent` is the open agent of `profile`.
    pub(super) fn is_open(&self, profile: &Profile, agent: &Arc<Agent>) -> bool {
        let open = self.slots.get(profile).and_then(|slot| slot.get());
        open.is_some_and(|open| Arc::ptr_eq(open, agent))
    }

    /// The slot of `profile`, and the options to open its agent with.
    ///
    /// # Errors
    /// [`LocalCode::NotOnThisMachine`] when no member has this profile.
    fn slot(&mut self, profile: &Profile) -> Result<(Slot, Options), Failure> {
        self.roster.member(profile.as_str())?;
        let vault = match self.vaults.get(profile) {
            Some(vault) => vault.clone(),
            None => self.new_vault(profile)?,
        };
        self.vaults.insert(profile.clone(), vault.clone());
        let options = Options {
            profile: profile.clone(),
            emit: self.gate.emitter(Some(profile)),
            vault: Some(vault),
            ..self.options.clone()
        };
        Ok((Arc::clone(self.slots.entry(profile.clone()).or_default()), options))
    }

    fn new_vault(&self, profile: &Profile) -> Result<Vault, Failure> {
        if self.options.vault.is_some() {
            return Ok(Vault::in_memory());
        }
        Ok(Vault::in_keyring(&self.options.home, profile, &self.options.server()?, self.keyring.clone()))
    }

    /// The profiles of all members who may have unsynced data.
    pub(super) fn unsynced_profiles(&self) -> Vec<Profile> {
        self.roster.members.iter().filter(|member| member.may_have_unsynced).map(Member::profile).collect()
    }

    /// Checks what every agent is doing: closes idle agents in the background, and updates the members the window shows.
    /// Returns whether any member is in an active session.
    pub(super) async fn refresh(&mut self) -> bool {
        let foreground = self.gate.foreground();
        let mut activities = HashMap::new();
        let mut idle = Vec::new();
        let mut is_renamed = false;
        for (profile, slot) in &self.slots {
            let Some(agent) = slot.get() else { continue };
            is_renamed |= self.roster.rename(profile, agent.account_name().await);
            let activity = agent.activity().await;
            let is_foreground = foreground.as_ref().is_some_and(|(member, _)| member == profile);
            // A call may still be using the agent. It is then checked again at the next refresh.
            let is_in_use = Arc::strong_count(agent) > 1 || Arc::strong_count(slot) > 1;
            let is_busy = is_foreground || activity.waiting > 0 || activity.open_session.is_some() || is_in_use;
            if !is_busy {
                idle.push((profile.clone(), activity.has_unsent));
            }
            activities.insert(profile.clone(), activity);
        }
        for (profile, may_have_unsynced) in &idle {
            drop(self.slots.remove(profile));
            for member in self.roster.members.iter_mut().filter(|member| member.profile() == *profile) {
                member.may_have_unsynced = *may_have_unsynced;
            }
        }
        if (is_renamed || !idle.is_empty())
            && let Err(failure) = self.save_roster()
        {
            // The agents are then opened at the next start, and closed and named again.
            tracing::warn!(code = ?failure.code, "could not save the roster");
        }
        if !self.roster.pending_deletion.is_empty() {
            self.delete_removed_profiles();
        }
        self.show_members(&activities);
        activities.values().any(|activity| activity.open_session == Some(SessionStatus::Active))
    }

    fn show_members(&self, activities: &HashMap<Profile, Activity>) {
        let shown = |member: &Member| {
            let profile = member.profile();
            let closed = Activity { has_unsent: member.may_have_unsynced, ..Activity::default() };
            let activity = activities.get(&profile).copied().unwrap_or(closed);
            KioskMember {
                profile: profile.to_string(),
                user: member.user,
                name: member.name.clone(),
                waiting: activity.waiting,
                may_have_unsynced: activity.has_unsent,
                is_training: activity.is_training,
            }
        };
        let mut members: Vec<KioskMember> = self.roster.members.iter().map(shown).collect();
        members.sort_by_cached_key(|member| (member.name.to_lowercase(), member.profile.clone()));
        self.gate.set_members(members);
    }

    /// Closes every agent.
    pub(super) fn close_all(&mut self) {
        for (_, slot) in self.slots.drain() {
            if let Some(agent) = slot.get() {
                agent.leave_profile();
            }
        }
    }

    /// Removes the member with `profile` from the roster, and deletes their data.
    ///
    /// # Errors
    /// [`LocalCode::DataDirectory`] when the roster cannot be saved.
    pub(super) async fn remove(&mut self, profile: &Profile) -> Result<(), Failure> {
        if let Some(agent) = self.slots.remove(profile).as_deref().and_then(OnceCell::get) {
            // Not every system can delete a file that is still open.
            agent.end().await;
        }
        self.vaults.remove(profile);
        self.roster.remove(profile);
        self.delete_removed_profiles();
        // They may have come back to the foreground in the meantime.
        self.gate.clear_if(profile);
        self.save_roster()
    }

    /// Deletes the data of removed members. Profiles that cannot be deleted yet, because a file is still open, stay on the
    /// list.
    fn delete_removed_profiles(&mut self) {
        let home = &self.options.home;
        self.roster.pending_deletion.retain(|profile| match home.remove(profile) {
            Ok(()) => false,
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "could not delete a profile yet");
                true
            }
        });
    }

    pub(super) fn save_roster(&self) -> Result<(), Failure> {
        self.roster.write(&self.options.home)
    }
}
