//! The interface between a window and the core: calls and messages, declared here, once.
//!
//! The window's TypeScript is generated from these declarations (`cargo xtask codegen`). Deliberately absent: tokens,
//! cursors and anything of HTTP; a window never sees them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use training::wire::{Account, Presence};
use training::{
    Document, Documents, EntityRef, Event, EventName, FieldProblem, KindedDocument, Permits, ProblemCode, RoundId,
    Session, SessionId, Timestamp, UserId,
};
use ts_rs::TS;

#[macro_use]
mod declare;
mod calls;
mod history;
mod kiosk;
mod notes;
mod people;
mod refused;
mod update;
mod videos;
mod weights;

pub use calls::{
    AccountCall, AccountCalls, Call, Calls, HistoryCall, HistoryCalls, HostCall, HostCalls, ImportsCall, ImportsCalls,
    LibraryCall, LibraryCalls, NotesCall, NotesCalls, PeopleCall, PeopleCalls, PlanningCall, PlanningCalls,
    SessionCall, SessionCalls, UpdateCall, UpdateCalls, WeightsCall, WeightsCalls, dispatch,
};
pub use history::{SessionPage, SessionQuery, SessionState, StatsQuery};
pub(crate) use kiosk::dispatch_to_kiosk;
pub use kiosk::{KeyringState, KioskCall, KioskCalls, KioskMember, KioskView};
pub use notes::JournalPage;
pub use people::{AuditPage, UserPage, UserQuery};
pub use refused::{ActName, EnteredCorrection, RefusedAct};
pub use update::{Notes, Update, UpdateProblem};
pub use videos::{FILE_PIECE_BYTES, StagedFile, StagedFileId, UploadState, VideoId, VideoPart, VideoUpload};
pub use weights::WeightPage;

/// Everything a window shows.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct View {
    /// The profile this window is bound to.
    pub profile: String,
    /// The server's address.
    pub server: String,
    /// The application's version.
    pub app_version: String,
    /// The connection state.
    pub link: Link,
    /// Why nobody is signed in; `null` while somebody is.
    pub signed_out: Option<SignedOut>,
    /// The account.
    #[serde(flatten)]
    pub account: AccountView,
    /// Whether the lists below are known, from the replica or the server; false means: show skeletons.
    pub loaded: bool,
    /// Entities by kind: the person's sessions, newest first, with drafts only for the trainer; for trainers and admins
    /// also the studio's exercises by name, with those archived since the last snapshot; for trainers their athletes and
    /// the templates they see, by name, their notes on these sessions, and from the journal about each athlete the pinned
    /// entries and the last ones, newest first; the weights of the last 90 days, newest first.
    #[serde(flatten)]
    pub documents: Documents,
    /// What the person may do in each of these sessions now.
    pub permits: BTreeMap<SessionId, Permits>,
    /// What the person did offline and the server then refused.
    pub refused: Vec<RefusedAct>,
    /// For trainers: which of their athletes are there, as far as the stream has said so. Who is not in it has not been
    /// there. It says nothing while the connection is not live.
    pub presence: Vec<Presence>,
    /// The videos on their way to the server, in the order in which they are sent.
    pub uploads: Vec<VideoUpload>,
    /// What to add to this machine's clock to get the server's, in milliseconds; 0 until it is known.
    pub clock_offset_ms: i64,
    /// A notice about this machine, shown once.
    pub notice: Option<LocalCode>,
    /// The update state.
    pub update: Update,
}

/// Who is signed in, and what follows from their account alone.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct AccountView {
    /// Who is signed in.
    pub me: Option<Account>,
    /// Where the sign-in is kept.
    pub vault: VaultKind,
    /// Whether they may start a session once none of theirs is open.
    pub may_start_session: bool,
    /// Whether they may set up a kiosk, on a machine that may become one.
    pub may_set_up_kiosk: bool,
}

/// How the application is set up on this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Machine {
    /// Whether the system starts the application when the person logs in; `null` where the system can't.
    pub starts_with_system: Option<bool>,
    /// Whether this machine may become a kiosk: not from a window that was opened for a named profile.
    pub may_become_kiosk: bool,
}

/// A link to this application that the person opened.
#[derive(Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum OpenedLink {
    /// To the session in which somebody waits.
    Session {
        /// The session.
        session_id: SessionId,
    },
    /// An invitation to set a password.
    Invitation {
        /// Its code.
        code: String,
        /// The server it is for; `null` if the link doesn't say.
        server: Option<String>,
    },
    /// To nothing that this version knows.
    Unreadable,
}

/// The connection state, as the person sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LinkState {
    /// Connecting for the first time.
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
    /// The state.
    pub state: LinkState,
    /// The number of changes waiting to be sent.
    pub waiting: u32,
    /// Why it is not live, if known.
    pub reason: Option<LocalCode>,
}

