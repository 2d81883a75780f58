//! The studio's people: for its admins, and one's own sign-ins.
//!
//! These calls ask the server and are not replicated. Without it, each fails.

use serde::Deserialize;
use training::UserId;
use training::people::{ChangeUser, CreateUser, Device, Invitation, InvitedUser, User};
use ts_rs::TS;

use crate::bridge::{AuditPage, Failure, LocalCode, UserPage, UserQuery};

calls! {
    /// A call about people, as received.
    enum PeopleCall;
    /// Answers these calls.
    trait PeopleCalls;
    /// Dispatches such a call to the method that answers it.
    fn dispatch_people;

    /// Admin: a page of the studio's people.
    list_users / ListUsers { query: UserQuery } -> UserPage;
    /// Admin: one of them, as they are now.
    read_user / ReadUser { user_id: UserId } -> User;
    /// Admin: adds a person, who gets an invitation.
    add_user / AddUser { user: CreateUser } -> InvitedUser;
    /// Admin: changes a person; `version` is the one the change is based on. What is absent stays.
    change_user / ChangeUser { user_id: UserId, version: u64, change: ChangeUser } -> User;
    /// Admin: makes another invitation, which voids the one before. For somebody with a password it is a reset.
    invite_user / InviteUser { user_id: UserId } -> Invitation;
    /// Admin: takes an invitation back.
    withdraw_invitation / WithdrawInvitation { user_id: UserId } -> ();
    /// Admin: where a person is signed in.
    list_devices / ListDevices { user_id: UserId } -> Vec<Device>;
    /// Admin: ends a person's sign-in on one device. `device_id` is a UUID.
    end_device / EndDevice { user_id: UserId, device_id: String } -> ();
    /// Admin: erases a person for good. `confirm` is their name, as it was typed.
    erase_user / EraseUser { user_id: UserId, confirm: String } -> ();
    /// Saves everything of a person as a ZIP in the directory for downloads, and returns its path. One's own, or as an
    /// admin anybody's.
    export_person / ExportPerson { user_id: UserId } -> String;
    /// Admin: a page of the audit log; `after` is `next` of the page before.
    list_audit / ListAudit { after: Option<String> } -> AuditPage;
    /// Where the person is signed in.
    list_my_devices / ListMyDevices {} -> Vec<Device>;
    /// Ends the person's own sign-in on one device. `device_id` is a UUID.
    end_my_device / EndMyDevice { device_id: String } -> ();
}
