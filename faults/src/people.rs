//! What people do, depending on what they see.

mod weights;

use std::sync::Arc;

use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use ringside_core::Agent;
use ringside_core::bridge::{
    AccountCalls, Failure, HistoryCalls, LibraryCalls, NotesCalls, PlanningCalls, SessionCalls, View, WeightsCalls,
};
use training::library::ExerciseDraft;
use training::notes::{JournalDraft, JournalLimits};
use training::wire::Role;
use training::{
    Category, EntityRef, Exercise, ExerciseId, ExerciseKind, ExerciseReport, Field, ItemId, JournalEntry,
    JournalEntryId, Load, PlannedExercise, PlannedValues, Region, Round, RoundExercise, RoundId, RoundPlan,
    RoundStatus, Session, SessionId, SessionStatus, Template, TemplateDraft, TemplateId, UserId, Values, Weight,
    WeightDraft, WeightId,
};

/// Something a person does.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "each name is the call of the same name, with its arguments")]
pub enum Act {
    StartSession,
    Join(SessionId),
    Cancel(SessionId, String),
    AddRound(SessionId, RoundPlan, bool),
    EditRound(RoundId, u64, RoundPlan, bool),
    DeleteRound(RoundId, u64),
    RestoreRound(Box<Round>),
    ReleaseRound(RoundId),
    RecallRound(RoundId),
    StartRound(RoundId),
    LogExercise(RoundId, ItemId, Option<Values>),
    CompleteRound(RoundId, Vec<ExerciseReport>),
    CorrectExercise(Box<Corrected>),
    CreateExercise(ExerciseDraft),
    EditExercise(ExerciseId, u64, ExerciseDraft),
    ArchiveExercise(ExerciseId, u64),
    RestoreExercise(Box<Exercise>),
    CreateTemplate(TemplateDraft),
    EditTemplate(TemplateId, u64, TemplateDraft),
    DeleteTemplate(TemplateId, u64),
    RestoreTemplate(Box<Template>),
    SaveNote(SessionId, u64, String),
    CreateJournalEntry(UserId, JournalDraft),
    EditJournalEntry(JournalEntryId, u64, JournalDraft),
    DeleteJournalEntry(JournalEntryId, u64),
    RestoreJournalEntry(Box<JournalEntry>),
    CreateWeight(WeightDraft),
    EditWeight(WeightId, u64, WeightDraft),
    DeleteWeight(WeightId, u64),
    RestoreWeight(Box<Weight>),
    Discard(String),
    Retry(String),
    TryNow,
}

/// What a correction names and says.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "each name is that of the call's argument")]
pub struct Corrected {
    pub session_id: SessionId,
    pub round_id: RoundId,
    pub item_id: ItemId,
    pub version: u64,
    pub actual: Values,
    pub reason: String,
}

/// A simulated person at one device, who acts on what they see.
///
/// Whatever they enter contains a unique number, so that it can be found wherever it ends up.
#[derive(Debug)]
pub struct SimulatedPerson {
    me: UserId,
    random: StdRng,
    /// The next number.
    next: u32,
    /// Whether they ever take a tick back, or resolve refused acts.
    changes_mind: bool,
    /// The draft they deleted last, which they may want back.
    deleted_round: Option<Round>,
    /// The template they deleted last, which they may want back.
    deleted: Option<Template>,
    /// The journal entry they deleted last, which they may want back.
    deleted_entry: Option<JournalEntry>,
    /// The weight they deleted last, which they may want back.
    deleted_weight: Option<Weight>,
}

impl SimulatedPerson {
    /// `me`, whose acts follow from `seed` and whose entries are numbered from `first`.
    pub fn new(me: UserId, seed: u64, first: u32, changes_mind: bool) -> Self {
        let random = StdRng::seed_from_u64(seed);
        Self {
            me,
            random,
            next: first,
            changes_mind,
            deleted_round: None,
            deleted: None,
            deleted_entry: None,
            deleted_weight: None,
        }
    }

    /// The next number, for what is entered next.
    pub fn next_number(&self) -> u32 {
        self.next
    }

    /// Their random number generator.
    pub fn random(&mut self) -> &mut StdRng {
        &mut self.random
    }

    fn is_one_in(&mut self, many: u32) -> bool {
        self.random.random_ratio(1, many)
    }

    fn number(&mut self) -> u32 {
        self.next += 1;
        self.next - 1
    }

    fn note(&mut self) -> String {
        format!("#{}", self.number())
    }

