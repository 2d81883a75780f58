//! The foreground gate: of all agents of a kiosk, only the one in the foreground reaches the window.
//!
//! Switching the foreground and forwarding a message take the same lock. So once the window has been told about a switch,
//! it receives nothing more from the previous agent.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::agent::Agent;
use crate::bridge::{KeyringState, KioskMember, KioskView, Message};
use crate::options::Emit;
use crate::profile::Profile;

/// See the module.
pub(super) struct ForegroundGate {
    emit: Emit,
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Default)]
struct State {
    /// The kiosk as it was last sent to the window.
    view: KioskView,
    /// The member in the foreground, with their agent.
    member: Option<(Profile, Arc<Agent>)>,
    /// Incremented with every decision about the foreground.
    generation: u64,
}

/// What the window is for.
pub(super) enum Foreground {
    /// The member with this profile, and their agent.
    Member(Profile, Arc<Agent>),
    /// The staff page.
    Staff,
    /// Nobody: the lobby.
    Nobody,
}

impl ForegroundGate {
    /// A gate in front of the window that `emit` reaches.
    pub(super) fn new(emit: Emit) -> Arc<Self> {
        Arc::new(Self { emit, state: Mutex::default(), changed: Notify::new() })
    }

    /// The emitter for the agent of `profile`, or for the lobby. It drops what is emitted in the background.
    pub(super) fn emitter(self: &Arc<Self>, profile: Option<&Profile>) -> Emit {
        let (gate, profile) = (Arc::clone(self), profile.cloned());
        Arc::new(move |message| {
            let state = gate.state();
            if state.view.foreground.as_deref() == profile.as_ref().map(Profile::as_str) {
                (gate.emit)(message);
            }
            drop(state);
            // The agent's activity may have changed, also in the background.
            gate.changed.notify_one();
        })
    }

    /// Sends the kiosk's state to the window.
    pub(super) fn emit_view(&self) {
        self.emit_state(&self.state());
    }

    /// Updates whether the window fills the screen.
    pub(super) fn set_fills_screen(&self, fills_screen: bool) {
        let mut state = self.state();
        state.view.fills_screen = fills_screen;
        self.emit_state(&state);
    }

    /// Updates the state of the keyring.
    pub(super) fn set_keyring(&self, keyring: KeyringState) {
        let mut state = self.state();
        state.view.keyring = keyring;
        self.emit_state(&state);
    }

    /// Updates the members. The window is notified only if something changed.
    pub(super) fn set_members(&self, members: Vec<KioskMember>) {
        let mut state = self.state();
        if state.view.members != members {
            state.view.members = members;
            self.emit_state(&state);
        }
    }

    /// The generation of the current foreground, for [`ForegroundGate::switch_if_current`].
    pub(super) fn generation(&self) -> u64 {
        self.state().generation
    }

    /// Returns to the lobby.
    pub(super) fn clear(&self) {
        self.switch(&mut self.state(), Foreground::Nobody);
    }

    /// Returns to the lobby if `profile` is in the foreground.
    pub(super) fn clear_if(&self, profile: &Profile) {
        let mut state = self.state();
        if state.member.as_ref().is_some_and(|(member, _)| member == profile) {
            self.switch(&mut state, Foreground::Nobody);
        }
    }

    /// Switches the foreground unless it was decided again since `generation`. Returns whether it switched.
    pub(super) fn switch_if_current(&self, foreground: Foreground, generation: u64) -> bool {
        let mut state = self.state();
        let is_current = state.generation == generation;
        if is_current {
            self.switch(&mut state, foreground);
        }
        is_current
    }

    fn switch(&self, state: &mut State, foreground: Foreground) {
        state.generation += 1;
        state.view.is_staff = matches!(foreground, Foreground::Staff);
        state.member = match foreground {
            Foreground::Member(profile, agent) => Some((profile, agent)),
            Foreground::Staff | Foreground::Nobody => None,
        };
        state.view.foreground = state.member.as_ref().map(|(profile, _)| profile.to_string());
        self.emit_state(state);
        self.changed.notify_one();
    }

    fn emit_state(&self, state: &State) {
        (self.emit)(Message::Kiosk { kiosk: state.view.clone() });
    }

    /// The member in the foreground, and their agent.
    pub(super) fn foreground(&self) -> Option<(Profile, Arc<Agent>)> {
        self.state().member.clone()
    }

    /// The members as they were last shown.
    pub(super) fn members(&self) -> Vec<KioskMember> {
        self.state().view.members.clone()
    }

    /// Drops the agent in the foreground without telling the window, when the application ends.
    pub(super) fn release(&self) {
        self.state().member = None;
    }

    /// Whether the staff page is open.
    pub(super) fn is_staff(&self) -> bool {
        self.state().view.is_staff
    }

    /// Whether the window fills the screen, as was last shown.
    pub(super) fn fills_screen(&self) -> bool {
        self.state().view.fills_screen
    }

    /// Returns when the foreground or the activity of an agent may have changed.
    pub(super) async fn changed(&self) {
        self.changed.notified().await;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
