//! A model of the hosted API: its rules, its feeds, its idempotency and its tokens, in memory.
//!
//! It implements what the contract promises and nothing more: anything else is tested against the real server. A
//! request is answered instantly; whatever takes time (transport, a held poll, a stream) is up to the
//! [`network`](super::network).

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use rand::Rng;
use rand::rngs::StdRng;
use tokio::sync::mpsc;
use tokio::time::Instant;
use training::wire::{
    API_VERSION, Account, ByeReason, Cursor, FeedPage, FeedTiming, Hello, Role, SignedIn, Snapshot, StreamSignal,
};
use training::{
    ActIds, Actor, Command, Context, Documents, EntityRef, Envelope, Event, Exercise, ExerciseId, Kind, Part, Person,
    ProblemCode, Refusal, RoundId, Session, SessionChange, SessionEvent, SessionId, Timestamp, UserId, apply, decide,
    start,
};
use uuid::Uuid;

use super::answer::{Answer, Reply, bye, frame};
use super::library;
use super::other_version::{self as other, Version};
use super::request::{Body, Order, Sent, Target};
use super::signal::Signal;
use super::tokens::{Pair, TOKEN_GOOD_FOR, Tokens};

/// How many messages are queued for a stream before it counts as too slow.
const QUEUE: usize = 16;
/// How many events a page of the feed holds.
const PAGE: usize = 8;
/// How often a stream sends a keep-alive.
pub(super) const KEEP_ALIVE: Duration = FeedTiming::KEEP_ALIVE;

/// See the module.
pub(super) struct Server {
    state: Mutex<State>,
    /// Counts the server's starts and stops; odd while it is down.
    pub(super) life: Signal<u64>,
    /// Changes with every commit.
    pub(super) committed: Signal<u64>,
}

pub(super) struct State {
    random: StdRng,
    began: Instant,
    pub(super) people: Vec<Account>,
    pub(super) exercises: Vec<Exercise>,
    epoch: String,
    /// Its version, relative to the core.
    version: Version,
    pub(super) sessions: BTreeMap<SessionId, (Session, UserId)>,
    feeds: BTreeMap<UserId, Feed>,
    answers: BTreeMap<(UserId, String), (String, Answer)>,
    tokens: Tokens,
    done: Vec<Uuid>,
}

#[derive(Default)]
struct Feed {
    events: Vec<(Instant, Envelope)>,
    /// Events up to this one have been deleted.
    compacted: u64,
    streams: Vec<mpsc::Sender<Bytes>>,
}

