//! What an athlete did: for themself, the trainer they are assigned to, and former trainers as far as they led it.

pub(crate) mod record_session;
pub(crate) mod sessions;
pub(crate) mod sets;
pub(crate) mod stats;

use std::sync::Arc;

use training::{ProblemCode, UserId};

use crate::app::App;
use crate::commands::catch_up;
use crate::http::ApiError;
use crate::store::Relation;

/// What somebody may see of an athlete's past.
struct Insight {
    /// Only the sessions of this trainer.
    led_by: Option<UserId>,
}

impl Insight {
    /// What `person` may see of `athlete`'s past, which is up to date then. For everybody else there is no such athlete.
    async fn of(app: &Arc<App>, athlete: UserId, person: UserId) -> Result<Self, ApiError> {
        let relation = app.store.relation(athlete, person).await?.ok_or(ApiError::new(ProblemCode::NotFound))?;
        catch_up(app, athlete).await?;
        Ok(Self { led_by: (relation == Relation::FormerTrainer).then_some(person) })
    }

    /// Checks that `person` may see all of `athlete`'s past, which is up to date then. For everybody else, a former trainer
    /// too, there is no such athlete.
    async fn whole(app: &Arc<App>, athlete: UserId, person: UserId) -> Result<(), ApiError> {
        match Self::of(app, athlete, person).await? {
            Self { led_by: None } => Ok(()),
            Self { led_by: Some(_) } => Err(ApiError::new(ProblemCode::NotFound)),
        }
    }
}
