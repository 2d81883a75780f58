//! What a window may ask of the core and what the core tells it: declared here, once.
//!
//! The window's TypeScript is generated from these declarations (`cargo xtask codegen`). Deliberately absent: tokens,
//! cursors and anything of HTTP; a window never sees them.

use serde::Serialize;
use training::wire::Account;
use training::{
    Documents, EntityRef, Event, EventName, FieldProblem, KindedDocument, Person, ProblemCode, RoundId, SessionId,
    Timestamp,
};
use ts_rs::TS;

#[macro_use]
mod declare;
mod calls;
mod kiosk;
mod refused;
mod update;

pub use calls::{
    AccountCall, AccountCalls, Call, Calls, HostCall, HostCalls, LibraryCall, LibraryCalls, SessionCall, SessionCalls,
    UpdateCall, UpdateCalls, dispatch,
};
pub(crate) use kiosk::dispatch_to_kiosk;
pub use kiosk::{KioskCall, KioskCalls, KioskMember, KioskView};
pub use refused::{ActName, RefusedAct};
pub use update::{Update, UpdateProblem};

/// Everything a window shows.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct View {
    /// The profile this window is bound to.
    pub profile: String,
    /// The server's address.
    pub server: String,
    /// The application's version.
    pub app_version: String,
    /// How the connection stands.
    pub link: Link,
    /// Where the sign-in is kept.
    pub vault: VaultKind,
    /// Why nobody is signed in; `null` while somebody is.
    pub signed_out: Option<SignedOut>,
    /// Who is signed in.
    pub me: Option<Account>,
    /// Whether the lists below are known, from the replica or the server; false means: show skeletons.
    pub loaded: bool,
    /// Entities by kind: the person's sessions, newest first, with drafts only for the trainer; for trainers and admins the
    /// studio's exercises by name, with those archived since the last snapshot.
    #[serde(flatten)]
    pub documents: Documents,
    /// For trainers: their athletes by name.
    pub athletes: Vec<Person>,
    /// What the person did while it could not be sent, and the server then refused.
    pub refused: Vec<RefusedAct>,
    /// What to add to this machine's clock to get the server's, in milliseconds; 0 until it is known.
    pub clock_offset_ms: i64,
    /// What the person should know about this machine, said once.
    pub notice: Option<LocalCode>,
    /// How it stands with a newer version.
    pub update: Update,
}

/// What this machine does with the application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Machine {
    /// Whether the system starts it when the person logs in; none where the system can't.
    pub starts_with_system: Option<bool>,
    /// Whether it may become a kiosk: not from a window that was opened for one profile by name.
    pub may_become_kiosk: bool,
}

/// An invitation: its code is the session somebody waits in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Invitation {
    /// Which session; none when the code can't be read.
    pub session_id: Option<SessionId>,
}

/// How the connection stands, as the person is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LinkState {
    /// Trying for the first time.
    Connecting,
    /// The stream is up.
    Live,
    /// The stream is down, polling works.
    Polling,
    /// Nothing works.
    Offline,
    /// Nobody is signed in.
    SignedOut,
}

/// The connection indicator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Link {
    /// How it stands.
    pub state: LinkState,
    /// Changes that wait to be sent.
    pub waiting: u32,
    /// Why it is not live, where that is known.
    pub reason: Option<LocalCode>,
}

/// Where a sign-in is kept across restarts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum VaultKind {
    /// In the system's keyring.
    Keyring,
    /// Nowhere: no keyring answers, so the person signs in again after a restart.
    Memory,
}

/// Why nobody is signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SignedOut {
    /// Nobody ever was, or they signed out here.
    ByPerson,
    /// The server ended the sign-in: signed out elsewhere, password changed, account deactivated, too long away.
    ByServer,
}

