//! What answers which window, and the one command windows have.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use ringside_core::bridge::{Failure, HostCall, LocalCode};
use ringside_core::host::Host;
use ringside_core::{Closing, Front};
use serde_json::Value;
use tauri::{State, WebviewWindow};
use tokio::sync::{Notify, watch};

/// For how long a question about closing counts as just asked.
const ASKED_FOR: Duration = Duration::from_secs(10);

/// What answers a window, or why nothing does; nothing while it is being opened.
pub(crate) type Opened = Option<Result<Front, Failure>>;

/// What answers each window, by its label.
#[derive(Default)]
pub(crate) struct Desk {
    fronts: Mutex<HashMap<String, Binding>>,
    /// When the person of which window was asked last whether they mean to close it.
    asked: Mutex<HashMap<String, Instant>>,
}

/// One window's way to what answers it.
#[derive(Clone)]
pub(crate) struct Binding {
    pub(crate) opening: watch::Receiver<Opened>,
    /// Asks whoever opens the profile to try once more after it failed.
    pub(crate) again: Arc<Notify>,
    /// Whether the window is closed while nothing answers it.
    pub(crate) meanwhile: Closing,
    /// The desktop around the window, which is there whatever becomes of the profile.
    pub(crate) host: Arc<dyn Host>,
}

/// What becomes of a window that its person wants closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Leaving {
    /// It is closed.
    Closes,
    /// It asks its person.
    Asks,
    /// It stays, and there is nobody in it to ask.
    Stays,
}

impl Desk {
    /// Binds the window called `label` to what its binding will bring.
    pub(crate) fn bind(&self, label: &str, binding: Binding) {
        self.fronts.lock().unwrap_or_else(PoisonError::into_inner).insert(label.to_owned(), binding);
    }

    /// What becomes of the window called `label` now that its person wants it closed. A window that was asked to ask them and
    /// never said that it does is closed the next time: perhaps it can't.
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

    /// Whether the window called `label` can be left with the studio's PIN only.
    pub(crate) async fn is_held(&self, label: &str) -> bool {
        match self.binding(label) {
            Some(binding) => binding.closing().await == Closing::Forbidden,
            None => false,
        }
    }

    /// Notes that the window called `label` asks its person whether they mean to close it: until they have answered, wanting
    /// it closed once more is no answer.
    pub(crate) fn note_asking(&self, label: &str) {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).remove(label);
    }

    fn binding(&self, label: &str) -> Option<Binding> {
        self.fronts.lock().unwrap_or_else(PoisonError::into_inner).get(label).cloned()
    }
}

impl Binding {
    /// What answers the window, if anything does at this moment.
    fn front(&self) -> Option<Front> {
        self.opening.borrow().clone()?.ok()
    }

    /// Whether the window is closed when its person wants it to be.
    async fn closing(&self) -> Closing {
        match self.front() {
            Some(front) => front.closing().await,
            None => self.meanwhile,
        }
    }

    /// What answers the window, once it is open. Whoever `insists` has a profile that could not be opened tried again: the
    /// person may have mended what was wrong.
    async fn opened(mut self, insists: bool) -> Result<Front, Failure> {
        let has_failed = matches!(*self.opening.borrow_and_update(), Some(Err(_)));
        if has_failed && insists {
            self.again.notify_one();
            self.opening.changed().await.map_err(|_| unbound())?;
        }
        let opened = self.opening.wait_for(Option::is_some).await.map_err(|_| unbound())?;
        opened.clone().unwrap_or_else(|| Err(unbound()))
    }

    /// The desktop's own answer to a call, while nothing else answers the window: a person whose profile can't be opened
    /// may still close it, and tell support.
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

    /// Why nothing answers, for support: without a path, which may name somebody.
    fn standing(&self) -> String {
        match &*self.opening.borrow() {
            Some(Err(failure)) => format!("the profile could not be opened: {:?}", failure.code),
            Some(Ok(_)) => "the profile is open".to_owned(),
            None => "the profile is being opened".to_owned(),
        }
    }
}

/// Carries a window's call to what answers it.
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
