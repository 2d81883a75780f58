//! The rows of `sets.csv` and `weights.csv`: cells as text, for a writer that knows about separators and quotes.
//!
//! A spreadsheet takes a cell that begins like a formula for one. So a text that a person wrote is kept from being one;
//! a number is a number, also a negative one.

use crate::progress::{DoneSet, PlacedSet, sets_of};
use crate::session::Session;
use crate::text::is_invisible;
use crate::weights::{KG_PER_LB, Weight};

/// The columns of `sets.csv`.
pub const SETS_HEADER: [&str; 25] = [
    "session_id",
    "session_started_at",
    "done_at",
    "exercise",
    "kind",
    "round",
    "position",
    "weight_kg",
    "weight_lb",
    "reps",
    "distance_m",
    "time_s",
    "effort",
    "pain",
    "pain_regions",
    "note",
    "planned_weight_kg",
    "planned_reps",
    "planned_reps_to",
    "planned_distance_m",
    "planned_time_s",
    "planned_effort",
    "trainer",
    "recorded_afterwards",
    "imported",
];

/// The columns of `weights.csv`.
pub const WEIGHTS_HEADER: [&str; 4] = ["at", "weight_kg", "weight_lb", "note"];

/// The cells of a weight.
pub fn weight_row(weight: &Weight) -> [String; WEIGHTS_HEADER.len()] {
    let kg = Some(weight.weight_kg);
    [weight.at.to_string(), number(kg), pounds(kg), text(weight.note.as_deref())]
}

/// The cells of what was done in a session, first set to last.
pub fn set_rows(session: &Session) -> Vec<[String; SETS_HEADER.len()]> {
    sets_of(session).iter().map(|placed| set_row(session, placed)).collect()
}

fn set_row(session: &Session, placed: &PlacedSet) -> [String; SETS_HEADER.len()] {
    let DoneSet { actual, planned, feedback, .. } = &placed.set;
    let item = session.round(placed.set.round_id).and_then(|round| {
        round
            .exercises
            .iter()
            .find(|exercise| exercise.id == placed.set.item_id && exercise.position == placed.position)
    });
    let regions = feedback.iter().flat_map(|feedback| &feedback.pain_regions).map(|region| region.as_str());
    [
        session.id.to_string(),
        session.started_at.to_string(),
        placed.set.at.to_string(),
        text(item.map(|item| item.name.as_str())),
        placed.set.kind.as_str().to_owned(),
        placed.round_number.to_string(),
        (placed.position + 1).to_string(),
        number(actual.weight_kg),
        pounds(actual.weight_kg),
        number(actual.reps),
        number(actual.distance_m),
        number(actual.time_s),
        number(feedback.as_ref().map(|feedback| feedback.effort).or(actual.effort)),
        number(feedback.as_ref().map(|feedback| feedback.pain)),
        regions.collect::<Vec<_>>().join(" "),
        text(feedback.as_ref().and_then(|feedback| feedback.note.as_deref())),
        number(planned.weight_kg),
        number(planned.reps),
        number(planned.reps_to),
        number(planned.distance_m),
        number(planned.time_s),
        number(planned.effort),
        text(session.trainer.as_ref().map(|trainer| trainer.name.as_str())),
        session.recorded.to_string(),
        session.imported.to_string(),
    ]
}

fn number(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// A weight in pounds, as it was entered: a weight that was entered in pounds is stored to the gram, so hundredths of a
/// pound read back as written.
fn pounds(kg: Option<f64>) -> String {
    number(kg.map(|kg| (kg / KG_PER_LB * 100.0).round() / 100.0))
}

fn text(value: Option<&str>) -> String {
    plain_cell(value.unwrap_or_default())
}

/// A text that no spreadsheet takes for a formula: one that could be begins with an apostrophe.
///
/// The characters are those of OWASP's *CSV Injection*, also behind white space, and in full width.
pub fn plain_cell(text: &str) -> String {
    let is_skipped = |c: char| c.is_whitespace() || c.is_control() || is_invisible(c);
    let is_formula = text.starts_with(['\t', '\r', '\n'])
        || text.trim_start_matches(is_skipped).starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    if is_formula { format!("'{text}") } else { text.to_owned() }
}
