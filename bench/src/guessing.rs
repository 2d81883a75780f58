//! Signing in while somebody tries wrong passwords, two hundred a second, from the same network.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use system_tests::{Account, Percentiles, Server};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::{JoinSet, spawn_local};
use tokio::time::{MissedTickBehavior, interval};

use crate::problem::{Problem, io};
use crate::report::{Row, times};

/// Wrong passwords a second.
const GUESSES_A_SECOND: u32 = 200;
/// Sign-ins that are timed in each row.
const SIGN_INS: usize = 40;
/// From one of them to the next.
const EVERY: Duration = Duration::from_millis(500);

/// Whose address the wrong passwords are for.
#[derive(Clone, Copy)]
enum At {
    /// Nobody's; another one each time.
    MadeUp,
    /// That of whoever signs in.
    Theirs,
}

/// See the module.
pub(crate) async fn rows() -> Result<Vec<Row>, Problem> {
    println!("Signing in while {GUESSES_A_SECOND} a second try wrong passwords");
    let server = Server::start()?;
    let address = server.url().trim_start_matches("http://").parse();
    let address: SocketAddr = address.map_err(|_| Problem::Unexpected("the server has no address".to_owned()))?;
    let account = server.accounts().first().cloned();
    let account = account.ok_or_else(|| Problem::Unexpected("the demo studio is empty".to_owned()))?;
    let mut rows = Vec::new();
    for (what, at, is_known) in [
        ("sign-in on a new device while 200 a second try made-up addresses", At::MadeUp, false),
        ("sign-in on a known device while 200 a second try that person's address", At::Theirs, true),
    ] {
        // Anew: of a person's devices the last few are known, and each sign-in on a new one adds another.
        let token = answered(address, &body(&account, None)).await?["device_token"].as_str().map(str::to_owned);
        let token = token.as_deref().filter(|_| is_known);
        let measured = tokio::task::LocalSet::new().run_until(measure(address, &account, at, token)).await?;
        rows.push(times(what, &Percentiles::from_iter(measured), "all ≤ 2 s"));
    }
    Ok(rows)
}

async fn measure(
    address: SocketAddr,
    account: &Account,
    at: At,
    token: Option<&str>,
) -> Result<Vec<Duration>, Problem> {
    let email = account.email.clone();
    let guessing = spawn_local(guess(address, email, at));
    let mut due = interval(EVERY);
    due.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut measured = Vec::with_capacity(SIGN_INS);
    for _ in 0..SIGN_INS {
        due.tick().await;
        let began = Instant::now();
        answered(address, &body(account, token)).await?;
        measured.push(began.elapsed());
    }
    guessing.abort();
    Ok(measured)
}

/// Tries wrong passwords until it is aborted.
async fn guess(address: SocketAddr, email: String, at: At) {
    let mut due = interval(Duration::from_secs(1) / GUESSES_A_SECOND);
    due.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut number = 0_u64;
    let mut guesses = JoinSet::new();
    loop {
        due.tick().await;
        number += 1;
        let email = match at {
            At::MadeUp => format!("nobody-{number}@nowhere.example"),
            At::Theirs => email.clone(),
        };
        let body = json!({ "email": email, "password": "not the password", "device_name": "bench" });
        // What it is answered does not matter here.
        guesses.spawn_local(async move { post(address, &body).await.ok() });
        while guesses.try_join_next().is_some() {}
    }
}

fn body(account: &Account, token: Option<&str>) -> Value {
    let mut body = json!({ "email": account.email, "password": account.password, "device_name": "bench" });
    if let Some(token) = token {
        body["device_token"] = json!(token);
    }
    body
}

/// The answer to a sign-in. Told that too many wait, it tries again when it was told to, as a client does.
async fn answered(address: SocketAddr, body: &Value) -> Result<Value, Problem> {
    loop {
        let answer = post(address, body).await?;
        let (head, text) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
        if head.starts_with("HTTP/1.1 503 ") {
            tokio::time::sleep(Duration::from_secs(1)).await;
        } else if head.starts_with("HTTP/1.1 200 ") {
            return serde_json::from_str(text).map_err(|error| Problem::Unexpected(error.to_string()));
        } else {
            return Err(Problem::Unexpected(format!("a sign-in was answered with {answer}")));
        }
    }
}

/// Sends a sign-in over a connection of its own; returns all of the answer.
async fn post(address: SocketAddr, body: &Value) -> Result<String, Problem> {
    let sending = || io(format!("signing in at {address}"));
    let body = body.to_string();
    let request = format!(
        "POST /v1/auth/login HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut socket = TcpStream::connect(address).await.map_err(sending())?;
    socket.write_all(request.as_bytes()).await.map_err(sending())?;
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.map_err(sending())?;
    Ok(answer)
}
