//! Requests and commands, parsed as the server parses them.

use std::time::Duration;

use http::Method;
use http::header::{ACCEPT, AUTHORIZATION, HeaderMap, IF_MATCH};
use serde::de::DeserializeOwned;
use training::library::ExerciseDraft;
use training::notes::{JournalDraft, NoteDraft};
use training::wire::{
    CancelSession, CompleteRound, CorrectExercise, EditRound, LogExercise, RefreshTokens, RoundPlace, SaveRound, SignIn,
};
use training::{
    Command, ExerciseId, ItemId, JournalEntryId, RoundId, SessionId, TemplateDraft, TemplateId, UserId, WeightDraft,
    WeightId,
};
use uuid::Uuid;

use super::other_version::unknown_to_older;

/// A request, as it was sent.
#[derive(Clone)]
pub(super) struct ApiRequest {
    /// The request line, for the trace.
    pub(super) line: String,
    pub(super) token: Option<String>,
    pub(super) key: Option<Uuid>,
    pub(super) fingerprint: String,
    pub(super) body: Body,
    /// The member that an older server doesn't know.
    pub(super) unknown_to_older: Option<&'static str>,
}

/// The content of a request.
#[derive(Clone)]
pub(super) enum Body {
    Health,
    SignIn(SignIn),
    Refresh(RefreshTokens),
    Snapshot,
    Poll { after: String, wait: Duration },
    Stream { after: String },
    Start,
    Session(SessionCommand),
    Library(LibraryCommand),
    Templates(TemplateCommand),
    Notes(NotesCommand),
    Weights(WeightCommand),
    Unknown,
}

/// A command on a session or one of its rounds.
#[derive(Clone)]
pub(super) struct SessionCommand {
    pub(super) target: Target,
    pub(super) command: Command,
}

#[derive(Clone, Copy)]
pub(super) enum Target {
    Session(SessionId),
    Round(RoundId),
}

/// A command on templates.
#[derive(Clone)]
pub(super) enum TemplateCommand {
    Create(TemplateDraft),
    Edit(TemplateId, u64, TemplateDraft),
    Delete(TemplateId, u64),
}

/// A command on the exercise library.
#[derive(Clone)]
pub(super) enum LibraryCommand {
    Create(ExerciseDraft),
    Edit(ExerciseId, u64, ExerciseDraft),
    Archive(ExerciseId, u64),
    Restore(ExerciseId),
}

/// A command on a note or a journal.
#[derive(Clone)]
pub(super) enum NotesCommand {
    Save(SessionId, u64, NoteDraft),
    Create(UserId, JournalDraft),
    Edit(JournalEntryId, u64, JournalDraft),
    Delete(JournalEntryId, u64),
}

/// A command on a weight.
#[derive(Clone)]
pub(super) enum WeightCommand {
    Create(UserId, WeightDraft),
    Edit(WeightId, u64, WeightDraft),
    Delete(WeightId, u64),
}

impl ApiRequest {
    pub(super) fn parse(request: &reqwest::Request) -> Self {
        let headers = request.headers();
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let token = text(AUTHORIZATION.as_str()).and_then(|value| value.strip_prefix("Bearer ").map(str::to_owned));
        let key = text("idempotency-key").and_then(|key| key.parse().ok());
        let bytes = request.body().and_then(reqwest::Body::as_bytes).unwrap_or_default();
        let line = format!("{} {}", request.method(), request.url().path());
        let fingerprint = format!("{line} {}", String::from_utf8_lossy(bytes));
        let body = body(request, headers, bytes).unwrap_or(Body::Unknown);
        Self { line, token, key, fingerprint, body, unknown_to_older: unknown_to_older(bytes) }
    }

    /// Whether it is an act of the outbox. A renewal of tokens has a key as well.
    pub(super) fn is_act(&self) -> bool {
        self.key.is_some() && !self.line.contains(" /v1/auth/")
    }

