//! The server's program as an operator uses it: its commands, its error messages, and how it shuts down.

mod admin;
mod import;

use std::io::Write;
use std::net::TcpListener;
use std::os::unix::net::UnixDatagram;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use system_tests::{Database, Device, Failure, IN_TIME, Postgres, Server, program_path};
use tempfile::TempDir;

/// The number of streams that each person has open when the server is told to stop: as many as they may.
const STREAMS: usize = training::PersonLimits::STREAMS;
/// How often to retry until a stopping server is seen reporting that it is not ready.
const TRIES: usize = 5;

/// Runs the server's program with `arguments` and `input`, on its own data.
fn run(data: &TempDir, arguments: &[&str], input: &str) -> Output {
    let mut command = Command::new(program_path("ringside-api").expect("it is built"));
    command.args(arguments).env("RINGSIDE_DATA_DIR", data.path());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("it starts");
    // A program may end without reading its input, which closes the pipe.
    child.stdin.take().expect("it is piped").write_all(input.as_bytes()).ok();
    child.wait_with_output().expect("it ends")
}

/// Runs `ringside-api release` with `arguments`, on its own data.
fn release(data: &TempDir, arguments: &str) -> Output {
    run(data, &["release"].into_iter().chain(arguments.split(' ')).collect::<Vec<_>>(), "")
}

fn directory() -> TempDir {
    tempfile::tempdir().expect("a directory for the data")
}

/// Asserts its error message: one line that names `what`, and no trace.
fn assert_refused(output: &Output, code: i32, what: &str) {
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{text}");
    let line = text.lines().next().unwrap_or_default();
    assert!(text.contains(what), "{what:?} in {text}");
    assert!(!text.contains("panicked") && !line.is_empty(), "{text}");
    assert!(output.stdout.is_empty(), "errors go to standard error only");
}