    /// What they do next, seeing `view`.
    pub fn next(&mut self, view: &View) -> Act {
        if let Some(refused) = view.refused.choose(&mut self.random).filter(|_| self.changes_mind) {
            match self.random.random_range(0..6) {
                0 => return Act::Discard(refused.key.clone()),
                1 => return Act::Retry(refused.key.clone()),
                _ => {}
            }
        }
        if self.is_one_in(15) {
            return Act::TryNow;
        }
        let is_staff = view.account.me.as_ref().is_some_and(training::wire::Account::is_staff);
        if is_staff && self.is_one_in(12) {
            return self.maintain_library(view);
        }
        if self.is_one_in(12)
            && let Some(act) = self.correct(view)
        {
            return act;
        }
        let is = |role| view.account.me.as_ref().is_some_and(|me| me.roles.contains(&role));
        let (is_athlete, is_trainer) = (is(Role::Athlete), is(Role::Trainer));
        if is_athlete && self.is_one_in(12) {
            return self.change_weights(view);
        }
        if is_trainer && self.is_one_in(12) {
            return self.maintain_templates(view);
        }
        if !view.documents.athletes.is_empty() && self.is_one_in(6) {
            return self.write_privately(view);
        }
        let open: Vec<&Session> = view.documents.sessions.iter().filter(|session| session.status.is_open()).collect();
        let Some(session) = open.choose(&mut self.random) else {
            let is_trainer = view.documents.athletes.iter().any(|athlete| athlete.id != self.me);
            return if is_trainer { Act::TryNow } else { Act::StartSession };
        };
        if self.is_one_in(60) {
            return Act::Cancel(session.id, self.note());
        }
        if session.athlete.id == self.me { self.act_as_athlete(session) } else { self.act_as_trainer(session, view) }
    }

    /// Corrects something that was noted, in whatever session: the trainer may be doing the same.
    fn correct(&mut self, view: &View) -> Option<Act> {
        let rounds = view.documents.sessions.iter().flat_map(|session| &session.rounds);
        let noted = rounds.filter(|round| matches!(round.status, RoundStatus::Active | RoundStatus::Completed));
        let noted = noted.flat_map(|round| round.exercises.iter().map(move |exercise| (round, exercise)));
        let noted: Vec<(&Round, &RoundExercise)> = noted.filter(|(_, exercise)| exercise.has_entry()).collect();
        let (round, exercise) = *noted.choose(&mut self.random)?;
        let actual = Values {
            weight_kg: Some(f64::from(self.random.random_range(20..200))),
            reps: Some(self.random.random_range(0..12)),
            ..Values::default()
        };
        Some(Act::CorrectExercise(Box::new(Corrected {
            session_id: round.session_id,
            round_id: round.id,
            item_id: exercise.id,
            version: round.version,
            actual,
            reason: self.note(),
        })))
    }

    fn act_as_athlete(&mut self, session: &Session) -> Act {
        let Some(round) = session.round_out() else { return Act::TryNow };
        match self.random.random_range(0..10) {
            0..2 if round.status == RoundStatus::Released => Act::StartRound(round.id),
            0..7 => {
                let Some(item) = round.exercises.choose(&mut self.random) else { return Act::TryNow };
                let takes_back = self.changes_mind && self.is_one_in(5);
                Act::LogExercise(round.id, item.id, (!takes_back).then(|| self.values()))
            }
            _ => Act::CompleteRound(round.id, round.exercises.iter().map(|item| self.report(item.id)).collect()),
        }
    }

    fn act_as_trainer(&mut self, session: &Session, view: &View) -> Act {
        if session.status == SessionStatus::Waiting {
            return Act::Join(session.id);
        }
        if view.documents.exercises.iter().all(|exercise| exercise.archived) {
            return Act::TryNow;
        }
        let is_wanted = |round: &mut Round| round.session_id == session.id && self.random.random_ratio(1, 2);
        if let Some(deleted) = self.deleted_round.take_if(is_wanted) {
            return Act::RestoreRound(Box::new(deleted));
        }
        let drafts: Vec<&Round> = session.rounds.iter().filter(|round| round.status == RoundStatus::Draft).collect();
        let draft = drafts.choose(&mut self.random);
        let out = session.round_out();
        match (self.random.random_range(0..12), draft, out) {
            (0..3, Some(draft), _) => Act::EditRound(draft.id, draft.version, self.edit(draft, view), out.is_none()),
            (3, Some(draft), _) => {
                self.deleted_round = Some((*draft).clone());
                Act::DeleteRound(draft.id, draft.version)
            }
            (4..8, Some(draft), None) => Act::ReleaseRound(draft.id),
            (4, _, Some(round)) => Act::RecallRound(round.id),
            (5, _, Some(round)) => Act::EditRound(round.id, round.version, self.edit(round, view), false),
            _ if drafts.len() > 3 => Act::TryNow,
            _ => {
                let has_final = session.rounds.iter().any(|round| round.is_final);
                let is_final = !has_final && self.is_one_in(8);
                let exercises = (0..self.random.random_range(1..4)).map(|_| self.planned(view)).collect();
                let plan = RoundPlan { is_final, rest_after_s: Some(self.random.random_range(1..90)), exercises };
                Act::AddRound(session.id, plan, out.is_none() && self.is_one_in(2))
            }
        }
    }