    /// The same request; a poll is answered without being held.
    pub(super) fn without_wait(mut self) -> Self {
        if let Body::Poll { wait, .. } = &mut self.body {
            *wait = Duration::ZERO;
        }
        self
    }
}

impl TemplateCommand {
    /// The template it is about; none for one that it creates.
    pub(super) fn id(&self) -> Option<TemplateId> {
        match self {
            Self::Create(_) => None,
            Self::Edit(id, ..) | Self::Delete(id, _) => Some(*id),
        }
    }

    /// Parses a request to `path`, below `/v1/templates`.
    fn parse(method: &Method, path: &[&str], version: Option<u64>, bytes: &[u8]) -> Option<Self> {
        match (method, path) {
            (&Method::POST, []) => Some(Self::Create(json(bytes)?)),
            (&Method::PUT, [template]) => Some(Self::Edit(template.parse().ok()?, version?, json(bytes)?)),
            (&Method::DELETE, [template]) => Some(Self::Delete(template.parse().ok()?, version?)),
            _ => None,
        }
    }
}

impl LibraryCommand {
    /// Parses a request to `path`, below `/v1/exercises`.
    fn parse(method: &Method, path: &[&str], version: Option<u64>, bytes: &[u8]) -> Option<Self> {
        let id = |id: &str| id.parse::<ExerciseId>().ok();
        match (method, path) {
            (&Method::POST, []) => Some(Self::Create(json(bytes)?)),
            (&Method::PUT, [exercise]) => Some(Self::Edit(id(exercise)?, version?, json(bytes)?)),
            (&Method::DELETE, [exercise]) => Some(Self::Archive(id(exercise)?, version?)),
            (&Method::POST, [exercise, "restore"]) => Some(Self::Restore(id(exercise)?)),
            _ => None,
        }
    }
}

impl NotesCommand {
    /// Parses a request to `path`, below `/v1`.
    fn parse(method: &Method, path: &[&str], version: Option<u64>, bytes: &[u8]) -> Option<Self> {
        match (method, path) {
            (&Method::PUT, ["sessions", id, "note"]) => Some(Self::Save(id.parse().ok()?, version?, json(bytes)?)),
            (&Method::POST, ["athletes", id, "journal"]) => Some(Self::Create(id.parse().ok()?, json(bytes)?)),
            (&Method::PUT, ["journal", id]) => Some(Self::Edit(id.parse().ok()?, version?, json(bytes)?)),
            (&Method::DELETE, ["journal", id]) => Some(Self::Delete(id.parse().ok()?, version?)),
            _ => None,
        }
    }
}

impl WeightCommand {
    /// Parses a request to `path`, below `/v1`.
    fn parse(method: &Method, path: &[&str], version: Option<u64>, bytes: &[u8]) -> Option<Self> {
        match (method, path) {
            (&Method::POST, ["athletes", id, "weights"]) => Some(Self::Create(id.parse().ok()?, json(bytes)?)),
            (&Method::PUT, ["weights", id]) => Some(Self::Edit(id.parse().ok()?, version?, json(bytes)?)),
            (&Method::DELETE, ["weights", id]) => Some(Self::Delete(id.parse().ok()?, version?)),
            _ => None,
        }
    }
}

