//! How the keyring has answered lately, and how long it is waited for.
//!
//! A person may have to unlock their keyring first, so it is given a minute. At a kiosk nobody knows its password, and
//! the next person is waiting: there it is given a moment, and not asked while it is locked.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use keyring::Error;
use tokio::task::{JoinError, JoinHandle, spawn_blocking};

use crate::bridge::KeyringState;

/// How long a keyring is waited for that its person may be unlocking. A hanging bus must not block a window for ever.
const PATIENCE_OF_ONE: Duration = Duration::from_mins(1);
/// How long a kiosk waits for its keyring: longer than one takes that is not locked.
const PATIENCE_OF_KIOSK: Duration = Duration::from_secs(3);

/// See the module. Clones share what was found.
#[derive(Clone)]
pub(crate) struct KeyringHealth {
    patience: Duration,
    /// `None` for one person, who may be asked for the password as often as something needs the keyring.
    shared: Option<Arc<Shared>>,
}

struct Shared {
    found: Mutex<Found>,
    changed: Box<dyn Fn(KeyringState) + Send + Sync>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Found {
    state: KeyringState,
    /// Whether it was asked and has not answered yet: its question for the password is on screen.
    is_awaited: bool,
}

/// The keyring is locked, and nobody is asked for its password again.
#[derive(Debug, thiserror::Error)]
#[error("the keyring is locked")]
struct Locked;

impl std::fmt::Debug for KeyringHealth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeyringHealth").field("patience", &self.patience).finish_non_exhaustive()
    }
}

impl KeyringHealth {
    /// For one person, in front of their own machine.
    pub(crate) fn of_one_person() -> Self {
        Self { patience: PATIENCE_OF_ONE, shared: None }
    }

    /// For all members of a kiosk. `changed` is called when its state changes.
    pub(crate) fn of_kiosk(changed: impl Fn(KeyringState) + Send + Sync + 'static) -> Self {
        let shared = Shared { found: Mutex::default(), changed: Box::new(changed) };
        Self { patience: PATIENCE_OF_KIOSK, shared: Some(Arc::new(shared)) }
    }

    /// Whether a kiosk asked it and has not got an answer yet.
    pub(super) fn is_awaited(&self) -> bool {
        self.shared.as_ref().is_some_and(|shared| shared.found().is_awaited)
    }

    /// Asks the keyring.
    ///
    /// # Errors
    /// What the keyring answers, and [`Error::NoStorageAccess`] when it does not answer in time.
    pub(super) async fn ask<T: Send + 'static>(
        &self,
        act: impl FnOnce() -> keyring::Result<T> + Send + 'static,
    ) -> keyring::Result<T> {
        if self.shared.as_ref().is_some_and(|shared| shared.found().state == KeyringState::Locked) {
            return Err(Error::NoStorageAccess(Box::new(Locked)));
        }
        let mut asked = spawn_blocking(act);
        match tokio::time::timeout(self.patience, &mut asked).await {
            Ok(answered) => {
                let answered = flatten(answered);
                if let Some(shared) = &self.shared {
                    shared.set(Found { state: state(&answered), is_awaited: false });
                }
                answered
            }
            // Somebody may be unlocking it right now.
            Err(late) => {
                if let Some(shared) = &self.shared {
                    shared.set(Found { state: KeyringState::Locked, is_awaited: true });
                    tokio::spawn(Arc::clone(shared).await_answer(asked));
                }
                Err(Error::NoStorageAccess(Box::new(late)))
            }
        }
    }
}

impl Shared {
    /// Waits until the keyring has answered after all.
    async fn await_answer<T>(self: Arc<Self>, asked: JoinHandle<keyring::Result<T>>) {
        let answered = flatten(asked.await);
        self.set(Found { state: state(&answered), is_awaited: false });
    }

    fn set(&self, now: Found) {
        let before = std::mem::replace(&mut *self.found(), now);
        if before.state != now.state {
            tracing::info!(state = ?now.state, "the keyring's state has changed");
            (self.changed)(now.state);
        }
    }

    fn found(&self) -> MutexGuard<'_, Found> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn flatten<T>(answered: Result<keyring::Result<T>, JoinError>) -> keyring::Result<T> {
    answered.unwrap_or_else(|stopped| Err(Error::PlatformFailure(Box::new(stopped))))
}

fn state<T>(answered: &keyring::Result<T>) -> KeyringState {
    match answered {
        Err(Error::NoStorageAccess(_)) => KeyringState::Locked,
        Err(Error::NoDefaultStore | Error::PlatformFailure(_)) => KeyringState::Missing,
        _ => KeyringState::Available,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    /// A kiosk's keyring, and the changes of its state.
    fn of_kiosk() -> (KeyringHealth, mpsc::Receiver<KeyringState>) {
        let (sender, changes) = mpsc::channel();
        (KeyringHealth::of_kiosk(move |state| sender.send(state).expect("the test listens")), changes)
    }

    #[tokio::test]
    async fn a_kiosk_does_not_ask_a_locked_keyring_until_it_is_unlocked() {
        let (keyring, changes) = of_kiosk();
        let (unlock, unlocked) = mpsc::channel::<()>();
        let late = keyring.ask(move || unlocked.recv().map_err(|_| Error::NoEntry)).await;
        assert!(matches!(late, Err(Error::NoStorageAccess(_))) && keyring.is_awaited());
        assert_eq!(changes.try_recv(), Ok(KeyringState::Locked));

        let refused = keyring.ask(|| -> keyring::Result<()> { panic!("it must not be asked") }).await;
        assert!(matches!(refused, Err(Error::NoStorageAccess(_))));

        unlock.send(()).expect("it waits");
        let available = spawn_blocking(move || changes.recv()).await.expect("no panic");
        assert_eq!(available, Ok(KeyringState::Available));
        assert!(!keyring.is_awaited());
        assert!(keyring.ask(|| Ok(())).await.is_ok());
    }

    #[tokio::test]
    async fn a_kiosk_takes_a_refused_password_prompt_as_an_answer() {
        let (keyring, changes) = of_kiosk();
        let dismissed = || Err::<(), _>(Error::NoStorageAccess("dismissed".into()));
        assert!(keyring.ask(dismissed).await.is_err());
        assert_eq!(changes.try_recv(), Ok(KeyringState::Locked));
        assert!(!keyring.is_awaited(), "nothing will change by itself");
    }

    #[tokio::test]
    async fn a_missing_keyring_is_asked_again() {
        let (keyring, changes) = of_kiosk();
        assert!(keyring.ask(|| Err::<(), _>(Error::NoDefaultStore)).await.is_err());
        assert_eq!(changes.try_recv(), Ok(KeyringState::Missing));
        assert!(keyring.ask(|| Ok(())).await.is_ok());
        assert_eq!(changes.try_recv(), Ok(KeyringState::Available));
    }

    #[tokio::test]
    async fn one_person_is_asked_for_the_password_each_time() {
        let keyring = KeyringHealth::of_one_person();
        for _ in 0..2 {
            let dismissed = keyring.ask(|| Err::<(), _>(Error::NoStorageAccess("dismissed".into()))).await;
            assert!(matches!(dismissed, Err(Error::NoStorageAccess(why)) if why.to_string() == "dismissed"));
        }
    }
}
