//! Templates, and plans that are worked out for an athlete.

use training::WeightUnit;
use training::templates::work_out;
use training::{Athlete, Kind, RoundPlan, Template, TemplateDraft, TemplateId, UserId};

use super::on_version;
use crate::agent::Agent;
use crate::bridge::{Failure, PlanningCalls};
use crate::context::acts::Subject;
use crate::outbox::acts::{Act, CreateTemplate, DeleteTemplate, EditTemplate, RestoreTemplate};

impl PlanningCalls for Agent {
    async fn create_template(&self, draft: TemplateDraft) -> Result<Template, Failure> {
        let created = self.context.acts.perform(Subject::New(Kind::Template), |_| Ok(CreateTemplate { draft }.into()));
        created.await?.entity()
    }

    async fn edit_template(
        &self,
        template_id: TemplateId,
        version: u64,
        draft: TemplateDraft,
    ) -> Result<Template, Failure> {
        let edited = self
            .context
            .acts
            .on::<Template>(template_id, |known| Ok(EditTemplate { draft, base: on_version(known, version)? }.into()));
        edited.await?.entity()
    }

    async fn delete_template(&self, template_id: TemplateId, version: u64) -> Result<(), Failure> {
        let deleted = self
            .context
            .acts
            .on::<Template>(template_id, |known| Ok(DeleteTemplate { base: on_version(known, version)? }.into()));
        deleted.await.map(drop)
    }

    async fn restore_template(&self, template: Template) -> Result<Template, Failure> {
        let act = RestoreTemplate { template: template.id, draft: (&template).into(), version: template.version };
        self.context.acts.undo_deletion(template, |act| matches!(act, Act::DeleteTemplate(_)), act.into()).await
    }

    async fn work_out(
        &self,
        athlete_id: UserId,
        rounds: Vec<RoundPlan>,
        unit: WeightUnit,
    ) -> Result<Vec<RoundPlan>, Failure> {
        let replica = self.context.store.lock().await;
        replica.me()?;
        // A session stays with who leads it, also when its athlete has another trainer by now, and with them the records.
        let athlete = replica.contents().documents.get::<Athlete>(athlete_id);
        let records = athlete.map_or(&[][..], |athlete| &athlete.records);
        Ok(work_out(&rounds, records, unit, self.context.acts.server_time()))
    }
}
