//! What a window may ask of the core and what the core tells it: declared here, once.
//!
//! The window's TypeScript is generated from these declarations (`cargo xtask codegen`). Deliberately absent: tokens,
//! cursors and anything of HTTP; a window never sees them.

use serde::{Deserialize, Serialize};
use training::library::ExerciseDraft;
use training::wire::{Account, Locale};
use training::{
    Documents, EntityRef, Event, EventName, Exercise, ExerciseId, ExerciseReport, FieldProblem, ItemId, KindedDocument,
    Person, ProblemCode, Round, RoundId, RoundPlan, Session, SessionId, Timestamp, Values,
};
use ts_rs::TS;

use crate::host::{MenuWords, Notice, TrayWords, Versions};

#[macro_use]
mod declare;
mod kiosk;
mod refused;
mod update;

pub use kiosk::{KioskCall, KioskCalls, KioskMember, KioskView, dispatch_to_kiosk};
pub use refused::{ActName, RefusedAct};
pub use update::{Update, UpdateProblem};

calls! {
    /// A call of a window, as it arrives.
    enum Call;
    /// Answers the calls of one window.
    trait Calls;
    /// Hands a call to the method that answers it.
    fn dispatch;

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
    /// Athlete: starts a session.
    start_session / StartSession {} -> Session;
    /// Trainer: joins a waiting session.
    join_session / JoinSession { session_id: SessionId } -> Session;
    /// Either: ends a session early.
    cancel_session / CancelSession { session_id: SessionId, reason: Option<String> } -> Session;
    /// Trainer: creates a round, as a draft or released in the same act.
    add_round / AddRound { session_id: SessionId, plan: RoundPlan, release: bool } -> Round;
    /// Trainer: edits a round; `version` is the one the edit is based on.
    edit_round / EditRound { round_id: RoundId, version: u64, plan: RoundPlan, release: bool } -> Round;
    /// Trainer: deletes a draft; `version` is the one the act is based on.
    delete_round / DeleteRound { round_id: RoundId, version: u64 } -> ();
    /// Trainer: puts a draft in front of the athlete.
    release_round / ReleaseRound { round_id: RoundId } -> Round;
    /// Trainer: takes back a round nobody has begun.
    recall_round / RecallRound { round_id: RoundId } -> Round;
    /// Athlete: begins.
    start_round / StartRound { round_id: RoundId } -> Round;
    /// Athlete: ticks an exercise off with what was done; `null` takes the tick back.
    log_exercise / LogExercise { round_id: RoundId, item_id: ItemId, actual: Option<Values> } -> Round;
    /// Athlete: completes a round with one report for each exercise.
    complete_round / CompleteRound { round_id: RoundId, reports: Vec<ExerciseReport> } -> Round;
    /// Trainer, admin: adds an exercise to the studio's library.
    create_exercise / CreateExercise { draft: ExerciseDraft } -> Exercise;
    /// Trainer, admin: edits an exercise; `version` is the one the edit is based on.
    edit_exercise / EditExercise { exercise_id: ExerciseId, version: u64, draft: ExerciseDraft } -> Exercise;
    /// Trainer, admin: archives an exercise; `version` is the one the act is based on. One that no round has is gone.
    archive_exercise / ArchiveExercise { exercise_id: ExerciseId, version: u64 } -> ();
    /// Trainer, admin: puts an archived exercise back into the library.
    restore_exercise / RestoreExercise { exercise: Exercise } -> Exercise;
    /// The studio's archived exercises by name. Asked of the server, and kept nowhere.
    archived_exercises / ArchivedExercises {} -> Vec<Exercise>;
    /// Forgets an act that was refused.
    discard_act / DiscardAct { key: String } -> ();
    /// Tries an act that was refused again, on what is there now.
    retry_act / RetryAct { key: String } -> ();
    /// Tries the connection now instead of waiting for the next attempt (also: the window came to the front).
    try_now / TryNow {} -> ();
    /// Asks now whether there is a newer version. What comes of it is told in `update` messages.
    check_for_update / CheckForUpdate {} -> ();
    /// Installs the version that is ready and starts it; not while a session goes on.
    install_update / InstallUpdate {} -> ();
    /// Tells the person something although they look elsewhere.
    notify / Notify { notice: Notice } -> ();
    /// Puts these words into the system's tray.
    show_in_tray / ShowInTray { words: TrayWords } -> ();
    /// Puts these words into the system's menu bar, where the system has one.
    show_in_menu / ShowInMenu { words: Box<MenuWords> } -> ();
    /// The invitation the person opened, once. It is none when nobody did, and has no session when it can't be read.
    invitation / Invitation {} -> Option<Invitation>;
    /// Closes this window, although a session may go on.
    close_window / CloseWindow {} -> ();
    /// Closes this window as its frame does: in the middle of a training `closing` comes first.
    ask_to_close / AskToClose {} -> ();
    /// Says that this window does ask its person whether they mean to close it: wanting it closed once more is not yet an
    /// answer. A window that does not say so can't ask, and is closed by the second time.
    is_asking / IsAsking {} -> ();
    /// Fills the screen with this window, or no longer.
    toggle_full_screen / ToggleFullScreen {} -> ();
    /// What this installation consists of.
    versions / Versions {} -> Versions;
    /// What support wants to know: versions, state, last errors; nothing about a person.
    diagnostics / Diagnostics {} -> String;
    /// Keeps the screen from going dark, or no longer.
    keep_awake / KeepAwake { on: bool } -> ();
    /// What this machine does with the application.
    machine / Machine {} -> Machine;
    /// Has the system start the application when the person logs in, or no longer.
    start_with_system / StartWithSystem { on: bool } -> Machine;
    /// Turns this machine into a kiosk and restarts the application. `pin`, four to eight digits, is the studio's PIN.
    become_kiosk / BecomeKiosk { pin: String } -> ();
}

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
        document: KindedDocument,
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
