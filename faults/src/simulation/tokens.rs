//! The tokens of the modelled server: pairs that are renewed, and a device that is signed out when a used refresh token
//! is sent again.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;
use training::{ProblemCode, UserId};
use uuid::Uuid;

/// How long an access token is valid. Short, so that many expire in one run.
pub(super) const ACCESS_TOKEN_LIFETIME: Duration = Duration::from_secs(45);

/// See the module.
#[derive(Default)]
pub(super) struct Tokens {
    devices: Vec<Device>,
    access: BTreeMap<String, Access>,
    refresh: BTreeMap<String, TokenRef>,
}

/// A token pair, issued at sign-in or refresh.
pub(super) struct Pair {
    pub(super) user: UserId,
    pub(super) access_token: String,
    pub(super) refresh_token: String,
}

struct Device {
    user: UserId,
    generation: u64,
    confirmed: bool,
    revoked: bool,
    /// Under which keys its refreshes were sent.
    keys: Vec<Uuid>,
}

/// The device and pair that a token belongs to.
#[derive(Clone, Copy)]
struct TokenRef {
    device: usize,
    generation: u64,
    pair: Uuid,
}

#[derive(Clone, Copy)]
struct Access {
    of: TokenRef,
    expires: Instant,
}

impl Tokens {
    /// The first pair of a new device.
    pub(super) fn sign_in(&mut self, user: UserId, new_id: &mut dyn FnMut() -> Uuid) -> Pair {
        self.devices.push(Device { user, generation: 1, confirmed: false, revoked: false, keys: Vec::new() });
        self.pair(self.devices.len() - 1, new_id)
    }

    /// Whose token this is, and when it expires. Using it invalidates the sibling pairs.
    pub(super) fn caller(&mut self, token: &str) -> Result<(UserId, Instant), ProblemCode> {
        let Access { of, expires } = *self.access.get(token).ok_or(ProblemCode::TokenInvalid)?;
        let device = &mut self.devices[of.device];
        if device.revoked || expires <= Instant::now() {
            return Err(ProblemCode::TokenInvalid);
        }
        let user = device.user;
        if of.generation == device.generation && !device.confirmed {
            device.confirmed = true;
            self.invalidate_siblings(of);
        }
        Ok((user, expires))
    }

    /// The next pair, for a token that is unused or whose successor is.
    pub(super) fn refresh(
        &mut self,
        token: &str,
        key: Option<Uuid>,
        new_id: &mut dyn FnMut() -> Uuid,
    ) -> Result<Pair, ProblemCode> {
        let of = *self.refresh.get(token).ok_or(ProblemCode::TokenInvalid)?;
        let device = &mut self.devices[of.device];
        if device.revoked {
            return Err(ProblemCode::TokenInvalid);
        }
        match device.generation - of.generation {
            0 => {
                device.generation += 1;
                device.confirmed = false;
                self.invalidate_siblings(of);
            }
            1 if !device.confirmed => {}
            _ if key.is_some_and(|key| device.keys.contains(&key)) => return Err(ProblemCode::TokenInvalid),
            _ => {
                device.revoked = true;
                return Err(ProblemCode::TokenReused);
            }
        }
        self.devices[of.device].keys.extend(key);
        Ok(self.pair(of.device, new_id))
    }

    /// Invalidates the other pairs of a generation once one was used.
    fn invalidate_siblings(&mut self, used: TokenRef) {
        let is_kept =
            |of: TokenRef| (of.device, of.generation) != (used.device, used.generation) || of.pair == used.pair;
        self.access.retain(|_, access| is_kept(access.of));
        self.refresh.retain(|_, of| is_kept(*of));
    }

    /// A new pair of the device's generation.
    fn pair(&mut self, device: usize, new_id: &mut dyn FnMut() -> Uuid) -> Pair {
        let (access_token, refresh_token) = (new_id().to_string(), new_id().to_string());
        let Device { user, generation, .. } = self.devices[device];
        let of = TokenRef { device, generation, pair: new_id() };
        self.access.insert(access_token.clone(), Access { of, expires: Instant::now() + ACCESS_TOKEN_LIFETIME });
        self.refresh.insert(refresh_token.clone(), of);
        Pair { user, access_token, refresh_token }
    }
}