impl Server {
    pub(super) fn new(
        mut people: Vec<Account>,
        mut exercises: Vec<Exercise>,
        random: StdRng,
        version: Version,
    ) -> Self {
        if version == Version::Newer {
            for person in &mut people {
                person.roles.push(other::role());
            }
            for exercise in exercises.iter_mut().step_by(2) {
                *exercise = other::exercise(exercise);
            }
        }
        let state = State {
            random,
            began: Instant::now(),
            feeds: people.iter().map(|person| (person.id, Feed::default())).collect(),
            people,
            exercises,
            epoch: "e0".to_owned(),
            version,
            sessions: BTreeMap::new(),
            answers: BTreeMap::new(),
            tokens: Tokens::default(),
            done: Vec::new(),
        };
        Self { state: Mutex::new(state), life: Signal::new(0), committed: Signal::new(0) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn is_up(&self) -> bool {
        self.life.get().is_multiple_of(2)
    }

    /// Stops at once, or restarts. Committed data is kept.
    pub(super) fn switch(&self) {
        for feed in self.state().feeds.values_mut() {
            feed.streams.clear();
        }
        self.life.count();
    }

    /// Tells every stream to reconnect later, and stops.
    pub(super) fn drain(&self) {
        let mut state = self.state();
        let version = state.version;
        for feed in state.feeds.values_mut() {
            for stream in feed.streams.drain(..) {
                let reason = if version == Version::Newer { other::bye_reason() } else { ByeReason::Draining };
                stream.try_send(bye(reason, Some(1_500))).ok();
            }
        }
    }

    /// Deletes old events, as after thirty days.
    pub(super) fn compact(&self, keep: u64) {
        for feed in self.state().feeds.values_mut() {
            let last = feed.events.last().map_or(0, |(_, last)| last.seq);
            feed.compacted = feed.compacted.max(last.saturating_sub(keep));
        }
    }

    /// Simulates a restore from a backup: sequence numbers can no longer be compared.
    pub(super) fn restore(&self) {
        let mut state = self.state();
        state.epoch = format!("e{}", state.random.random_range(1..u32::MAX));
    }

    /// Answers one request, at this instant.
    pub(super) fn serve(&self, sent: &Sent) -> Reply {
        let mut state = self.state();
        let (before, version) = (state.commits(), state.version);
        let reply = state.serve(sent);
        let after = state.commits();
        drop(state);
        if after != before {
            self.committed.count();
        }
        let reply = reply.unwrap_or_else(|code| Reply::Answer(Answer::problem(code)));
        match reply {
            Reply::Answer(answer) => Reply::Answer(Answer { body: version.says(&answer.body).into(), ..answer }),
            reply => reply,
        }
    }

    /// Everything `person` should see.
    pub(super) fn truth(&self, person: UserId) -> Snapshot {
        self.state().snapshot(person)
    }

    /// The keys of completed acts, in order; an act that was done twice appears twice.
    pub(super) fn done(&self) -> Vec<Uuid> {
        self.state().done.clone()
    }

    /// Whether the session of a round has ended.
    pub(super) fn has_ended(&self, round: RoundId) -> bool {
        let state = self.state();
        let session =
            state.sessions.values().map(|(session, _)| session).find(|session| session.round(round).is_some());
        session.is_some_and(|session| !session.status.is_open())
    }

    /// How many events are in all feeds.
    pub(super) fn events(&self) -> u64 {
        self.state().feeds.values().map(|feed| feed.events.len() as u64).sum()
    }

    /// The newest version of each entity sent to `person` before `moment`, except those removed since.
    pub(super) fn told_before(&self, person: UserId, moment: Instant) -> BTreeMap<EntityRef, u64> {
        let state = self.state();
        let mut versions = BTreeMap::new();
        for (_, envelope) in state.feeds[&person].events.iter().take_while(|(at, _)| *at < moment) {
            match &envelope.event {
                Event::Session(event) => {
                    versions.insert(EntityRef::of::<Session>(event.session_id), event.session_version);
                }
                Event::Saved { document, .. } => {
                    versions.insert(document.entity_ref(), document.version());
                }
                Event::Removed { entity, .. } => {
                    versions.remove(entity);
                }
                Event::Unknown { .. } => {}
            }
        }
        // Entities removed since may be gone from the view already.
        let exercises: Vec<EntityRef> =
            state.exercises.iter().map(|exercise| EntityRef::of::<Exercise>(exercise.id)).collect();
        versions.retain(|entity, _| entity.kind != Kind::Exercise || exercises.contains(entity));
        versions
    }
}

impl State {
    fn commits(&self) -> usize {
        self.feeds.values().map(|feed| feed.events.len()).sum()
    }

    pub(super) fn now(&self) -> Timestamp {
        let began = jiff::Timestamp::from_second(1_800_000_000).expect("an instant");
        Timestamp::from(began + self.began.elapsed())
    }

    fn new_id(&mut self) -> Uuid {
        new_id(self.now(), &mut self.random)
    }

    /// Changes the tokens with a source of new ids.
    fn with_ids<T>(&mut self, act: impl FnOnce(&mut Tokens, &mut dyn FnMut() -> Uuid) -> T) -> T {
        let now = self.now();
        act(&mut self.tokens, &mut || new_id(now, &mut self.random))
    }

    fn serve(&mut self, sent: &Sent) -> Result<Reply, ProblemCode> {
        match &sent.body {
            Body::Health => Ok(Reply::Answer(Answer::json(200, &"ok"))),
            Body::SignIn(sign_in) => {
                let person = self.people.iter().find(|person| person.email == sign_in.email);
                let user = person.ok_or(ProblemCode::WrongCredentials)?.id;
                let pair = self.with_ids(|tokens, new_id| tokens.sign_in(user, new_id));
                Ok(Reply::Answer(self.signed_in(pair)))
            }
            Body::Refresh(body) => {
                let pair = self.with_ids(|tokens, new_id| tokens.refresh(&body.refresh_token, sent.key, new_id))?;
                Ok(Reply::Answer(self.signed_in(pair)))
            }
            Body::Snapshot => {
                let (user, _) = self.caller(sent)?;
                Ok(Reply::Answer(Answer::json(200, &self.snapshot(user))))
            }
            Body::Poll { after, wait } => self.poll(sent, after, *wait),
            Body::Stream { after } => self.stream(sent, after),
            Body::Start => self.act(sent, State::start).map(Reply::Answer),
            Body::Order(order) => self.act(sent, |state, user| state.perform(user, sent, order)).map(Reply::Answer),
            // An older server has no such routes.
            Body::Library(_) if self.version == Version::Older => Err(ProblemCode::NotFound),
            Body::Library(order) => {
                self.act(sent, |state, user| state.keep_library(user, sent, order)).map(Reply::Answer)
            }
            Body::Unknown => Err(ProblemCode::NotFound),
        }
    }

    /// Who sent it, and when their access expires.
    fn caller(&mut self, sent: &Sent) -> Result<(UserId, Instant), ProblemCode> {
        self.tokens.caller(sent.token.as_deref().ok_or(ProblemCode::TokenMissing)?)
    }

    fn signed_in(&self, pair: Pair) -> Answer {
        let Pair { user, access_token, refresh_token } = pair;
        let access_expires_in_s = u32::try_from(TOKEN_GOOD_FOR.as_secs()).expect("short");
        Answer::json(200, &SignedIn { access_token, access_expires_in_s, refresh_token, user: self.account(user) })
    }

    pub(super) fn account(&self, user: UserId) -> Account {
        self.people.iter().find(|person| person.id == user).expect("somebody of ours").clone()
    }

    fn part(&self, session: &Session, user: UserId) -> Option<Part> {
        if session.athlete.id == user {
            return Some(Part::Athlete);
        }
        let trainer = self.sessions.get(&session.id).map(|(_, trainer)| *trainer);
        (trainer == Some(user)).then_some(Part::Trainer)
    }

    fn snapshot(&self, user: UserId) -> Snapshot {
        let mut sessions = Vec::new();
        let mut ended = 0;
        for (session, _) in self.sessions.values().rev() {
            let Some(part) = self.part(session, user) else { continue };
            ended += u32::from(!session.status.is_open());
            if session.status.is_open() || ended <= Snapshot::ENDED_SESSIONS {
                sessions.push(session.clone().seen_by(part));
            }
        }
        let me = self.account(user);
        let athletes = self.people.iter().filter(|person| person.trainer.as_ref().is_some_and(|t| t.id == user));
        let athletes = athletes.map(|person| Person { id: person.id, name: person.name.clone() }).collect();
        let exercises = if me.is_staff() { self.exercises.clone() } else { Vec::new() };
        let documents = Documents { sessions, exercises };
        Snapshot { cursor: self.head(user), me, documents, athletes }
    }

    fn head(&self, user: UserId) -> Cursor {
        let seq = self.feeds[&user].events.last().map_or(0, |(_, last)| last.seq);
        Cursor { epoch: self.epoch.clone(), seq }
    }

    /// The events after `cursor`; `None` if some are no longer available.
    fn after(&self, user: UserId, cursor: &Cursor) -> Option<Vec<Envelope>> {
        let feed = &self.feeds[&user];
        if cursor.epoch != self.epoch || cursor.seq < feed.compacted || cursor.seq > self.head(user).seq {
            return None;
        }
        let events = feed.events.iter().map(|(_, event)| event).filter(|event| event.seq > cursor.seq);
        Some(events.cloned().collect())
    }

    fn poll(&mut self, sent: &Sent, after: &str, wait: Duration) -> Result<Reply, ProblemCode> {
        let (user, _) = self.caller(sent)?;
        let mut cursor: Cursor = after.parse().map_err(|_| ProblemCode::InvalidParameter)?;
        let mut events = self.after(user, &cursor).ok_or(ProblemCode::CursorExpired)?;
        if events.is_empty() && !wait.is_zero() {
            return Ok(Reply::Hold(wait));
        }
        let more = events.len() > PAGE;
        events.truncate(PAGE);
        cursor.seq = events.last().map_or(cursor.seq, |last| last.seq);
        Ok(Reply::Answer(Answer::json(200, &FeedPage { events, cursor, more })))
    }

    fn stream(&mut self, sent: &Sent, after: &str) -> Result<Reply, ProblemCode> {
        let (user, expires) = self.caller(sent)?;
        let cursor = after.parse().unwrap_or(Cursor { epoch: String::new(), seq: 0 });
        let (told, then) = mpsc::channel(QUEUE);
        let mut first = Vec::new();
        if let Some(events) = self.after(user, &cursor) {
            let keep_alive_s = u32::try_from(KEEP_ALIVE.as_secs()).expect("short");
            let api_version = Some(API_VERSION.to_owned());
            let hello =
                Hello { cursor: cursor.clone(), resumed: true, keep_alive_s, server_time: self.now(), api_version };
            first.push(frame(&format!("id: {cursor}\n"), StreamSignal::Hello.as_str(), &self.as_said(&hello)));
            first.extend(events.iter().map(|event| self.frame(event)));
            self.feeds.get_mut(&user).expect("somebody of ours").streams.push(told);
        } else {
            first.push(frame("id: \n", StreamSignal::Reset.as_str(), &serde_json::json!({})));
        }
        Ok(Reply::Stream { first, then, expires })
    }

    fn frame(&self, event: &Envelope) -> Bytes {
        frame(&format!("id: {}.{}\n", self.epoch, event.seq), &event.event.name().to_string(), &self.as_said(event))
    }

    /// A message of the stream in this server version's form.
    fn as_said(&self, message: &impl serde::Serialize) -> serde_json::Value {
        let text = serde_json::to_vec(message).expect("a message can be written");
        serde_json::from_slice(&self.version.says(&text)).expect("it was JSON")
    }

    /// Performs an act under its idempotency key: once, however often it is sent.
    fn act(
        &mut self,
        sent: &Sent,
        act: impl FnOnce(&mut Self, UserId) -> Result<Answer, Refusal>,
    ) -> Result<Answer, ProblemCode> {
        let (user, _) = self.caller(sent)?;
        let key = sent.key.ok_or(ProblemCode::InvalidParameter)?;
        let known = (user, key.to_string());
        if let Some((fingerprint, answer)) = self.answers.get(&known) {
            let is_same = *fingerprint == sent.fingerprint;
            return if is_same { Ok(answer.clone()) } else { Err(ProblemCode::IdempotencyMismatch) };
        }
        let answer = match act(self, user) {
            Ok(answer) => {
                self.done.push(key);
                answer
            }
            Err(refusal) => {
                let code = library::refused(&refusal);
                if !refusal.depends_on_state() {
                    return Err(code);
                }
                Answer::problem(code)
            }
        };
        self.answers.insert(known, (sent.fingerprint.clone(), answer.clone()));
        Ok(answer)
    }

    fn start(&mut self, user: UserId) -> Result<Answer, Refusal> {
        let account = self.account(user);
        let has_open =
            self.sessions.values().any(|(session, _)| session.athlete.id == user && session.status.is_open());
        let id = SessionId(self.new_id());
        let athlete = Person { id: user, name: account.name };
        let event = start(id, athlete, account.trainer.is_some(), has_open, self.now())?;
        let (SessionChange::SessionStarted { session }, Some(trainer)) = (&event.change, account.trainer) else {
            return Err(Refusal::NoTrainer);
        };
        let session = session.clone();
        self.sessions.insert(id, (session.clone(), trainer.id));
        self.announce_session(&session, &[event]);
        Ok(Answer::json(201, &session))
    }

    fn perform(&mut self, user: UserId, sent: &Sent, order: &Order) -> Result<Answer, Refusal> {
        let has_round = |session: &Session, id: RoundId| session.round(id).is_some();
        let found = match order.target {
            Target::Session(id) => self.sessions.get(&id).map(|(session, _)| session),
            Target::Round(id) => self.sessions.values().map(|(session, _)| session).find(|s| has_round(s, id)),
        };
        let mut session = found.ok_or(Refusal::NotFound)?.clone();
        let part = self.part(&session, user).ok_or(Refusal::NotFound)?;
        if let Target::Round(id) = order.target
            && !has_round(&session.clone().seen_by(part), id)
        {
            return Err(Refusal::NotFound);
        }
        let account = self.account(user);
        let needed = if part == Part::Athlete { Role::Athlete } else { Role::Trainer };
        assert!(account.roles.contains(&needed), "everybody here has their role");
        let actor = Actor { person: Person { id: user, name: account.name }, part };
        let mut ids = sent.key.and_then(ActIds::of).expect("an act's key is a UUID of version 7");
        let mut new_id = || ids.make();
        let exercises = &self.exercises;
        let exercise = |id: ExerciseId| exercises.iter().find(|exercise| exercise.id == id).cloned();
        let mut context = Context { at: self.now(), new_id: &mut new_id, exercise: &exercise };
        let events = decide(&session, order.command.clone(), &actor, &mut context)?;
        for event in &events {
            apply(&mut session, event, Part::Trainer);
        }
        self.sessions.get_mut(&session.id).expect("it was just there").0 = session.clone();
        self.announce_session(&session, &events);
        let round = events.iter().rev().find_map(|event| event.change.round());
        Ok(match (&order.command, round) {
            (Command::Join | Command::Cancel { .. }, _) => Answer::json(200, &session.seen_by(part)),
            (Command::DeleteRound { .. }, _) => Answer::empty(204),
            (Command::AddRound { .. }, Some(round)) => Answer::json(201, round),
            (_, Some(round)) => Answer::json(200, round),
            (_, None) => Answer::problem(ProblemCode::Internal),
        })
    }

    /// Announces events to both people of a session, as far as each may see them.
    fn announce_session(&mut self, session: &Session, events: &[SessionEvent]) {
        let trainer = self.sessions[&session.id].1;
        for (user, part) in [(session.athlete.id, Part::Athlete), (trainer, Part::Trainer)] {
            for event in events.iter().filter_map(|event| event.seen_by(part)) {
                self.announce(&[user], &Event::Session(event));
            }
        }
    }

    /// Appends an event to the feeds of these people.
    pub(super) fn announce(&mut self, audience: &[UserId], event: &Event) {
        for user in audience {
            if self.version == Version::Newer && self.random.random_ratio(1, 3) {
                let name = other::event_name(self.head(*user).seq);
                self.append(*user, Event::Unknown { at: event.at(), name });
            }
            self.append(*user, event.clone());
        }
    }

    fn append(&mut self, user: UserId, event: Event) {
        let event = Envelope { seq: self.head(user).seq + 1, event };
        let message = self.frame(&event);
        let feed = self.feeds.get_mut(&user).expect("somebody of ours");
        feed.events.push((Instant::now(), event));
        // A stream that can't keep up is closed rather than sent an incomplete feed.
        feed.streams.retain(|stream| stream.try_send(message.clone()).is_ok());
    }
}

fn new_id(at: Timestamp, random: &mut StdRng) -> Uuid {
    let ms = u64::try_from(at.as_millisecond()).expect("after 1970");
    uuid::Builder::from_unix_timestamp_millis(ms, &random.random()).into_uuid()
}