    fn maintain_library(&mut self, view: &View) -> Act {
        let exercises = &view.documents.exercises;
        let offered = exercises.iter().filter(|exercise| !exercise.archived).count();
        let Some(exercise) = exercises.choose(&mut self.random).cloned() else {
            return Act::CreateExercise(self.exercise());
        };
        match self.random.random_range(0..8) {
            0..3 => Act::CreateExercise(self.exercise()),
            _ if exercise.archived => Act::RestoreExercise(Box::new(exercise)),
            // Keep enough for rounds.
            3 if offered > 3 => Act::ArchiveExercise(exercise.id, exercise.version),
            _ => {
                let cue = Some(self.note());
                Act::EditExercise(exercise.id, exercise.version, ExerciseDraft { cue, ..(&exercise).into() })
            }
        }
    }

    /// For a trainer who leads several sessions, sometimes: one plan released to all of their athletes at once, also to
    /// one who has a round out already.
    pub fn release_to_group(&mut self, view: &View) -> Option<Vec<Act>> {
        let leads = |session: &&Session| session.status == SessionStatus::Active && session.athlete.id != self.me;
        let group: Vec<SessionId> = view.documents.sessions.iter().filter(leads).map(|session| session.id).collect();
        let offered = view.documents.exercises.iter().any(|exercise| !exercise.archived);
        if group.len() < 2 || !offered || !self.is_one_in(15) {
            return None;
        }
        let exercises = vec![self.planned(view)];
        let plan = RoundPlan { is_final: false, rest_after_s: Some(30), exercises };
        Some(group.into_iter().map(|session| Act::AddRound(session, plan.clone(), true)).collect())
    }

    fn maintain_templates(&mut self, view: &View) -> Act {
        let offered = view.documents.exercises.iter().any(|exercise| !exercise.archived);
        if let Some(deleted) = self.deleted.take().filter(|_| self.is_one_in(2)) {
            return Act::RestoreTemplate(Box::new(deleted));
        }
        let template = view.documents.templates.choose(&mut self.random).cloned();
        match (self.random.random_range(0..4), template) {
            (0, Some(template)) => {
                self.deleted = Some(template.clone());
                Act::DeleteTemplate(template.id, template.version)
            }
            (1..3, Some(template)) => {
                let draft = TemplateDraft { name: self.note(), ..(&template).into() };
                Act::EditTemplate(template.id, template.version, draft)
            }
            _ if offered => Act::CreateTemplate(self.template(view)),
            _ => Act::TryNow,
        }
    }

    /// What a trainer writes for themselves. All their devices write the same few notes and entries.
    fn write_privately(&mut self, view: &View) -> Act {
        let led: Vec<&Session> =
            view.documents.sessions.iter().filter(|session| session.athlete.id != self.me).take(2).collect();
        if let Some(session) = led.choose(&mut self.random).copied().filter(|_| self.random.random_ratio(1, 2)) {
            let known = view.documents.notes.iter().find(|note| note.session_id == session.id);
            return Act::SaveNote(session.id, known.map_or(0, |note| note.version), self.note());
        }
        let entries = &view.documents.journal_entries;
        let deleted = self.deleted_entry.take_if(|_| self.random.random_ratio(1, 2));
        match (deleted, entries.choose(&mut self.random).cloned(), self.random.random_range(0..6)) {
            (Some(entry), ..) => Act::RestoreJournalEntry(Box::new(entry)),
            (_, Some(entry), 0..3) => Act::EditJournalEntry(entry.id, entry.version, self.journal_draft()),
            (_, Some(entry), 3) => {
                self.deleted_entry = Some(entry.clone());
                Act::DeleteJournalEntry(entry.id, entry.version)
            }
            // Fewer than a device keeps.
            _ if entries.len() < JournalLimits::LAST_ENTRIES / 2 => {
                let athlete = view.documents.athletes.choose(&mut self.random).expect("there is one").id;
                Act::CreateJournalEntry(athlete, self.journal_draft())
            }
            _ => Act::TryNow,
        }
    }

