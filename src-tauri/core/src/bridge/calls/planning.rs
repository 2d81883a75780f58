//! Templates, and plans that are worked out for an athlete.

use serde::Deserialize;
use training::WeightUnit;
use training::{RoundPlan, Template, TemplateDraft, TemplateId, UserId};
use ts_rs::TS;

use crate::bridge::{Failure, LocalCode};

calls! {
    /// A call about templates, as received.
    enum PlanningCall;
    /// Answers these calls.
    trait PlanningCalls;
    /// Dispatches such a call to the method that answers it.
    fn dispatch_planning;

    /// Trainer: keeps rounds as a template.
    create_template / CreateTemplate { draft: TemplateDraft } -> Template;
    /// Trainer: edits a template of theirs; `version` is the one the edit is based on.
    edit_template / EditTemplate { template_id: TemplateId, version: u64, draft: TemplateDraft } -> Template;
    /// Trainer: deletes a template of theirs; `version` is the one the act is based on.
    delete_template / DeleteTemplate { template_id: TemplateId, version: u64 } -> ();
    /// Trainer: restores a template that was deleted.
    restore_template / RestoreTemplate { template: Template } -> Template;
    /// Trainer: works out the loads in rounds for an athlete, from what is known of them here: as weights that can be
    /// loaded in this unit, each with its load beside it as its source. Where there is nothing to work it out from, the
    /// weight stays empty.
    work_out / WorkOut { athlete_id: UserId, rounds: Vec<RoundPlan>, unit: WeightUnit } -> Vec<RoundPlan>;
}
