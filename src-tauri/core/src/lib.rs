//! The desktop core: everything behind a Ringside window except the window itself.
//!
//! One [`Agent`] per signed-in profile. It signs in and stores the sign-in in the operating system's keyring, calls the
//! hosted API, follows the user's feed live (stream first, poll while the stream is down) and keeps a replica in a
//! SQLite file, which stores each event and its cursor in one transaction.
//!
//! Deliberately absent: tauri, and anything a window shows. The shell binds windows to agents; tests run agents without
//! any window.

mod address;
mod agent;
mod api;
pub mod bridge;
mod certificate;
mod channel;
mod context;
mod documents;
pub mod environment;
mod event_source;
mod exports;
mod failure;
mod files;
mod front;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
mod headless_updates;
mod home;
pub mod host;
mod kiosk;
mod known_device;
mod live;
mod locked;
#[cfg(test)]
mod mock_server;
mod options;
mod outbox;
mod profile;
mod replica;
mod roster;
mod seen_videos;
mod this_machine;
mod typescript;
pub mod updates;
mod uploads;
mod vault;
mod videos;

pub use address::ServerUrl;
pub use agent::Agent;
pub use channel::Channel;
pub use front::{Closing, Front};
pub use headless_updates::HeadlessUpdates;
pub use home::{Home, ProfileDirectory};
pub use kiosk::Kiosk;
pub use options::{Emit, Options};
pub use profile::Profile;
pub use roster::{become_kiosk, is_kiosk};
pub use this_machine::{ProxyLookup, ThisMachine, proxy_for};
pub use typescript::typescript;
pub use vault::Vault;
