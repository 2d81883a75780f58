//! A trainer's day around the sessions: the board with eight athletes at work, and an athlete's history.

use crate::problem::Problem;
use crate::report::Section;
use crate::{board, history, machine};

/// See the module.
pub(crate) async fn section() -> Result<Section, Problem> {
    let before = machine::busy().await?;
    let mut rows = board::rows().await?;
    rows.extend(history::rows().await?);
    let after = machine::busy().await?;
    let mut notes = notes();
    notes.push(machine::busy_note(before, after));
    Ok(Section { name: "day", rows, notes })
}

fn notes() -> Vec<String> {
    vec![
        "The eight athletes are desktop cores in the program that measures, on the same two processors as the trainer's \
         window and the server. A tick's time begins when its core is called and ends after the frame that shows it. WebKit \
         says the time in whole milliseconds."
            .to_owned(),
        "A frame's time is that from the frame before, as the page's animation callbacks are given it; a page at rest draws \
         one every 16 or 17 ms."
            .to_owned(),
        "The sessions were entered afterwards through the API, one on a day, each of four rounds of two exercises."
            .to_owned(),
        "The web process's memory is its proportional set size, when the application took at most a tenth of a processor in \
         each of three seconds."
            .to_owned(),
    ]
}
