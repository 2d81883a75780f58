//! The state of the modelled server: its rules, its feeds, its idempotency and its tokens, in memory.

use std::collections::BTreeMap;
use std::time::Duration;

use rand::Rng;
use rand::rngs::StdRng;
use tokio::time::Instant;
use training::progress::{last_done, records};
use training::wire::{Account, Cursor, FeedPage, Presence, Role, SignedIn, Snapshot};
use training::{
    ActIds, Actor, Athlete, Command, Context, Documents, EntityRef, Event, Exercise, ExerciseId, Kind, Part, Person,
    ProblemCode, Refusal, RoundId, Session, SessionChange, SessionEvent, SessionId, Template, Timestamp, UserId, apply,
    decide, start,
};
use uuid::Uuid;

use super::answer::{Answer, Reply};
use super::feeds::Feeds;
use super::library::Library;
use super::notes::Notes;
use super::other_version::{self as other, Version};
use super::request::{
    ApiRequest, Body, LibraryCommand, NotesCommand, SessionCommand, Target, TemplateCommand, WeightCommand,
};
use super::templates::{Sender, Templates};
use super::tokens::{ACCESS_TOKEN_LIFETIME, Pair, Tokens};
use super::weights::Weights;

/// How many events a page of the feed holds.
const PAGE_SIZE: usize = 8;

/// See the module.
pub(super) struct State {
    random: StdRng,
    began: Instant,
    people: Vec<Account>,
    library: Library,
    templates: Templates,
    notes: Notes,
    weights: Weights,
    /// Its version, relative to the core.
    version: Version,
    sessions: BTreeMap<SessionId, (Session, UserId)>,
    pub(super) feeds: Feeds,
    answers: BTreeMap<(UserId, String), (String, Answer)>,
    tokens: Tokens,
    /// The keys of performed acts, in order.
    pub(super) performed: Vec<Uuid>,
    /// How often the records of each athlete have changed.
    record_versions: BTreeMap<UserId, u64>,
}

impl State {
    pub(super) fn new(
        mut people: Vec<Account>,
        mut exercises: Vec<Exercise>,
        random: StdRng,
        version: Version,
    ) -> Self {
        let mut sessions = BTreeMap::new();
        if version == Version::Newer {
            for person in &mut people {
                person.roles.push(other::role());
                person.locale = other::locale();
                if let Some(trainer) = &person.trainer {
                    let session = other::session(person, trainer, &exercises[0]);
                    sessions.insert(session.id, (session, trainer.id));
                }
            }
            for exercise in exercises.iter_mut().step_by(2) {
                *exercise = other::exercise(exercise);
            }
        }
        Self {
            random,
            began: Instant::now(),
            feeds: Feeds::new(people.iter().map(|person| person.id), version),
            people,
            library: Library::new(exercises),
            templates: Templates::default(),
            notes: Notes::default(),
            weights: Weights::default(),
            version,
            sessions,
            answers: BTreeMap::new(),
            tokens: Tokens::default(),
            performed: Vec::new(),
            record_versions: BTreeMap::new(),
        }
    }

    /// Simulates a restore from a backup: sequence numbers can no longer be compared.
    pub(super) fn begin_epoch(&mut self) {
        self.feeds.set_epoch(format!("e{}", self.random.random_range(1..u32::MAX)));
    }

    /// Answers one request, in the form of the server's version.
    pub(super) fn serve(&mut self, request: &ApiRequest) -> Reply {
        match self.reply(request).unwrap_or_else(|code| Reply::Answer(Answer::problem(code))) {
            Reply::Answer(answer) => Reply::Answer(Answer { body: self.version.encode(&answer.body).into(), ..answer }),
            reply => reply,
        }
    }

    /// Whether the session of a round has ended.
    pub(super) fn is_session_ended(&self, round: RoundId) -> bool {
        let mut sessions = self.sessions.values().map(|(session, _)| session);
        sessions.find(|session| session.round(round).is_some()).is_some_and(|session| !session.status.is_open())
    }

