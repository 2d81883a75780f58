//! Accounts: passwords, tokens, and how often a password may be tried.
//!
//! Deliberately absent: adding and changing people, which are commands (`commands/user.rs`); what a name, an address and
//! a role are, which is in the `training` crate.

mod device;
mod new_password;
mod password_attempts;
mod passwords;
mod tokens;

pub(crate) use device::DeviceId;
pub(crate) use new_password::check_new_password;
pub(crate) use password_attempts::{AttemptOrigin, PasswordAttempts};
pub(crate) use passwords::{Lane, PasswordError, Passwords};
pub(crate) use tokens::{Lifetimes, NewTokens, hash, hash_lines, new_device_token};
