//! Which agent answers which window, and the one command windows have.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use ringside_core::Agent;
use ringside_core::bridge::{Call, Failure, LocalCode, dispatch};
use tauri::{State, WebviewWindow};
use tokio::sync::{Notify, watch};

/// For how long a question about closing counts as just asked.
const ASKED_FOR: Duration = Duration::from_secs(10);

/// An agent, or why there is none; nothing while it is being opened.
pub(crate) type Opened = Option<Result<Arc<Agent>, Failure>>;

/// The agents by the label of the window that is bound to each.
#[derive(Default)]
pub(crate) struct Desk {
    agents: Mutex<HashMap<String, Binding>>,
    /// When the person of which window was asked last whether they mean to close it.
    asked: Mutex<HashMap<String, Instant>>,
}

/// One window's way to its agent.
#[derive(Clone)]
pub(crate) struct Binding {
    pub(crate) opening: watch::Receiver<Opened>,
    /// Asks whoever opens the profile to try once more after it failed.
    pub(crate) again: Arc<Notify>,
}

impl Desk {
    /// Binds the window called `label` to the agent that its binding will bring.
    pub(crate) fn bind(&self, label: &str, binding: Binding) {
        self.agents.lock().unwrap_or_else(PoisonError::into_inner).insert(label.to_owned(), binding);
    }

    /// Whether the window called `label` is to ask before it is closed. Who wants it closed right after they were asked is
    /// not asked again: perhaps the window can't ask.
    pub(crate) async fn is_to_be_asked(&self, label: &str) -> bool {
        let open = self.agents.lock().unwrap_or_else(PoisonError::into_inner).get(label).cloned();
        let agent = open.and_then(|binding| binding.opening.borrow().clone()?.ok());
        let is_training = match agent {
            Some(agent) => agent.is_training().await,
            None => false,
        };
        let now = Instant::now();
        let before = self.asked.lock().unwrap_or_else(PoisonError::into_inner).insert(label.to_owned(), now);
        is_training && before.is_none_or(|before| now.duration_since(before) > ASKED_FOR)
    }

    /// The agent of the window called `label`, once it is open. A profile that could not be opened is tried again: the
    /// person may have mended what was wrong.
    async fn agent(&self, label: &str) -> Result<Arc<Agent>, Failure> {
        let bound = self.agents.lock().unwrap_or_else(PoisonError::into_inner).get(label).cloned();
        let unbound = || Failure::local(LocalCode::Internal).because("this window is bound to no profile");
        let Binding { mut opening, again } = bound.ok_or_else(unbound)?;
        let has_failed = matches!(*opening.borrow_and_update(), Some(Err(_)));
        if has_failed {
            again.notify_one();
            opening.changed().await.map_err(|_| unbound())?;
        }
        let opened = opening.wait_for(Option::is_some).await.map_err(|_| unbound())?;
        opened.clone().unwrap_or_else(|| Err(unbound()))
    }
}

/// Carries a window's call to its agent.
///
/// # Errors
/// The [`Failure`] of the call, or of opening the profile.
#[tauri::command]
pub(crate) async fn call(
    window: WebviewWindow,
    desk: State<'_, Desk>,
    call: serde_json::Value,
) -> Result<serde_json::Value, Failure> {
    let agent = desk.agent(window.label()).await?;
    let call: Call =
        serde_json::from_value(call).map_err(|error| Failure::local(LocalCode::Internal).because(error))?;
    dispatch(&*agent, call).await
}