    /// The newest version of each entity sent to `person` before `moment`, except those removed since.
    pub(super) fn versions_before(&self, person: UserId, moment: Instant) -> BTreeMap<EntityRef, u64> {
        let mut versions = self.feeds.versions_before(person, moment);
        let exercises = self.library.exercises().iter().map(|it| (EntityRef::of::<Exercise>(it.id), it.version));
        let templates = self.templates.all().iter().map(|it| (EntityRef::of::<Template>(it.id), it.version));
        let current: BTreeMap<EntityRef, u64> = exercises.chain(templates).collect();
        // Entities removed since may be gone from the view already, and those recreated since begin at version 1.
        versions.retain(|entity, version| match (entity.kind, current.get(entity)) {
            (Kind::Exercise | Kind::Template, None) => false,
            (Kind::JournalEntry, _) => self.notes.has_entry(*entity),
            (Kind::Weight, _) => self.weights.has(*entity),
            (_, current) => {
                *version = current.map_or(*version, |current| (*version).min(*current));
                true
            }
        });
        versions
    }

    /// Everything `user` should see.
    pub(super) fn snapshot(&self, user: UserId) -> Snapshot {
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
        let athletes: Vec<Athlete> = athletes.map(|person| self.athlete(person)).collect();
        let exercises = if me.is_staff() { self.library.exercises().to_vec() } else { Vec::new() };
        let is_trainer = me.roles.contains(&Role::Trainer);
        let templates = if is_trainer { self.templates.seen_by(user) } else { Vec::new() };
        let documents = Documents {
            notes: self.notes.on(sessions.iter().filter(|session| session.athlete.id != user)),
            journal_entries: self.notes.entries_about(&athletes),
            weights: self.weights.of(athletes.iter().map(|athlete| athlete.id).chain([user]), self.now()),
            sessions,
            exercises,
            athletes,
            templates,
        };
        Snapshot { cursor: self.feeds.head(user), me, documents }
    }

    /// Whether it keeps records of athletes.
    pub(super) fn keeps_records(&self) -> bool {
        self.version != Version::Older
    }

    fn sessions_of(&self, athlete: UserId) -> impl Iterator<Item = &Session> {
        self.sessions.values().map(|(session, _)| session).filter(move |session| session.athlete.id == athlete)
    }

    /// An athlete as their trainer sees them. Their records follow from all their sessions, in whatever order these were
    /// changed.
    fn athlete(&self, person: &Account) -> Athlete {
        let sessions = self.sessions_of(person.id).filter(|_| self.keeps_records());
        let version = 1 + self.record_versions.get(&person.id).copied().unwrap_or_default();
        Athlete { id: person.id, name: person.name.clone(), records: records(sessions, self.now()), version }
    }

