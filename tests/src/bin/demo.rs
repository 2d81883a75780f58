//! `cargo xtask demo`: a dedicated server with a trainer's and an athlete's window, both signed in.
//!
//! Everything it starts ends with it, and all its data is in temporary directories.

use std::path::Path;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use system_tests::{Desktop, Failure, Place, Server, Stage, Window, day_story, latency, story, studio_story, video};

/// Releases that are timed.
const RELEASES: usize = 20;

/// Ringside, to look at.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    how: How,
}

#[derive(Subcommand)]
enum How {
    /// Opens both windows on this display and waits until one is closed
    Open,
    /// Plays a session on a virtual display and leaves pictures of every step in target/demo
    Play,
}

// One thread: child processes are asked to end when the thread that started them ends.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let done = match Arguments::parse().how {
        How::Open => open().await,
        How::Play => play().await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

async fn open() -> Result<(), Failure> {
    let server = Server::start()?;
    let desktop = Desktop::on_this_display()?;
    print_accounts(&server);
    let mut windows = Vec::new();
    for (role, place) in [("trainer", Place::LEFT), ("athlete", Place::RIGHT)] {
        desktop.sign_in(role, server.url(), server.first(role)?)?;
        let application = desktop.application(role, server.url(), place)?;
        let window = tokio::process::Command::from(application).kill_on_drop(true).spawn();
        windows.push(window.map_err(|cause| Failure::Io { what: format!("opening the {role}'s window"), cause })?);
    }
    println!("Both windows are open. Close one, or press Ctrl-C here, to end the demo.");
    let [trainer, athlete] = windows.as_mut_slice() else { return Ok(()) };
    tokio::select! {
        _ = trainer.wait() => {}
        _ = athlete.wait() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    Ok(())
}

async fn play() -> Result<(), Failure> {
    let stage = Stage::set().await?;
    print_accounts(&stage.server);
    for (index, name) in story::STEPS.into_iter().enumerate() {
        if index == 8 {
            // The round that is out has not been begun, so it can be recalled and released any number of times.
            println!("{}", latency::line(&latency::measure(&stage, RELEASES).await?));
        }
        story::step(&stage, index + 1).await?;
        for window in [&stage.trainer, &stage.athlete] {
            save_picture(name, window).await?;
        }
    }
    stage.trainer.click("open-today").await?;
    video::play_story(&stage, save_picture).await?;
    studio_story::play(&stage, save_picture).await?;
    day_story::play(&stage, save_picture).await
}

async fn save_picture(step: &str, window: &Window) -> Result<(), Failure> {
    let path = Path::new("target/demo").join(format!("{step}-{}.png", window.name()));
    window.save_screenshot(&path).await?;
    println!("{}", path.display());
    Ok(())
}

fn print_accounts(server: &Server) {
    println!("The server is at {}. Everybody in its demo studio:", server.url());
    for account in server.accounts() {
        println!(
            "    {:<18} {:<32} {:<20} {}",
            account.name,
            account.email,
            account.password,
            account.roles.join(", ")
        );
    }
}
