//! A file of another tracker in a real window, by keyboard: looked at, imported, imported again, taken back.

use fantoccini::key::Key;
use system_tests::imports::{self, strong};
use system_tests::{Desktop, Device, Failure, Place, Server, Window, screenshot_on_failure};

/// How many sessions the file has, and how many sets each of them.
const SESSIONS: usize = 100;
const SETS: usize = 20;

/// Chooses the file once the page asks for one.
async fn choose(window: &Window) -> Result<(), Failure> {
    // A row whose weight can't be read is left out.
    let file = strong(SESSIONS, SETS) + "2023-01-01 18:00:00,Legs,1h,Squat (Barbell),1,sixty,5,0,0,,,\n";
    imports::choose(window, &file).await
}

/// The numbers of the preview with these names.
async fn counts<const N: usize>(window: &Window, names: [&str; N]) -> Result<[usize; N], Failure> {
    let mut counts = [0; N];
    for (count, name) in counts.iter_mut().zip(names) {
        let text = window.attribute(name, "data-count").await?.unwrap_or_default();
        *count = text.parse().unwrap_or(usize::MAX);
    }
    Ok(counts)
}

/// How many imported sessions the server has of an athlete.
async fn imported(device: &Device, athlete: &str) -> Result<usize, Failure> {
    let page = device.get(&format!("/v1/athletes/{athlete}/sessions?limit=100")).await?;
    let sessions = page["sessions"].as_array().cloned().unwrap_or_default();
    Ok(sessions.iter().filter(|session| session["imported"] == true).count())
}

#[tokio::test]
async fn b70_an_athlete_imports_two_thousand_sets_by_keyboard_and_takes_them_back() -> Result<(), Failure> {
    let server = Server::start()?;
    let desktop = Desktop::start()?;
    let account = server.first("athlete")?;
    let device = Device::sign_in(&server, account).await?;
    let me = device.get("/v1/me").await?["id"].as_str().unwrap_or_default().to_owned();
    desktop.sign_in("athlete", server.url(), account)?;
    let window = Window::open(&desktop, "athlete", server.url(), Place::LEFT).await?;
    screenshot_on_failure(&window, "import", async {
        window.view("start").await?;
        window.focus(&desktop).await?;
        window.press_space_on("open-history").await?;
        window.view("history").await?;

        window.press_space_on("import").await?;
        choose(&window).await?;
        let sums = ["import-rows", "import-sets", "import-weights", "import-skipped-count"];
        assert_eq!(counts(&window, sums).await?, [SESSIONS * SETS + 1, SESSIONS * SETS, 0, 1]);
        let sums = ["import-sessions", "import-new", "import-here", "import-changed-count"];
        assert_eq!(counts(&window, sums).await?, [SESSIONS, SESSIONS, 0, 0]);
        assert_eq!(window.attribute("import-unit", "data-unit").await?.as_deref(), Some("kg"));
        assert_eq!(imported(&device, &me).await?, 0, "nothing is stored yet");

        window.tab_to("import-choice[data-name='Zercher carry']").await?;
        window.type_text("kniebeuge").await?;
        window.find("import-option[aria-selected='true'][data-exercise]").await?;
        window.press(&[Key::Enter]).await?;
        window.find("import-choice[data-name='Zercher carry'][data-exercise]").await?;
        window.press_space_on("commit-import").await?;
        window.wait_for_text("import-done", "100 Trainings").await?;
        assert_eq!(imported(&device, &me).await?, SESSIONS);
        window.press_space_on("finish-import").await?;
        window.wait_for_text("past-session", "importiert").await?;

        window.press_space_on("import").await?;
        choose(&window).await?;
        assert_eq!(counts(&window, sums).await?, [SESSIONS, 0, SESSIONS, 0]);
        window.find("import-nothing-new").await?;
        let chosen = window.attribute("import-recognised", "data-testid").await?;
        assert!(chosen.is_some(), "what was assigned is remembered");
        window.press_space_on("discard-import").await?;
        window.find("past-session").await?;
        assert_eq!(imported(&device, &me).await?, SESSIONS);

        window.press_space_on("import").await?;
        window.press_space_on("take-back-import").await?;
        window.press_space_on("confirm-take-back").await?;
        window.wait_until_gone("past-import").await?;
        assert_eq!(imported(&device, &me).await?, 0);
        window.press(&[Key::Escape]).await?;
        window.find("import").await?;
        window.wait_until_gone("past-session").await?;
        assert_eq!(window.console_problems()?, Vec::<String>::new());
        Ok(())
    })
    .await;
    Ok(())
}