    fn template(&mut self, view: &View) -> TemplateDraft {
        let exercises = (0..self.random.random_range(1..3)).map(|_| self.planned(view)).collect();
        let round = RoundPlan { is_final: self.is_one_in(2), rest_after_s: None, exercises };
        TemplateDraft { name: self.note(), shared: self.is_one_in(2), rounds: vec![round] }
    }

    fn journal_draft(&mut self) -> JournalDraft {
        JournalDraft { text: self.note(), pinned: self.is_one_in(3) }
    }

    fn exercise(&mut self) -> ExerciseDraft {
        let cue = Some(self.note());
        // Sometimes the same name as another device's.
        let name = format!("Exercise {}", self.random.random_range(0..40));
        let category = *Category::ALL.choose(&mut self.random).expect("there are some");
        ExerciseDraft { name, category, fields: vec![Field::Reps], aliases: Vec::new(), muscles: Vec::new(), cue }
    }

    fn values(&mut self) -> Values {
        Values {
            distance_m: Some(f64::from(self.number())),
            reps: Some(self.random.random_range(1..30)),
            ..Values::default()
        }
    }

    fn planned(&mut self, view: &View) -> PlannedExercise {
        let offered: Vec<&Exercise> = view.documents.exercises.iter().filter(|exercise| !exercise.archived).collect();
        let exercise_id = offered.choose(&mut self.random).expect("there are some").id;
        let planned = self.planned_values();
        let kind = Some(*ExerciseKind::ALL.choose(&mut self.random).expect("there are some"));
        PlannedExercise { kind, trainer_notes: Some(self.note()), ..PlannedExercise::new(exercise_id, planned) }
    }

    /// Repetitions, sometimes a range of them or as many as possible; sometimes with where a weight comes from.
    fn planned_values(&mut self) -> PlannedValues {
        let reps = self.random.random_range(1..30);
        let load = match self.random.random_range(0..4) {
            0 => Some(Load::PercentOfE1rm(f64::from(self.random.random_range(10..100)))),
            1 => Some(Load::LastPlusKg(2.5)),
            _ => None,
        };
        let reps_to = self.is_one_in(3).then_some(reps + 4);
        PlannedValues { reps: Some(reps), reps_to, to_failure: self.is_one_in(4), load, ..PlannedValues::default() }
    }

    fn edit(&mut self, round: &Round, view: &View) -> RoundPlan {
        let mut plan = RoundPlan::from(round);
        plan.rest_after_s = Some(self.random.random_range(1..90));
        if let Some(first) = plan.exercises.first_mut() {
            first.trainer_notes = Some(self.note());
        }
        if self.is_one_in(2) {
            plan.exercises.push(self.planned(view));
        } else if plan.exercises.len() > 1 && round.exercises.last().is_some_and(|last| !last.has_entry()) {
            plan.exercises.pop();
        }
        plan
    }

    fn report(&mut self, id: ItemId) -> ExerciseReport {
        let pain = self.is_one_in(4);
        let pain_regions =
            if pain { vec![*Region::ALL.choose(&mut self.random).expect("fifteen")] } else { Vec::new() };
        let effort = self.random.random_range(0..=10);
        ExerciseReport { id, effort, pain, pain_regions, note: Some(self.note()), actual: None }
    }
}

impl Act {
    /// Whether it goes through the outbox, so that it ends as done or is kept as refused.
    pub fn goes_through_outbox(&self) -> bool {
        !matches!(self, Self::StartSession | Self::Join(_) | Self::Discard(_) | Self::Retry(_) | Self::TryNow)
    }

    /// The round it is about, if it is something an athlete does in one before they complete it.
    pub fn logged_round(&self) -> Option<RoundId> {
        match self {
            Self::StartRound(round) | Self::LogExercise(round, ..) => Some(*round),
            _ => None,
        }
    }

    /// The round it completes.
    pub fn completed_round(&self) -> Option<RoundId> {
        match self {
            Self::CompleteRound(round, _) => Some(*round),
            _ => None,
        }
    }

    /// The draft it deletes, so that restoring it cancels this act if it was not sent yet.
    pub fn deleted_round(&self) -> Option<RoundId> {
        match self {
            Self::DeleteRound(round, _) => Some(*round),
            _ => None,
        }
    }

    /// The draft it restores.
    pub fn restored_round(&self) -> Option<RoundId> {
        match self {
            Self::RestoreRound(round) => Some(round.id),
            _ => None,
        }
    }

