//! Desktop integration: single instance, links, closing, window state, diagnostics.

use std::process::{Command, Stdio};

use fantoccini::key::Key;
use ringside_core::bridge::SessionCalls;
use serde_json::{Value, json};
use system_tests::{Desktop, Failure, IN_TIME, Person, Place, Server, Stage, Window, screenshot_on_failure, story};
use tokio::io::{AsyncBufRead, AsyncBufReadExt, BufReader};
use training::Session;

/// Makes the page count how often it told the shell that it asks about closing. Tauri's `invoke` can't be replaced, but
/// its transport can.
const COUNT_CLOSE_QUESTIONS: &str = r#"
    const originalFetch = window.fetch;
    window.questions = 0;
    window.fetch = (address, request) => {
        const answer = originalFetch.call(window, address, request);
        if (String(request?.body).includes('"name":"is_asking"')) answer.then(() => { window.questions += 1; });
        return answer;
    };"#;

/// Starts the application a second time on `profile`, with `more` arguments; returns when that process has ended.
async fn start_second_time(desktop: &Desktop, profile: &str, more: &[&str]) -> Result<(), Failure> {
    let mut application = desktop.program("ringside")?;
    application.args(["--profile", profile]).args(more);
    let mut application = tokio::process::Command::from(application);
    let ended = application.kill_on_drop(true).status();
    let status = tokio::time::timeout(IN_TIME, ended).await.expect("it ends by itself");
    assert!(status.expect("it can be started").success());
    Ok(())
}

/// A trainer's window, signed in and live.
async fn open_trainer_window() -> Result<(Server, Desktop, Window), Failure> {
    let (server, desktop) = (Server::start()?, Desktop::start()?);
    desktop.sign_in("trainer", server.url(), server.first("trainer")?)?;
    let window = Window::open(&desktop, "trainer", server.url(), Place::LEFT).await?;
    window.find("link-state[data-state='live']").await?;
    Ok((server, desktop, window))
}

/// Two athletes start a session; returns both athletes, and the session of the second.
async fn start_two_sessions(server: &Server) -> (Person, Person, Session) {
    let mut athletes = server.accounts().iter().filter(|account| account.roles.iter().any(|role| role == "athlete"));
    let (first, second) = (athletes.next().expect("an athlete"), athletes.next().expect("another"));
    let first = Person::signed_in(server.url(), first).await;
    let second = Person::signed_in(server.url(), second).await;
    first.agent.start_session().await.expect("none is open");
    let session = second.agent.start_session().await.expect("none is open");
    (first, second, session)
}

#[tokio::test]
async fn a_second_start_ends_and_brings_the_first_window_to_the_front() -> Result<(), Failure> {
    let Stage { trainer, athlete, desktop, server: _server } = Stage::set().await?;
    screenshot_on_failure(&trainer, "second-start", async {
        athlete.focus(&desktop).await?;
        trainer.until::<bool>("to be behind", "return !document.hasFocus()", Vec::new()).await?;
        start_second_time(&desktop, "trainer", &[]).await?;
        trainer.until::<bool>("to be in front", "return document.hasFocus()", Vec::new()).await?;
        trainer.find("link-state[data-state='live']").await?;
        assert!(!trainer.shows("notice").await?);
        Ok(())
    })
    .await;
    Ok(())
}

/// Starts a program with its output piped; it is killed when dropped.
fn spawn_piped(program: Command) -> tokio::process::Child {
    let mut program = tokio::process::Command::from(program);
    let program = program.stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    program.spawn().expect("it can be started")
}

/// Waits until a program prints a line with `text`.
async fn wait_until_printed(printed: &mut (impl AsyncBufRead + Unpin), text: &str) {
    let mut printed = printed.lines();
    let found = async {
        while let Some(line) = printed.next_line().await.expect("it is text") {
            if line.contains(text) {
                return true;
            }
        }
        false
    };
    let found = tokio::time::timeout(IN_TIME, found).await;
    assert!(matches!(found, Ok(true)), "{text:?} is not printed: {found:?}");
}

#[tokio::test]
async fn a_start_handed_over_to_a_process_that_ends_opens_its_own_window() -> Result<(), Failure> {
    let (_server, desktop, window) = open_trainer_window().await?;
    // It no longer responds, but keeps its name on the bus until it is gone.
    window.suspend()?;
    let mut monitor = spawn_piped(desktop.monitor_bus("ExecuteCallback"));
    let mut bus_messages = BufReader::new(monitor.stdout.take().expect("it is piped"));
    wait_until_printed(&mut bus_messages, "").await;
    let mut start = desktop.program("ringside")?;
    start.args(["--profile", "trainer"]);
    let mut second = spawn_piped(start);
    let mut log = BufReader::new(second.stderr.take().expect("it is piped"));
    wait_until_printed(&mut bus_messages, "ExecuteCallback").await;
    drop(window);
    wait_until_printed(&mut log, "the profile is open").await;
    Ok(())
}

