//! Creating, editing and deleting a template.
//!
//! The caller checks that it is a trainer who acts, and that they may know of the template.

use super::template::{Template, TemplateDraft};
use crate::ids::{ExerciseId, TemplateId, UserId};
use crate::refusal::{FieldCode, Findings, Refusal};
use crate::session::{Person, PlannedExercise, RoundPlan};
use crate::text::{self, trimmed, without_invisible};

/// How much a template may hold, and how many there may be.
#[derive(Clone, Copy, Debug)]
pub struct TemplateLimits;

impl TemplateLimits {
    /// Longest name, in characters.
    pub const MAX_NAME_CHARS: usize = 100;
    /// Most rounds in a template.
    pub const MAX_ROUNDS: usize = 50;
    /// Most templates of one trainer: every snapshot of theirs holds them all.
    pub const MAX_TEMPLATES: usize = 200;
    /// How large the templates of one trainer may be together, in characters of their rounds' JSON.
    pub const MAX_CHARS: usize = 512 * 1024;
    /// Most shared templates in a studio: every snapshot of its trainers holds them all.
    pub const MAX_SHARED: usize = 1_000;
    /// How large the shared templates of a studio may be together, in characters of their rounds' JSON.
    pub const MAX_SHARED_CHARS: usize = 2 * 1024 * 1024;
}

/// The current state of a template that is about to change, and who changes it.
#[derive(Clone, Copy, Debug)]
pub struct TemplateState<'a> {
    /// The template as it is.
    pub template: &'a Template,
    /// Who changes it.
    pub by: UserId,
    /// The version the change is based on; `None` if it applies to any version.
    pub based_on: Option<u64>,
}

impl TemplateState<'_> {
    fn check(&self) -> Result<(), Refusal> {
        if self.template.owner.id != self.by {
            return Err(Refusal::NotOwner);
        }
        match self.based_on {
            Some(version) if version != self.template.version => Err(Refusal::VersionMismatch),
            _ => Ok(()),
        }
    }
}

/// How much there is in templates.
#[derive(Clone, Copy, Debug, Default)]
pub struct TemplateRoom {
    /// What their owner has.
    pub own: TemplateCount,
    /// What all trainers of the studio have shared.
    pub shared: TemplateCount,
}

/// So many templates, and so large.
#[derive(Clone, Copy, Debug, Default)]
pub struct TemplateCount {
    /// How many templates.
    pub templates: usize,
    /// How many characters the JSON of their rounds has together.
    pub chars: usize,
}

impl TemplateRoom {
    /// Whether a template may be added, or take the place of another.
    ///
    /// # Errors
    /// [`Refusal::TemplatesFull`] when it may not. What is too much already can still be made less.
    pub fn check(self, before: Option<&Template>, after: &Template) -> Result<(), Refusal> {
        let own = TemplateCount { templates: TemplateLimits::MAX_TEMPLATES, chars: TemplateLimits::MAX_CHARS };
        let shared = TemplateCount { templates: TemplateLimits::MAX_SHARED, chars: TemplateLimits::MAX_SHARED_CHARS };
        let was_shared = before.filter(|before| before.shared);
        let fits =
            self.own.has_room(own, before, after) && (!after.shared || self.shared.has_room(shared, was_shared, after));
        if fits { Ok(()) } else { Err(Refusal::TemplatesFull) }
    }
}

impl TemplateCount {
    /// Whether there is no more than `most` of it with `after` in the place of `before`, or less than there was.
    fn has_room(self, most: Self, before: Option<&Template>, after: &Template) -> bool {
        let (old, new) = (before.map_or(0, chars), chars(after));
        let fits = self.templates < most.templates || before.is_some();
        fits && (new <= old || self.chars.saturating_sub(old) + new <= most.chars)
    }
}

/// How many characters the JSON of a template's rounds has.
fn chars(template: &Template) -> usize {
    // What can't be written, and there is nothing of the kind in a plan, has no room anywhere.
    serde_json::to_string(&template.rounds).map_or(usize::MAX, |text| text.chars().count())
}