/// Where a sign-in is kept across restarts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum VaultKind {
    /// In the system's keyring.
    Keyring,
    /// In memory only: no keyring answers, so the person signs in again after a restart.
    Memory,
}

/// Why nobody is signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SignedOut {
    /// Nobody has signed in yet, or they signed out here.
    ByPerson,
    /// The server ended the sign-in: signed out elsewhere, password changed, account deactivated, too long away.
    ByServer,
}

/// A message from the core to a window.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Message {
    /// Everything again: somebody signed in or out, or a new snapshot was taken.
    View {
        /// Everything.
        view: Box<View>,
    },
    /// What the view says of the account changed, and nothing else of it.
    Account {
        /// The new value.
        account: Box<AccountView>,
    },
    /// An entity was added or changed, or is shown differently.
    Entity {
        /// The entity after the change.
        document: Box<KindedDocument>,
        /// What the person may do in it now; `null` unless it is a session.
        permits: Option<Permits>,
        /// The cause, so that a window can highlight the change and play a sound; `null` when there was no event: an
        /// act that was shown was refused or discarded.
        cause: Option<Cause>,
    },
    /// An entity was removed.
    Gone {
        /// Which.
        entity: EntityRef,
        /// The cause; `null` when there was no event.
        cause: Option<Cause>,
    },
    /// The list of refused acts changed.
    Refused {
        /// The new value.
        refused: Vec<RefusedAct>,
    },
    /// The list of videos on their way to the server changed, or how far one of them is.
    Uploads {
        /// The new value.
        uploads: Vec<VideoUpload>,
    },
    /// An athlete has come or gone.
    Presence {
        /// The new value of theirs.
        presence: Presence,
    },
    /// The update state changed.
    Update {
        /// The new state.
        update: Update,
    },
    /// The person opened this window from a notification or a link: it shows what that was about.
    Reveal {
        /// Which session.
        session_id: Option<SessionId>,
    },
    /// The kiosk's state changed.
    Kiosk {
        /// The new value.
        kiosk: KioskView,
    },
    /// The person opened a link: the window fetches it with `opened_link`.
    LinkOpened,
    /// The person chose a part of the window in the system's menu bar.
    Open {
        /// Which.
        place: Place,
    },
    /// The person wants to close this window during a training session: it asks them to confirm.
    Closing,
    /// The connection changed.
    Link {
        /// The new state.
        link: Link,
        /// What to add to this machine's clock to get the server's, in milliseconds.
        clock_offset_ms: i64,
    },
}

impl Message {
    /// The message with an entity as it is shown now to `viewer`; `trains` says which athletes are assigned to them.
    pub(crate) fn entity(
        document: Document,
        viewer: UserId,
        trains: impl FnOnce(UserId) -> bool,
        cause: Option<Cause>,
    ) -> Self {
        let permits_of = |session: &Session| session.permits_of(viewer, trains(session.athlete.id));
        let permits = <&Session>::try_from(&document).ok().map(permits_of);
        Self::Entity { document: Box::new(document.into()), permits, cause }
    }
}

/// A part of the window that the system's menu bar leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// The settings.
    Settings,
    /// About the application: versions and licences.
    About,
    /// The keyboard shortcuts.
    Shortcuts,
}

/// The event that changed an entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Cause {
    /// The event.
    pub event: EventName,
    /// The round it is about, if any.
    pub round_id: Option<RoundId>,
    /// When it happened, by the server's clock.
    pub at: Timestamp,
}

impl Cause {
    pub(crate) fn of(event: &Event) -> Self {
        Self { event: event.name(), round_id: event.round_id(), at: event.at() }
    }
}

/// A problem of this machine or of the connection to the server. Those of the server are [`ProblemCode`]s.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum LocalCode {
    /// The server can't be reached.
    Unreachable,
    /// The server did not answer in time.
    NoAnswer,
    /// The server answers with errors.
    ServerError,
    /// This machine does not trust the server's certificate; `detail` names who issued it, where that is known.
    Certificate,
    /// The proxy of this network demands a user name and a password.
    ProxySignIn,
    /// Something between here and the server refused an act with an error of its own, again and again.
    RefusedByIntermediary,
    /// The answer does not come from a Ringside server.
    NotRingside,
    /// The server speaks another version.
    OtherVersion,
    /// Not an address of a server.
    BadAddress,
    /// The stream is held back by an intermediary (a buffering proxy).
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
    /// The file that was handed over is no longer on this machine, or not whole.
    FileMissing,
    /// The replica was damaged, has been set aside, and was replaced by a new one.
    ReplicaSetAside,
    /// The replica was written by a newer version of the application.
    NewerReplica,
    /// Not while a session is active.
    InSession,
    /// The system refused; `detail` holds its message.
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
    /// Something is still waiting to be sent and would be lost.
    StillWaiting,
    /// A bug.
    Internal,
}

