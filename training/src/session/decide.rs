//! Deciding: a command on a session, by a person, makes events or is refused.
//!
//! Nothing here reads a clock, makes an id or touches a database: [`Context`] provides what is needed, so the server
//! and an offline desktop decide alike.

use serde::Serialize;

use super::command::{Actor, Command, Context};
use super::event::{SessionChange, SessionEvent};
use super::feedback::{ExerciseReport, check_text};
use super::fold::apply;
use super::permit::Permit;
use super::plan;
use super::round::{Round, RoundPlan, RoundStatus};
use super::values::Values;
use super::{CancelledBy, Part, Person, Session, SessionStatus};
use crate::ids::{ItemId, RoundId, SessionId};
use crate::ranges::ValueLimits;
use crate::refusal::{FieldCode, Findings, Refusal};
use crate::text::trimmed;
use crate::timestamp::Timestamp;

/// Starts a session for `athlete`.
///
/// # Errors
/// [`Refusal::SessionOpen`] when the athlete has an open session, [`Refusal::NoTrainer`] when nobody would see it.
pub fn start(
    id: SessionId,
    athlete: Person,
    has_trainer: bool,
    has_open_session: bool,
    at: Timestamp,
) -> Result<SessionEvent, Refusal> {
    check_start(has_trainer, has_open_session)?;
    let session = Session {
        id,
        status: SessionStatus::Waiting,
        athlete,
        trainer: None,
        started_at: at,
        joined_at: None,
        ended_at: None,
        cancelled_by: None,
        cancel_reason: None,
        rounds: Vec::new(),
        recorded: false,
        imported: false,
        version: 1,
    };
    Ok(SessionEvent { at, session_id: id, session_version: 1, change: SessionChange::SessionStarted { session } })
}

/// Cancels an open session that can't go on, because one of the two can't take part any more; neither of them did it.
///
/// # Errors
/// [`Refusal::SessionEnded`] when it has ended.
pub fn cancel_for_studio(session: &Session, at: Timestamp) -> Result<SessionEvent, Refusal> {
    let mut decision = Decision { session: session.clone(), at, events: Vec::new() };
    decision.end(None, None)?;
    decision.events.pop().ok_or(Refusal::SessionEnded)
}

/// Checks that an athlete may start a session.
///
/// # Errors
/// As [`start`].
pub fn check_start(has_trainer: bool, has_open_session: bool) -> Result<(), Refusal> {
    if has_open_session {
        return Err(Refusal::SessionOpen);
    }
    if has_trainer { Ok(()) } else { Err(Refusal::NoTrainer) }
}

/// Decides a command: the events it makes, in order, or why it is refused. A correction that says what is noted already
/// makes none.
///
/// `session` is the whole session, drafts included. The events are not applied to it: the caller folds them.
///
/// # Errors
/// The [`Refusal`] that says why not; a refused command changes nothing.
pub fn decide(
    session: &Session,
    command: Command,
    by: &Actor,
    context: &mut Context<'_>,
) -> Result<Vec<SessionEvent>, Refusal> {
    command.permit().check_part(by.part)?;
    let mut decision = Decision { session: session.clone(), at: context.at, events: Vec::new() };
    match command {
        Command::Join => decision.join(by)?,
        Command::Cancel { reason } => decision.cancel(reason.as_deref(), by)?,
        Command::AddRound { plan, release } => decision.add_round(&plan, release, context)?,
        Command::EditRound { round, version, plan, release } => {
            decision.edit_round(round, version, &plan, release, context)?;
        }
        Command::RecreateRound { round, number, last_version, plan, release } => {
            decision.recreate_round((round, number, last_version), &plan, release, context)?;
        }
        Command::DeleteRound { round, version } => decision.delete_round(round, version)?,
        Command::ReleaseRound(round) => decision.release_round(round)?,
        Command::RecallRound(round) => decision.recall_round(round)?,
        Command::StartRound(round) => decision.start_round(round)?,
        Command::LogExercise { round, item, actual } => decision.log_exercise(round, item, actual)?,
        Command::CompleteRound { round, reports, late } => decision.complete_round(round, &reports, late)?,
        Command::CorrectExercise { round, item, version, actual, reason } => {
            decision.correct_exercise((round, item), version, actual, reason.as_deref(), by)?;
        }
    }
    Ok(decision.events)
}

