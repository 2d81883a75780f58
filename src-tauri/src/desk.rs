//! What answers which window, and the one command windows have.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use ringside_core::bridge::{Failure, LocalCode};
use ringside_core::{Closing, Front};
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
}

impl Desk {
    /// Binds the window called `label` to what its binding will bring.
    pub(crate) fn bind(&self, label: &str, binding: Binding) {
        self.fronts.lock().unwrap_or_else(PoisonError::into_inner).insert(label.to_owned(), binding);
    }

    /// Whether the window called `label` is closed now. Who wants it closed right after they were asked is not asked again:
    /// perhaps the window can't ask.
    pub(crate) async fn closing(&self, label: &str) -> Closing {
        let open = self.fronts.lock().unwrap_or_else(PoisonError::into_inner).get(label).cloned();
        let meanwhile = open.as_ref().map_or(Closing::Free, |binding| binding.meanwhile);
        let front = open.and_then(|binding| binding.opening.borrow().clone()?.ok());
        let closing = match front {
            Some(front) => front.closing().await,
            None => meanwhile,
        };
        let now = Instant::now();
        let before = self.asked.lock().unwrap_or_else(PoisonError::into_inner).insert(label.to_owned(), now);
        let just_asked = before.is_some_and(|before| now.duration_since(before) <= ASKED_FOR);
        if closing == Closing::Asked && just_asked { Closing::Free } else { closing }
    }

    /// What answers the window called `label`, once it is open. A profile that could not be opened is tried again: the
    /// person may have mended what was wrong.
    async fn front(&self, label: &str) -> Result<Front, Failure> {
        let bound = self.fronts.lock().unwrap_or_else(PoisonError::into_inner).get(label).cloned();
        let unbound = || Failure::local(LocalCode::Internal).because("this window is bound to no profile");
        let Binding { mut opening, again, .. } = bound.ok_or_else(unbound)?;
        let has_failed = matches!(*opening.borrow_and_update(), Some(Err(_)));
        if has_failed {
            again.notify_one();
            opening.changed().await.map_err(|_| unbound())?;
        }
        let opened = opening.wait_for(Option::is_some).await.map_err(|_| unbound())?;
        opened.clone().unwrap_or_else(|| Err(unbound()))
    }
}

/// Carries a window's call to what answers it.
///
/// # Errors
/// The [`Failure`] of the call, or of opening the profile.
#[tauri::command]
pub(crate) async fn call(
    window: WebviewWindow,
    desk: State<'_, Desk>,
    call: serde_json::Value,
) -> Result<serde_json::Value, Failure> {
    desk.front(window.label()).await?.call(call).await
}
