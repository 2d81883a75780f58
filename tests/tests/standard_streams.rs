//! The programs when their standard streams are full, stalled or closed: what they do is done all the same.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use system_tests::{Desktop, Device, Failure, Place, Server, Window, program_path, screenshot_on_failure};
use tempfile::TempDir;

/// Takes nothing that is written to it: a disk that is always full.
const FULL: &str = "/dev/full";
/// More requests than there is room for: each is logged in some 150 bytes, and a pipe holds 64 KiB and a queue 1,024
/// lines.
const MANY: usize = 3_000;

/// How many lines the server could not log, by its metrics.
async fn lost_lines(server: &Server) -> u64 {
    let metrics = reqwest::get(server.metrics()).await.expect("it answers");
    let metrics = metrics.text().await.expect("it is text");
    let line = metrics.lines().find_map(|line| line.strip_prefix("ringside_log_lines_lost_total "));
    line.and_then(|count| count.parse().ok()).unwrap_or_else(|| panic!("no count in {metrics}"))
}

/// Asserts that the server answers, and that what it is told is done.
async fn is_well(server: &Server) -> Result<(), Failure> {
    let health = reqwest::get(format!("{}/healthz", server.url())).await.expect("it answers");
    assert_eq!(health.status(), 200);
    Device::sign_in(server, server.first("athlete")?).await?;
    Ok(())
}

#[tokio::test]
async fn a_full_log_disk_does_not_fail_requests() -> Result<(), Failure> {
    let mut server = Server::start()?;
    server.log_to(Path::new(FULL))?;
    is_well(&server).await?;
    let lost = lost_lines(&server).await;
    is_well(&server).await?;
    // A line is counted when it has been tried.
    while lost_lines(&server).await <= lost {}
    // Success: also the end, which is logged as well.
    server.stop()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unread_log_pipe_does_not_block_requests_and_lost_lines_are_reported() -> Result<(), Failure> {
    let mut server = Server::start()?;
    let pipe = server.data().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().expect("there is mkfifo").success());
    // Open at both ends, so that opening it waits for nobody.
    let unread = File::options().read(true).write(true).open(&pipe).expect("it opens");
    server.log_to(&pipe)?;
    let (client, health) = (reqwest::Client::new(), format!("{}/healthz", server.url()));
    for _ in 0..MANY {
        assert_eq!(client.get(&health).send().await.expect("it answers").status(), 200);
    }
    is_well(&server).await?;
    assert!(lost_lines(&server).await > 0);

    let report = tokio::task::spawn_blocking(move || {
        let mut lines = BufReader::new(unread).lines().map(|line| line.expect("text"));
        let report = lines.find(|line| line.ends_with("lines could not be logged"));
        // Goes on reading as long as there is a server.
        std::thread::spawn(move || lines.for_each(drop));
        report
    });
    assert!(report.await.expect("somebody reads").is_some());
    is_well(&server).await?;
    server.stop()
}

/// Runs a command of the program with this standard output.
fn run(data: &TempDir, arguments: &[&str], output: Stdio) -> Output {
    let mut command = Command::new(program_path("ringside-api").expect("it is built"));
    command.args(arguments).env("RINGSIDE_DATA_DIR", data.path()).stdin(Stdio::null()).stdout(output);
    command.output().expect("it ends")
}

#[test]
fn output_that_cannot_be_printed_is_a_one_line_error() {
    let data = tempfile::tempdir().expect("a directory for the data");
    let full = File::options().write(true).open(FULL).expect("it opens");
    let seeded = run(&data, &["seed-demo"], full.into());
    let said = String::from_utf8_lossy(&seeded.stderr);
    assert_eq!(seeded.status.code(), Some(1), "{said}");
    assert!(said.contains("ringside-api: can't write to standard output: ") && !said.contains("panic"), "{said}");
}

#[test]
fn a_command_succeeds_although_its_confirmation_cannot_be_printed() {
    let data = tempfile::tempdir().expect("a directory for the data");
    let full = || File::options().write(true).open(FULL).expect("it opens");
    let create = |output: Stdio, errors: Stdio| {
        let mut command = Command::new(program_path("ringside-api").expect("it is built"));
        command.args([
            "admin",
            "create-studio",
            "--name",
            "North",
            "--email",
            "ada@north.example",
            "--admin-name",
            "Ada",
            // Without it, what is printed is the link, which must not be lost.
            "--password-stdin",
        ]);
        command.env("RINGSIDE_DATA_DIR", data.path()).stdin(Stdio::piped()).stdout(output).stderr(errors);
        let mut child = command.spawn().expect("it starts");
        child.stdin.take().expect("it is piped").write_all(b"long enough\n").expect("it reads");
        child.wait_with_output().expect("it ends")
    };
    assert!(create(full().into(), full().into()).status.success());
    let again = create(Stdio::null(), full().into());
    assert_eq!(again.status.code(), Some(1), "it was there already, and that can't be said either: {again:?}");
}

#[tokio::test]
async fn the_desktop_application_starts_and_works_although_it_can_print_nothing() -> Result<(), Failure> {
    let (server, desktop) = (Server::start()?, Desktop::start()?);
    let athlete = server.first("athlete")?;
    let silent = desktop.path().join("silent");
    let application = program_path("ringside").expect("it is built");
    let script = format!("#!/bin/sh\nexec '{}' \"$@\" >{FULL} 2>{FULL}\n", application.display());
    let text = silent.with_extension("text");
    std::fs::write(&text, script).expect("the desktop is writable");
    // Made by another process: what this one has written may still be open in another test's child, and can't be executed.
    let installed = Command::new("install").arg("--mode=755").args([&text, &silent]).status();
    assert!(installed.expect("there is install").success());
    let window = Window::open_program(&desktop, &silent, "athlete", server.url(), Place::LEFT).await?;
    screenshot_on_failure(&window, "silent-application", async {
        window.view("sign-in").await?;
        window.fill("email", &athlete.email).await?;
        window.fill("password", &athlete.password).await?;
        window.click("submit-sign-in").await?;
        window.view("start").await?;
        window.click("start-session").await?;
        window.view("waiting").await
    })
    .await;
    Device::sign_in(&server, athlete).await?.open_session().await?;
    window.close().await
}
