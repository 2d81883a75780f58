//! A small studio for the tests: people, exercises, a clock that ticks and ids that grow.

#![allow(dead_code, reason = "each test file uses its part of the studio")]

pub(crate) mod acts;
pub(crate) mod history;

use training::{
    Actor, Category, Command, Context, Exercise, ExerciseId, ExerciseReport, Field, FieldCode, Part, Person,
    PlannedExercise, Refusal, Round, RoundPlan, Session, SessionEvent, SessionId, Timestamp, UserId, Values, apply,
    decide, start,
};
use uuid::Uuid;

/// A studio whose clock ticks by a second with every act.
#[derive(Default)]
pub(crate) struct Studio {
    acts: u64,
    ids: u128,
}

pub(crate) fn person(number: u128, name: &str) -> Person {
    Person { id: UserId(Uuid::from_u128(number)), name: name.to_owned() }
}

pub(crate) fn mira() -> Actor {
    Actor { person: person(1, "Mira"), part: Part::Athlete }
}

pub(crate) fn nora() -> Actor {
    Actor { person: person(3, "Nora"), part: Part::Athlete }
}

pub(crate) fn jonas() -> Actor {
    Actor { person: person(2, "Jonas"), part: Part::Trainer }
}

/// Three exercises; the third is archived.
pub(crate) fn library(id: ExerciseId) -> Option<Exercise> {
    let number = id.0.as_u128();
    (1..=3).contains(&number).then(|| Exercise {
        id,
        name: format!("Exercise {number}"),
        category: Category::Own,
        fields: vec![Field::Weight, Field::Reps],
        aliases: Vec::new(),
        muscles: Vec::new(),
        cue: None,
        video: None,
        version: 1,
        archived: number == 3,
    })
}

pub(crate) fn exercise(number: u128) -> ExerciseId {
    ExerciseId(Uuid::from_u128(number))
}

pub(crate) fn planned(number: u128) -> PlannedExercise {
    let values = Values { weight_kg: Some(80.0), reps: Some(8), ..Values::default() };
    PlannedExercise::new(exercise(number), values)
}

pub(crate) fn plan(exercises: &[u128]) -> RoundPlan {
    RoundPlan { is_final: false, rest_after_s: None, exercises: exercises.iter().copied().map(planned).collect() }
}

/// The plan that saves `round` as it is.
pub(crate) fn plan_of(round: &Round) -> RoundPlan {
    RoundPlan::from(round)
}

/// One report for each exercise of the round, without pain.
pub(crate) fn reports(round: &Round) -> Vec<ExerciseReport> {
    let report = |exercise: &training::RoundExercise| ExerciseReport {
        id: exercise.id,
        effort: 7,
        pain: false,
        pain_regions: Vec::new(),
        note: None,
        actual: None,
    };
    round.exercises.iter().map(report).collect()
}

impl Studio {
    pub(crate) fn now(&mut self) -> Timestamp {
        self.acts += 1;
        let ms = 1_800_000_000_000 + i64::try_from(self.acts).expect("few acts") * 1_000;
        Timestamp::from_millisecond(ms).expect("a date of this century")
    }

    fn id(&mut self) -> Uuid {
        self.ids += 1;
        Uuid::from_u128(1_000 + self.ids)
    }

    /// Starts a session for `athlete`.
    pub(crate) fn start(&mut self, athlete: &Actor) -> Session {
        let (id, at) = (SessionId(self.id()), self.now());
        let recorded = start(id, athlete.person.clone(), true, false, at).expect("a free athlete with a trainer");
        let training::SessionChange::SessionStarted { session } = recorded.change else { panic!("a session starts") };
        session
    }

    /// Decides without folding.
    pub(crate) fn decide(
        &mut self,
        session: &Session,
        by: &Actor,
        command: Command,
    ) -> Result<Vec<SessionEvent>, Refusal> {
        let at = self.now();
        let mut new_id = || self.id();
        decide(session, command, by, &mut Context { at, new_id: &mut new_id, exercise: &library, last: &|_| None })
    }

    /// Decides and folds.
    pub(crate) fn act(
        &mut self,
        session: &mut Session,
        by: &Actor,
        command: Command,
    ) -> Result<Vec<SessionEvent>, Refusal> {
        let events = self.decide(session, by, command)?;
        for recorded in &events {
            apply(session, recorded, Part::Trainer);
        }
        Ok(events)
    }

    /// A session with the trainer in it.
    pub(crate) fn joined(&mut self) -> Session {
        let mut session = self.start(&mira());
        self.act(&mut session, &jonas(), Command::Join).expect("it waits");
        session
    }

    /// A session with a round of `exercises` in front of the athlete.
    pub(crate) fn with_round_out(&mut self, exercises: &[u128]) -> (Session, Round) {
        let mut session = self.joined();
        self.act(&mut session, &jonas(), Command::AddRound { plan: plan(exercises), release: true }).expect("free");
        let round = session.round_out().expect("it was released").clone();
        (session, round)
    }
}

/// The findings of a refusal, as pointer and code.
pub(crate) fn findings(refusal: Refusal) -> Vec<(String, FieldCode)> {
    match refusal {
        Refusal::Invalid(fields) | Refusal::DoesNotFit(fields) => {
            fields.into_iter().map(|field| (field.pointer, field.code)).collect()
        }
        other => panic!("not a matter of fields: {other:?}"),
    }
}