    fn now(&self) -> Timestamp {
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

    fn reply(&mut self, request: &ApiRequest) -> Result<Reply, ProblemCode> {
        if self.version == Version::Older
            && let Some(pointer) = request.unknown_to_older
        {
            return Ok(Reply::Answer(Answer::invalid(pointer)));
        }
        match &request.body {
            Body::Health => Ok(Reply::Answer(Answer::json(200, &"ok"))),
            Body::SignIn(sign_in) => {
                let person = self.people.iter().find(|person| person.email == sign_in.email);
                let user = person.ok_or(ProblemCode::WrongCredentials)?.id;
                let pair = self.with_ids(|tokens, new_id| tokens.sign_in(user, new_id));
                Ok(Reply::Answer(self.signed_in(pair)))
            }
            Body::Refresh(body) => {
                let pair = self.with_ids(|tokens, new_id| tokens.refresh(&body.refresh_token, request.key, new_id))?;
                Ok(Reply::Answer(self.signed_in(pair)))
            }
            Body::Snapshot => {
                let (user, _) = self.caller(request)?;
                Ok(Reply::Answer(Answer::json(200, &self.snapshot(user))))
            }
            Body::Poll { after, wait } => self.poll(request, after, *wait),
            Body::Stream { after } => self.stream(request, after),
            Body::Start => self.act(request, State::start).map(Reply::Answer),
            // An older server has no such routes.
            Body::Session(SessionCommand { command: Command::CorrectExercise { .. }, .. })
            | Body::Library(_)
            | Body::Templates(_)
            | Body::Notes(_)
            | Body::Weights(_)
                if self.version == Version::Older =>
            {
                Err(ProblemCode::NotFound)
            }
            Body::Session(command) => {
                self.act(request, |state, user| state.perform(user, request.key, command)).map(Reply::Answer)
            }
            Body::Library(command) => {
                self.act(request, |state, user| state.perform_on_library(user, request.key, command)).map(Reply::Answer)
            }
            Body::Templates(command) => self
                .act(request, |state, user| state.perform_on_templates(user, request.key, command))
                .map(Reply::Answer),
            Body::Notes(command) => {
                self.act(request, |state, user| state.write_privately(user, request.key, command)).map(Reply::Answer)
            }
            Body::Weights(command) => {
                self.act(request, |state, user| state.change_weight(user, request.key, command)).map(Reply::Answer)
            }
            Body::Unknown => Err(ProblemCode::NotFound),
        }
    }

    /// Who sent it, and when their access expires.
    fn caller(&mut self, request: &ApiRequest) -> Result<(UserId, Instant), ProblemCode> {
        self.tokens.caller(request.token.as_deref().ok_or(ProblemCode::TokenMissing)?)
    }

    fn signed_in(&self, pair: Pair) -> Answer {
        let Pair { user, access_token, refresh_token } = pair;
        let access_expires_in_s = u32::try_from(ACCESS_TOKEN_LIFETIME.as_secs()).expect("short");
        Answer::json(
            200,
            &SignedIn {
                access_token,
                access_expires_in_s,
                refresh_token,
                user: self.account(user),
                device_token: None,
            },
        )
    }

    fn account(&self, user: UserId) -> Account {
        self.people.iter().find(|person| person.id == user).expect("a known person").clone()
    }

    fn part(&self, session: &Session, user: UserId) -> Option<Part> {
        if session.athlete.id == user {
            return Some(Part::Athlete);
        }
        let trainer = self.sessions.get(&session.id).map(|(_, trainer)| *trainer);
        (trainer == Some(user)).then_some(Part::Trainer)
    }

    fn poll(&mut self, request: &ApiRequest, after: &str, wait: Duration) -> Result<Reply, ProblemCode> {
        let (user, _) = self.caller(request)?;
        let mut cursor: Cursor = after.parse().map_err(|_| ProblemCode::InvalidParameter)?;
        let mut events = self.feeds.after(user, &cursor).ok_or(ProblemCode::CursorExpired)?;
        if events.is_empty() && !wait.is_zero() {
            return Ok(Reply::Hold(wait));
        }
        let more = events.len() > PAGE_SIZE;
        events.truncate(PAGE_SIZE);
        cursor.seq = events.last().map_or(cursor.seq, |last| last.seq);
        Ok(Reply::Answer(Answer::json(200, &FeedPage { events, cursor, more })))
    }

    fn stream(&mut self, request: &ApiRequest, after: &str) -> Result<Reply, ProblemCode> {
        let (user, expires) = self.caller(request)?;
        let cursor = after.parse().unwrap_or(Cursor { epoch: String::new(), seq: 0 });
        let now = self.now();
        // Whether they really are makes no difference to anything the model checks.
        let athletes = self.people.iter().filter(|person| person.trainer.as_ref().is_some_and(|t| t.id == user));
        let there = athletes.map(|athlete| Presence { athlete_id: athlete.id, online: true, since: now });
        let there: Vec<Presence> = there.collect();
        let (first, then) = self.feeds.open_stream(user, &cursor, now, &there);
        Ok(Reply::Stream { first, then, expires })
    }

    /// Performs an act under its idempotency key: once, however often it is request.
    fn act(
        &mut self,
        request: &ApiRequest,
        act: impl FnOnce(&mut Self, UserId) -> Result<Answer, Refusal>,
    ) -> Result<Answer, ProblemCode> {
        let (user, _) = self.caller(request)?;
        let key = request.key.ok_or(ProblemCode::InvalidParameter)?;
        let known = (user, key.to_string());
        if let Some((fingerprint, answer)) = self.answers.get(&known) {
            let is_same = *fingerprint == request.fingerprint;
            return if is_same { Ok(answer.clone()) } else { Err(ProblemCode::IdempotencyMismatch) };
        }
        let answer = match act(self, user) {
            Ok(answer) => {
                self.performed.push(key);
                answer
            }
            Err(refusal) => {
                let code = problem_code(&refusal);
                if !refusal.depends_on_state() {
                    return Err(code);
                }
                Answer::problem(code)
            }
        };
        self.answers.insert(known, (request.fingerprint.clone(), answer.clone()));
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

    fn perform(
        &mut self,
        user: UserId,
        key: Option<Uuid>,
        session_command: &SessionCommand,
    ) -> Result<Answer, Refusal> {
        let has_round = |session: &Session, id: RoundId| session.round(id).is_some();
        let found = match session_command.target {
            Target::Session(id) => self.sessions.get(&id).map(|(session, _)| session),
            Target::Round(id) => self.sessions.values().map(|(session, _)| session).find(|s| has_round(s, id)),
        };
        let mut session = found.ok_or(Refusal::NotFound)?.clone();
        let part = self.part(&session, user).ok_or(Refusal::NotFound)?;
        if let Target::Round(id) = session_command.target
            && !has_round(&session.clone().seen_by(part), id)
        {
            return Err(Refusal::NotFound);
        }
        let account = self.account(user);
        let needed = if part == Part::Athlete { Role::Athlete } else { Role::Trainer };
        assert!(account.roles.contains(&needed), "everybody here has their role");
        let actor = Actor { person: Person { id: user, name: account.name }, part };
        let mut ids = key.and_then(ActIds::of).expect("an act's key is a UUID of version 7");
        let mut new_id = || ids.make();
        let library = &self.library;
        let exercise = |id: ExerciseId| library.find(id).cloned();
        let last = |id: ExerciseId| {
            let sessions = self.sessions_of(session.athlete.id).filter(|_| self.keeps_records());
            last_done(sessions, id)
        };
        let mut context = Context { at: self.now(), new_id: &mut new_id, exercise: &exercise, last: &last };
        let events = decide(&session, session_command.command.clone(), &actor, &mut context)?;
        for event in &events {
            apply(&mut session, event, Part::Trainer);
        }
        let athlete = self.account(session.athlete.id);
        let records_before = self.athlete(&athlete).records;
        self.sessions.get_mut(&session.id).expect("it was just there").0 = session.clone();
        self.announce_session(&session, &events);
        if self.athlete(&athlete).records != records_before {
            *self.record_versions.entry(athlete.id).or_default() += 1;
            let trainer = self.sessions[&session.id].1;
            self.announce(&[trainer], &Event::Saved { at: self.now(), document: self.athlete(&athlete).into() });
        }
        let unchanged = match &session_command.command {
            Command::CorrectExercise { round, .. } => session.round(*round),
            _ => None,
        };
        let round = events.iter().rev().find_map(|event| event.change.round()).or(unchanged);
        Ok(match (&session_command.command, round) {
            (Command::Join | Command::Cancel { .. }, _) => Answer::json(200, &session.seen_by(part)),
            (Command::DeleteRound { .. }, _) => Answer::empty(204),
            (Command::AddRound { .. } | Command::RecreateRound { .. }, Some(round)) => Answer::json(201, round),
            (_, Some(round)) => Answer::json(200, round),
            (_, None) => Answer::problem(ProblemCode::Internal),
        })
    }

    /// Performs a command on the library, which is for staff only.
    fn perform_on_library(
        &mut self,
        user: UserId,
        key: Option<Uuid>,
        command: &LibraryCommand,
    ) -> Result<Answer, Refusal> {
        if !self.account(user).is_staff() {
            return Err(Refusal::NotYourPart);
        }
        let (at, sessions, templates) = (self.now(), &self.sessions, &self.templates);
        let is_in_use = |id: ExerciseId| {
            let rounds = sessions.values().flat_map(|(session, _)| &session.rounds);
            let mut exercises = rounds.flat_map(|round| &round.exercises);
            exercises.any(|exercise| exercise.exercise_id == id) || templates.have(id)
        };
        let (answer, event) = self.library.perform(command, key.expect("an act has a key"), at, is_in_use)?;
        if let Some(event) = event {
            let staff: Vec<UserId> =
                self.people.iter().filter(|person| person.is_staff()).map(|person| person.id).collect();
            self.announce(&staff, &event);
        }
        Ok(answer)
    }

    /// Performs a command on templates, which is for trainers only.
    fn perform_on_templates(
        &mut self,
        user: UserId,
        key: Option<Uuid>,
        command: &TemplateCommand,
    ) -> Result<Answer, Refusal> {
        let account = self.account(user);
        if !account.roles.contains(&Role::Trainer) {
            return Err(Refusal::NotYourPart);
        }
        let person = Person { id: user, name: account.name };
        let sender = Sender { person, at: self.now(), new_id: key.expect("an act has a key") };
        let trainers: Vec<UserId> =
            self.people.iter().filter(|person| person.roles.contains(&Role::Trainer)).map(|person| person.id).collect();
        let library = &self.library;
        let knows = |id| library.find(id).is_some();
        let (answer, told) = self.templates.perform(command, &sender, &trainers, &knows)?;
        for (trainer, event) in told {
            self.announce(&[trainer], &event);
        }
        Ok(answer)
    }

    /// Performs a command on a note or a journal: for the trainer of the session, and of the athlete.
    fn write_privately(&mut self, user: UserId, key: Option<Uuid>, command: &NotesCommand) -> Result<Answer, Refusal> {
        let is_theirs = match command {
            NotesCommand::Save(session, ..) => {
                let (session, trainer) = self.sessions.get(session).ok_or(Refusal::NotFound)?;
                if session.athlete.id == user {
                    return Err(Refusal::NotYourPart);
                }
                *trainer == user
            }
            NotesCommand::Create(athlete, _) => self.is_trained_by(*athlete, user),
            NotesCommand::Edit(id, ..) | NotesCommand::Delete(id, _) => {
                self.notes.athlete_of(*id).is_some_and(|athlete| self.is_trained_by(athlete, user))
            }
        };
        if !is_theirs {
            return Err(Refusal::NotFound);
        }
        let by = Person { id: user, name: self.account(user).name };
        let (answer, event) = self.notes.perform(command, key.expect("an act has a key"), by, self.now())?;
        if let Some(event) = event {
            self.announce(&[user], &event);
        }
        Ok(answer)
    }

    /// Performs a command on a weight: for the athlete.
    fn change_weight(&mut self, user: UserId, key: Option<Uuid>, command: &WeightCommand) -> Result<Answer, Refusal> {
        if self.weights.athlete_of(command) != Some(user) {
            return Err(Refusal::NotFound);
        }
        let (answer, event) = self.weights.perform(command, key.expect("an act has a key"), self.now())?;
        if let Some(event) = event {
            let trainer = self.account(user).trainer.map(|trainer| trainer.id);
            let audience: Vec<UserId> = std::iter::once(user).chain(trainer).collect();
            self.announce(&audience, &event);
        }
        Ok(answer)
    }

    fn is_trained_by(&self, athlete: UserId, trainer: UserId) -> bool {
        self.people
            .iter()
            .any(|person| person.id == athlete && person.trainer.as_ref().is_some_and(|known| known.id == trainer))
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
    fn announce(&mut self, audience: &[UserId], event: &Event) {
        for user in audience {
            if self.version == Version::Newer && self.random.random_ratio(1, 3) {
                let name = other::event_name(self.feeds.head(*user).seq);
                self.feeds.append(*user, Event::Unknown { at: event.at(), name });
            }
            self.feeds.append(*user, event.clone());
        }
    }
}

/// The problem code for a refusal.
fn problem_code(refusal: &Refusal) -> ProblemCode {
    match refusal {
        Refusal::NotYourPart => ProblemCode::RoleForbidden,
        other => ProblemCode::from(other),
    }
}

fn new_id(at: Timestamp, random: &mut StdRng) -> Uuid {
    let ms = u64::try_from(at.as_millisecond()).expect("after 1970");
    uuid::Builder::from_unix_timestamp_millis(ms, &random.random()).into_uuid()
}