    /// The entity it archives or deletes, so that restoring it cancels this act if it was not sent yet.
    pub fn removed_entity(&self) -> Option<EntityRef> {
        match self {
            Self::ArchiveExercise(id, _) => Some(EntityRef::of::<Exercise>(*id)),
            Self::DeleteTemplate(id, _) => Some(EntityRef::of::<Template>(*id)),
            Self::DeleteJournalEntry(id, _) => Some(EntityRef::of::<JournalEntry>(*id)),
            Self::DeleteWeight(id, _) => Some(EntityRef::of::<Weight>(*id)),
            _ => None,
        }
    }

    /// The entity it restores.
    pub fn restored_entity(&self) -> Option<EntityRef> {
        match self {
            Self::RestoreExercise(exercise) => Some(EntityRef::of::<Exercise>(exercise.id)),
            Self::RestoreTemplate(template) => Some(EntityRef::of::<Template>(template.id)),
            Self::RestoreJournalEntry(entry) => Some(EntityRef::of::<JournalEntry>(entry.id)),
            Self::RestoreWeight(weight) => Some(EntityRef::of::<Weight>(weight.id)),
            _ => None,
        }
    }

    /// The refused act that this one resolves.
    pub fn resolved_key(&self) -> Option<&str> {
        match self {
            Self::Discard(key) | Self::Retry(key) => Some(key),
            _ => None,
        }
    }

    /// Does it.
    pub async fn perform(self, agent: Arc<Agent>) -> Result<(), Failure> {
        match self {
            Self::StartSession => agent.start_session().await.map(drop),
            Self::Join(session) => agent.join_session(session).await.map(drop),
            Self::Cancel(session, reason) => agent.cancel_session(session, Some(reason)).await.map(drop),
            Self::AddRound(session, plan, release) => agent.add_round(session, plan, release).await.map(drop),
            Self::EditRound(round, version, plan, release) => {
                agent.edit_round(round, version, plan, release).await.map(drop)
            }
            Self::DeleteRound(round, version) => agent.delete_round(round, version).await,
            Self::RestoreRound(round) => agent.restore_round(*round).await.map(drop),
            Self::ReleaseRound(round) => agent.release_round(round).await.map(drop),
            Self::RecallRound(round) => agent.recall_round(round).await.map(drop),
            Self::StartRound(round) => agent.start_round(round).await.map(drop),
            Self::LogExercise(round, item, actual) => agent.log_exercise(round, item, actual).await.map(drop),
            Self::CompleteRound(round, reports) => agent.complete_round(round, reports).await.map(drop),
            Self::CorrectExercise(corrected) => {
                let Corrected { session_id, round_id, item_id, version, actual, reason } = *corrected;
                let corrected =
                    agent.correct_exercise(session_id, round_id, item_id, version, actual, Some(reason)).await;
                corrected.map(drop)
            }
            Self::CreateExercise(draft) => agent.create_exercise(draft).await.map(drop),
            Self::EditExercise(id, version, draft) => agent.edit_exercise(id, version, draft).await.map(drop),
            Self::ArchiveExercise(id, version) => agent.archive_exercise(id, version).await,
            Self::RestoreExercise(exercise) => agent.restore_exercise(*exercise).await.map(drop),
            Self::CreateTemplate(draft) => agent.create_template(draft).await.map(drop),
            Self::EditTemplate(id, version, draft) => agent.edit_template(id, version, draft).await.map(drop),
            Self::DeleteTemplate(id, version) => agent.delete_template(id, version).await,
            Self::RestoreTemplate(template) => agent.restore_template(*template).await.map(drop),
            Self::SaveNote(session, version, text) => agent.save_note(session, version, text).await.map(drop),
            Self::CreateJournalEntry(athlete, JournalDraft { text, pinned }) => {
                agent.create_journal_entry(athlete, text, pinned).await.map(drop)
            }
            Self::EditJournalEntry(id, version, JournalDraft { text, pinned }) => {
                agent.edit_journal_entry(id, version, text, pinned).await.map(drop)
            }
            Self::DeleteJournalEntry(id, version) => agent.delete_journal_entry(id, version).await,
            Self::RestoreJournalEntry(entry) => agent.restore_journal_entry(*entry).await.map(drop),
            Self::CreateWeight(draft) => agent.create_weight(draft).await.map(drop),
            Self::EditWeight(id, version, draft) => agent.edit_weight(id, version, draft).await.map(drop),
            Self::DeleteWeight(id, version) => agent.delete_weight(id, version).await,
            Self::RestoreWeight(weight) => agent.restore_weight(*weight).await.map(drop),
            Self::Discard(key) => agent.discard_act(key).await,
            Self::Retry(key) => agent.retry_act(key).await,
            Self::TryNow => agent.try_now().await,
        }
    }
}
