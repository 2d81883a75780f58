//! The kiosk in a real window with a real keyring.

use std::time::{Duration, Instant};

use ringside_core::bridge::SessionCalls;
use ringside_core::{Home, Profile, become_kiosk};
use system_tests::{
    Account, Desktop, Failure, IN_TIME, Person, Place, STUDIO_PIN, ScreenSaverMock, Server, UnansweredPromptMock,
    Window, WindowChange, WindowManager, screenshot_on_failure,
};
use training::RoundStatus;

/// A kiosk's window on a new desktop.
async fn open_kiosk() -> Result<(Server, Desktop, Window), Failure> {
    let desktop = Desktop::start()?;
    let (server, window) = open_kiosk_on(&desktop).await?;
    Ok((server, desktop, window))
}

/// A kiosk's window on this desktop.
async fn open_kiosk_on(desktop: &Desktop) -> Result<(Server, Window), Failure> {
    let server = Server::start()?;
    let url = server.url().parse().expect("an address");
    become_kiosk(&Home::new(desktop.ringside_home()), &url, STUDIO_PIN).await.expect("a PIN");
    Ok((server, Window::open_without_arguments(desktop).await?))
}

async fn admit(window: &Window, account: &Account, pin: &str) -> Result<(), Failure> {
    window.click("new-here").await?;
    window.fill("email", &account.email).await?;
    window.fill("password", &account.password).await?;
    window.fill("new-pin", pin).await?;
    window.fill("repeat-pin", pin).await?;
    window.click("submit-admit").await?;
    window.find("link-state[data-state='live']").await.map(drop)
}

async fn pick(window: &Window, name: &str, pin: &str) -> Result<(), Failure> {
    window.view("kiosk-pick").await?;
    let script = "const tile = [...document.querySelectorAll('[data-testid=member]')]\
                  .find((it) => it.textContent.includes(arguments[0])); if (tile) tile.click(); return Boolean(tile)";
    window.until::<bool>(&format!("{name} to pick"), script, vec![name.into()]).await?;
    window.view("kiosk-pin").await?;
    window.type_text(pin).await
}

#[tokio::test]
async fn a_kiosk_keeps_its_members_after_a_restart() -> Result<(), Failure> {
    let (server, desktop, window) = open_kiosk().await?;
    let athletes: Vec<&Account> =
        server.accounts().iter().filter(|it| it.roles.iter().any(|role| role == "athlete")).take(2).collect();
    screenshot_on_failure(&window, "kiosk", async {
        window.view("kiosk-pick").await?;
        assert!(window.requests_full_screen(&desktop)?);
        admit(&window, athletes[0], "4711").await?;
        window.view("start").await?;
        window.click("lock").await?;
        window.view("kiosk-pick").await?;
        admit(&window, athletes[1], "1234").await?;
        window.click("lock").await?;
        window.view("kiosk-pick").await?;
        window.assert_stops_in_sight("who is it").await?;
        pick(&window, &athletes[0].name, "0000").await?;
        window.find("pin-failure[data-code='wrong-pin']").await?;
        window.type_text("4711").await?;
        window.find("link-state[data-state='live']").await?;
        assert!(window.violations().await?.is_empty());

        // The close button asks for the PIN.
        window.press_close(&desktop)?;
        window.view("kiosk-staff-pin").await?;
        window.type_text(STUDIO_PIN).await?;
        window.click("try-pin").await?;
        window.view("kiosk-staff").await?;
        window.assert_stops_in_sight("for staff").await?;
        assert!(window.violations().await?.is_empty());
        let press = "setTimeout(() => document.querySelector('[data-testid=close-ringside]').click()); return true";
        // The window may be gone before the driver answers. That it is gone is checked below.
        drop(window.run_script::<bool>(press, Vec::new()).await);
        Ok(())
    })
    .await;
    desktop.wait_until_closed(Profile::of_kiosk().as_str()).await?;
    drop(window);

    let window = Window::open_without_arguments(&desktop).await?;
    screenshot_on_failure(&window, "kiosk-again", async {
        pick(&window, &athletes[1].name, "1234").await?;
        window.find("link-state[data-state='live']").await?;
        let theirs = "return document.body.innerText.includes(arguments[0])";
        window.until::<bool>("their name", theirs, vec![athletes[1].name.as_str().into()]).await.map(drop)
    })
    .await;
    Ok(())
}

