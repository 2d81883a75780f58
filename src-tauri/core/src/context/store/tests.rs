//! What a window receives.

use std::sync::{Mutex, PoisonError};

use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::api::Api;
use crate::bridge::VaultKind;
use crate::environment::Environment;
use crate::mock_server::{MockMachine, MockServer, mira};
use crate::vault::Vault;

/// A store with a library in it, and the messages about it.
struct Fixture {
    store: Store,
    messages: Arc<Mutex<Vec<Message>>>,
    _home: tempfile::TempDir,
}

impl Fixture {
    async fn new() -> Self {
        let environment: Arc<dyn Environment> =
            Arc::new(MockMachine { server: Arc::new(MockServer::default()), free_bytes: u64::MAX });
        let server = "http://127.0.0.1:1".parse().expect("an address");
        let api = Api::new(server, Vault::in_memory(), Arc::clone(&environment)).expect("a client");
        let messages: Arc<Mutex<Vec<Message>>> = Arc::default();
        let log = Arc::clone(&messages);
        let emit = Arc::new(move |message| log.lock().unwrap_or_else(PoisonError::into_inner).push(message));
        let connection = Connection::new(emit, api, 0);
        connection.state().sign_in(VaultKind::Keyring);
        let home = tempfile::tempdir().expect("a temporary directory");
        let (mut replica, _) = Replica::open(home.path(), &environment).await.expect("a new file");
        replica.replace_with(snapshot()).await.expect("writable");
        let store = Store::new(Profile::default(), "0.0.0".to_owned(), Arc::new(connection), replica);
        Self { store, messages, _home: home }
    }

    /// The messages since this was asked last.
    fn messages(&self) -> Vec<Message> {
        std::mem::take(&mut *self.messages.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn snapshot() -> Snapshot {
    let squat = json!({ "id": Uuid::from_u128(5), "name": "Squat", "category": "legs", "fields": ["reps"],
        "archived": false, "version": 1 });
    serde_json::from_value(json!({ "cursor": "e1.0", "me": mira(), "exercises": [squat] })).expect("a snapshot")
}

fn now() -> Timestamp {
    Timestamp::from_millisecond(1_800_000_000_000).expect("a date of this century")
}

/// The account, renamed.
fn renamed(version: u64) -> Account {
    Account { name: "Mira Sommer".to_owned(), version, ..snapshot().me }
}

/// Whether these are one message with the account of that name.
fn is_account_of(messages: &[Message], name: &str) -> bool {
    let [Message::Account { account }] = messages else { return false };
    account.me.as_ref().is_some_and(|me| me.name == name)
}

#[tokio::test]
async fn an_account_that_was_changed_elsewhere_is_emitted_without_the_documents() {
    let fixture = Fixture::new().await;
    let event = Event::AccountChanged { at: now(), account: Box::new(renamed(2)) };
    fixture.store.apply_event("e1", &Envelope { seq: 1, event }).await.expect("writable");
    assert!(is_account_of(&fixture.messages(), "Mira Sommer"));
}

#[tokio::test]
async fn an_account_that_was_changed_here_is_emitted_without_the_documents() {
    let fixture = Fixture::new().await;
    fixture.store.set_me(renamed(2)).await.expect("writable");
    assert!(is_account_of(&fixture.messages(), "Mira Sommer"));
}

#[tokio::test]
async fn where_the_sign_in_is_kept_is_emitted_without_the_documents() {
    let fixture = Fixture::new().await;
    fixture.store.connection().state().vault = VaultKind::Memory;
    fixture.store.refresh_vault_kind().await;
    assert!(is_account_of(&fixture.messages(), "Mira"));
    fixture.store.refresh_vault_kind().await;
    assert_eq!(fixture.messages(), [], "it is kept where it was");
}