/// What the core tells a window.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Message {
    /// Everything anew: signed in or out, or a new snapshot was taken.
    View {
        /// Everything.
        view: Box<View>,
    },
    /// An entity came or changed, or is shown differently.
    Entity {
        /// The entity after it.
        document: Box<KindedDocument>,
        /// What happened, so that a window can glow and sound where it happened; none when nothing did: an act that was
        /// shown was refused or discarded.
        cause: Option<Cause>,
    },
    /// An entity is gone.
    Gone {
        /// Which.
        entity: EntityRef,
        /// What happened; none when nothing did.
        cause: Option<Cause>,
    },
    /// What was refused changed.
    Refused {
        /// All of it.
        refused: Vec<RefusedAct>,
    },
    /// It stands another way with a newer version.
    Update {
        /// How.
        update: Update,
    },
    /// The person came to this window from a notice or a link: it shows them what that was about.
    Reveal {
        /// Which session.
        session_id: Option<SessionId>,
    },
    /// The kiosk's state changed.
    Kiosk {
        /// All of it.
        kiosk: KioskView,
    },
    /// The person opened an invitation: the window asks for it.
    Invited,
    /// The person asked for a part of the window in the system's menu bar.
    Open {
        /// Which.
        place: Place,
    },
    /// The person wants to close this window in the middle of their training: it asks whether they mean it.
    Closing,
    /// The connection changed.
    Link {
        /// How it stands now.
        link: Link,
        /// What to add to this machine's clock to get the server's, in milliseconds.
        clock_offset_ms: i64,
    },
}

/// A part of the window that the system's menu bar leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// What can be set.
    Settings,
    /// What this is: versions and licences.
    About,
    /// What the keyboard can do.
    Shortcuts,
}

/// What made an entity change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Cause {
    /// The event.
    pub event: EventName,
    /// The round it is about, if it is about one.
    pub round_id: Option<RoundId>,
    /// When it happened, by the server's clock.
    pub at: Timestamp,
}

impl Cause {
    pub(crate) fn of(event: &Event) -> Self {
        Self { event: event.name(), round_id: event.round_id(), at: event.at() }
    }
}

/// A problem of this machine or of the way to the server; the server's own are [`ProblemCode`]s.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum LocalCode {
    /// The server can't be reached.
    Unreachable,
    /// The server did not answer in time.
    NoAnswer,
    /// The server answers with errors.
    ServerError,
    /// What answers is not a Ringside server.
    NotRingside,
    /// The server speaks another version.
    OtherVersion,
    /// Not an address of a server.
    BadAddress,
    /// The stream is held back on the way (a proxy that buffers).
    StreamHeldBack,
    /// Nobody is signed in on this profile.
    NotSignedIn,
    /// The configuration file can't be understood; `detail` says where.
    BadConfig,
    /// The data directory can't be written; `detail` names it.
    DataDirectory,
    /// The profile is open in another window already.
    AlreadyOpen,
    /// The replica can't be read or written.
    Replica,
    /// The disk is full.
    DiskFull,
    /// The replica was damaged, is set aside, and was begun anew.
    ReplicaSetAside,
    /// The replica was written by a newer version of the application.
    NewerReplica,
    /// Not while a session goes on.
    InSession,
    /// The system refused; `detail` says what it said.
    System,
    /// The profile belongs to a member of this kiosk, and is opened with their PIN.
    OnKiosk,
    /// The profile belongs to no member of this kiosk.
    NotOnThisMachine,
    /// Not a PIN: a member's has four digits, the studio's four to eight.
    NotAPin,
    /// The PIN is wrong.
    WrongPin,
    /// Too many wrong PINs in a row; `retry_after_s` says how long to wait.
    TooManyPins,
    /// Only with the studio's PIN.
    StaffOnly,
    /// Something is still waiting to be sent, and would be lost.
    StillWaiting,
    /// A mistake of ours.
    Internal,
}

/// What went wrong, for a window to translate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(untagged)]
pub enum FailureCode {
    /// The server said so.
    Server(ProblemCode),
    /// This machine said so.
    Local(LocalCode),
}

/// A call that failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Failure {
    /// What went wrong.
    pub code: FailureCode,
    /// Which inputs are wrong, and how.
    pub fields: Vec<FieldProblem>,
    /// A path or position that helps the person to help themselves; never prose to show alone.
    pub detail: Option<String>,
    /// The server's id of the request, for support.
    pub request_id: Option<String>,
    /// After how many seconds trying again makes sense.
    pub retry_after_s: Option<u32>,
}

impl Failure {
    /// A failure of this machine or of the way to the server.
    pub fn local(code: LocalCode) -> Self {
        Self { code: FailureCode::Local(code), fields: Vec::new(), detail: None, request_id: None, retry_after_s: None }
    }

    /// Adds what caused it.
    #[must_use]
    pub fn because(mut self, cause: impl std::fmt::Display) -> Self {
        self.detail = Some(cause.to_string());
        self
    }
}
