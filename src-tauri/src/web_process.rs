//! The process of the window's page, which may end: killed by the system for its memory, or with a graphics driver.
//!
//! The page is then made anew. Nothing that was typed is lost by that, because the window keeps it outside of its page,
//! and nothing else either, because the page has no state of its own: the core has it. A page that ends again and again
//! is given up, and the system asks the person instead of the window.
//!
//! Deliberately absent: a page that hangs later on. Only the end of its process is certain.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tauri::{AppHandle, Builder, Manager, WebviewWindow, Wry};

use crate::native_words::NativeWords;
use crate::{native_message, page_check, window};

/// How often the page is made anew within [`PERIOD`].
const MAX_RELOADS: usize = 2;
const PERIOD: Duration = Duration::from_mins(1);

/// The window's page. Managed by Tauri.
#[derive(Default)]
pub(crate) struct Page(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    status: Status,
    reloads: Reloads,
    /// Whether a page was there since the application started.
    was_present: bool,
    /// Whether this page has called the core.
    has_called: bool,
    /// Whether the window has the keyboard's focus.
    is_in_front: bool,
    /// Incremented whenever the page is made anew.
    generation: u64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Status {
    /// It is expected to appear.
    #[default]
    Pending,
    Present,
    /// It was given up.
    Lost(Loss),
}

/// Why a page was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Loss {
    /// Its process ended again and again.
    Ended,
    /// It did not appear.
    Missing,
}

/// What is done about a page whose process has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Remedy {
    Reload,
    /// No page was there yet: the renderer may be the reason.
    OtherRenderer,
    GiveUp,
}

/// When the page was made anew lately.
#[derive(Debug, Default)]
struct Reloads(Vec<Instant>);

impl Reloads {
    /// Whether the page may be made anew once more. If so, that is counted.
    fn admit(&mut self, now: Instant) -> bool {
        self.0.retain(|at| now.duration_since(*at) < PERIOD);
        let is_admitted = self.0.len() < MAX_RELOADS;
        if is_admitted {
            self.0.push(now);
        }
        is_admitted
    }
}

impl State {
    fn ended(&mut self, now: Instant) -> Remedy {
        let has_ended_before = !self.reloads.0.is_empty();
        match self.reloads.admit(now) {
            true if has_ended_before && !self.was_present => Remedy::OtherRenderer,
            true => Remedy::Reload,
            false => Remedy::GiveUp,
        }
    }

    /// Expects a new page. Returns its generation.
    fn expect(&mut self) -> u64 {
        self.status = Status::Pending;
        self.has_called = false;
        self.generation += 1;
        self.generation
    }
}

impl Page {
    /// Records that the page has called the core.
    pub(crate) fn note_call(&self) {
        self.state().has_called = true;
    }

    /// Records whether the window has the keyboard's focus.
    pub(crate) fn note_focus(&self, is_in_front: bool) {
        self.state().is_in_front = is_in_front;
    }

    /// Whether the page was given up, so that the window can ask nobody anything.
    pub(crate) fn is_lost(&self) -> bool {
        matches!(self.state().status, Status::Lost(_))
    }

