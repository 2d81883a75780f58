//! Signs a profile in without a window and stores the sign-in in the keyring, where the application will find it.
//!
//! The address and the password come on standard input, one line each.

use std::io::BufRead;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use ringside_core::ThisMachine;
use ringside_core::bridge::AccountCalls;
use ringside_core::{Agent, Home, Options, Profile, ServerUrl};

/// Signs a profile in without a window.
#[derive(Parser)]
struct Arguments {
    /// The profile
    #[arg(long)]
    profile: Profile,
    /// The server
    #[arg(long)]
    server: ServerUrl,
    /// The application's data directory
    #[arg(long)]
    home: PathBuf,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut lines = std::io::stdin().lock().lines().map_while(Result::ok);
    let (Some(email), Some(password)) = (lines.next(), lines.next()) else {
        eprintln!("an address and a password are expected on standard input, one line each");
        return ExitCode::from(2);
    };
    let options = Options {
        vault: None,
        environment: Arc::new(ThisMachine::default()),
        updater: None,
        host: None,
        home: Home::new(arguments.home),
        profile: arguments.profile,
        server: Some(arguments.server),
        app_version: env!("CARGO_PKG_VERSION").to_owned(),
        emit: Arc::new(|_| {}),
    };
    let signed_in = match Agent::open(options).await {
        Ok(agent) => agent.sign_in(email, password).await,
        Err(failure) => Err(failure),
    };
    match signed_in {
        Ok(_) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("the sign-in failed: {failure:?}");
            ExitCode::FAILURE
        }
    }
}