#[tokio::test]
async fn keyboard_shortcuts_work_wherever_the_focus_is() -> Result<(), Failure> {
    let (_server, desktop, window) = open_trainer_window().await?;
    screenshot_on_failure(&window, "keys", async {
        window.focus(&desktop).await?;
        window.press_with(Key::Control, ',').await?;
        window.find("close-settings").await?;
        window.press(&[Key::F1]).await?;
        window.find("shortcuts").await?;
        window.press(&[Key::Escape]).await?;
        window.wait_until_gone("shortcuts").await?;
        // The driver's response about a closed window does not matter: that it has closed is checked below.
        drop(window.press_with(Key::Control, 'q').await);
        window.wait_until_ended().await
    })
    .await;
    Ok(())
}

#[tokio::test]
async fn a_window_whose_profile_cannot_be_opened_can_be_closed_by_keyboard_and_has_diagnostics() -> Result<(), Failure>
{
    let desktop = Desktop::start()?;
    std::fs::create_dir_all(desktop.ringside_home()).expect("writable");
    std::fs::write(desktop.ringside_home().join("config.json"), "{").expect("writable");
    let window = Window::open(&desktop, "somebody", None, Place::LEFT).await?;
    screenshot_on_failure(&window, "unopened", async {
        window.view("failure").await?;
        window.click("copy-diagnostics").await?;
        let text = window.text("diagnostics").await?;
        assert!(text.contains("BadConfig") && text.contains(env!("CARGO_PKG_VERSION")), "{text}");
        assert!(!text.contains(&*desktop.path().to_string_lossy()), "a path may contain a name: {text}");
        window.focus(&desktop).await?;
        drop(window.press_with(Key::Control, 'q').await);
        window.wait_until_ended().await
    })
    .await;
    Ok(())
}

#[tokio::test]
async fn a_link_that_starts_the_application_opens_the_waiting_session() -> Result<(), Failure> {
    let (server, desktop) = (Server::start()?, Desktop::start()?);
    desktop.sign_in("trainer", server.url(), server.first("trainer")?)?;
    let (_first_athlete, _second_athlete, session) = start_two_sessions(&server).await;
    let link = format!("ringside://join/{}", session.id);
    let window = Window::open_for_link(&desktop, "trainer", server.url(), &link).await?;
    screenshot_on_failure(&window, "link-at-start", async {
        window.find(&format!("session-row[data-session='{}'][aria-current='true']", session.id)).await.map(drop)
    })
    .await;
    Ok(())
}

#[tokio::test]
async fn a_link_opens_the_waiting_session_or_its_past_and_an_invalid_one_is_reported() -> Result<(), Failure> {
    let (server, desktop, window) = open_trainer_window().await?;
    let (_first_athlete, second_athlete, session) = start_two_sessions(&server).await;
    screenshot_on_failure(&window, "link", async {
        window.find(&format!("session-row[data-session='{}']", session.id)).await?;
        start_second_time(&desktop, "trainer", &[&format!("ringside://join/{}", session.id)]).await?;
        window.find(&format!("session-row[data-session='{}'][aria-current='true']", session.id)).await?;

        start_second_time(&desktop, "trainer", &["ringside://session/../nonsense"]).await?;
        window.wait_for_text("notice", "versteht Ringside nicht").await?;
        second_athlete.agent.cancel_session(session.id, None).await.expect("it is open");
        window.wait_until_gone(&format!("session-row[data-session='{}'][data-status='waiting']", session.id)).await?;
        start_second_time(&desktop, "trainer", &[&format!("ringside://session/{}", session.id)]).await?;
        window.find(&format!("session-detail[data-session='{}']", session.id)).await.map(drop)
    })
    .await;
    Ok(())
}

/// Waits until the page has told the shell `times` times that it asks about closing.
async fn wait_for_close_question(window: &Window, times: u32) -> Result<(), Failure> {
    let (what, script) = (format!("close question {times}"), "return window.questions >= arguments[0]");
    window.until::<bool>(&what, script, vec![json!(times)]).await.map(drop)
}

