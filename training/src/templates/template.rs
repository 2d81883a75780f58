//! A template: the plan of a round, or of a whole session.

use serde::{Deserialize, Serialize};

use crate::ids::{TemplateId, UserId};
use crate::session::{Person, RoundPlan};

/// Rounds that a trainer keeps to plan with again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Template {
    /// Its id.
    pub id: TemplateId,
    /// Its name; another may have the same.
    pub name: String,
    /// Whose it is. Nobody else changes it.
    pub owner: Person,
    /// Whether all trainers of the studio see it.
    pub shared: bool,
    /// Its rounds in order. An exercise in them may have been archived since.
    pub rounds: Vec<RoundPlan>,
    /// Grows by one with every change; goes into `If-Match`.
    pub version: u64,
}

impl Template {
    /// A template that has no content: not yet (version 0), or no more.
    pub fn without_content(id: TemplateId, owner: Person, version: u64) -> Self {
        Self { id, name: String::new(), owner, shared: false, rounds: Vec::new(), version }
    }

    /// Whether a trainer of the studio may know of it.
    pub fn is_seen_by(&self, trainer: UserId) -> bool {
        self.shared || self.owner.id == trainer
    }
}

/// What a trainer says a template is: the body of `POST /v1/templates` and `PUT /v1/templates/{id}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct TemplateDraft {
    /// Its name: 1 to 100 characters, some of them visible. What can't be seen or sets a direction is left out.
    pub name: String,
    /// Whether all trainers of the studio see it.
    #[serde(default)]
    pub shared: bool,
    /// Its rounds in order, 1 to 50, at most one of them the final one. Each exercise has at most one of `weight_kg` and
    /// `load`. Ids of exercises in saved rounds are left out.
    pub rounds: Vec<RoundPlan>,
}

impl From<&Template> for TemplateDraft {
    /// The draft that saves a template as it is.
    fn from(template: &Template) -> Self {
        Self { name: template.name.clone(), shared: template.shared, rounds: template.rounds.clone() }
    }
}
