//! Behaviour 55: a screen without a keyboard, in real windows.

use ringside_core::{Home, become_kiosk};
use system_tests::{Desktop, Failure, Place, STUDIO_PIN, Server, Stage, Window, screenshot_on_failure, story};

/// The field called `name` has the focus, and is seen above the keyboard.
async fn assert_in(window: &Window, name: &str) -> Result<(), Failure> {
    let script = "return document.activeElement.dataset.testid === arguments[0]";
    window.until::<bool>(&format!("the focus to be in {name}"), script, vec![name.into()]).await?;
    window.find("screen-keys").await?;
    assert!(window.shows_focus().await?, "{name} is covered");
    Ok(())
}

#[tokio::test]
async fn b55_an_athlete_joins_a_kiosk_by_touch_alone() -> Result<(), Failure> {
    let (desktop, server) = (Desktop::start()?, Server::start()?);
    let url = server.url().parse().expect("an address");
    become_kiosk(&Home::new(desktop.ringside_home()), &url, STUDIO_PIN).await.expect("a PIN");
    let athlete = server.first("athlete")?;
    let window = Window::open_without_arguments(&desktop).await?;
    screenshot_on_failure(&window, "by-touch", async {
        window.touch("new-here").await?;
        window.touch("email").await?;
        assert_in(&window, "email").await?;
        window.type_by_touch(&athlete.email).await?;
        assert_eq!(window.value("email").await?, athlete.email);
        assert!(window.violations().await?.is_empty());
        for (name, text) in [("password", athlete.password.as_str()), ("new-pin", "4711"), ("repeat-pin", "4711")] {
            window.touch("key-enter").await?;
            assert_in(&window, name).await?;
            window.type_by_touch(text).await?;
            assert_eq!(window.value(name).await?, text);
        }
        assert!(window.violations().await?.is_empty());
        window.touch("key-enter").await?;
        window.find("link-state[data-state='live']").await?;
        window.wait_until_gone("screen-keys").await?;
        assert_eq!(window.console_problems()?, Vec::<String>::new());
        Ok(())
    })
    .await;
    Ok(())
}

#[tokio::test]
async fn b55_the_note_and_its_corrections_are_written_by_touch() -> Result<(), Failure> {
    let stage = Stage::set().await?;
    stage
        .play("note-by-touch", async |Stage { trainer, athlete: window, .. }| {
            story::start_session(trainer, window).await?;
            story::join(trainer, window).await?;
            story::plan_round(trainer, "Bankdr", "80x8@8").await?;
            trainer.click("save-and-release").await?;
            story::sees_round(window, 1).await?;
            window.touch("begin-round").await?;
            window.touch("tick").await?;
            window.wait_until_gone("tick").await?;
            window.touch("to-feedback").await?;
            window.touch("effort-6").await?;
            window.touch("pain-no").await?;
            window
                .run_script::<()>("document.querySelector('[data-testid=note]').scrollIntoView()", Vec::new())
                .await?;
            window.touch("note").await?;
            assert_in(window, "note").await?;
            // The first letter is a capital by itself.
            window.type_by_touch("ganz ruhigg").await?;
            window.touch("key-backspace").await?;
            window.touch("key-enter").await?;
            window.type_by_touch("ja").await?;
            assert_eq!(window.value("note").await?, "Ganz ruhig\nJa");
            window.touch("key-put-away").await?;
            window.wait_until_gone("screen-keys").await?;
            window.touch("complete-round").await?;
            window.wait_until_gone("view[data-view='feedback']").await?;
            trainer.wait_for_text("feedback", "Ganz ruhig").await
        })
        .await;
    Ok(())
}

#[tokio::test]
async fn a_real_keyboard_sends_the_one_on_the_screen_away() -> Result<(), Failure> {
    let (desktop, server) = (Desktop::start()?, Server::start()?);
    let window = Window::open(&desktop, "somebody", server.url(), Place::LEFT).await?;
    screenshot_on_failure(&window, "real-keyboard", async {
        window.click("email").await?;
        assert!(!window.shows("screen-keys").await?);
        window.touch("password").await?;
        window.type_by_touch("a").await?;
        window.type_text("b").await?;
        window.wait_until_gone("screen-keys").await?;
        assert_eq!(window.value("password").await?, "ab");
        Ok(())
    })
    .await;
    window.close().await
}
