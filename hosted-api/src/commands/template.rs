//! Trainers create, edit and delete templates.

use training::templates::{TemplateState, create, delete, edit, recreate};
use training::wire::Role;
use training::{Entity, EntityRef, Event, ExerciseId, Refusal, StudioId, Template, TemplateDraft, TemplateId, UserId};
use uuid::Uuid;

use super::{Answer, Command, CommandContext, CommandError, EventsByPerson, Outcome};
use crate::clock;
use crate::http::{ApiError, Caller, IfMatch};
use crate::store::{StoreError, Tx};

/// Creates a template.
pub(crate) struct CreateTemplate(pub(crate) TemplateDraft);

/// Edits a template, based on the version it names. On version 0 it recreates one that was deleted.
pub(crate) struct EditTemplate(pub(crate) TemplateId, pub(crate) IfMatch, pub(crate) TemplateDraft);

/// Deletes a template, based on the version it names.
pub(crate) struct DeleteTemplate(pub(crate) TemplateId, pub(crate) IfMatch);

impl Command for CreateTemplate {
    fn authorise(&self, caller: &Caller) -> Result<(), ApiError> {
        caller.must_be(Role::Trainer)
    }

    async fn perform(self, tx: &mut Tx, context: &CommandContext) -> Result<Outcome, CommandError> {
        let studio = context.caller.account.studio.id;
        tx.lock_studio(studio).await?;
        let mut id = TemplateId(context.new_id());
        if tx.template_id_exists(id).await? {
            // Only happens if a client chose its key to collide.
            id = TemplateId(Uuid::now_v7());
        }
        let known = known_exercises(tx, studio, &self.0).await?;
        let template = create(id, context.caller.person(), &self.0, &|id| known.contains(&id))?;
        has_room(tx, studio, None, &template).await?;
        tx.add_template(studio, &template).await?;
        created(tx, studio, template).await
    }
}

impl Command for EditTemplate {
    fn authorise(&self, caller: &Caller) -> Result<(), ApiError> {
        caller.must_be(Role::Trainer)
    }

    async fn perform(self, tx: &mut Tx, context: &CommandContext) -> Result<Outcome, CommandError> {
        let Self(id, version, draft) = self;
        let (studio, me) = (context.caller.account.studio.id, context.caller.person());
        let seen = locked(tx, studio, id, me.id).await?;
        let known = known_exercises(tx, studio, &draft).await?;
        let is_known = |id| known.contains(&id);
        let Some(before) = seen else {
            if !version.is_given() {
                return Err(Refusal::NotFound.into());
            }
            let deleted = tx.deleted_template(studio, id, &me).await?;
            // A template that somebody else has or had does not exist here, and its id creates none.
            if deleted.is_none() && tx.template_id_exists(id).await? {
                return Err(Refusal::NotFound.into());
            }
            let before = deleted.clone().unwrap_or_else(|| Template::without_content(id, me, 0));
            let template = recreate(before, version.version()?, &draft, &is_known)?;
            has_room(tx, studio, None, &template).await?;
            match deleted {
                Some(_) => tx.save_template(&template).await?,
                None => tx.add_template(studio, &template).await?,
            }
            return created(tx, studio, template).await;
        };
        let based_on = version.of_owned(&before, me.id)?;
        let template = edit(TemplateState { template: &before, by: me.id, based_on }, &draft, &is_known)?;
        has_room(tx, studio, Some(&before), &template).await?;
        tx.save_template(&template).await?;
        let answer = Answer::changed(&template, Some(template.version()))?;
        Ok(Outcome::new(answer, announced(tx, studio, Some(&before), Some(template)).await?))
    }
}

impl Command for DeleteTemplate {
    fn authorise(&self, caller: &Caller) -> Result<(), ApiError> {
        caller.must_be(Role::Trainer)
    }

    async fn perform(self, tx: &mut Tx, context: &CommandContext) -> Result<Outcome, CommandError> {
        let Self(id, version) = self;
        let (studio, me) = (context.caller.account.studio.id, context.caller.account.id);
        let before = locked(tx, studio, id, me).await?.ok_or(Refusal::NotFound)?;
        let based_on = version.of_owned(&before, me)?;
        delete(TemplateState { template: &before, by: me, based_on })?;
        tx.delete_template(id).await?;
        Ok(Outcome::new(Answer::gone(), announced(tx, studio, Some(&before), None).await?))
    }
}

/// A trainer is called otherwise from now on, in their templates too.
pub(super) async fn rename_owner(tx: &mut Tx, studio: StudioId, owner: UserId) -> Result<EventsByPerson, StoreError> {
    let mut by_person = EventsByPerson::default();
    for template in tx.raise_templates_of(studio, owner).await? {
        by_person.add_before_resets(announced(tx, studio, None, Some(template)).await?);
    }
    Ok(by_person)
}

impl IfMatch {
    /// The version a change of a template is based on. Whose it is goes before.
    fn of_owned(&self, template: &Template, by: UserId) -> Result<Option<u64>, CommandError> {
        if template.owner.id == by { Ok(Some(self.version()?)) } else { Err(Refusal::NotOwner.into()) }
    }
}

/// The template, if this trainer sees it. Locks the studio first, so that no exercise of a template is deleted at once.
async fn locked(
    tx: &mut Tx,
    studio: StudioId,
    id: TemplateId,
    trainer: UserId,
) -> Result<Option<Template>, StoreError> {
    tx.lock_studio(studio).await?;
    Ok(tx.template(studio, id).await?.filter(|template| template.is_seen_by(trainer)))
}

/// Those exercises of a draft that the studio has, archived or not.
async fn known_exercises(tx: &mut Tx, studio: StudioId, draft: &TemplateDraft) -> Result<Vec<ExerciseId>, StoreError> {
    let named = draft.rounds.iter().flat_map(|round| &round.exercises).map(|exercise| exercise.exercise_id);
    let known = tx.exercises_with(studio, &named.collect::<Vec<_>>()).await?;
    Ok(known.into_iter().map(|exercise| exercise.id).collect())
}

/// Checks that a template may be added, or take the place of another.
async fn has_room(
    tx: &mut Tx,
    studio: StudioId,
    before: Option<&Template>,
    after: &Template,
) -> Result<(), CommandError> {
    Ok(tx.template_room(studio, after.owner.id).await?.check(before, after)?)
}

/// The answer to a template that is stored and was not there before, and who is told of it.
async fn created(tx: &mut Tx, studio: StudioId, template: Template) -> Result<Outcome, CommandError> {
    let answer = Answer::created(&template, Some(template.version()))?;
    Ok(Outcome::new(answer, announced(tx, studio, None, Some(template)).await?))
}

/// What everybody is told who sees the template, or saw it until now.
async fn announced(
    tx: &mut Tx,
    studio: StudioId,
    before: Option<&Template>,
    after: Option<Template>,
) -> Result<EventsByPerson, StoreError> {
    let at = clock::now();
    let mut by_person = EventsByPerson::default();
    for trainer in tx.trainers_of(studio).await? {
        match (&after, before) {
            (Some(template), _) if template.is_seen_by(trainer) => {
                by_person.add(trainer, Event::Saved { at, document: template.clone().into() });
            }
            (_, Some(template)) if template.is_seen_by(trainer) => {
                by_person.add(trainer, Event::Removed { at, entity: EntityRef::of::<Template>(template.id) });
            }
            _ => {}
        }
    }
    Ok(by_person)
}
