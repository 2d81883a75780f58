//! What a person does to a session: checked by the rules, kept in the outbox, sent in its order, confirmed by the answer.
//!
//! Whoever acts waits for the server's word as long as a network takes that works. After that the act waits by itself:
//! it is shown as done and as waiting, and whatever the server says later is for the person to see later.

use std::time::Duration;

use tokio::sync::oneshot;
use training::{ProblemCode, Recorded, Refusal, Round, RoundId, Session, SessionId, Timestamp};
use uuid::Uuid;

use super::shared::{Shared, projected};
use crate::bridge::{ActName, Cause, Failure, FailureCode, LinkState, LocalCode, Message, RefusedAct};
use crate::outbox::{Act, Answer, Entry, Refused, decided};
use crate::replica::{Confirmation, Replica, ReplicaError};

/// How long an act is waited for before it counts as waiting: longer than a network that works takes.
pub(super) const PATIENCE: Duration = Duration::from_secs(2);

/// What an act came to.
#[derive(Debug)]
pub(crate) struct Acted {
    /// The session as it is shown after it.
    pub(crate) session: Session,
    /// The round it was about, or made.
    pub(crate) round: Option<Round>,
}

impl Acted {
    /// With the round as it is shown; as it was meant, where it is not shown at all.
    fn as_shown(session: Session, meant: Option<Round>) -> Self {
        let round = meant.map(|meant| session.round(meant.id).cloned().unwrap_or(meant));
        Self { session, round }
    }
}

impl Shared {
    /// Does something to the session a round belongs to.
    pub(crate) async fn act_on_round(
        &self,
        round: RoundId,
        act: impl FnOnce(&Round) -> Result<Act, Failure>,
    ) -> Result<Acted, Failure> {
        let session = {
            let replica = self.replica().lock().await;
            let sessions = replica.contents().sessions.keys().copied();
            let shown = sessions.filter_map(|id| projected(&replica, id));
            shown.into_iter().find(|session| session.round(round).is_some()).map(|session| session.id)
        };
        let session = session.ok_or_else(|| Failure::from(Refusal::NotFound))?;
        self.act(session, |session| match session.round(round) {
            Some(round) => act(round),
            None => Err(Refusal::NotFound.into()),
        })
        .await
    }

    /// Does something to a session.
    pub(crate) async fn act(
        &self,
        session: SessionId,
        act: impl FnOnce(&Session) -> Result<Act, Failure>,
    ) -> Result<Acted, Failure> {
        let mut replica = self.replica().lock().await;
        let contents = replica.contents();
        let me = contents.me.clone().ok_or_else(|| Failure::local(LocalCode::NotSignedIn))?;
        // On what is on its way as well: somebody who is quick does one thing after the other.
        let shown = projected(&replica, session).ok_or_else(|| Failure::from(Refusal::NotFound))?;
        let act = act(&shown)?;
        let entry = Entry {
            key: self.environment.new_key(),
            by: me.id,
            at: self.server_time(),
            session,
            act,
            sent_on: None,
            refused: None,
        };
        // Behind others that wait, or without a network, nobody waits for it.
        let waits_by_itself = self.link_state() == LinkState::Offline || self.waiting(&replica) > 0;
        let (events, forbidden) = match decided(&shown, &entry, &me, &contents.exercises) {
            Ok(events) => (events, None),
            Err(refusal) if waits_by_itself => return Err(refusal.into()),
            // The server is there to be asked, and may know more than has come here.
            Err(refusal) => (Vec::new(), Some(refusal)),
        };
        let cause = events.last().map(|recorded| Cause {
            event: recorded.event.name(),
            round_id: recorded.event.round().map(|round| round.id),
            at: recorded.at,
        });
        // The round as it will be; as it is, where the rules as known here forbid that.
        let made = |events: &[Recorded]| events.last().and_then(|recorded| recorded.event.round()).cloned();
        let as_it_is = || entry.act.round().and_then(|id| shown.round(id).cloned());
        let as_draft = || decided(&shown, &entry.as_draft()?, &me, &contents.exercises).ok().and_then(|e| made(&e));
        let meant = made(&events).or_else(as_it_is).or_else(as_draft);
        if let (Some(forbidden), None, Act::AddRound { .. }) = (forbidden, &meant, &entry.act) {
            // There would be nothing to call it by, should the server not answer in time.
            return Err(forbidden.into());
        }
        let key = entry.key;

        let before = self.shown(&replica, session);
        replica.put_entry(entry, waits_by_itself).await?;
        if waits_by_itself {
            return self.goes_on_waiting(&replica, before.as_ref(), session, meant, cause);
        }
        let mut answered = self.await_answer(key);
        drop(replica);
        self.wake_outbox();
        if let Ok(Ok(answer)) = tokio::time::timeout(PATIENCE, &mut answered).await {
            return self.answered(session, meant, answer?).await;
        }
        let mut replica = self.replica().lock().await;
        // Nobody waits any longer, unless the answer has come at this very moment.
        answered.close();
        if let Ok(answer) = answered.try_recv() {
            drop(replica);
            return self.answered(session, meant, answer?).await;
        }
        self.waiters().retain(|_, waiter| !waiter.is_closed());
        // Whoever waits for it has just left, so it is shown from here on.
        let before = self.shown_without(&replica, session, key);
        if let Some(entry) = replica.entry(key).cloned()
            && let Err(error) = replica.put_entry(entry, true).await
        {
            // It is written down already; only a power cut could take it now.
            tracing::warn!(error = &error as &dyn std::error::Error, "an act that waits could not be made to last");
        }
        self.goes_on_waiting(&replica, before.as_ref(), session, meant, cause)
    }

