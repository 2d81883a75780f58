//! Desktop integration: one instance, notices, invitations, closing, support.

use std::process::{Command, Stdio};

use fantoccini::key::Key;
use ringside_core::bridge::SessionCalls;
use serde_json::{Value, json};
use system_tests::{Desktop, Failure, IN_TIME, Person, Place, Server, Stage, Window, pictured, story};
use tokio::io::{AsyncBufRead, AsyncBufReadExt, BufReader};
use training::Session;

/// Makes the page count how often the shell was told that it asks about closing. Tauri's `invoke` can't be replaced,
/// but its transport can.
const COUNT_QUESTIONS: &str = r#"
    const carry = window.fetch;
    window.questions = 0;
    window.fetch = (address, request) => {
        const answer = carry.call(window, address, request);
        if (String(request?.body).includes('"name":"is_asking"')) answer.then(() => { window.questions += 1; });
        return answer;
    };"#;

/// Starts the application once more on `profile`, with `more` on its command line; returns when it has ended.
async fn start_again(desktop: &Desktop, profile: &str, more: &[&str]) -> Result<(), Failure> {
    let mut application = desktop.program("ringside")?;
    application.args(["--profile", profile]).args(more);
    let mut application = tokio::process::Command::from(application);
    let ended = application.kill_on_drop(true).status();
    let status = tokio::time::timeout(IN_TIME, ended).await.expect("it ends by itself");
    assert!(status.expect("it can be started").success());
    Ok(())
}

async fn trainer_alone() -> Result<(Server, Desktop, Window), Failure> {
    let (server, desktop) = (Server::start()?, Desktop::start()?);
    desktop.sign_in("trainer", server.url(), server.first("trainer")?)?;
    let window = Window::open(&desktop, "trainer", server.url(), Place::LEFT).await?;
    window.find("link-state[data-state='live']").await?;
    Ok((server, desktop, window))
}

/// Two athletes wait for their trainer; returns both, and the session of the second.
async fn two_wait(server: &Server) -> (Person, Person, Session) {
    let mut athletes = server.accounts().iter().filter(|account| account.roles.iter().any(|role| role == "athlete"));
    let (first, second) = (athletes.next().expect("an athlete"), athletes.next().expect("another"));
    let first = Person::signed_in(server.url(), first).await;
    let second = Person::signed_in(server.url(), second).await;
    first.agent.start_session().await.expect("none is open");
    let session = second.agent.start_session().await.expect("none is open");
    (first, second, session)
}

#[tokio::test]
async fn a_second_start_ends_and_the_first_comes_to_the_front() -> Result<(), Failure> {
    let Stage { trainer, athlete, desktop, server: _server } = Stage::set().await?;
    pictured(&trainer, "second-start", async {
        athlete.focus(&desktop).await?;
        trainer.until::<bool>("to be behind", "return !document.hasFocus()", Vec::new()).await?;
        start_again(&desktop, "trainer", &[]).await?;
        trainer.until::<bool>("to be in front", "return document.hasFocus()", Vec::new()).await?;
        trainer.find("link-state[data-state='live']").await?;
        assert!(!trainer.shows("notice").await?);
        Ok(())
    })
    .await;
    Ok(())
}

/// Starts a program with its output piped; it is killed when dropped.
fn begun(program: Command) -> tokio::process::Child {
    let mut program = tokio::process::Command::from(program);
    let program = program.stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    program.spawn().expect("it can be started")
}

