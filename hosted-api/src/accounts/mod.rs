//! Accounts: passwords, tokens, and the sign-in throttle.
//!
//! Deliberately absent: managing users (`/v1/users`), which is not built yet; roles, which are in the `training` crate.

mod device;
mod passwords;
mod people;
mod throttle;
mod tokens;

pub(crate) use device::DeviceId;
pub(crate) use passwords::Passwords;
pub(crate) use people::{
    MAX_NAME_CHARS, MAX_PASSWORD_CHARS, MIN_PASSWORD_CHARS, address, is_acceptable_address, is_acceptable_password,
    name,
};
pub(crate) use throttle::Throttle;
pub(crate) use tokens::{NewTokens, hash};
