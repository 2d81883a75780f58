//! What a person does to a session: checked by the rules, kept in the outbox, sent in its order, settled by the answer.
//!
//! Whoever acts waits for the server's word as long as a network takes that works. After that the act waits by itself:
//! it is shown as done and as waiting, and whatever the server says later is for the person to see later.

use std::time::Duration;

use tokio::sync::oneshot;
use training::{ProblemCode, Refusal, Round, RoundId, Session, SessionId, Timestamp};
use uuid::Uuid;

use super::shared::{Shared, as_it_will_be};
use crate::bridge::{ActName, Cause, Failure, FailureCode, LinkState, LocalCode, Message, RefusedAct};
use crate::outbox::{Act, Answer, Entry, Refused, decided};
use crate::replica::{Replica, Settled};

/// How long an act is waited for before it counts as waiting: longer than a network that works takes.
const PATIENCE: Duration = Duration::from_secs(2);

/// What an act came to.
#[derive(Debug)]
pub(crate) struct Acted {
    /// The session as it is shown after it.
    pub(crate) session: Session,
    /// The round it was about, or made.
    pub(crate) round: Option<Round>,
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
            let shown = sessions.filter_map(|id| as_it_will_be(&replica, id));
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
        let shown = as_it_will_be(&replica, session).ok_or_else(|| Failure::from(Refusal::NotFound))?;
        let act = act(&shown)?;
        let entry = Entry {
            key: self.outside.new_key(),
            by: me.id,
            at: self.server_time(),
            session,
            act,
            sent_on: None,
            refused: None,
        };
        // Behind others that wait, or without a network, nobody waits for it.
        let waits_by_itself = self.link_state() == LinkState::Offline || self.waiting(&replica) > 0;
        let events = match decided(&shown, &entry, &me, &contents.exercises) {
            Ok(events) => events,
            Err(refusal) if waits_by_itself => return Err(refusal.into()),
            // The server is there to be asked, and may know more than has come here.
            Err(_) => Vec::new(),
        };
        let cause = events.last().map(|recorded| Cause {
            event: recorded.event.name(),
            round_id: recorded.event.round().map(|round| round.id),
            at: recorded.at,
        });
        let made = events.last().and_then(|recorded| recorded.event.round()).map(|round| round.id);
        let round = entry.act.round().or(made);
        let key = entry.key;