#[tokio::test]
async fn an_athlete_is_asked_before_the_window_closes_during_a_session() -> Result<(), Failure> {
    let Stage { trainer, athlete, desktop, server: _server } = Stage::set().await?;
    screenshot_on_failure(&athlete, "closing", async {
        story::start_session(&trainer, &athlete).await?;
        story::join(&trainer, &athlete).await?;
        athlete.view("between").await?;
        athlete.run_script::<()>(COUNT_CLOSE_QUESTIONS, Vec::new()).await?;
        athlete.press_close(&desktop)?;
        athlete.find("closing").await?;
        assert!(athlete.violations().await?.is_empty());
        wait_for_close_question(&athlete, 1).await?;
        // Neither a double click on the frame nor a change of mind counts as an answer. Clicks on the frame and keys
        // arrive on separate channels, so the test waits for each.
        athlete.press_close(&desktop)?;
        wait_for_close_question(&athlete, 2).await?;
        athlete.press(&[Key::Escape]).await?;
        athlete.wait_until_gone("closing").await?;
        athlete.press_close(&desktop)?;
        athlete.find("closing").await?;
        wait_for_close_question(&athlete, 3).await?;
        let press = "setTimeout(() => document.querySelector('[data-testid=confirm-closing]').click()); return true";
        // The driver's response about a closed window does not matter: that it has closed is checked below.
        drop(athlete.run_script::<bool>(press, Vec::new()).await);
        Ok(())
    })
    .await;
    desktop.wait_until_closed("athlete").await?;
    // The trainer is not training, so there is no question.
    trainer.press_close(&desktop)?;
    desktop.wait_until_closed("trainer").await
}

#[tokio::test]
async fn diagnostics_contain_the_state_and_no_personal_data() -> Result<(), Failure> {
    let (server, desktop, window) = open_trainer_window().await?;
    let trainer = server.first("trainer")?;
    screenshot_on_failure(&window, "diagnostics", async {
        window.click("open-settings").await?;
        window.click("copy-diagnostics").await?;
        let text = window.text("diagnostics").await?;
        for part in [env!("CARGO_PKG_VERSION"), "linux", "connection", "Live", "last problems"] {
            assert!(text.contains(part), "{part} is missing:\n{text}");
        }
        for person in [&trainer.email, &trainer.name] {
            assert!(!text.contains(person.as_str()), "{text}");
        }
        Ok(())
    })
    .await;
    // The log is in the system's log directory and contains no names either.
    let found = Command::new("find").arg(desktop.path().join("data")).args(["-name", "ringside.*.log"]).output();
    let paths = String::from_utf8(found.expect("find").stdout).expect("paths");
    // There is one file for each day.
    let log: String = paths.lines().map(|path| std::fs::read_to_string(path).expect("there is a log")).collect();
    assert!(log.contains("the profile is open") && !log.contains(&trainer.email), "{log}");
    Ok(())
}

/// Opens a window, closes it, and overwrites its stored position: left, top, width and height.
async fn reopen_with_saved_position(desktop: &Desktop, server: &Server, place: [i32; 4]) -> Result<Window, Failure> {
    let window = Window::open_at_saved_position(desktop, "somebody", server.url()).await?;
    window.view("sign-in").await?;
    window.press_close(desktop)?;
    desktop.wait_until_closed("somebody").await?;
    let path = desktop.path().join("config/app.ringside.desktop.profile-somebody/.window-state.json");
    let mut state: Value = serde_json::from_slice(&std::fs::read(&path).expect("it is saved")).expect("JSON");
    let saved = &mut state["profile-somebody"];
    assert_eq!(saved["width"], 1280);
    for (name, value) in ["x", "y", "width", "height"].into_iter().zip(place) {
        saved[name] = value.into();
    }
    std::fs::write(&path, state.to_string()).expect("writable");
    Window::open_at_saved_position(desktop, "somebody", server.url()).await
}

#[tokio::test]
async fn a_window_keeps_its_size_and_opens_on_an_existing_screen() -> Result<(), Failure> {
    let (server, desktop) = (Server::start()?, Desktop::start()?);
    let window = reopen_with_saved_position(&desktop, &server, [9000, 9000, 1100, 700]).await?;
    screenshot_on_failure(&window, "window-state", async {
        window.until::<bool>("its size", "return innerWidth === 1100 && innerHeight === 700", Vec::new()).await?;
        let is_here = "return screenX < screen.width && screenY < screen.height";
        window.until::<bool>("a screen that is there", is_here, Vec::new()).await.map(drop)
    })
    .await;
    Ok(())
}

#[tokio::test]
async fn a_window_that_is_larger_than_the_screen_is_shrunk_to_it() -> Result<(), Failure> {
    let (server, desktop) = (Server::start()?, Desktop::start()?);
    let window = reopen_with_saved_position(&desktop, &server, [300, 200, 5120, 2880]).await?;
    screenshot_on_failure(&window, "larger-screen", async {
        let fits =
            "return innerWidth === screen.width && innerHeight === screen.height && screenX === 0 && screenY === 0";
        window.until::<bool>("its size", fits, Vec::new()).await.map(drop)
    })
    .await;
    Ok(())
}

#[tokio::test]
async fn a_window_can_be_closed_while_it_is_moved() -> Result<(), Failure> {
    let (server, desktop) = (Server::start()?, Desktop::start()?);
    let window = Window::open_at_saved_position(&desktop, "somebody", server.url()).await?;
    screenshot_on_failure(&window, "closing-while-moved", async {
        window.view("sign-in").await?;
        window.press_close_while_it_moves(&desktop)?;
        desktop.wait_until_closed("somebody").await
    })
    .await;
    Ok(())
}
