//! The format of `ringside.json`, in which a person's data leaves one studio and comes into another.
//!
//! It is loss-free for what it holds: everything is written as the server has it, in kilograms, metres, seconds and UTC.
//! `docs/export-format.md` describes it for whoever reads it without this crate. Deliberately absent: the tables and the
//! text beside it, which are for spreadsheets and people, and whatever is secret.

mod format;
mod table;

pub use format::{Export, ExportedPerson, ExportedStudio, FORMAT, UnknownExport, VERSION, read};
pub use table::{SETS_HEADER, WEIGHTS_HEADER, plain_cell, set_rows, weight_row};