#[test]
fn the_database_s_url_may_be_in_a_file() {
    let data = directory();
    let url = format!("sqlite://{}\n", data.path().join("elsewhere.db").display());
    let file = data.path().join("database-url");
    std::fs::write(&file, &url).expect("written");
    let file = file.display().to_string();
    assert!(run(&data, &["seed-demo", "--database-url-file", &file], "").status.success());
    assert!(data.path().join("elsewhere.db").exists());
    let both = ["seed-demo", "--database-url-file", &file, "--database-url", url.trim()];
    assert_refused(&run(&data, &both, ""), 2, "leave one of them");
    assert_refused(&run(&data, &["seed-demo", "--database-url-file", "/nowhere/at/all"], ""), 2, "/nowhere/at/all");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_service_manager_is_told_once_the_server_answers() -> Result<(), Failure> {
    let place = directory();
    let path = place.path().join("notify");
    let socket = UnixDatagram::bind(&path).expect("a free name");
    socket.set_read_timeout(Some(IN_TIME)).expect("a time-out");
    let mut server = Server::start()?;
    server.set("NOTIFY_SOCKET", &path.display().to_string())?;
    let mut message = [0; 64];
    let length = socket.recv(&mut message).expect("in time");
    assert_eq!(String::from_utf8_lossy(&message[..length]).trim_end(), "READY=1");
    let health = reqwest::get(format!("{}/healthz", server.url())).await.expect("it answers");
    assert_eq!(health.status(), 200);
    Ok(())
}

#[test]
fn stored_files_are_private_whatever_the_umask() {
    use std::os::unix::fs::PermissionsExt;

    let place = directory();
    let open_to_all = place.path().join("open to all");
    std::fs::create_dir(&open_to_all).expect("the directory is writable");
    std::fs::set_permissions(&open_to_all, std::fs::Permissions::from_mode(0o777)).expect("it is ours");
    let program = program_path("ringside-api").expect("it is built");
    for data in [open_to_all, place.path().join("new")] {
        let mut shell = Command::new("sh");
        // No mask at all: what is created is as open as its creator asks for.
        shell.args(["-c", "umask 000; exec \"$0\" seed-demo"]).arg(&program).env("RINGSIDE_DATA_DIR", &data);
        assert!(shell.output().expect("it ends").status.success());
        let mut waiting = vec![data];
        let mut seen = 0;
        while let Some(path) = waiting.pop() {
            let metadata = std::fs::metadata(&path).expect("it is there");
            let mode = if metadata.is_dir() { 0o700 } else { 0o600 };
            assert_eq!(metadata.permissions().mode() & 0o777, mode, "{}", path.display());
            seen += 1;
            if metadata.is_dir() {
                waiting.extend(
                    std::fs::read_dir(&path).expect("a directory").map(|entry| entry.expect("an entry").path()),
                );
            }
        }
        assert!(seen >= 2, "the directory and the database");
    }
}

#[test]
fn a_demo_studio_can_be_seeded_once_for_each_name() {
    let data = directory();
    let seed = |arguments: &[&str]| run(&data, arguments, "");
    let first = seed(&["seed-demo"]);
    let printed: serde_json::Value = serde_json::from_slice(&first.stdout).expect("it prints one JSON object");
    assert_eq!(printed["studio"], "Ringside Demo");
    let roles: Vec<&serde_json::Value> =
        printed["accounts"].as_array().expect("a list").iter().map(|account| &account["roles"][0]).collect();
    let count = |role: &str| roles.iter().filter(|it| **it == role).count();
    assert_eq!((count("admin"), count("trainer"), count("athlete")), (1, 2, 4));
    assert_refused(&seed(&["seed-demo"]), 1, "exists already");
    assert!(seed(&["seed-demo", "--studio", "Another"]).status.success());
}

#[test]
fn invalid_settings_are_reported_in_one_sentence() {
    let data = directory();
    assert_refused(&run(&data, &["serve", "--database-url", "mysql://somewhere"], ""), 2, "sqlite:///path/to/file.db");
    assert_refused(&run(&data, &["serve", "--listen", "nowhere"], ""), 2, "--listen");
    assert_refused(&run(&data, &["serve", "--feed-retention-days", "0"], ""), 2, "1..=3650");
    assert_refused(&run(&data, &["server"], ""), 2, "server");
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("it listens").to_string();
    assert_refused(&run(&data, &["serve", "--listen", &address], ""), 1, &address);
    // A file in place of the directory: not even root can write into it.
    let in_the_way = data.path().join("in-the-way");
    std::fs::write(&in_the_way, "").expect("the directory is writable");
    let below = in_the_way.join("data").display().to_string();
    assert_refused(&run(&data, &["serve", "--data-dir", &below], ""), 2, &below);
    std::fs::write(data.path().join("damaged.db"), "this is no database at all, and it never was one")
        .expect("written");
    let damaged = format!("sqlite://{}", data.path().join("damaged.db").display());
    assert_refused(&run(&data, &["seed-demo", "--database-url", &damaged], ""), 1, "damaged.db can't be opened");
    let nobody = "postgres://ringside:s3cret@127.0.0.1:1/ringside";
    let unreachable = run(&data, &["seed-demo", "--database-url", nobody], "");
    assert_refused(&unreachable, 1, "the database postgres://127.0.0.1:1/ringside can't be opened");
    assert!(!String::from_utf8_lossy(&unreachable.stderr).contains("s3cret"));
}

#[test]
fn invalid_commands_on_a_release_are_reported_in_one_sentence() {
    let data = directory();
    assert!(run(&data, &["seed-demo"], "").status.success(), "there is a database");
    let release = |arguments: &str| release(&data, arguments);
    let which = "--channel stable --version 9.9.9";
    let publish = format!("publish {which} --unverified");
    let unknown = "there is no version 9.9.9 on the channel stable";
    assert_refused(&release(&format!("rollout {which} --percent 10")), 1, unknown);
    assert_refused(&release(&format!("halt {which}")), 1, unknown);
    assert_refused(&release(&format!("resume {which}")), 1, unknown);
    assert_refused(&release(&format!("rollout {which} --percent 101")), 2, "a percentage is 0 to 100");
    assert_refused(&release(&format!("rollout {which} --percent -1")), 2, "a percentage is 0 to 100");
    assert_refused(&release(&format!("{publish} --rollout -1 x.deb")), 2, "a percentage is 0 to 100");
    assert_refused(&release(&format!("rollout {which} --percent some")), 2, "a percentage is 0 to 100");
    assert_refused(&release("halt --channel nightly --version 9.9.9"), 2, "a channel is stable or beta");
    assert_refused(&release("halt --channel stable --version 9.9"), 2, "a version looks like 1.2.3 or 1.2.3-beta.1");
    assert_refused(&release(&publish), 2, "<FILES>");
    assert_refused(&release(&format!("{publish} --notes en= x.deb")), 2, "notes say something");
    assert_refused(&release(&format!("{publish} --notes new --notes en=new x.deb")), 1, "notes in en are given twice");
    assert_refused(
        &release(&format!("publish {which} --public-key nowhere.pub x.deb")),
        1,
        "nowhere.pub can't be read",
    );
    assert_refused(&release(&format!("{publish} --notes new x.deb")), 1, "x.deb was not found");
    let named = data.path().join("x.deb");
    std::fs::write(&named, "deb").expect("the directory is writable");
    let unnamed = release(&format!("{publish} --notes new {}", named.display()));
    assert_refused(&unnamed, 1, "the name x.deb does not say what the file is for");
    let listed = release("list");
    let text = String::from_utf8_lossy(&listed.stdout);
    let expected = format!("no releases on stable or beta in sqlite://{}/ringside.db\n", data.path().display());
    assert!(listed.status.success() && text == expected, "nothing is published: {listed:?}");
}

#[test]
fn publishing_requires_a_public_key_or_the_flag_unverified() {
    let data = directory();
    let publish = "publish --channel stable --version 9.9.9 --notes new x.deb";
    assert_refused(&release(&data, publish), 2, "<--public-key <FILE>|--unverified>");
    assert_refused(&release(&data, &format!("{publish} --unverified --public-key x.pub")), 2, "cannot be used with");
}

#[test]
fn commands_on_releases_do_not_create_a_missing_database() {
    let data = directory();
    let mistyped = data.path().join("mistyped");
    let file = mistyped.join("ringside.db");
    let which = "--channel stable --version 9.9.9";
    for command in
        ["list".to_owned(), format!("rollout {which} --percent 10"), format!("halt {which}"), format!("resume {which}")]
    {
        let no_database = format!("there is no database at {}", file.display());
        let of_directory = release(&data, &format!("{command} --data-dir {}", mistyped.display()));
        assert_refused(&of_directory, 1, &no_database);
        let of_file = release(&data, &format!("{command} --database-url sqlite://{}", file.display()));
        assert_refused(&of_file, 1, &no_database);
        assert!(!mistyped.exists(), "{command}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopping_server_sends_bye_to_every_stream_and_ends_in_time_on_sqlite() -> Result<(), Failure> {
    assert_ends_in_time(Server::start()?).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopping_server_sends_bye_to_every_stream_and_ends_in_time_on_postgres() -> Result<(), Failure> {
    let database = Postgres::empty()?;
    assert_ends_in_time(Server::start_on(Database::Postgres(database.url()))?).await
}

async fn assert_ends_in_time(mut server: Server) -> Result<(), Failure> {
    // The maximum, and long enough to see a busy server as not ready. If the server stalls just then, the test retries.
    server.set("RINGSIDE_DRAIN_GRACE_S", "2")?;
    for _ in 0..TRIES {
        if stop_and_observe_not_ready(&mut server).await? {
            return Ok(());
        }
        server.start_again()?;
    }
    panic!("it ended without being seen reporting that it is not ready")
}

/// Stops a server, which must end in time and tell every stream; returns whether it was seen reporting not ready.
async fn stop_and_observe_not_ready(server: &mut Server) -> Result<bool, Failure> {
    let mut streams = Vec::new();
    for account in server.accounts() {
        let device = Device::sign_in(server, account).await?;
        for _ in 0..STREAMS {
            let mut stream = device.stream().await?;
            let hello = stream.chunk().await.expect("the stream is open").expect("it says hello");
            assert!(String::from_utf8_lossy(&hello).contains("event: hello"));
            streams.push(stream);
        }
    }
    let ready = async || reqwest::get(format!("{}/readyz", server.url())).await.map(|answer| answer.status().as_u16());
    // A slow database also makes it report not ready.
    let is_ready = async { while ready().await.ok() != Some(200) {} };
    tokio::time::timeout(IN_TIME, is_ready).await.expect("it is ready");

    let stopped_at = Instant::now();
    server.ask_to_stop()?;
    // Like a load balancer: poll until it reports not ready, which it does before it is gone.
    let mut status = ready().await.ok();
    while status == Some(200) {
        status = ready().await.ok();
    }
    assert!(matches!(status, Some(503) | None), "{status:?}");
    for mut stream in streams {
        let mut rest = Vec::new();
        while let Some(chunk) = stream.chunk().await.expect("the stream ends normally") {
            rest.extend_from_slice(&chunk);
        }
        let rest = String::from_utf8_lossy(&rest);
        assert!(rest.contains("event: bye") && rest.contains("draining") && rest.contains("retry: "), "{rest:?}");
    }
    server.stop()?;
    // A loose bound: this only catches a shutdown that waits for a client.
    assert!(stopped_at.elapsed() < Duration::from_mins(1), "{:?}", stopped_at.elapsed());
    Ok(status.is_some())
}
