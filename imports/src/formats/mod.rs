//! The formats, one file each: how a file of it is recognised, and how its rows are read.
//!
//! A format more is a file here and a line in the table below. Only our own export is no table, and makes its plan itself.

mod fitnotes;
mod gymbook;
mod hevy;
mod ringside;
mod strong;
mod stronglifts;

use training::imports::ImportFormat;

use crate::collect::Collector;
use crate::plan::Plan;
use crate::table::Table;
use crate::{Options, Unreadable};

/// Whether a table is of a format.
type Recognise = fn(&Table) -> bool;
/// Reads the rows of such a table; returns the columns it has used.
type Read = fn(&Table, &mut Collector<'_>) -> Vec<Option<usize>>;

/// The table of formats. The first that recognises a file reads it.
const FORMATS: [(ImportFormat, Recognise, Read); 6] = [
    (ImportFormat::Strong, strong::recognise, strong::read),
    (ImportFormat::Hevy, hevy::recognise, hevy::read),
    (ImportFormat::FitNotes, fitnotes::recognise_sets, fitnotes::read_sets),
    (ImportFormat::FitNotesBody, fitnotes::recognise_body, fitnotes::read_body),
    (ImportFormat::StrongLifts, stronglifts::recognise, stronglifts::read),
    (ImportFormat::GymBook, gymbook::recognise, gymbook::read),
];

/// The plan of a file.
pub(crate) fn read(text: &str, options: &Options<'_>) -> Result<Plan, Unreadable> {
    if ringside::recognise(text) {
        return ringside::read(text, options);
    }
    let table = Table::of(text)?;
    let recognised = FORMATS.iter().find(|(_, recognise, _)| recognise(&table));
    let (format, _, read) = recognised.ok_or(Unreadable::UnknownFormat)?;
    let mut collector = Collector::new(options);
    let used = read(&table, &mut collector);
    collector.plan(*format, table.unused(&used))
}
