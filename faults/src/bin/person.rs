//! A simulated user without a window: the real core, driven at random, printing a line for everything that happens.
//!
//! It works until it reads a line on its standard input, or it is killed. After that line it only prints its
//! view. The sign-in comes from the system's keyring; the first time, from the environment.

use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Parser;
use rand::Rng;
use ringside_core::ThisMachine;
use ringside_core::bridge::{AccountCalls, View};
use ringside_core::{Agent, Home, Options, Profile, ServerUrl};
use ringside_faults::people::SimulatedPerson;
use ringside_faults::real::Line;
use system_tests::{show, video};
use tokio::sync::watch;
use tokio::time::sleep;

/// Works without a window
#[derive(Parser)]
struct Arguments {
    #[arg(long)]
    profile: Profile,
    #[arg(long)]
    server: ServerUrl,
    #[arg(long)]
    seed: u64,
    /// The number of the first thing they enter
    #[arg(long)]
    first: u32,
    #[arg(long, env = "RINGSIDE_HOME")]
    home: PathBuf,
    #[arg(long, env = "RINGSIDE_PERSON_EMAIL", hide_env_values = true)]
    email: String,
    #[arg(long, env = "RINGSIDE_PERSON_PASSWORD", hide_env_values = true)]
    password: String,
    /// Do nothing at random, and give the first exercise this video
    #[arg(long, value_name = "FILE")]
    video: Option<PathBuf>,
    /// Do nothing at all, and let the application go on with what it has
    #[arg(long, conflicts_with = "video")]
    idle: bool,
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let (views, shown_view) = watch::channel(None::<View>);
    let options = Options {
        home: Home::new(&arguments.home),
        profile: arguments.profile.clone(),
        server: Some(arguments.server.clone()),
        app_version: "0.0.0".to_owned(),
        vault: None,
        environment: Arc::new(ThisMachine::default()),
        updater: None,
        host: None,
        emit: Arc::new(move |message| {
            views.send_modify(|view| {
                if let Some(fault) = show(view, message) {
                    print(&Line::Fault { fault });
                }
            });
        }),
    };
    let agent = match Agent::open(options).await {
        Ok(agent) => Arc::new(agent),
        Err(failure) => {
            eprintln!("the profile can't be opened: {failure:?}");
            return ExitCode::FAILURE;
        }
    };
    agent.view().await.expect("a view can always be asked for");
    print_views(shown_view.clone());
    work(&arguments, &agent, &shown_view).await;
    // It keeps recovering and printing its view until it is killed.
    std::future::pending().await
}

/// Performs one act after the other until a stop is requested; the current act is finished first.
async fn work(arguments: &Arguments, agent: &Arc<Agent>, shown_view: &watch::Receiver<Option<View>>) {
    let now = || shown_view.borrow().clone().expect("a view came");
    while now().signed_out.is_some() {
        if agent.sign_in(arguments.email.clone(), arguments.password.clone()).await.is_err() {
            // A person would read the message for a moment.
            sleep(Duration::from_millis(100)).await;
        }
    }
    let known =
        shown_view.clone().wait_for(|view| view.as_ref().is_some_and(|view| view.account.me.is_some())).await.is_ok();
    let Some(me) = now().account.me.filter(|_| known) else { return };
    if arguments.idle {
        return;
    }
    if let Some(video) = &arguments.video {
        return give(agent, shown_view.clone(), video).await;
    }
    let mut stopped = pin!(stop_requested());
    let mut person = SimulatedPerson::new(me.id, arguments.seed, arguments.first, false);
    loop {
        // A person looks before they do something.
        let delay_ms = person.random().random_range(20..300);
        tokio::select! {
            () = sleep(Duration::from_millis(delay_ms)) => {}
            () = &mut stopped => return,
        }
        if now().signed_out.is_some() {
            return print(&Line::Fault { fault: "signed out, although nobody ended the sign-in".to_owned() });
        }
        let first = person.next_number();
        let act = person.next(&now());
        let marks = first..person.next_number();
        let (kind, through_outbox) =
            (format!("{act:?}").split('(').next().unwrap_or_default().to_owned(), act.goes_through_outbox());
        let logged_round = act.logged_round();
        print(&Line::Attempt { kind: kind.clone(), marks: marks.clone(), completed_round: act.completed_round() });
        let done = act.perform(Arc::clone(agent)).await;
        let failure = done.err().map(|failure| format!("{:?}", failure.code));
        print(&Line::Outcome { kind, marks, through_outbox, logged_round, failure });
    }
}

/// Gives the first exercise a video.
async fn give(agent: &Agent, mut shown_view: watch::Receiver<Option<View>>, file: &Path) {
    let has_library = |view: &Option<View>| view.as_ref().is_some_and(|view| !view.documents.exercises.is_empty());
    let Ok(view) = shown_view.wait_for(has_library).await.map(|view| view.clone()) else { return };
    let Some(exercise) = view.and_then(|view| view.documents.exercises.first().map(|exercise| exercise.id)) else {
        return;
    };
    let failure = match std::fs::read(file) {
        Ok(content) => {
            video::give_video(agent, exercise, "video/mp4", &content).await.err().map(|it| format!("{it:?}"))
        }
        Err(error) => Some(error.to_string()),
    };
    if let Some(failure) = failure {
        print(&Line::Fault { fault: format!("the video could not be given: {failure}") });
    }
}

/// Prints the view whenever it changes.
fn print_views(mut shown_view: watch::Receiver<Option<View>>) {
    tokio::spawn(async move {
        loop {
            let view = shown_view.borrow_and_update().clone();
            print(&Line::View { view: serde_json::to_value(view).expect("a view can be written") });
            if shown_view.changed().await.is_err() {
                return;
            }
        }
    });
}

/// Returns on a line or end of file on the standard input.
async fn stop_requested() {
    let line = tokio::task::spawn_blocking(|| std::io::stdin().lock().lines().next());
    line.await.ok();
}

fn print(line: &Line) {
    let text = serde_json::to_string(line).expect("a line can be written");
    let mut out = std::io::stdout().lock();
    // The reader has closed the pipe.
    if writeln!(out, "{text}").and_then(|()| out.flush()).is_err() {
        std::process::exit(0);
    }
}
