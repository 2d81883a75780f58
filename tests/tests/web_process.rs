//! A page whose process is killed, or that never appears: the window comes back with what was typed, and can always be
//! closed.

use std::time::Duration;

use ringside_core::{Home, become_kiosk};
use serde_json::Value;
use system_tests::{
    Application, Desktop, Device, Failure, IN_TIME, NativeKey, Place, STUDIO_PIN, Server, Stage, Window,
    screenshot_on_failure, story,
};

/// Printed whenever a page is there.
const THERE: &str = "the page is there";
/// Printed whenever the process of the page has ended.
const ENDED: &str = "the page's process has ended";
/// Printed with that when the page is given up.
const GIVEN_UP: &str = "remedy=GiveUp";
/// How often a page is killed at most until it is given up.
const MAX_KILLS: usize = 9;
/// The variable that selects the safe renderer.
const SAFE: &str = "WEBKIT_DISABLE_COMPOSITING_MODE";

/// Kills the page until it is given up, which was `killed` times killed before: once more than it is made anew in a
/// minute, in which a slow machine may not always have it there that often. Returns how often it was killed by then.
async fn kill_until_given_up(application: &Application, desktop: &Desktop, killed: usize) -> Result<usize, Failure> {
    let given_up = || application.printed().matches(GIVEN_UP).count();
    let before = given_up();
    for times in (killed + 1)..=(killed + MAX_KILLS) {
        application.prints(THERE, times).await?;
        application.kill_page().await?;
        application.prints(ENDED, times).await?;
        if given_up() > before {
            desktop.wait_for_message().await?;
            return Ok(times);
        }
    }
    panic!("it is not given up: {}", application.printed());
}

/// Starts the application a second time; returns when that process has ended.
async fn start_second_time(desktop: &Desktop, profile: &str) -> Result<(), Failure> {
    let mut second = desktop.program("ringside")?;
    second.args(["--profile", profile]);
    let mut second = tokio::process::Command::from(second);
    let status = tokio::time::timeout(IN_TIME, second.kill_on_drop(true).status()).await.expect("it ends by itself");
    assert!(status.expect("it can be started").success());
    Ok(())
}

/// Strikes the key that saves what is planned in the window on the left, until the trainer's open session has a round,
/// and returns that. The page can't be asked how far it is.
async fn save_round(desktop: &Desktop, trainer: &Device) -> Result<Value, Failure> {
    let mut interval = tokio::time::interval(Duration::from_secs(1));
    let saving = async {
        loop {
            interval.tick().await;
            let round = trainer.open_session().await?["rounds"][0].clone();
            if !round.is_null() {
                return Ok(round);
            }
            desktop.strike(Place::LEFT, &[&[NativeKey::CONTROL, NativeKey::of(b's')]])?;
        }
    };
    tokio::time::timeout(IN_TIME, saving).await.expect("the round is saved")
}

#[tokio::test]
async fn a_page_whose_process_is_killed_comes_back_with_what_was_typed() -> Result<(), Failure> {
    let Stage { trainer, athlete, desktop, server } = Stage::set().await?;
    screenshot_on_failure(&trainer, "killed-page", async {
        story::start_session(&trainer, &athlete).await?;
        story::join(&trainer, &athlete).await?;
        story::plan_round(&trainer, "Bankdr", "80x8@8").await?;
        trainer.click("shorthand").await?;
        trainer.fill("hint", "Ellbogen eng").await
    })
    .await;
    let application = trainer.from_outside();
    application.prints(THERE, 1).await?;

    application.kill_page().await?;
    application.prints(ENDED, 1).await?;
    application.prints(THERE, 2).await?;

    // Saved by the key for it, the plan is what was typed before.
    let trainer = Device::sign_in(&server, server.first("trainer")?).await?;
    let round = save_round(&desktop, &trainer).await?;
    let item = &round["exercises"][0];
    assert_eq!((&item["planned"]["weight_kg"], &item["planned"]["reps"]), (&80.0.into(), &8.into()), "{item}");
    assert_eq!(item["trainer_notes"], "Ellbogen eng");
    Ok(())
}

#[tokio::test]
async fn a_page_that_is_killed_again_and_again_is_given_up_and_its_window_closes() -> Result<(), Failure> {
    let Stage { trainer, athlete, desktop, server: _server } = Stage::set().await?;
    screenshot_on_failure(&athlete, "given-up", async {
        story::start_session(&trainer, &athlete).await?;
        story::join(&trainer, &athlete).await
    })
    .await;
    let application = athlete.from_outside();
    kill_until_given_up(&application, &desktop, 0).await?;
    // In the middle of a session a window asks first. This one can't.
    athlete.press_close(&desktop)?;
    application.wait_until_ended().await?;
    desktop.wait_until_message_gone().await
}

