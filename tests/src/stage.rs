//! A test environment: one server, one desktop, a trainer's and an athlete's window on it.

use std::panic::{AssertUnwindSafe, resume_unwind};
use std::path::Path;

use crate::desktop::Desktop;
use crate::failure::Failure;
use crate::place::Place;
use crate::programs;
use crate::server::Server;
use crate::window::Window;

/// See the module.
#[derive(Debug)]
pub struct Stage {
    /// The trainer's window, on the left.
    pub trainer: Window,
    /// The athlete's window, on the right.
    pub athlete: Window,
    /// The desktop of both windows.
    pub desktop: Desktop,
    /// The server of both windows.
    pub server: Server,
}

impl Stage {
    /// Both windows open, signed in and live: the demo studio's first trainer and their first athlete.
    pub async fn set() -> Result<Self, Failure> {
        let server = Server::start()?;
        let desktop = Desktop::start()?;
        for role in ["trainer", "athlete"] {
            desktop.sign_in(role, server.url(), server.first(role)?)?;
        }
        let trainer = Window::open(&desktop, "trainer", server.url(), Place::LEFT).await?;
        let athlete = Window::open(&desktop, "athlete", server.url(), Place::RIGHT).await?;
        for window in [&trainer, &athlete] {
            window.find("link-state[data-state='live']").await?;
        }
        Ok(Self { trainer, athlete, desktop, server })
    }

    /// The warnings and errors either page wrote to its console.
    pub fn console_problems(&self) -> Result<Vec<String>, Failure> {
        Ok([self.trainer.console_problems()?, self.athlete.console_problems()?].concat())
    }

    /// Runs `scenario`; if it fails, saves a picture of each window under `target/failures/<name>`.
    pub async fn play(mut self, name: &str, scenario: impl AsyncFnOnce(&mut Self) -> Result<(), Failure>) {
        let outcome = catch_panic(scenario(&mut self)).await;
        if !matches!(outcome, Ok(Ok(()))) {
            save_screenshots(name, [&self.trainer, &self.athlete]).await;
        }
        conclude(outcome);
    }
}

/// Runs `scenario` in one window; if it fails, saves a picture of the window under `target/failures/<name>`.
pub async fn screenshot_on_failure(window: &Window, name: &str, scenario: impl Future<Output = Result<(), Failure>>) {
    let outcome = catch_panic(scenario).await;
    if !matches!(outcome, Ok(Ok(()))) {
        save_screenshots(name, [window]).await;
    }
    conclude(outcome);
}

type Outcome = std::thread::Result<Result<(), Failure>>;

/// Awaits `scenario` and catches the panic of a failed assertion, so that a picture can be taken.
async fn catch_panic(scenario: impl Future<Output = Result<(), Failure>>) -> Outcome {
    let mut scenario = std::pin::pin!(scenario);
    std::future::poll_fn(move |context| {
        let polled = std::panic::catch_unwind(AssertUnwindSafe(|| scenario.as_mut().poll(context)));
        polled.map_or_else(|panicked| std::task::Poll::Ready(Err(panicked)), |polled| polled.map(Ok))
    })
    .await
}

fn conclude(outcome: Outcome) {
    match outcome {
        Ok(Ok(())) => {}
        Ok(Err(failure)) => panic!("{failure}"),
        Err(panicked) => resume_unwind(panicked),
    }
}

async fn save_screenshots(name: &str, windows: impl IntoIterator<Item = &Window>) {
    for window in windows {
        let path = programs::root().join("target/failures").join(name).join(format!("{}.png", window.name()));
        match window.save_screenshot(&path).await {
            Ok(()) => eprintln!("a picture of the {}'s window: {}", window.name(), shown(&path)),
            Err(failure) => eprintln!("no picture of the {}'s window: {failure}", window.name()),
        }
        match window.console_problems() {
            Ok(console_problems) if console_problems.is_empty() => {}
            Ok(console_problems) => eprintln!("the {}'s console: {console_problems:#?}", window.name()),
            Err(failure) => eprintln!("no console of the {}'s window: {failure}", window.name()),
        }
    }
}

fn shown(path: &Path) -> std::path::Display<'_> {
    path.strip_prefix(programs::root()).unwrap_or(path).display()
}
