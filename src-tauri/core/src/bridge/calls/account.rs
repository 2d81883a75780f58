//! The profile's own: who is signed in, where, and the connection.

use serde::Deserialize;
use training::wire::{Account, Locale};
use ts_rs::TS;

use crate::bridge::{Failure, LocalCode};

calls! {
    /// A call about it, as it arrives.
    enum AccountCall;
    /// Answers the calls about it.
    trait AccountCalls;
    /// Hands a call about it to the method that answers it.
    fn dispatch_account;

    /// Asks for everything this window shows. It comes as a `view` message, in its order among the others; the reply
    /// only says that it will. Asked after listening, so that nothing falls between.
    view / View {} -> ();
    /// Signs in on this profile.
    sign_in / SignIn { email: String, password: String } -> Account;
    /// Signs out, on this device or on every one.
    sign_out / SignOut { everywhere: bool } -> ();
    /// Points this profile to another server; only while signed out. Answers the address as it was understood.
    choose_server / ChooseServer { url: String } -> String;
    /// Changes one's name or language; `null` leaves it.
    change_me / ChangeMe { name: Option<String>, locale: Option<Locale> } -> Account;
    /// Changes one's password, which signs out every other device.
    change_password / ChangePassword { current_password: String, new_password: String } -> ();
    /// Tries the connection now instead of waiting for the next attempt (also: the window came to the front).
    try_now / TryNow {} -> ();
}
