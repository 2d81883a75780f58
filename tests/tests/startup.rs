//! Start-up failures: a message says what is wrong and what to do, and nothing is lost.

use system_tests::{Application, Desktop, Failure, Place, RefusingInstanceMock, Server, Window, screenshot_on_failure};

/// Opens a window and expects it to show `code` and `detail`.
async fn expect_failure(desktop: &Desktop, name: &str, code: &str, detail: &str) -> Result<(), Failure> {
    let window = Window::open(desktop, "somebody", None, Place::LEFT).await?;
    screenshot_on_failure(&window, name, async {
        let shown = format!("view[data-view='failure'][data-code='{code}']");
        window.find(&shown).await?;
        window.wait_for_text(&shown, detail).await?;
        let text = window.text(&shown).await?;
        assert!(!text.contains("panicked"), "{text}");
        assert!(window.violations().await?.is_empty());
        Ok(())
    })
    .await;
    window.close().await
}

fn write(path: &std::path::Path, text: &str) {
    std::fs::create_dir_all(path.parent().expect("a file is in a directory")).expect("the desktop is writable");
    std::fs::write(path, text).expect("the desktop is writable");
}

#[tokio::test]
async fn an_invalid_configuration_is_reported_with_its_file() -> Result<(), Failure> {
    let desktop = Desktop::start()?;
    write(&desktop.ringside_home().join("config.json"), "{ \"server\": ");
    expect_failure(&desktop, "broken-configuration", "bad-config", "config.json").await
}

#[tokio::test]
async fn a_data_directory_that_cannot_be_written_is_reported() -> Result<(), Failure> {
    let desktop = Desktop::start()?;
    // A file in place of the profiles' directory: not even root can write into it.
    write(&desktop.ringside_home().join("profiles"), "in the way");
    expect_failure(&desktop, "data-directory", "data-directory", "profiles").await
}

#[tokio::test]
async fn a_home_that_cannot_be_written_is_reported() -> Result<(), Failure> {
    let mut desktop = Desktop::start()?;
    let (in_the_way, temporary) = (desktop.path().join("in-the-way"), desktop.path().join("runtime"));
    write(&in_the_way, "");
    desktop.set("TMPDIR", temporary);
    for name in ["HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"] {
        desktop.set(name, &in_the_way);
    }
    write(&desktop.ringside_home(), "in the way");
    expect_failure(&desktop, "home", "data-directory", "ringside").await
}

#[tokio::test]
async fn a_start_that_opens_no_window_shows_a_message() -> Result<(), Failure> {
    let desktop = Desktop::start()?;
    let _instance = RefusingInstanceMock::on(&desktop, "somebody").await?;
    let application = Application::start(&desktop, "somebody", "http://127.0.0.1:9", Place::LEFT)?;
    desktop.wait_for_message().await?;
    desktop.confirm_message()?;
    application.wait_until_ended().await
}

#[tokio::test]
async fn opening_the_profile_can_be_retried_without_a_restart() -> Result<(), Failure> {
    let desktop = Desktop::start()?;
    let in_the_way = desktop.ringside_home().join("profiles");
    write(&in_the_way, "in the way");
    let window = Window::open(&desktop, "somebody", None, Place::LEFT).await?;
    let failure = "view[data-view='failure'][data-code='data-directory']";
    window.find(failure).await?;
    window.click("retry").await?;
    window.find(failure).await?;
    std::fs::remove_file(&in_the_way).expect("the desktop is writable");
    window.click("retry").await?;
    window.find("view[data-view='sign-in']").await?;
    window.close().await
}

#[tokio::test]
async fn a_damaged_replica_is_replaced_and_the_person_is_told() -> Result<(), Failure> {
    let (server, desktop) = (Server::start()?, Desktop::start()?);
    desktop.sign_in("athlete", server.url(), server.first("athlete")?)?;
    let profile = desktop.ringside_home().join("profiles/athlete");
    let text = "this is no database, and longer than the header of one would be, so that it is read as one. ....";
    write(&profile.join("replica.sqlite"), text);
    for journal in ["replica.sqlite-wal", "replica.sqlite-shm"] {
        std::fs::remove_file(profile.join(journal)).ok();
    }
    let window = Window::open(&desktop, "athlete", server.url(), Place::LEFT).await?;
    screenshot_on_failure(&window, "damaged-replica", async {
        window.view("start").await?;
        window.wait_for_text("notice", "beschädigt").await?;
        Ok(())
    })
    .await;
    window.close().await
}

#[tokio::test]
async fn a_profile_that_is_already_open_is_reported_and_the_first_window_keeps_working() -> Result<(), Failure> {
    let desktop = Desktop::start()?;
    let first = Window::open(&desktop, "somebody", None, Place::LEFT).await?;
    first.find("view[data-view='sign-in']").await?;
    // On the same desktop the second start would end and bring the first to the front. Another desktop, as in a second
    // login, knows nothing of it.
    let elsewhere = Desktop::start()?;
    std::os::unix::fs::symlink(desktop.ringside_home(), elsewhere.ringside_home()).expect("the desktop is writable");
    expect_failure(&elsewhere, "already-open", "already-open", "somebody").await?;
    first.find("view[data-view='sign-in']").await?;
    first.close().await
}