    /// Whether the page with this `generation` has called the core, and whether the window is in front. `None` if there
    /// is another page by now.
    pub(crate) fn signs(&self, generation: u64) -> Option<(bool, bool)> {
        let state = self.state();
        (state.generation == generation).then_some((state.has_called, state.is_in_front))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Looks after the page of `window` from now on.
pub(crate) fn watch(window: &WebviewWindow) -> tauri::Result<()> {
    let generation = window.state::<Page>().state().generation;
    page_check::watch(window.app_handle(), window.label(), generation);
    on_end(window)
}

/// The process of the page in the window called `label` has ended.
pub(crate) fn ended(app: &AppHandle, label: &str) {
    let remedy = app.state::<Page>().state().ended(Instant::now());
    tracing::error!(?remedy, "the page's process has ended");
    match remedy {
        Remedy::Reload => reload(app, label),
        Remedy::OtherRenderer => {
            fall_back();
            reload(app, label);
        }
        Remedy::GiveUp => give_up(app, label, Loss::Ended),
    }
}

/// The page with this `generation` is there.
pub(crate) fn appeared(app: &AppHandle, generation: u64) {
    let before = {
        let page = app.state::<Page>();
        let mut state = page.state();
        if state.generation != generation {
            return;
        }
        state.was_present = true;
        std::mem::replace(&mut state.status, Status::Present)
    };
    // Before it is said: whoever has read that may end the application.
    remember_renderer(app);
    tracing::info!("the page is there");
    if matches!(before, Status::Lost(_)) {
        native_message::withdraw(app);
    }
}

/// The page with this `generation`, in the window called `label`, did not appear.
pub(crate) fn missing(app: &AppHandle, label: &str, generation: u64) {
    let was_present = {
        let page = app.state::<Page>();
        let state = page.state();
        if state.generation != generation {
            return;
        }
        state.was_present
    };
    tracing::error!("the page does not appear");
    if !was_present {
        fall_back();
    }
    give_up(app, label, Loss::Missing);
}

/// Tries again to show the page in the window called `label`, if it was given up: somebody wants to see it.
pub(crate) fn retry_if_lost(app: &AppHandle, label: &str) {
    let loss = {
        let page = app.state::<Page>();
        let mut state = page.state();
        let Status::Lost(loss) = state.status else { return };
        state.reloads = Reloads::default();
        loss
    };
    native_message::withdraw(app);
    match loss {
        Loss::Ended => reload(app, label),
        // Its process may hang, and would not load anything.
        Loss::Missing => app.request_restart(),
    }
}

fn reload(app: &AppHandle, label: &str) {
    let Some(window) = app.get_webview_window(label) else { return };
    let generation = app.state::<Page>().state().expect();
    if let Err(error) = window.reload() {
        tracing::error!(%error, "the page could not be loaded again");
    }
    page_check::watch(app, label, generation);
}

fn give_up(app: &AppHandle, label: &str, loss: Loss) {
    app.state::<Page>().state().status = Status::Lost(loss);
    let text = move |words: &NativeWords| match loss {
        Loss::Ended => words.page_ended.clone(),
        Loss::Missing => words.page_missing.clone(),
    };
    let (handle, label_of_window) = (app.clone(), label.to_owned());
    native_message::ask_to_try_again(app, label, text, move |again| {
        if again {
            retry_if_lost(&handle, &label_of_window);
        } else {
            window::close(&handle, &label_of_window);
        }
    });
}

/// Starts over with the safe renderer, if that may help.
fn fall_back() {
    #[cfg(target_os = "linux")]
    crate::renderer::fall_back();
}

#[cfg(target_os = "linux")]
fn remember_renderer(app: &AppHandle) {
    if let Some(home) = app.try_state::<ringside_core::Home>() {
        crate::renderer::remember(home.path());
    }
}

#[cfg(not(target_os = "linux"))]
fn remember_renderer(_: &AppHandle) {}

/// Calls [`ended`] when the process of the window's page ends.
#[cfg(target_os = "linux")]
fn on_end(window: &WebviewWindow) -> tauri::Result<()> {
    use webkit2gtk::WebViewExt;

    let (app, label) = (window.app_handle().clone(), window.label().to_owned());
    window.with_webview(move |webview| {
        webview.inner().connect_web_process_terminated(move |_, _| ended(&app, &label));
    })
}

/// On macOS, [`register`] has done so. On Windows, `page_check` finds that another page has taken its place.
#[cfg(not(target_os = "linux"))]
#[allow(clippy::unnecessary_wraps, reason = "the same signature as where it does something")]
fn on_end(_: &WebviewWindow) -> tauri::Result<()> {
    Ok(())
}

/// Registers [`ended`] where that is done before there is a window.
#[cfg(target_os = "macos")]
pub(crate) fn register(builder: Builder<Wry>) -> Builder<Wry> {
    builder.on_web_content_process_terminate(|webview| ended(webview.app_handle(), webview.label()))
}

#[cfg(not(target_os = "macos"))]
pub(crate) fn register(builder: Builder<Wry>) -> Builder<Wry> {
    builder
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_made_anew_twice_a_minute_and_then_given_up() {
        let start = Instant::now();
        let after = |seconds| start + Duration::from_secs(seconds);
        let mut state = State { was_present: true, ..State::default() };
        assert_eq!(state.ended(after(0)), Remedy::Reload);
        assert_eq!(state.ended(after(10)), Remedy::Reload);
        assert_eq!(state.ended(after(20)), Remedy::GiveUp);
        // The first was a minute ago.
        assert_eq!(state.ended(after(60)), Remedy::Reload);
        assert_eq!(state.ended(after(69)), Remedy::GiveUp);
        assert_eq!(state.ended(after(70)), Remedy::Reload);
    }

    #[test]
    fn a_page_that_ends_twice_before_it_appears_gets_another_renderer() {
        let start = Instant::now();
        let mut state = State::default();
        assert_eq!(state.ended(start), Remedy::Reload);
        assert_eq!(state.ended(start), Remedy::OtherRenderer);
        assert_eq!(state.ended(start), Remedy::GiveUp);
    }

    #[test]
    fn what_a_page_did_does_not_count_for_the_next_one() {
        let page = Page::default();
        page.note_call();
        page.note_focus(true);
        assert_eq!(page.signs(0), Some((true, true)));
        let next = page.state().expect();
        assert_eq!(page.signs(0), None);
        assert_eq!(page.signs(next), Some((false, true)));
    }
}