/// Creates a template. `knows` says whether the studio has an exercise, archived or not.
///
/// # Errors
/// [`Refusal::Invalid`] or [`Refusal::DoesNotFit`] with every finding.
pub fn create(
    id: TemplateId,
    owner: Person,
    draft: &TemplateDraft,
    knows: &dyn Fn(ExerciseId) -> bool,
) -> Result<Template, Refusal> {
    check(draft, knows)?;
    Ok(filled(Template::without_content(id, owner, 0), draft))
}

/// Recreates a deleted template under its old id, which undoes the deletion: `before` is the template as it was deleted,
/// with or without its content. Its version goes on from there, so that nothing written before the deletion can overwrite
/// it.
///
/// # Errors
/// As [`create`]; [`Refusal::NotFound`] unless `based_on` is 0, the version of a missing template.
pub fn recreate(
    before: Template,
    based_on: u64,
    draft: &TemplateDraft,
    knows: &dyn Fn(ExerciseId) -> bool,
) -> Result<Template, Refusal> {
    check(draft, knows)?;
    if based_on == 0 { Ok(filled(before, draft)) } else { Err(Refusal::NotFound) }
}

/// Edits a template.
///
/// # Errors
/// As [`create`]; [`Refusal::NotOwner`] when it is somebody else's; [`Refusal::VersionMismatch`] when it has changed since.
pub fn edit(
    state: TemplateState<'_>,
    draft: &TemplateDraft,
    knows: &dyn Fn(ExerciseId) -> bool,
) -> Result<Template, Refusal> {
    check(draft, knows)?;
    state.check()?;
    Ok(filled(state.template.clone(), draft))
}

/// Checks that a template may be deleted.
///
/// # Errors
/// [`Refusal::NotOwner`] when it is somebody else's; [`Refusal::VersionMismatch`] when it has changed since.
pub fn delete(state: TemplateState<'_>) -> Result<(), Refusal> {
    state.check()
}

fn filled(before: Template, draft: &TemplateDraft) -> Template {
    Template {
        name: without_invisible(&draft.name),
        shared: draft.shared,
        rounds: draft.rounds.iter().map(kept).collect(),
        version: before.version + 1,
        ..before
    }
}

/// A round as a template keeps it: of no session.
fn kept(plan: &RoundPlan) -> RoundPlan {
    let exercise = |planned: PlannedExercise| PlannedExercise {
        id: None,
        trainer_notes: trimmed(planned.trainer_notes.as_deref()),
        ..planned
    };
    let plan = plan.clone().with_kinds();
    RoundPlan { exercises: plan.exercises.into_iter().map(exercise).collect(), ..plan }
}

fn check(draft: &TemplateDraft, knows: &dyn Fn(ExerciseId) -> bool) -> Result<(), Refusal> {
    let mut findings = Findings::default();
    if let Err(code) = text::name(&draft.name, TemplateLimits::MAX_NAME_CHARS) {
        findings.add("/name", code);
    }
    if draft.rounds.is_empty() {
        findings.add("/rounds", FieldCode::Required);
    }
    if draft.rounds.len() > TemplateLimits::MAX_ROUNDS {
        findings.add("/rounds", FieldCode::TooLong);
    }
    let mut has_final = false;
    // Past the maximum, one finding is enough.
    for (i, round) in draft.rounds.iter().take(TemplateLimits::MAX_ROUNDS).enumerate() {
        let pointer = format!("/rounds/{i}");
        round.check(&pointer, &mut findings);
        if round.is_final && has_final {
            findings.add(format!("{pointer}/is_final"), FieldCode::Duplicate);
        }
        has_final |= round.is_final;
        for (j, exercise) in round.exercises.iter().take(RoundPlan::MAX_EXERCISES).enumerate() {
            check_exercise(exercise, &format!("{pointer}/exercises/{j}"), knows, &mut findings);
        }
    }
    findings.into_result()
}

fn check_exercise(
    exercise: &PlannedExercise,
    pointer: &str,
    knows: &dyn Fn(ExerciseId) -> bool,
    findings: &mut Findings,
) {
    if exercise.planned.weight_kg.is_some() && exercise.planned.load.is_some() {
        findings.add(format!("{pointer}/planned/load"), FieldCode::Duplicate);
    }
    if !knows(exercise.exercise_id) {
        findings.add_mismatch(format!("{pointer}/exercise_id"), FieldCode::UnknownReference);
    }
}