/// A decision in progress: the session with the events so far applied.
struct Decision {
    session: Session,
    at: Timestamp,
    events: Vec<SessionEvent>,
}

impl Decision {
    fn join(&mut self, by: &Actor) -> Result<(), Refusal> {
        Permit::Join.check(&self.session, None)?;
        let mut after = self.session.clone();
        after.status = SessionStatus::Active;
        after.trainer = Some(by.person.clone());
        after.joined_at = Some(self.at);
        self.record_session(after, |session| SessionChange::SessionJoined { session });
        Ok(())
    }

    fn cancel(&mut self, reason: Option<&str>, by: &Actor) -> Result<(), Refusal> {
        let mut findings = Findings::default();
        check_text(reason, "/reason", &mut findings);
        findings.into_result()?;
        self.end(Some(CancelledBy { id: by.person.id, role: by.part }), trimmed(reason))
    }

    fn end(&mut self, by: Option<CancelledBy>, reason: Option<String>) -> Result<(), Refusal> {
        Permit::Cancel.check(&self.session, None)?;
        let mut after = self.session.clone();
        after.status = SessionStatus::Cancelled;
        after.ended_at = Some(self.at);
        after.cancelled_by = by;
        after.cancel_reason = reason;
        self.record_session(after, |session| SessionChange::SessionCancelled { session });
        Ok(())
    }

    fn add_round(&mut self, plan: &RoundPlan, release: bool, context: &mut Context<'_>) -> Result<(), Refusal> {
        let exercises = plan::exercises(&[], plan, context)?;
        Permit::AddRound.check(&self.session, None)?;
        self.must_be_only_final(None, plan)?;
        let draft = Round { exercises, ..self.draft(RoundId((context.new_id)()), self.next_number(), plan) };
        self.put_draft(draft, release)
    }

    fn recreate_round(
        &mut self,
        (id, number, last_version): (RoundId, u32, u64),
        plan: &RoundPlan,
        release: bool,
        context: &mut Context<'_>,
    ) -> Result<(), Refusal> {
        let mut findings = Findings::default();
        if !(1..=Round::MAX_NUMBER).contains(&number) {
            findings.add("/place/number", FieldCode::OutOfRange);
        }
        if !(1..=Round::MAX_VERSION).contains(&last_version) {
            findings.add("/place/version", FieldCode::OutOfRange);
        }
        findings.into_result()?;
        let exercises = plan::exercises(&[], plan, context)?;
        Permit::AddRound.check(&self.session, None)?;
        if self.session.round(id).is_some() {
            // What isn't there has version 0.
            return Err(Refusal::VersionMismatch);
        }
        self.must_be_only_final(None, plan)?;
        let is_taken = self.session.rounds.iter().any(|round| round.number == number);
        let number = if is_taken { self.next_number() } else { number };
        self.put_draft(Round { exercises, version: last_version, ..self.draft(id, number, plan) }, release)
    }

    /// The number of a round that comes after all others.
    fn next_number(&self) -> u32 {
        self.session.rounds.last().map_or(1, |last| last.number + 1)
    }

    /// A draft without its exercises.
    fn draft(&self, id: RoundId, number: u32, plan: &RoundPlan) -> Round {
        Round {
            id,
            session_id: self.session.id,
            number,
            status: RoundStatus::Draft,
            is_final: plan.is_final,
            rest_after_s: plan.rest_after_s,
            released_at: None,
            started_at: None,
            completed_at: None,
            exercises: Vec::new(),
            version: 0,
        }
    }

    fn put_draft(&mut self, draft: Round, release: bool) -> Result<(), Refusal> {
        let id = draft.id;
        self.record_round(draft, |round| SessionChange::RoundSaved { round });
        self.must_have_room()?;
        if release { self.release_round(id) } else { Ok(()) }
    }