    /// What is returned for an act that waits; the window is shown what it will change.
    fn goes_on_waiting(
        &self,
        replica: &Replica,
        before: Option<&Session>,
        session: SessionId,
        meant: Option<Round>,
        cause: Option<Cause>,
    ) -> Result<Acted, Failure> {
        self.wake_outbox();
        // Somebody may have signed out meanwhile.
        let session = self.shown(replica, session).ok_or_else(|| Failure::from(Refusal::NotFound))?;
        // What came while the person waited may stand in its way; then the server's refusal will be told.
        if let Some(cause) = cause.filter(|_| Some(&session) != before) {
            self.emit(Message::Session { session: Box::new(session.clone()), cause });
        }
        self.count_waiting(replica);
        Ok(Acted::as_shown(session, meant))
    }

    async fn answered(&self, session: SessionId, meant: Option<Round>, answer: Answer) -> Result<Acted, Failure> {
        let shown = {
            let replica = self.replica().lock().await;
            self.shown(&replica, session)
        };
        match (answer, shown) {
            (Answer::Session(session), _) => Ok(Acted { session: *session, round: None }),
            (Answer::Round(round), Some(session)) => Ok(Acted { session, round: Some(*round) }),
            (Answer::Gone, Some(session)) => Ok(Acted { session, round: None }),
            (Answer::Done, Some(session)) => Ok(Acted::as_shown(session, meant)),
            (_, None) => Err(Refusal::NotFound.into()),
        }
    }

    /// The act that is sent next: the first that waits, of whoever is signed in.
    ///
    /// None before this sign-in's first snapshot: only that says for certain who is signed in, and what an act is
    /// based on.
    pub(crate) async fn next_to_send(&self) -> Option<Entry> {
        let replica = self.replica().lock().await;
        if !self.has_snapshot() {
            return None;
        }
        let contents = replica.contents();
        let me = contents.me.as_ref()?.id;
        contents.outbox.iter().find(|entry| entry.by == me && entry.waits()).cloned()
    }

    /// The version to send an act on that is based on one: the newest, if the round is still planned as it was.
    pub(crate) async fn version_to_send_on(&self, entry: &Entry, round: RoundId) -> Result<u64, ProblemCode> {
        let replica = self.replica().lock().await;
        let stored = replica.contents().sessions.get(&entry.session).and_then(|session| session.round(round));
        let acknowledged = replica.acknowledged(round);
        // The answer to an act before this one may be ahead of the feed.
        let newest = match (stored, acknowledged) {
            (Some(stored), Some(acknowledged)) if acknowledged.version > stored.version => Some(acknowledged),
            (None, acknowledged) => acknowledged,
            (stored, _) => stored,
        };
        let newest = newest.ok_or(ProblemCode::NotFound)?;
        if entry.act.still_means(newest) { Ok(newest.version) } else { Err(ProblemCode::VersionMismatch) }
    }

