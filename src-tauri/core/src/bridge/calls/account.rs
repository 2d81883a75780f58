//! The profile: who is signed in, on which server, and the connection.

use serde::Deserialize;
use training::WeightUnit;
use training::people::InvitationPreview;
use training::wire::{Account, Locale};
use ts_rs::TS;

use crate::bridge::{Failure, LocalCode};

calls! {
    /// A call about the profile, as received.
    enum AccountCall;
    /// Answers these calls.
    trait AccountCalls;
    /// Dispatches such a call to the method that answers it.
    fn dispatch_account;

    /// Requests everything this window shows. It arrives as a `view` message, in order with the others; the reply only
    /// confirms the request. Call it after subscribing to messages, so that none is missed.
    view / View {} -> ();
    /// Signs in on this profile.
    sign_in / SignIn { email: String, password: String } -> Account;
    /// Whose an invitation is, asked of its server, or of this profile's if `server` is `null`. Nothing changes.
    look_at_invitation / LookAtInvitation { code: String, server: Option<String> } -> InvitationPreview;
    /// Sets the person's password with an invitation and signs in on this profile, which is then pointed to `server` if
    /// that is another one; only while signed out. A refused claim changes nothing.
    claim_invitation / ClaimInvitation { code: String, server: Option<String>, password: String } -> Account;
    /// Signs out, on this device or on every one.
    sign_out / SignOut { everywhere: bool } -> ();
    /// Points this profile to another server; only while signed out. Returns the address as it was parsed.
    choose_server / ChooseServer { url: String } -> String;
    /// Changes the person's name, language or unit of weights; `null` leaves it unchanged.
    change_me / ChangeMe { name: Option<String>, locale: Option<Locale>, weight_unit: Option<WeightUnit> } -> Account;
    /// Changes the person's password, which signs out every other device.
    change_password / ChangePassword { current_password: String, new_password: String } -> ();
    /// Tries the connection now instead of waiting for the next attempt (also: the window came to the front).
    try_now / TryNow {} -> ();
}