#[tokio::test]
async fn nobody_waits_for_a_locked_keyring_and_staff_are_told() -> Result<(), Failure> {
    let mut desktop = Desktop::start()?;
    let (server, window) = open_kiosk_on(&desktop).await?;
    let athlete = server.first("athlete")?;
    screenshot_on_failure(&window, "unlocked-keyring", async {
        window.view("kiosk-pick").await?;
        admit(&window, athlete, "4711").await
    })
    .await;
    // Killed, because it does not close without the PIN.
    drop(window);
    desktop.lock_keyring()?;
    let _prompt = UnansweredPromptMock::on(&desktop).await?;

    let window = Window::open_without_arguments(&desktop).await?;
    screenshot_on_failure(&window, "locked-keyring", async {
        window.view("kiosk-pick").await?;
        // Whoever waited for the keyring would do so for a minute.
        let picked_at = Instant::now();
        pick(&window, &athlete.name, "4711").await?;
        window.find("submit-admit").await?;
        assert!(picked_at.elapsed() < Duration::from_secs(55), "{:?}", picked_at.elapsed());

        let signed_in_at = Instant::now();
        window.fill("email", &athlete.email).await?;
        window.fill("password", &athlete.password).await?;
        window.fill("new-pin", "4711").await?;
        window.fill("repeat-pin", "4711").await?;
        window.click("submit-admit").await?;
        window.find("link-state[data-state='live']").await?;
        assert!(signed_in_at.elapsed() < Duration::from_secs(55), "{:?}", signed_in_at.elapsed());

        // From then on their PIN is enough.
        window.click("lock").await?;
        pick(&window, &athlete.name, "4711").await?;
        window.find("link-state[data-state='live']").await?;
        window.click("lock").await?;
        window.click("staff").await?;
        window.view("kiosk-staff-pin").await?;
        window.type_text(STUDIO_PIN).await?;
        window.click("try-pin").await?;
        window.wait_for_text("keyring", "gesperrt").await
    })
    .await;
    Ok(())
}

#[tokio::test]
async fn full_screen_is_restored_unless_staff_ended_it() -> Result<(), Failure> {
    let desktop = Desktop::start()?;
    let manager = WindowManager::on(&desktop).await?;
    let (_server, window) = open_kiosk_on(&desktop).await?;
    screenshot_on_failure(&window, "held", async {
        window.view("kiosk-pick").await?;
        let on_screen = manager.window().await?;
        on_screen.leave_full_screen()?;
        on_screen.wait_for(WindowChange::Smaller).await?;
        on_screen.wait_for(WindowChange::FullScreen).await?;
        on_screen.minimise()?;
        on_screen.wait_for(WindowChange::Hidden).await?;
        on_screen.wait_for(WindowChange::Shown).await?;

        window.click("staff").await?;
        window.view("kiosk-staff-pin").await?;
        window.type_text(STUDIO_PIN).await?;
        window.click("try-pin").await?;
        window.view("kiosk-staff").await?;
        window.click("fill-screen").await?;
        on_screen.wait_for(WindowChange::Smaller).await?;
        // Staff decided this, so it stays until they leave the page.
        window.find("fill-screen:not(:checked)").await?;
        window.at_rest().await?;
        assert!(!on_screen.has_changed(WindowChange::FullScreen)?);
        window.click("fill-screen").await?;
        on_screen.wait_for(WindowChange::FullScreen).await?;
        on_screen.leave_full_screen()?;
        on_screen.wait_for(WindowChange::Smaller).await?;
        window.click("leave-staff").await?;
        on_screen.wait_for(WindowChange::FullScreen).await
    })
    .await;
    Ok(())
}

#[tokio::test]
async fn a_window_that_a_keyboard_of_the_system_makes_smaller_is_not_filled_again() -> Result<(), Failure> {
    let desktop = Desktop::start()?;
    let manager = WindowManager::on(&desktop).await?;
    let (_server, window) = open_kiosk_on(&desktop).await?;
    screenshot_on_failure(&window, "shortened", async {
        window.view("kiosk-pick").await?;
        let on_screen = manager.window().await?;
        let height = window.run_script::<u32>("return innerHeight", Vec::new()).await?;
        on_screen.shorten()?;
        on_screen.wait_for(WindowChange::Smaller).await?;
        let is_shorter = "return innerHeight < arguments[0]";
        window.until::<bool>("the window to be shorter", is_shorter, vec![height.into()]).await?;
        // Another page later it is still as it was.
        window.click("staff").await?;
        window.view("kiosk-staff-pin").await?;
        window.at_rest().await?;
        assert!(!on_screen.has_changed(WindowChange::FullScreen)?);
        Ok(())
    })
    .await;
    Ok(())
}

