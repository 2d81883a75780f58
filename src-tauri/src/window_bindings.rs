//! Which front answers which window, and the command by which windows call it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use ringside_core::bridge::{Failure, HostCall, LocalCode};
use ringside_core::host::Host;
use ringside_core::{Closing, Front};
use serde_json::Value;
use tauri::{State, WebviewWindow};
use tokio::sync::{Notify, watch};

use crate::web_process::Page;

/// How long a window has to acknowledge that it asks the person about closing. A second attempt to close it within this
/// time, without an acknowledgement, closes it.
const ACKNOWLEDGE_WITHIN: Duration = Duration::from_secs(10);

/// The front that answers a window, or why it could not be opened. `None` while it is being opened.
pub(crate) type FrontState = Option<Result<Front, Failure>>;

/// The bindings of all windows, by label.
#[derive(Default)]
pub(crate) struct WindowBindings {
    bindings: Mutex<HashMap<String, Binding>>,
    /// When each window was last told to ask the person whether to close it.
    close_requests: Mutex<HashMap<String, Instant>>,
}

/// The connection of one window to the front that answers it.
#[derive(Clone)]
pub(crate) struct Binding {
    pub(crate) front: watch::Receiver<FrontState>,
    /// Requests another attempt to open the profile after a failure.
    pub(crate) retry: Arc<Notify>,
    /// Whether the window may be closed while there is no front.
    pub(crate) closing_without_front: Closing,
    /// The desktop around the window, which is available even if the profile can't be opened.
    pub(crate) host: Arc<dyn Host>,
}

/// What happens to a window that the person wants to close.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CloseDecision {
    /// It is closed.
    Close,
    /// It asks the person.
    Ask,
    /// It stays open, and can't ask the person.
    Refuse,
}

impl WindowBindings {
    /// Sets the binding of the window called `label`.
    pub(crate) fn bind(&self, label: &str, binding: Binding) {
        self.bindings.lock().unwrap_or_else(PoisonError::into_inner).insert(label.to_owned(), binding);
    }

    /// Decides what happens to the window called `label`, which the person wants to close. A window that was told to
    /// ask them and did not acknowledge is closed at the next attempt: perhaps it can't ask.
    pub(crate) async fn close_decision(&self, label: &str) -> CloseDecision {
        let Some(binding) = self.binding(label) else { return CloseDecision::Close };
        match binding.closing().await {
            Closing::Free => CloseDecision::Close,
            Closing::Forbidden if binding.front().is_none() => CloseDecision::Refuse,
            Closing::Forbidden => CloseDecision::Ask,
            Closing::Asked => {
                let now = Instant::now();
                let mut requests = self.close_requests.lock().unwrap_or_else(PoisonError::into_inner);
                let previous = requests.insert(label.to_owned(), now);
                let is_unanswered = previous.is_some_and(|previous| now.duration_since(previous) <= ACKNOWLEDGE_WITHIN);
                if is_unanswered { CloseDecision::Close } else { CloseDecision::Ask }
            }
        }
    }

    /// Whether the window called `label` can only be closed with the studio's PIN.
    pub(crate) async fn requires_studio_pin(&self, label: &str) -> bool {
        match self.binding(label) {
            Some(binding) => binding.closing().await == Closing::Forbidden,
            None => false,
        }
    }

    /// Records that the window called `label` is asking the person whether to close it: until they have answered,
    /// another attempt to close it is not an answer.
    pub(crate) fn acknowledge_close_request(&self, label: &str) {
        self.close_requests.lock().unwrap_or_else(PoisonError::into_inner).remove(label);
    }

    /// The front that answers the window called `label`, once there is one.
    ///
    /// # Errors
    /// The [`Failure`] of opening the profile.
    pub(crate) async fn front(&self, label: &str) -> Result<Front, Failure> {
        self.binding(label).ok_or_else(no_binding)?.wait_for_front(false).await
    }

    fn binding(&self, label: &str) -> Option<Binding> {
        self.bindings.lock().unwrap_or_else(PoisonError::into_inner).get(label).cloned()
    }
}

impl Binding {
    /// The front that answers the window, if there is one now.
    fn front(&self) -> Option<Front> {
        self.front.borrow().clone()?.ok()
    }

    /// Whether the window may be closed when the person wants to.
    async fn closing(&self) -> Closing {
        match self.front() {
            Some(front) => front.closing().await,
            None => self.closing_without_front,
        }
    }

    /// Waits for the front that answers the window. With `retry`, a profile that could not be opened is tried again:
    /// the person may have fixed the problem.
    async fn wait_for_front(mut self, retry: bool) -> Result<Front, Failure> {
        let has_failed = matches!(*self.front.borrow_and_update(), Some(Err(_)));
        if has_failed && retry {
            self.retry.notify_one();
            self.front.changed().await.map_err(|_| no_binding())?;
        }
        let front = self.front.wait_for(Option::is_some).await.map_err(|_| no_binding())?;
        front.clone().unwrap_or_else(|| Err(no_binding()))
    }

    /// The desktop's own answer to a call, while there is no front: a person whose profile can't be opened can still
    /// close the window, and contact support.
    fn answer_without_front(&self, call: &Value) -> Option<Result<Value, Failure>> {
        if self.front().is_some() {
            return None;
        }
        let host = &self.host;
        let may_close = self.closing_without_front != Closing::Forbidden;
        match serde_json::from_value(call.clone()).ok()? {
            HostCall::AskToClose {} => host.ask_to_close(),
            HostCall::ToggleFullScreen {} => host.toggle_full_screen(),
            HostCall::CloseWindow {} if may_close => host.close(),
            HostCall::ShowInTray { words } => host.show_in_tray(words),
            HostCall::ShowInMenu { words } => host.show_in_menu(*words),
            HostCall::Versions {} => return Some(serde_json::to_value(host.versions()).map_err(internal)),
            HostCall::Diagnostics {} => {
                return Some(Ok(format!("{}\n{}", host.diagnostics(), self.profile_state()).into()));
            }
            _ => return None,
        }
        Some(Ok(Value::Null))
    }

    /// The state of the profile, for support: without a path, which may contain a name.
    fn profile_state(&self) -> String {
        match &*self.front.borrow() {
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
pub(crate) async fn call(
    window: WebviewWindow,
    bindings: State<'_, WindowBindings>,
    page: State<'_, Page>,
    call: Value,
) -> Result<Value, Failure> {
    page.note_call();
    let binding = bindings.binding(window.label()).ok_or_else(no_binding)?;
    if let Some(answer) = binding.answer_without_front(&call) {
        return answer;
    }
    let retry = call["name"] == "view";
    binding.wait_for_front(retry).await?.call(call).await
}

fn no_binding() -> Failure {
    internal("this window is bound to no profile")
}

fn internal(error: impl std::fmt::Display) -> Failure {
    Failure::local(LocalCode::Internal).because(error)
}
