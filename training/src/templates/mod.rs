//! Templates: rounds that a trainer keeps to plan with again, the rules for changing
//! them, and how the loads in them are worked out for an athlete.

mod save;
mod template;
mod work_out;

pub use save::{TemplateCount, TemplateLimits, TemplateRoom, TemplateState, create, delete, edit, recreate};
pub use template::{Template, TemplateDraft};
pub use work_out::work_out;
