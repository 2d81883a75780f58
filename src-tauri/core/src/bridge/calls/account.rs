//! The profile: who is signed in, on which server, and the connection.

use serde::Deserialize;
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
    /// Signs out, on this device or on every one.
    sign_out / SignOut { everywhere: bool } -> ();
    /// Points this profile to another server; only while signed out. Returns the address as it was parsed.
    choose_server / ChooseServer { url: String } -> String;
    /// Changes the person's name or language; `null` leaves it unchanged.
    change_me / ChangeMe { name: Option<String>, locale: Option<Locale> } -> Account;
    /// Changes the person's password, which signs out every other device.
    change_password / ChangePassword { current_password: String, new_password: String } -> ();
    /// Tries the connection now instead of waiting for the next attempt (also: the window came to the front).
    try_now / TryNow {} -> ();
}