    fn edit_round(
        &mut self,
        id: RoundId,
        version: u64,
        plan: &RoundPlan,
        release: bool,
        context: &mut Context<'_>,
    ) -> Result<(), Refusal> {
        let before = self.round(id, Part::Trainer)?;
        let exercises = plan::exercises(&before.exercises, plan, context)?;
        Permit::EditRound.check(&self.session, Some(&before))?;
        if before.version != version {
            return Err(Refusal::VersionMismatch);
        }
        self.must_be_only_final(Some(id), plan)?;
        if plan::drops_entries(&before.exercises, &exercises) {
            return Err(Refusal::EntriesWouldBeLost);
        }
        let (is_draft, bytes_before) = (before.status == RoundStatus::Draft, json_bytes(&before));
        let after = Round { is_final: plan.is_final, rest_after_s: plan.rest_after_s, exercises, ..before };
        let grows = json_bytes(&after) > bytes_before;
        if is_draft {
            self.record_round(after, |round| SessionChange::RoundSaved { round });
        } else {
            self.record_round(after, |round| SessionChange::RoundUpdated { round });
        }
        // A session that is too large already can still be made smaller.
        if grows {
            self.must_have_room()?;
        }
        if release { self.release_round(id) } else { Ok(()) }
    }

    fn delete_round(&mut self, id: RoundId, version: u64) -> Result<(), Refusal> {
        let round = self.round(id, Part::Trainer)?;
        Permit::DeleteRound.check(&self.session, Some(&round))?;
        if round.version != version {
            return Err(Refusal::VersionMismatch);
        }
        self.record(SessionChange::RoundDeleted { round });
        Ok(())
    }

    fn release_round(&mut self, id: RoundId) -> Result<(), Refusal> {
        let mut round = self.round(id, Part::Trainer)?;
        Permit::ReleaseRound.check(&self.session, Some(&round))?;
        round.status = RoundStatus::Released;
        round.released_at = Some(self.at);
        self.record_round(round, |round| SessionChange::RoundReleased { round });
        Ok(())
    }

    fn recall_round(&mut self, id: RoundId) -> Result<(), Refusal> {
        let mut round = self.round(id, Part::Trainer)?;
        Permit::RecallRound.check(&self.session, Some(&round))?;
        round.status = RoundStatus::Draft;
        round.released_at = None;
        self.record_round(round, |round| SessionChange::RoundRecalled { round });
        Ok(())
    }

    fn start_round(&mut self, id: RoundId) -> Result<(), Refusal> {
        let mut round = self.round(id, Part::Athlete)?;
        Permit::StartRound.check(&self.session, Some(&round))?;
        round.status = RoundStatus::Active;
        round.started_at = Some(self.at);
        self.record_round(round, |round| SessionChange::RoundStarted { round });
        Ok(())
    }

    fn log_exercise(&mut self, id: RoundId, item: ItemId, actual: Option<Values>) -> Result<(), Refusal> {
        let mut round = self.round(id, Part::Athlete)?;
        if !round.exercises.iter().any(|exercise| exercise.id == item) {
            return Err(Refusal::NotFound);
        }
        let mut findings = Findings::default();
        if let Some(actual) = &actual {
            actual.check(&ValueLimits::ACTUAL, "/actual", &mut findings);
        }
        findings.into_result()?;
        Permit::LogExercise.check(&self.session, Some(&round))?;
        // Ticking an exercise off implies that the athlete has begun the round.
        if round.status == RoundStatus::Released {
            self.start_round(id)?;
            round = self.round(id, Part::Athlete)?;
        }
        for exercise in &mut round.exercises {
            if exercise.id == item {
                exercise.actual = actual;
            }
        }
        self.record_round(round, |round| SessionChange::ExerciseLogged { round });
        Ok(())
    }

    fn complete_round(&mut self, id: RoundId, reports: &[ExerciseReport], late: bool) -> Result<(), Refusal> {
        let mut round = self.round(id, Part::Athlete)?;
        check_reports(&round, reports)?;
        let is_late = late && self.session.status == SessionStatus::Cancelled;
        if is_late {
            Permit::CompleteRound.check_round(round.status)?;
        } else {
            Permit::CompleteRound.check(&self.session, Some(&round))?;
        }
        for exercise in &mut round.exercises {
            let report = reports.iter().find(|report| report.id == exercise.id);
            exercise.feedback = report.map(ExerciseReport::feedback);
            exercise.actual = report.and_then(|report| report.actual).or(exercise.actual);
        }
        round.status = RoundStatus::Completed;
        round.started_at = round.started_at.or(Some(self.at));
        round.completed_at = Some(self.at);
        let ends_the_session = round.is_final && !is_late;
        self.record_round(round, |round| SessionChange::RoundCompleted { round });
        if ends_the_session {
            let mut after = self.session.clone();
            after.status = SessionStatus::Completed;
            after.ended_at = Some(self.at);
            self.record_session(after, |session| SessionChange::SessionCompleted { session });
        }
        Ok(())
    }