fn body(request: &reqwest::Request, headers: &HeaderMap, bytes: &[u8]) -> Option<Body> {
    let path: Vec<&str> = request.url().path().trim_start_matches('/').split('/').collect();
    let query =
        |name: &str| request.url().query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    let version = || {
        let tag = headers.get(IF_MATCH)?.to_str().ok()?;
        tag.trim_matches('"').parse::<u64>().ok()
    };
    let on = |target, command| Some(Body::Session(SessionCommand { target, command }));
    let session = |id: &str| id.parse().ok().map(Target::Session);
    let round = |id: &str| id.parse::<RoundId>().ok();
    if let ["v1", path @ ..] = path.as_slice()
        && let Some(command) = NotesCommand::parse(request.method(), path, version(), bytes)
    {
        return Some(Body::Notes(command));
    }
    if let ["v1", path @ ..] = path.as_slice()
        && let Some(command) = WeightCommand::parse(request.method(), path, version(), bytes)
    {
        return Some(Body::Weights(command));
    }
    match (request.method(), path.as_slice()) {
        (&Method::GET, ["healthz"]) => Some(Body::Health),
        (&Method::POST, ["v1", "auth", "login"]) => Some(Body::SignIn(json(bytes)?)),
        (&Method::POST, ["v1", "auth", "refresh"]) => Some(Body::Refresh(json(bytes)?)),
        (&Method::GET, ["v1", "snapshot"]) => Some(Body::Snapshot),
        (&Method::GET, ["v1", "feed"]) => {
            let after = query("after")?;
            if headers.get(ACCEPT).is_some_and(|accept| accept == "text/event-stream") {
                return Some(Body::Stream { after });
            }
            Some(Body::Poll { after, wait: Duration::from_secs(query("wait")?.parse().ok()?) })
        }
        (method, ["v1", "exercises", path @ ..]) => {
            LibraryCommand::parse(method, path, version(), bytes).map(Body::Library)
        }
        (method, ["v1", "templates", path @ ..]) => {
            TemplateCommand::parse(method, path, version(), bytes).map(Body::Templates)
        }
        (&Method::POST, ["v1", "sessions"]) => Some(Body::Start),
        (&Method::POST, ["v1", "sessions", id, "join"]) => on(session(id)?, Command::Join),
        (&Method::POST, ["v1", "sessions", id, "cancel"]) => {
            on(session(id)?, Command::Cancel { reason: json::<CancelSession>(bytes)?.reason })
        }
        (&Method::POST, ["v1", "sessions", id, "rounds"]) => {
            let body: SaveRound = json(bytes)?;
            on(session(id)?, Command::AddRound { release: body.release, plan: body.into_plan() })
        }
        (&Method::PUT, ["v1", "rounds", id]) => {
            let body: EditRound = json(bytes)?;
            let (round, version, release) = (round(id)?, version()?, body.release);
            if let (0, Some(RoundPlace { session_id, number, version: last_version })) = (version, body.place) {
                let plan = body.into_plan();
                let command = Command::RecreateRound { round, number, last_version, plan, release };
                return on(Target::Session(session_id), command);
            }
            on(Target::Round(round), Command::EditRound { round, version, plan: body.into_plan(), release })
        }
        (&Method::DELETE, ["v1", "rounds", id]) => {
            let (round, version) = (round(id)?, version()?);
            on(Target::Round(round), Command::DeleteRound { round, version })
        }
        (&Method::PUT, ["v1", "rounds", id, "exercises", item, "log"]) => {
            let (round, item): (_, ItemId) = (round(id)?, item.parse().ok()?);
            let actual = json::<LogExercise>(bytes)?.actual;
            on(Target::Round(round), Command::LogExercise { round, item, actual })
        }
        (&Method::PATCH, ["v1", "rounds", id, "exercises", item, "actual"]) => {
            let (round, item, version) = (round(id)?, item.parse().ok()?, version()?);
            let CorrectExercise { actual, reason } = json(bytes)?;
            on(Target::Round(round), Command::CorrectExercise { round, item, version, actual, reason })
        }
        (&Method::POST, ["v1", "rounds", id, act]) => {
            let round = round(id)?;
            let command = match *act {
                "release" => Command::ReleaseRound(round),
                "recall" => Command::RecallRound(round),
                "start" => Command::StartRound(round),
                "complete" | "late-feedback" => {
                    let reports = json::<CompleteRound>(bytes)?.exercises;
                    Command::CompleteRound { round, reports, late: *act == "late-feedback" }
                }
                _ => return None,
            };
            on(Target::Round(round), command)
        }
        _ => None,
    }
}

fn json<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    serde_json::from_slice(bytes).ok()
}
