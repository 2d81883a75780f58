//! Accounts: passwords, tokens, and how often a password may be tried.
//!
//! Deliberately absent: managing users (`/v1/users`), which is not built yet; roles, which are in the `training` crate.

mod device;
mod guesses;
mod new_password;
mod passwords;
mod tokens;
mod validation;

pub(crate) use device::DeviceId;
pub(crate) use guesses::{Guesser, Guesses};
pub(crate) use new_password::check_new_password;
pub(crate) use passwords::{Lane, PasswordError, Passwords};
pub(crate) use tokens::{NewTokens, hash, new_device_token, refresh_expiry};
pub(crate) use validation::{
    MAX_NAME_CHARS, MAX_PASSWORD_CHARS, MIN_PASSWORD_CHARS, is_valid_email, name, normalised_email,
};