        replica.put_entry(entry, waits_by_itself).await?;
        if waits_by_itself {
            return Ok(self.goes_on_waiting(&replica, session, round, cause));
        }
        let mut answered = self.await_answer(key);
        drop(replica);
        self.wake_outbox();
        if let Ok(Ok(answer)) = tokio::time::timeout(PATIENCE, &mut answered).await {
            return self.answered(session, answer?).await;
        }
        let mut replica = self.replica().lock().await;
        // The answer may have come at this very moment.
        if self.waiter(key).is_none()
            && let Ok(answer) = answered.try_recv()
        {
            drop(replica);
            return self.answered(session, answer?).await;
        }
        if let Some(entry) = replica.contents().outbox.iter().find(|entry| entry.key == key).cloned() {
            replica.put_entry(entry, true).await?;
        }
        Ok(self.goes_on_waiting(&replica, session, round, cause))
    }

    /// What is returned for an act that waits; the window is shown what it will change.
    fn goes_on_waiting(
        &self,
        replica: &Replica,
        session: SessionId,
        round: Option<RoundId>,
        cause: Option<Cause>,
    ) -> Acted {
        self.wake_outbox();
        let session = self.shown(replica, session);
        if let (Some(session), Some(cause)) = (&session, cause) {
            self.tell(Message::Session { session: Box::new(session.clone()), cause });
        }
        self.count_waiting(replica);
        let session = session.expect("a session that was acted on is shown");
        let round = round.and_then(|id| session.round(id).cloned());
        Acted { session, round }
    }

    async fn answered(&self, session: SessionId, answer: Answer) -> Result<Acted, Failure> {
        let shown = {
            let replica = self.replica().lock().await;
            self.shown(&replica, session)
        };
        match (answer, shown) {
            (Answer::Session(session), _) => Ok(Acted { session: *session, round: None }),
            (Answer::Round(round), Some(session)) => Ok(Acted { session, round: Some(*round) }),
            (Answer::Gone, Some(session)) => Ok(Acted { session, round: None }),
            (_, None) => Err(Refusal::NotFound.into()),
        }
    }

    /// The act that is sent next: the first that waits, of whoever is signed in.
    pub(crate) async fn next_to_send(&self) -> Option<Entry> {
        let replica = self.replica().lock().await;
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
    pub(crate) async fn sending_on(&self, key: Uuid, version: u64) {
        self.change_entry(key, |entry| entry.sent_on = Some(version)).await;
    }

    /// Notes that an act was not done on the version it was sent on.
    pub(crate) async fn not_on_that_version(&self, key: Uuid) {
        self.change_entry(key, |entry| entry.sent_on = None).await;
    }

    /// Takes the server's answer to an act.
    pub(crate) async fn acknowledged(&self, key: Uuid, answer: Answer) {
        let mut replica = self.replica().lock().await;
        let Some(entry) = replica.contents().outbox.iter().find(|entry| entry.key == key).cloned() else { return };
        if let Err(error) = replica.drop_entry(key).await {
            // It will be sent again, and answered again.
            tracing::error!(error = &error as &dyn std::error::Error, "an act that was done could not be taken out");
            return;
        }
        let settled = match &answer {
            Answer::Session(session) => Settled::Session(session.version),
            Answer::Round(round) => Settled::Round(round.clone()),
            Answer::Gone => Settled::Gone(entry.act.round()),
        };
        match self.waiter(key) {
            // Whoever waits was shown nothing yet and is shown what the feed brings.
            Some(waiter) => {
                replica.settle(entry, settled, false);
                waiter.send(Ok(answer)).ok();
            }
            // What was shown stays until the feed has brought it.
            None => replica.settle(entry, settled, true),
        }
        self.count_waiting(&replica);
        drop(replica);
        self.ask_to_try();
    }

    /// Takes the server's refusal of an act.
    pub(crate) async fn refused(&self, key: Uuid, refused: Refused, failure: Option<Failure>) {
        let mut replica = self.replica().lock().await;
        let Some(mut entry) = replica.contents().outbox.iter().find(|entry| entry.key == key).cloned() else { return };
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
        if let Err(error) = stored {
            tracing::error!(error = &error as &dyn std::error::Error, "a refusal could not be stored");
        }
        self.tell_as_it_is(&replica, session);
    }

    /// Forgets an act that was refused.
    pub(crate) async fn discard(&self, key: Uuid) -> Result<(), Failure> {
        let mut replica = self.replica().lock().await;
        let entry = refused_entry(&replica, key)?;
        replica.drop_entry(key).await?;
        self.tell_as_it_is(&replica, entry.session);
        Ok(())
    }

    /// Tries an act again that was refused, as a new act on what is there now.
    pub(crate) async fn retry(&self, key: Uuid) -> Result<(), Failure> {
        let entry = refused_entry(&*self.replica().lock().await, key)?;
        let (session, act) = (entry.session, entry.act);
        self.act(session, |shown| {
            let round = act.round().and_then(|id| shown.round(id));
            Ok(match (act, round) {
                // Meant as it was done, on what is planned now.
                (Act::EditRound { round: id, plan, release, .. }, Some(round)) => {
                    Act::EditRound { round: id, plan, release, base: round.into() }
                }
                (act, _) => act,
            })
        })
        .await?;
        self.discard(key).await
    }

    /// Tells the window a session as it is shown now, what waits and what was refused.
    fn tell_as_it_is(&self, replica: &Replica, session: SessionId) {
        if let Some(session) = self.shown(replica, session) {
            self.tell(Message::Changed { session: Box::new(session) });
        }
        self.tell(Message::Refused { refused: refused_acts(replica) });
        self.count_waiting(replica);
    }

    async fn change_entry(&self, key: Uuid, change: impl FnOnce(&mut Entry)) {
        let mut replica = self.replica().lock().await;
        let Some(mut entry) = replica.contents().outbox.iter().find(|entry| entry.key == key).cloned() else { return };
        change(&mut entry);
        if let Err(error) = replica.put_entry(entry, true).await {
            tracing::error!(error = &error as &dyn std::error::Error, "an act could not be noted as sent");
        }
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
    let entry = replica.contents().outbox.iter().find(|entry| entry.key == key && entry.refused.is_some());
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