    fn correct_exercise(
        &mut self,
        (id, item): (RoundId, ItemId),
        version: u64,
        actual: Values,
        reason: Option<&str>,
        by: &Actor,
    ) -> Result<(), Refusal> {
        let mut round = self.round(id, by.part)?;
        let place = round.exercises.iter().position(|exercise| exercise.id == item).ok_or(Refusal::NotFound)?;
        let mut findings = Findings::default();
        actual.check(&ValueLimits::ACTUAL, "/actual", &mut findings);
        check_text(reason, "/reason", &mut findings);
        findings.into_result()?;
        Permit::CorrectExercise.check(&self.session, Some(&round))?;
        if !round.exercises[place].has_entry() {
            return Err(Refusal::NothingNoted);
        }
        if round.version != version {
            return Err(Refusal::VersionMismatch);
        }
        if round.exercises[place].actual == Some(actual) {
            return Ok(());
        }
        round.exercises[place].correct(actual, by.person.clone(), self.at, trimmed(reason));
        // What its sets beat is to be found out anew, by whoever knows what they are compared with.
        let corrected = round.exercises[place].exercise_id;
        for exercise in round.exercises.iter_mut().filter(|exercise| exercise.exercise_id == corrected) {
            exercise.bests.clear();
        }
        self.record_round(round, |round| SessionChange::ExerciseCorrected { round });
        Ok(())
    }

    /// The round as `part` may know it: for the athlete, a draft does not exist.
    fn round(&self, id: RoundId, part: Part) -> Result<Round, Refusal> {
        let round = self.session.round(id).ok_or(Refusal::NotFound)?;
        if part == Part::Athlete && round.status == RoundStatus::Draft {
            return Err(Refusal::NotFound);
        }
        Ok(round.clone())
    }

    fn must_have_room(&self) -> Result<(), Refusal> {
        if json_bytes(&self.session) > Session::MAX_PLANNED_BYTES { Err(Refusal::SessionFull) } else { Ok(()) }
    }

    fn must_be_only_final(&self, id: Option<RoundId>, plan: &RoundPlan) -> Result<(), Refusal> {
        let another = self.session.rounds.iter().any(|round| round.is_final && Some(round.id) != id);
        if plan.is_final && another { Err(Refusal::FinalRoundExists) } else { Ok(()) }
    }

    fn record_round(&mut self, mut round: Round, change: impl FnOnce(Round) -> SessionChange) {
        round.version += 1;
        self.record(change(round));
    }

    fn record_session(&mut self, mut after: Session, change: impl FnOnce(Session) -> SessionChange) {
        after.version += 1;
        self.record(change(after));
    }

    fn record(&mut self, change: SessionChange) {
        let recorded = SessionEvent {
            at: self.at,
            session_id: self.session.id,
            session_version: self.session.version + 1,
            change,
        };
        apply(&mut self.session, &recorded, Part::Trainer);
        self.events.push(recorded);
    }
}

/// How long something is as JSON, which is how it is stored and sent.
pub fn json_bytes(value: &impl Serialize) -> usize {
    struct Count(usize);
    impl std::io::Write for Count {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut count = Count(0);
    // What can't be written, and there is nothing of the kind in a session, has no room anywhere.
    serde_json::to_writer(&mut count, value).map_or(usize::MAX, |()| count.0)
}

/// Requires exactly one valid answer for each exercise, and none for any other.
fn check_reports(round: &Round, reports: &[ExerciseReport]) -> Result<(), Refusal> {
    let mut findings = Findings::default();
    for (i, report) in reports.iter().enumerate() {
        let pointer = format!("/exercises/{i}");
        report.check(&pointer, &mut findings);
        if !round.exercises.iter().any(|exercise| exercise.id == report.id) {
            findings.add_mismatch(format!("{pointer}/id"), FieldCode::UnknownReference);
        } else if reports[..i].iter().any(|earlier| earlier.id == report.id) {
            findings.add(format!("{pointer}/id"), FieldCode::Duplicate);
        }
    }
    if round.exercises.iter().any(|exercise| !reports.iter().any(|report| report.id == exercise.id)) {
        findings.add_mismatch("/exercises", FieldCode::Required);
    }
    findings.into_result()
}
