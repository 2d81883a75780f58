//! The desktop core against a model of the server, in one process, on virtual time.
//!
//! Everything that could differ between runs comes from one seed: what people do and when, how the network and the
//! server behave, when applications crash and machines sleep, every key and every back-off. So a failing seed fails
//! again, in the same place.
//!
//! The core is the real one, down to its SQLite file; only its environment is simulated
//! ([`ringside_core::environment`]). Everything else pauses while a file is written, so that thread scheduling can't
//! affect the order.

mod activity;
mod answer;
mod batch;
mod condition;
mod convergence;
mod feeds;
mod final_checks;
mod fixtures;
mod library;
mod machine;
mod network;
mod notes;
mod other_version;
#[cfg(test)]
mod regressions;
mod request;
mod results;
mod run;
mod server;
mod signal;
mod state;
mod templates;
mod tokens;
mod trace;
mod transport;
mod weights;
mod world;

pub use self::batch::run_many;
pub use self::results::{BatchResult, Tally, Violation};
pub use self::run::run;