#[tokio::test]
async fn a_machine_can_be_made_a_kiosk_in_the_settings_and_restarts_as_one() -> Result<(), Failure> {
    let (server, desktop) = (Server::start()?, Desktop::start()?);
    desktop.sign_in("default", server.url(), server.first("trainer")?)?;
    std::fs::write(desktop.ringside_home().join("config.json"), format!(r#"{{ "server": "{}" }}"#, server.url()))
        .expect("writable");
    let window = Window::open_without_arguments(&desktop).await?;
    screenshot_on_failure(&window, "become-kiosk", async {
        window.click("open-settings").await?;
        window.click("open-become-kiosk").await?;
        window.fill("new-pin", STUDIO_PIN).await?;
        window.fill("repeat-pin", STUDIO_PIN).await?;
        let press = "setTimeout(() => document.querySelector('[data-testid=submit-kiosk]').click()); return true";
        window.run_script::<bool>(press, Vec::new()).await.map(drop)
    })
    .await;
    desktop.wait_until_opened(Profile::of_kiosk().as_str()).await?;
    desktop.wait_until_closed("default").await?;
    let chosen = desktop.ringside_home().join("profiles").join(Profile::of_kiosk().as_str()).join("profile.json");
    let chosen = std::fs::read_to_string(chosen).expect("the kiosk keeps the server");
    assert!(chosen.contains(server.url().trim_end_matches('/')), "{chosen}");
    Ok(())
}

#[tokio::test]
async fn the_screen_stays_on_while_a_member_trains() -> Result<(), Failure> {
    let (server, desktop, window) = open_kiosk().await?;
    let screen = ScreenSaverMock::on(&desktop).await?;
    let athlete = server.first("athlete")?;
    let trainer = Person::signed_in(server.url(), server.first("trainer")?).await;
    screenshot_on_failure(&window, "awake", async {
        window.view("kiosk-pick").await?;
        admit(&window, athlete, "4711").await?;
        assert!(screen.reasons.borrow().is_empty());
        window.click("start-session").await?;
        window.view("waiting").await?;
        let mut reasons = screen.reasons.clone();
        let kept_on = tokio::time::timeout(IN_TIME, reasons.wait_for(|reasons| !reasons.is_empty())).await;
        assert!(kept_on.is_ok_and(|asked| asked.is_ok()), "the screen is not kept on");

        let view = trainer.sees("a session", |view| !view.documents.sessions.is_empty()).await;
        let session = trainer.join(view.documents.sessions[0].id).await;
        trainer.agent.cancel_session(session.id, None).await.expect("it is open");
        let released = tokio::time::timeout(IN_TIME, reasons.wait_for(std::collections::HashMap::is_empty)).await;
        assert!(released.is_ok_and(|asked| asked.is_ok()), "the screen is kept on although nobody trains");
        Ok(())
    })
    .await;
    Ok(())
}

#[tokio::test]
async fn unsent_changes_are_sent_after_the_machine_was_switched_off_and_on() -> Result<(), Failure> {
    let (mut server, desktop, window) = open_kiosk().await?;
    let athlete = server.first("athlete")?.clone();
    let trainer = Person::signed_in(server.url(), server.first("trainer")?).await;
    screenshot_on_failure(&window, "switched-off", async {
        window.view("kiosk-pick").await?;
        admit(&window, &athlete, "4711").await?;
        window.click("start-session").await?;
        trainer.lead_a_round().await;
        window.view("round").await?;
        server.kill();
        window.find("link-state[data-state='offline']").await?;
        window.click("begin-round").await?;
        window.click("lock").await?;
        window.wait_for_text("member", "1 Änderung wartet").await
    })
    .await;
    drop(window);
    server.start_again()?;
    // No member has picked themselves.
    let window = Window::open_without_arguments(&desktop).await?;
    window.view("kiosk-pick").await?;
    trainer.sees_round(RoundStatus::Active).await;
    Ok(())
}

#[tokio::test]
async fn autostart_can_be_switched_on_and_off() -> Result<(), Failure> {
    let (server, desktop) = (Server::start()?, Desktop::start()?);
    desktop.sign_in("athlete", server.url(), server.first("athlete")?)?;
    let window = Window::open(&desktop, "athlete", server.url(), Place::LEFT).await?;
    screenshot_on_failure(&window, "start-with-system", async {
        window.click("open-settings").await?;
        for is_wanted in [true, false] {
            window.click("start-with-system").await?;
            wait_for_autostart(&desktop, is_wanted).await;
            // The settings show what the system says, also when they are opened again.
            window.click("close-settings").await?;
            window.click("open-settings").await?;
            window.find("start-with-system").await?;
            let marked =
                format!("return document.querySelector('[data-testid=start-with-system]').checked === {is_wanted}");
            window.until::<bool>("what the system says", &marked, Vec::new()).await?;
        }
        Ok(())
    })
    .await;
    Ok(())
}

/// Waits until the desktop has an autostart entry, or none.
async fn wait_for_autostart(desktop: &Desktop, is_wanted: bool) {
    // The library ignores XDG_CONFIG_HOME.
    let directory = desktop.path().join(".config/autostart");
    let mut interval = tokio::time::interval(Duration::from_millis(50));
    let deadline = Instant::now() + IN_TIME;
    // The entry of this profile, and of no other.
    let entry = directory.join("Ringside (athlete).desktop");
    let starts = || std::fs::read_to_string(&entry).is_ok_and(|entry| entry.contains("--profile athlete"));
    while starts() != is_wanted {
        assert!(Instant::now() < deadline, "wanted: {is_wanted}");
        interval.tick().await;
    }
}