/// Waits until a program prints a line with `text`.
async fn until_printed(printed: &mut (impl AsyncBufRead + Unpin), text: &str) {
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
async fn a_start_that_is_handed_to_one_that_ends_opens_a_window_of_its_own() -> Result<(), Failure> {
    let (_server, desktop, window) = trainer_alone().await?;
    // It no longer responds, but keeps its name on the bus until it is gone.
    window.hang()?;
    let mut listener = begun(desktop.overhears("ExecuteCallback"));
    let mut said = BufReader::new(listener.stdout.take().expect("it is piped"));
    until_printed(&mut said, "").await;
    let mut start = desktop.program("ringside")?;
    start.args(["--profile", "trainer"]);
    let mut second = begun(start);
    let mut logged = BufReader::new(second.stderr.take().expect("it is piped"));
    until_printed(&mut said, "ExecuteCallback").await;
    drop(window);
    until_printed(&mut logged, "the profile is open").await;
    Ok(())
}

#[tokio::test]
async fn the_keys_of_the_window_are_heard_wherever_one_is_in_it() -> Result<(), Failure> {
    let (_server, desktop, window) = trainer_alone().await?;
    pictured(&window, "keys", async {
        window.focus(&desktop).await?;
        window.press_with(Key::Control, ',').await?;
        window.find("close-settings").await?;
        window.press(&[Key::F1]).await?;
        window.find("shortcuts").await?;
        window.press(&[Key::Escape]).await?;
        window.gone("shortcuts").await?;
        // The driver's response about a closed window does not matter: that it has closed is checked below.
        drop(window.press_with(Key::Control, 'q').await);
        window.until_it_ends().await
    })
    .await;
    Ok(())
}

#[tokio::test]
async fn a_window_whose_profile_can_t_be_opened_is_closed_by_its_keys_and_tells_support_why() -> Result<(), Failure> {
    let desktop = Desktop::start()?;
    std::fs::create_dir_all(desktop.ringside_home()).expect("writable");
    std::fs::write(desktop.ringside_home().join("config.json"), "{").expect("writable");
    let window = Window::open(&desktop, "somebody", None, Place::LEFT).await?;
    pictured(&window, "unopened", async {
        window.view("failure").await?;
        window.click("copy-diagnostics").await?;
        let text = window.text("diagnostics").await?;
        assert!(text.contains("BadConfig") && text.contains(env!("CARGO_PKG_VERSION")), "{text}");
        assert!(!text.contains(&*desktop.path().to_string_lossy()), "a path may name somebody: {text}");
        window.focus(&desktop).await?;
        drop(window.press_with(Key::Control, 'q').await);
        window.until_it_ends().await
    })
    .await;
    Ok(())
}

#[tokio::test]
async fn a_link_that_starts_the_application_leads_to_the_one_who_waits() -> Result<(), Failure> {
    let (server, desktop) = (Server::start()?, Desktop::start()?);
    desktop.sign_in("trainer", server.url(), server.first("trainer")?)?;
    let (_first_waits, _second_waits, session) = two_wait(&server).await;
    let link = format!("ringside://join/{}", session.id);
    let window = Window::open_for_link(&desktop, "trainer", server.url(), &link).await?;
    pictured(&window, "link-at-start", async {
        window.find(&format!("session-row[data-session='{}'][aria-current='true']", session.id)).await.map(drop)
    })
    .await;
    Ok(())
}

#[tokio::test]
async fn an_invitation_leads_to_the_one_who_waits_and_a_bad_one_is_said() -> Result<(), Failure> {
    let (server, desktop, window) = trainer_alone().await?;
    let (_first_waits, second_waits, session) = two_wait(&server).await;
    pictured(&window, "invitation", async {
        window.find(&format!("session-row[data-session='{}']", session.id)).await?;
        start_again(&desktop, "trainer", &[&format!("ringside://join/{}", session.id)]).await?;
        window.find(&format!("session-row[data-session='{}'][aria-current='true']", session.id)).await?;

        start_again(&desktop, "trainer", &["ringside://join/../nonsense"]).await?;
        window.reads("notice", "keine Einladung").await?;
        second_waits.agent.cancel_session(session.id, None).await.expect("it is open");
        window.gone(&format!("session-row[data-session='{}'][data-status='waiting']", session.id)).await?;
        start_again(&desktop, "trainer", &[&format!("ringside://join/{}", session.id)]).await?;
        window
            .until::<bool>("the sentence", "return document.body.innerText.includes('gilt nicht mehr')", Vec::new())
            .await?;
        Ok(())
    })
    .await;
    Ok(())
}

/// Waits until the shell was told for the `times`th time that the page asks about closing.
async fn has_asked(window: &Window, times: u32) -> Result<(), Failure> {
    let (what, script) = (format!("question {times} to be known"), "return window.questions >= arguments[0]");
    window.until::<bool>(&what, script, vec![json!(times)]).await.map(drop)
}

#[tokio::test]
async fn an_athlete_is_asked_before_the_window_closes_in_the_middle_of_a_training() -> Result<(), Failure> {
    let Stage { trainer, athlete, desktop, server: _server } = Stage::set().await?;
    pictured(&athlete, "closing", async {
        story::start_session(&trainer, &athlete).await?;
        story::join(&trainer, &athlete).await?;
        athlete.view("between").await?;
        athlete.ask::<()>(COUNT_QUESTIONS, Vec::new()).await?;
        athlete.press_close(&desktop)?;
        athlete.find("closing").await?;
        assert!(athlete.violations().await?.is_empty());
        has_asked(&athlete, 1).await?;
        // Neither a double click on the frame nor a change of mind counts as an answer. Clicks on the frame and keys
        // arrive on separate channels, so the test waits for each.
        athlete.press_close(&desktop)?;
        has_asked(&athlete, 2).await?;
        athlete.press(&[Key::Escape]).await?;
        athlete.gone("closing").await?;
        athlete.press_close(&desktop)?;
        athlete.find("closing").await?;
        has_asked(&athlete, 3).await?;
        let press = "setTimeout(() => document.querySelector('[data-testid=confirm-closing]').click()); return true";
        // The driver's response about a closed window does not matter: that it has closed is checked below.
        drop(athlete.ask::<bool>(press, Vec::new()).await);
        Ok(())
    })
    .await;
    desktop.until_nobody_has("athlete").await?;
    // The trainer is not training, so there is no question.
    trainer.press_close(&desktop)?;
    desktop.until_nobody_has("trainer").await
}

#[tokio::test]
async fn diagnostics_say_how_it_stands_and_nothing_about_a_person() -> Result<(), Failure> {
    let (server, desktop, window) = trainer_alone().await?;
    let trainer = server.first("trainer")?;
    pictured(&window, "diagnostics", async {
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
async fn stood_at(desktop: &Desktop, server: &Server, place: [i32; 4]) -> Result<Window, Failure> {
    let window = Window::open_where_it_was(desktop, "somebody", server.url()).await?;
    window.view("sign-in").await?;
    window.press_close(desktop)?;
    desktop.until_nobody_has("somebody").await?;
    let kept = desktop.path().join("config/app.ringside.desktop.profile-somebody/.window-state.json");
    let mut state: Value = serde_json::from_slice(&std::fs::read(&kept).expect("it is kept")).expect("JSON");
    let stood = &mut state["profile-somebody"];
    assert_eq!(stood["width"], 1280);
    for (name, value) in ["x", "y", "width", "height"].into_iter().zip(place) {
        stood[name] = value.into();
    }
    std::fs::write(&kept, state.to_string()).expect("writable");
    Window::open_where_it_was(desktop, "somebody", server.url()).await
}

#[tokio::test]
async fn a_window_comes_back_as_large_as_it_was_on_a_screen_that_is_there() -> Result<(), Failure> {
    let (server, desktop) = (Server::start()?, Desktop::start()?);
    let window = stood_at(&desktop, &server, [9000, 9000, 1100, 700]).await?;
    pictured(&window, "window-state", async {
        window.until::<bool>("its size", "return innerWidth === 1100 && innerHeight === 700", Vec::new()).await?;
        let is_here = "return screenX < screen.width && screenY < screen.height";
        window.until::<bool>("a screen that is there", is_here, Vec::new()).await.map(drop)
    })
    .await;
    Ok(())
}

#[tokio::test]
async fn a_window_of_a_larger_screen_comes_back_as_large_as_the_one_that_is_there() -> Result<(), Failure> {
    let (server, desktop) = (Server::start()?, Desktop::start()?);
    let window = stood_at(&desktop, &server, [300, 200, 5120, 2880]).await?;
    pictured(&window, "larger-screen", async {
        let fits =
            "return innerWidth === screen.width && innerHeight === screen.height && screenX === 0 && screenY === 0";
        window.until::<bool>("its size", fits, Vec::new()).await.map(drop)
    })
    .await;
    Ok(())
}

#[tokio::test]
async fn a_window_closes_also_while_it_is_moved() -> Result<(), Failure> {
    let (server, desktop) = (Server::start()?, Desktop::start()?);
    let window = Window::open_where_it_was(&desktop, "somebody", server.url()).await?;
    pictured(&window, "closing-while-moved", async {
        window.view("sign-in").await?;
        window.press_close_while_it_moves(&desktop)?;
        desktop.until_nobody_has("somebody").await
    })
    .await;
    Ok(())
}
