//! Whether the window's page is there: it has called the core, and it has painted.
//!
//! A page that was loaded may still be missing: a graphics driver may hang the web view, or let it paint nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use tauri::{AppHandle, Manager};
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use crate::web_process::{self, Page};

/// The time between two checks.
const INTERVAL: Duration = Duration::from_secs(1);
/// After how many checks a page that does not appear counts as missing.
const MAX_CHECKS: u32 = 10;
/// Whether this system's web view reports the end of the page's process. The others show a page of their own instead.
const REPORTS_END: bool = cfg!(not(windows));

/// Answers 0 on a page that is not the application's, 1 before the first frame after the first check, and then 2.
const PROBE: &str = "(() => {
    if (location.hostname !== 'localhost' && location.hostname !== 'tauri.localhost') return 0;
    if (window.ringsideHasPainted === undefined) {
        window.ringsideHasPainted = false;
        requestAnimationFrame(() => requestAnimationFrame(() => { window.ringsideHasPainted = true; }));
    }
    return window.ringsideHasPainted ? 2 : 1;
})()";
const ELSEWHERE: u8 = 0;
const NOT_PAINTED: u8 = 1;
const PAINTED: u8 = 2;

/// What is known of a page at a check.
#[derive(Clone, Copy, Debug, Default)]
struct Signs {
    has_called: bool,
    has_painted: bool,
    is_in_front: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Present,
    Pending,
    Missing,
}

/// The checks of a page that is expected to appear.
#[derive(Debug, Default)]
struct PageCheck {
    /// How often it had not called yet.
    silent: u32,
    /// How often in a row it had painted nothing, although it was in front.
    blank: u32,
}

impl PageCheck {
    fn next(&mut self, signs: Signs) -> Verdict {
        if signs.has_called && signs.has_painted {
            return Verdict::Present;
        }
        self.silent = if signs.has_called { 0 } else { self.silent + 1 };
        // Nothing is painted while the window can't be seen: minimised, on another workspace, or behind a locked screen.
        self.blank = if signs.is_in_front { self.blank + 1 } else { 0 };
        if self.silent.max(self.blank) >= MAX_CHECKS { Verdict::Missing } else { Verdict::Pending }
    }
}

/// Checks the page with this `generation`, in the window called `label`, until it is there or is made anew.
pub(crate) fn watch(app: &AppHandle, label: &str, generation: u64) {
    let (app, label) = (app.clone(), label.to_owned());
    tauri::async_runtime::spawn(async move {
        let answer = Arc::new(AtomicU8::new(NOT_PAINTED));
        let mut check = PageCheck::default();
        let (mut was_present, mut was_missing) = (false, false);
        // By this machine's time while it is awake: a start that the machine sleeps through is not late.
        let mut interval = interval_at(Instant::now(), INTERVAL);
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            interval.tick().await;
            let Some((has_called, is_in_front)) = app.state::<Page>().signs(generation) else { return };
            let answered = answer.load(Ordering::Relaxed);
            if was_present {
                if answered == ELSEWHERE {
                    return web_process::ended(&app, &label);
                }
            } else {
                let signs = Signs { has_called, has_painted: answered == PAINTED, is_in_front };
                match check.next(signs) {
                    Verdict::Present => {
                        was_present = true;
                        web_process::appeared(&app, generation);
                    }
                    Verdict::Missing if !was_missing => {
                        was_missing = true;
                        web_process::missing(&app, &label, generation);
                    }
                    Verdict::Missing | Verdict::Pending => {}
                }
            }
            if was_present && REPORTS_END {
                return;
            }
            probe(&app, &label, &answer);
        }
    });
}

/// Asks the page how it is. A page that hangs does not answer.
fn probe(app: &AppHandle, label: &str, answer: &Arc<AtomicU8>) {
    let Some(window) = app.get_webview_window(label) else { return };
    let answer = Arc::clone(answer);
    let asked = window.eval_with_callback(PROBE, move |text| {
        if let Ok(answered) = text.parse() {
            answer.store(answered, Ordering::Relaxed);
        }
    });
    if let Err(error) = asked {
        tracing::warn!(%error, "the page could not be asked whether it is there");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The verdict after `checks` checks with these signs.
    fn verdict(checks: u32, signs: Signs) -> Verdict {
        let mut check = PageCheck::default();
        (0..checks).map(|_| check.next(signs)).last().expect("at least one check")
    }

    #[test]
    fn a_page_that_has_called_and_painted_is_present() {
        let signs = Signs { has_called: true, has_painted: true, is_in_front: false };
        assert_eq!(verdict(1, signs), Verdict::Present);
    }

    #[test]
    fn a_page_that_does_not_call_for_ten_seconds_is_missing() {
        for is_in_front in [false, true] {
            let signs = Signs { has_painted: true, is_in_front, ..Signs::default() };
            assert_eq!(verdict(MAX_CHECKS - 1, signs), Verdict::Pending);
            assert_eq!(verdict(MAX_CHECKS, signs), Verdict::Missing);
        }
    }

    #[test]
    fn a_page_that_paints_nothing_is_missing_only_while_it_could_be_seen() {
        let behind = Signs { has_called: true, ..Signs::default() };
        let in_front = Signs { is_in_front: true, ..behind };
        assert_eq!(verdict(100 * MAX_CHECKS, behind), Verdict::Pending);
        assert_eq!(verdict(MAX_CHECKS, in_front), Verdict::Missing);

        let mut check = PageCheck::default();
        for _ in 0..100 {
            assert_eq!(check.next(in_front), Verdict::Pending, "it is not in front for long enough");
            assert_eq!(check.next(behind), Verdict::Pending);
        }
    }
}
