//! Accounts: passwords, tokens, and the sign-in throttle.
//!
//! Deliberately absent: managing users (`/v1/users`), which is not built yet; roles, which are in the `training` crate.

mod device;
mod passwords;
mod throttle;
mod tokens;
mod validation;

pub(crate) use device::DeviceId;
pub(crate) use passwords::Passwords;
pub(crate) use throttle::Throttle;
pub(crate) use tokens::{NewTokens, hash};
pub(crate) use validation::{
    MAX_NAME_CHARS, MAX_PASSWORD_CHARS, MIN_PASSWORD_CHARS, is_valid_email, is_valid_password, name,
    normalised_email,
};