#[tokio::test]
async fn a_page_that_was_given_up_is_tried_again_when_somebody_wants_it() -> Result<(), Failure> {
    let (server, desktop) = (Server::start()?, Desktop::start()?);
    let application = Application::start(&desktop, "somebody", server.url(), Place::LEFT)?;
    let killed = kill_until_given_up(&application, &desktop, 0).await?;
    desktop.confirm_message()?;
    application.prints(THERE, killed + 1).await?;
    desktop.wait_until_message_gone().await?;

    let killed = kill_until_given_up(&application, &desktop, killed).await?;
    start_second_time(&desktop, "somebody").await?;
    application.prints(THERE, killed + 1).await?;
    desktop.wait_until_message_gone().await
}

#[tokio::test]
async fn a_page_that_never_appears_starts_the_application_once_more_with_the_safe_renderer() -> Result<(), Failure> {
    let (server, mut desktop) = (Server::start()?, Desktop::start()?);
    desktop.leave_renderer_to_application();
    let application = Application::start(&desktop, "somebody", server.url(), Place::LEFT)?;
    let hung = application.stop_page().await?;
    assert_eq!(Application::variable(hung, SAFE)?, None);
    let page = application.page_after(hung).await?;
    assert_eq!(Application::variable(page, SAFE)?.as_deref(), Some("1"));
    application.prints(THERE, 1).await?;
    drop(application);
    desktop.wait_until_closed("somebody").await?;

    let application = Application::start(&desktop, "somebody", server.url(), Place::LEFT)?;
    let page = application.page().await?;
    assert_eq!(Application::variable(page, SAFE)?.as_deref(), Some("1"), "it is remembered");
    application.prints(THERE, 2).await
}

#[tokio::test]
async fn a_page_that_never_appears_with_the_renderer_its_person_chose_is_reported() -> Result<(), Failure> {
    let (server, desktop) = (Server::start()?, Desktop::start()?);
    let application = Application::start(&desktop, "somebody", server.url(), Place::LEFT)?;
    application.stop_page().await?;
    desktop.wait_for_message().await?;
    assert!(!desktop.ringside_home().join("renderer.json").exists());
    desktop.press_close(Place::LEFT)?;
    application.wait_until_ended().await
}

#[tokio::test]
async fn a_kiosk_whose_page_is_killed_still_fills_the_screen_and_asks_for_the_pin() -> Result<(), Failure> {
    let (server, desktop) = (Server::start()?, Desktop::start()?);
    let url = server.url().parse().expect("an address");
    become_kiosk(&Home::new(desktop.ringside_home()), &url, STUDIO_PIN).await.expect("a PIN");
    let window = Window::open_without_arguments(&desktop).await?;
    screenshot_on_failure(&window, "killed-kiosk", window.view("kiosk-pick")).await;
    let application = window.from_outside();
    application.prints(THERE, 1).await?;
    application.kill_page().await?;
    application.prints(THERE, 2).await?;
    assert!(window.requests_full_screen(&desktop)?);

    // Until the PIN is right, pressing the close button only asks for it. The page can't be asked how far it is.
    let pin: Vec<NativeKey> = STUDIO_PIN.bytes().map(NativeKey::of).collect();
    let mut keys: Vec<&[NativeKey]> = pin.chunks(1).collect();
    keys.push(&[NativeKey::ENTER]);
    let mut interval = tokio::time::interval(Duration::from_secs(1));
    let closing = async {
        window.press_close(&desktop)?;
        interval.tick().await;
        assert!(application.is_running(), "it closed without the PIN");
        while application.is_running() {
            desktop.strike(None, &keys)?;
            interval.tick().await;
            // It may close at this moment.
            drop(window.press_close(&desktop));
            interval.tick().await;
        }
        Ok(())
    };
    tokio::time::timeout(IN_TIME, closing).await.expect("the staff page opens with the PIN")
}

#[tokio::test]
async fn a_kiosk_whose_page_was_given_up_can_be_closed() -> Result<(), Failure> {
    let (server, desktop) = (Server::start()?, Desktop::start()?);
    let url = server.url().parse().expect("an address");
    become_kiosk(&Home::new(desktop.ringside_home()), &url, STUDIO_PIN).await.expect("a PIN");
    let window = Window::open_without_arguments(&desktop).await?;
    let application = window.from_outside();
    kill_until_given_up(&application, &desktop, 0).await?;
    window.press_close(&desktop)?;
    application.wait_until_ended().await
}
