//! Which front answers which window, and the only command windows can call.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use ringside_core::bridge::{Failure, HostCall, LocalCode};
use ringside_core::host::Host;
use ringside_core::{Closing, Front};
use serde_json::Value;
use tauri::{State, WebviewWindow};
use tokio::sync::{Notify, watch};

/// How long after a window was told to ask about closing another attempt to close it counts as the second.
const ASKED_FOR: Duration = Duration::from_secs(10);

/// The front that answers a window, or why it could not be opened. `None` while it is being opened.
pub(crate) type Opened = Option<Result<Front, Failure>>;

/// The bindings of all windows, by label.
#[derive(Default)]
pub(crate) struct Desk {
    fronts: Mutex<HashMap<String, Binding>>,
    /// When each window was last told to ask the person whether to close it.
    asked: Mutex<HashMap<String, Instant>>,
}

/// The connection of one window to the front that answers it.
#[derive(Clone)]
pub(crate) struct Binding {
    pub(crate) opening: watch::Receiver<Opened>,
    /// Requests another attempt to open the profile after a failure.
    pub(crate) again: Arc<Notify>,
    /// Whether the window may be closed while there is no front.
    pub(crate) meanwhile: Closing,
    /// The desktop around the window, which is available even if the profile can't be opened.
    pub(crate) host: Arc<dyn Host>,
}

/// What happens to a window that the person wants to close.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Leaving {
    /// It is closed.
    Closes,
    /// It asks the person.
    Asks,
    /// It stays open, and can't ask the person.
    Stays,
}

impl Desk {
    /// Sets the binding of the window called `label`.
    pub(crate) fn bind(&self, label: &str, binding: Binding) {
        self.fronts.lock().unwrap_or_else(PoisonError::into_inner).insert(label.to_owned(), binding);
    }

    /// Decides what happens to the window called `label`, which the person wants to close. A window that was told to
    /// ask them and did not acknowledge is closed at the next attempt: perhaps it can't ask.
    pub(crate) async fn leaving(&self, label: &str) -> Leaving {
        let Some(binding) = self.binding(label) else { return Leaving::Closes };
        match binding.closing().await {
            Closing::Free => Leaving::Closes,
            Closing::Forbidden if binding.front().is_none() => Leaving::Stays,
            Closing::Forbidden => Leaving::Asks,
            Closing::Asked => {
                let now = Instant::now();
                let before = self.asked.lock().unwrap_or_else(PoisonError::into_inner).insert(label.to_owned(), now);
                let is_mute = before.is_some_and(|before| now.duration_since(before) <= ASKED_FOR);
                if is_mute { Leaving::Closes } else { Leaving::Asks }
            }
        }
    }

    /// Whether the window called `label` can only be left with the studio's PIN.
    pub(crate) async fn is_held(&self, label: &str) -> bool {
        match self.binding(label) {
            Some(binding) => binding.closing().await == Closing::Forbidden,
            None => false,
        }
    }

    /// Records that the window called `label` is asking the person whether to close it: until they have answered,
    /// another attempt to close it is not an answer.
    pub(crate) fn note_asking(&self, label: &str) {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).remove(label);
    }

    fn binding(&self, label: &str) -> Option<Binding> {
        self.fronts.lock().unwrap_or_else(PoisonError::into_inner).get(label).cloned()
    }
}

impl Binding {
    /// The front that answers the window, if there is one now.
    fn front(&self) -> Option<Front> {
        self.opening.borrow().clone()?.ok()
    }

    /// Whether the window may be closed when the person wants to.
    async fn closing(&self) -> Closing {
        match self.front() {
            Some(front) => front.closing().await,
            None => self.meanwhile,
        }
    }

    /// The front that answers the window, once it is open. With `insists`, a profile that could not be opened is tried
    /// again: the person may have fixed the problem.
    async fn opened(mut self, insists: bool) -> Result<Front, Failure> {
        let has_failed = matches!(*self.opening.borrow_and_update(), Some(Err(_)));
        if has_failed && insists {
            self.again.notify_one();
            self.opening.changed().await.map_err(|_| unbound())?;
        }
        let opened = self.opening.wait_for(Option::is_some).await.map_err(|_| unbound())?;
        opened.clone().unwrap_or_else(|| Err(unbound()))
    }

    /// The desktop's own answer to a call, while there is no front: a person whose profile can't be opened can still
    /// close the window, and contact support.
    fn without_front(&self, call: &Value) -> Option<Result<Value, Failure>> {
        if self.front().is_some() {
            return None;
        }
        let host = &self.host;
        let may_leave = self.meanwhile != Closing::Forbidden;
        match serde_json::from_value(call.clone()).ok()? {
            HostCall::AskToClose {} => host.ask_to_close(),
            HostCall::ToggleFullScreen {} => host.toggle_full_screen(),
            HostCall::CloseWindow {} if may_leave => host.close(),
            HostCall::ShowInTray { words } => host.show_in_tray(words),
            HostCall::ShowInMenu { words } => host.show_in_menu(*words),
            HostCall::Versions {} => return Some(serde_json::to_value(host.versions()).map_err(internal)),
            HostCall::Diagnostics {} => return Some(Ok(format!("{}\n{}", host.diagnostics(), self.standing()).into())),
            _ => return None,
        }
        Some(Ok(Value::Null))
    }

    /// The state of the front, for support: without a path, which may contain a name.
    fn standing(&self) -> String {
        match &*self.opening.borrow() {
            Some(Err(failure)) => format!("the profile could not be opened: {:?}", failure.code),
            Some(Ok(_)) => "the profile is open".to_owned(),
            None => "the profile is being opened".to_owned(),
        }
    }
}

/// Passes a call from a window to the front that answers it.
///
/// # Errors
/// The [`Failure`] of the call, or of opening the profile.
#[tauri::command]
pub(crate) async fn call(window: WebviewWindow, desk: State<'_, Desk>, call: Value) -> Result<Value, Failure> {
    let binding = desk.binding(window.label()).ok_or_else(unbound)?;
    if let Some(answer) = binding.without_front(&call) {
        return answer;
    }
    let insists = call["name"] == "view";
    binding.opened(insists).await?.call(call).await
}

fn unbound() -> Failure {
    internal("this window is bound to no profile")
}

fn internal(error: impl std::fmt::Display) -> Failure {
    Failure::local(LocalCode::Internal).because(error)
}