    /// Notes on which version an act is being sent.
    pub(crate) async fn sending_on(&self, key: Uuid, version: u64) -> Result<(), ReplicaError> {
        self.change_entry(key, |entry| entry.sent_on = Some(version)).await
    }

    /// Notes that an act was not done on the version it was sent on.
    pub(crate) async fn not_on_that_version(&self, key: Uuid) -> Result<(), ReplicaError> {
        self.change_entry(key, |entry| entry.sent_on = None).await
    }

    /// Takes the server's answer to an act. When that can't be stored the act is to be sent again, and is answered again.
    pub(crate) async fn acknowledged(&self, key: Uuid, answer: Answer) -> Result<(), ReplicaError> {
        let mut replica = self.replica().lock().await;
        let Some(entry) = replica.entry(key).cloned() else { return Ok(()) };
        let confirmation = match &answer {
            Answer::Session(session) => Confirmation::Session(session.version),
            Answer::Round(round) => Confirmation::Round(round.clone()),
            Answer::Gone => Confirmation::Gone(entry.act.round()),
            Answer::Done => Confirmation::Gone(None),
        };
        // Whoever waits was shown nothing yet and is shown what the feed brings, if it does at once; what was shown stays
        // until then.
        let (session, before) = (entry.session, self.shown(&replica, entry.session));
        let waiter = self.waiter(key);
        let is_shown = waiter.is_none() || self.link_state() != LinkState::Live;
        if let Some(waiter) = waiter {
            waiter.send(Ok(answer)).ok();
        }
        replica.drop_entry(key).await?;
        replica.await_confirmation(entry, confirmation, is_shown);
        // Its event may have come before its answer, and then it was shown as done twice.
        let after = self.shown(&replica, session).filter(|after| before.as_ref() != Some(after));
        if let Some(session) = after {
            self.emit(Message::Changed { session: Box::new(session) });
        }
        self.count_waiting(&replica);
        drop(replica);
        self.ask_to_try();
        Ok(())
    }

    /// Takes the server's refusal of an act. When that can't be stored the act is to be sent again, and refused again.
    pub(crate) async fn refused(
        &self,
        key: Uuid,
        refused: Refused,
        failure: Option<Failure>,
    ) -> Result<(), ReplicaError> {
        let mut replica = self.replica().lock().await;
        let Some(mut entry) = replica.entry(key).cloned() else { return Ok(()) };
        let session = entry.session;
        let stored = if let Some(waiter) = self.waiter(key) {
            let failure = failure.unwrap_or_else(|| refused.clone().into());
            let stored = replica.drop_entry(key).await;
            waiter.send(Err(failure)).ok();
            stored
        } else {
            entry.refused = Some(refused);
            replica.put_entry(entry, true).await
        };
        self.emit_current(&replica, session);
        stored
    }

    /// Has feedback sent as late: as another act, in the place of the one that was refused. Whoever waits goes on waiting.
    pub(crate) async fn send_late(&self, entry: &Entry) -> Result<(), ReplicaError> {
        let Some(late) = entry.late() else { return Ok(()) };
        let mut replica = self.replica().lock().await;
        let key = late.key;
        replica.put_instead(entry.key, late).await?;
        let mut waiters = self.waiters();
        if let Some(waiter) = waiters.remove(&entry.key) {
            waiters.insert(key, waiter);
        }
        Ok(())
    }

    /// Takes what was done in a round along in the feedback that waits for it, which will be sent as late; answers whether
    /// there is such. Then nothing of it is lost, and nothing is left to decide about.
    pub(crate) async fn say_with_the_feedback(&self, entry: &Entry) -> Result<bool, ReplicaError> {
        let mut replica = self.replica().lock().await;
        let later = replica.contents().outbox.iter().skip_while(|known| known.key != entry.key).skip(1);
        let later: Vec<Entry> = later.filter(|later| later.by == entry.by && later.waits()).cloned().collect();
        let Some(feedback) = entry.said_with_feedback(&later) else { return Ok(false) };
        replica.exchange_entry(entry.key, feedback).await?;
        self.emit_current(&replica, entry.session);
        Ok(true)
    }

