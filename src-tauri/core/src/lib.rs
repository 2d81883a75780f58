//! The desktop core: everything a Ringside window needs that is not a window.
//!
//! One [`Agent`] per signed-in profile. It signs in and keeps the sign-in in the operating system's keyring, calls the
//! hosted API, follows the person's feed live (stream first, poll while the stream is down) and keeps a replica in a
//! SQLite file, in which an event and the cursor after it are one transaction.
//!
//! Deliberately absent: tauri, and anything a window shows. The shell binds windows to agents; tests run agents without
//! any window.

mod agent;
mod api;
pub mod bridge;
pub mod environment;
mod event_source;
mod failure;
mod front;
mod home;
pub mod host;
mod kiosk;
mod live;
mod locked;
mod outbox;
mod profile;
mod replica;
mod typescript;
pub mod updates;
mod vault;

pub use agent::{Agent, Emit, Options};
pub use api::ServerUrl;
pub use front::{Closing, Front};
pub use home::{Home, ProfileDirectory};
pub use kiosk::{Kiosk, become_kiosk, is_kiosk};
pub use profile::Profile;
pub use typescript::typescript;
pub use vault::Vault;