/// What went wrong, for a window to translate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(untagged)]
pub enum FailureCode {
    /// Reported by this machine. Read first, because the codes of servers are an open vocabulary.
    Local(LocalCode),
    /// Reported by the server.
    Server(ProblemCode),
}

/// A call that failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Failure {
    /// What went wrong.
    pub code: FailureCode,
    /// Which inputs are wrong, and how.
    pub fields: Vec<FieldProblem>,
    /// A path or position that helps the person to fix the problem; never prose to show on its own.
    pub detail: Option<String>,
    /// The server's id of the request, for support.
    pub request_id: Option<String>,
    /// After how many seconds a retry makes sense.
    pub retry_after_s: Option<u32>,
}

impl Failure {
    /// A failure of this machine or of the connection to the server.
    pub fn local(code: LocalCode) -> Self {
        Self { code: FailureCode::Local(code), fields: Vec::new(), detail: None, request_id: None, retry_after_s: None }
    }

    /// Adds the cause as `detail`.
    #[must_use]
    pub fn because(mut self, cause: impl std::fmt::Display) -> Self {
        self.detail = Some(cause.to_string());
        self
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use training::{Permit, Round};
    use uuid::Uuid;

    use super::*;
    use crate::documents::DocumentMap;
    use crate::outbox::{Entry, Projection};

    fn id(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    fn draft(number: u128) -> Round {
        serde_json::from_value(json!({
            "id": id(number), "session_id": id(1), "number": number, "status": "draft", "is_final": false,
            "rest_after_s": null, "released_at": null, "started_at": null, "completed_at": null, "exercises": [],
            "version": 1,
        }))
        .expect("a round")
    }

    fn session() -> Session {
        serde_json::from_value(json!({
            "id": id(1), "status": "active", "athlete": { "id": id(8), "name": "Jonas" },
            "trainer": { "id": id(9), "name": "Mira" }, "started_at": "2026-11-29T12:00:00Z",
            "joined_at": "2026-11-29T12:00:00Z", "ended_at": null, "cancelled_by": null, "cancel_reason": null,
            "rounds": [draft(2), draft(3)], "version": 4,
        }))
        .expect("a session")
    }

    /// Mira, who leads the session.
    fn trainer() -> Account {
        serde_json::from_value(json!({
            "id": id(9), "name": "Mira", "email": "mira@example.com", "roles": ["trainer"], "locale": "de",
            "studio": { "id": id(7), "name": "Studio" }, "trainer": null,
        }))
        .expect("an account")
    }

    fn permits_in_message(document: Document) -> Permits {
        match Message::entity(document, trainer().id, |_| true, None) {
            Message::Entity { permits: Some(permits), .. } => permits,
            other => panic!("a session has permits: {other:?}"),
        }
    }

    #[test]
    fn a_session_message_has_the_permits_after_its_pending_acts() {
        let mut stored = DocumentMap::default();
        stored.put(session().into());
        let me = trainer();
        let subject = EntityRef::of::<Session>(id(1));
        let release: Entry = serde_json::from_value(json!({
            "key": Uuid::from_u128(0x0193_a7c1_5d2e_7f00_8a11_3c5b_7d9e_1f20), "by": me.id,
            "at": "2026-11-29T12:01:00Z", "subject": subject, "act": { "act": "release_round", "round": id(2) },
        }))
        .expect("an act");
        let (first, second) = (RoundId(id(2)), RoundId(id(3)));

        let before = permits_in_message(Projection::new(&stored, &me, []).document(subject).expect("it is stored"));
        assert!(before.rounds[&first].contains(&Permit::ReleaseRound));
        assert!(before.rounds[&second].contains(&Permit::ReleaseRound));

        let after =
            permits_in_message(Projection::new(&stored, &me, [&release]).document(subject).expect("it is stored"));
        assert_eq!(after.rounds[&first], [Permit::EditRound, Permit::RecallRound]);
        assert_eq!(after.rounds[&second], [Permit::EditRound, Permit::DeleteRound]);
        assert_eq!(after.session, [Permit::Cancel, Permit::AddRound]);
    }

    #[test]
    fn an_exercise_message_has_no_permits() {
        let squat: training::Exercise = serde_json::from_value(json!({
            "id": id(5), "name": "Squat", "category": "legs", "fields": ["reps"], "archived": false, "version": 1,
        }))
        .expect("an exercise");
        let message = Message::entity(squat.into(), trainer().id, |_| true, None);
        assert!(matches!(message, Message::Entity { permits: None, .. }));
    }
}