    /// Forgets an act that was refused.
    pub(crate) async fn discard(&self, key: Uuid) -> Result<(), Failure> {
        let mut replica = self.replica().lock().await;
        let entry = refused_entry(&replica, key)?;
        replica.drop_entry(key).await?;
        self.emit_current(&replica, entry.session);
        Ok(())
    }

    /// Tries an act again that was refused, as a new act on what is there now.
    pub(crate) async fn retry(&self, key: Uuid) -> Result<(), Failure> {
        let mut replica = self.replica().lock().await;
        let entry = refused_entry(&replica, key)?;
        let contents = replica.contents();
        let me = contents.me.clone().ok_or_else(|| Failure::local(LocalCode::NotSignedIn))?;
        let shown = projected(&replica, entry.session).ok_or_else(|| Failure::from(Refusal::NotFound))?;
        let round = entry.act.round().and_then(|id| shown.round(id));
        let act = match (entry.act, round) {
            // Meant as it was done, on what is planned now.
            (Act::EditRound { round: id, plan, release, .. }, Some(round)) => {
                Act::EditRound { round: id, plan, release, base: round.into() }
            }
            (act, _) => act,
        };
        let (new_key, at) = (self.environment.new_key(), self.server_time());
        let again = Entry { key: new_key, at, act, sent_on: None, refused: None, ..entry };
        decided(&shown, &again, &me, &contents.exercises)?;
        // In one step, and waited for by nobody: what is refused once more is listed once more.
        let session = again.session;
        replica.exchange_entry(key, again).await?;
        self.emit_current(&replica, session);
        self.wake_outbox();
        Ok(())
    }

    /// Tells the window a session as it is shown now, what waits and what was refused.
    fn emit_current(&self, replica: &Replica, session: SessionId) {
        if let Some(session) = self.shown(replica, session) {
            self.emit(Message::Changed { session: Box::new(session) });
        }
        self.emit(Message::Refused { refused: refused_acts(replica) });
        self.count_waiting(replica);
    }

    async fn change_entry(&self, key: Uuid, change: impl FnOnce(&mut Entry)) -> Result<(), ReplicaError> {
        let mut replica = self.replica().lock().await;
        let Some(mut entry) = replica.entry(key).cloned() else { return Ok(()) };
        change(&mut entry);
        replica.put_entry(entry, true).await
    }

    fn server_time(&self) -> Timestamp {
        let here = Timestamp::from(self.now());
        Timestamp::from_millisecond(here.as_millisecond() + self.clock_offset_ms()).unwrap_or(here)
    }

    fn await_answer(&self, key: Uuid) -> oneshot::Receiver<Result<Answer, Failure>> {
        let (waiter, answered) = oneshot::channel();
        self.waiters().insert(key, waiter);
        answered
    }
}

/// What was refused, for the window.
pub(super) fn refused_acts(replica: &Replica) -> Vec<RefusedAct> {
    let contents = replica.contents();
    let Some(me) = &contents.me else { return Vec::new() };
    let of_me = contents.outbox.iter().filter(|entry| entry.by == me.id);
    of_me
        .filter_map(|entry| {
            let refused = entry.refused.as_ref()?;
            let session = contents.sessions.get(&entry.session);
            let round = entry.act.round().and_then(|id| session?.round(id));
            Some(RefusedAct {
                key: entry.key.to_string(),
                at: entry.at,
                session_id: entry.session,
                athlete: session.map(|session| session.athlete.name.clone()),
                round_number: round.map(|round| round.number),
                code: FailureCode::Server(refused.code),
                fields: refused.fields.clone(),
                what: ActName::of(&entry.act),
                plan: match &entry.act {
                    Act::AddRound { plan, .. } | Act::EditRound { plan, .. } => Some(plan.clone()),
                    _ => None,
                },
                reports: match &entry.act {
                    Act::CompleteRound { reports, .. } => reports.clone(),
                    _ => Vec::new(),
                },
            })
        })
        .collect()
}

fn refused_entry(replica: &Replica, key: Uuid) -> Result<Entry, Failure> {
    let entry = replica.entry(key).filter(|entry| entry.refused.is_some());
    entry.cloned().ok_or_else(|| Refusal::NotFound.into())
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        Self {
            code: FailureCode::Server(refused.code),
            fields: refused.fields,
            detail: None,
            request_id: None,
            retry_after_s: None,
        }
    }
}
