//! `ringside-api admin`: studios, links and the doctor, and what is said where something is not as it should be.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;
use system_tests::{Failure, Server, TlsProxy, program_path};

use super::{assert_refused, directory, run};

#[test]
fn a_studio_and_an_address_can_be_used_only_once() {
    let data = directory();
    let studio = |name, password| {
        let who = ["--email", "Ada@Studio.example", "--admin-name", "Ada", "--password-stdin"];
        run(&data, &[&["admin", "create-studio", "--name", name], &who[..]].concat(), password)
    };
    assert_refused(&studio("North", "short\n"), 1, "a password needs 8 to 200 characters");
    assert_refused(&studio("North", "password1\n"), 1, "one of the most common ones");
    assert_refused(&studio("North", "ada@studio.example\n"), 1, "must not contain the person's name or address");
    let created = studio("North", "long enough\n");
    assert!(created.status.success(), "{created:?}");
    assert!(String::from_utf8_lossy(&created.stdout).contains("Ada@Studio.example can sign in"));
    assert_refused(&studio("North", "long enough\n"), 1, "exists already");
    assert_refused(&studio("South", "long enough\n"), 1, "exists already");
}

#[test]
fn b46_a_studio_begins_with_one_link_and_its_admin_gets_another() {
    let data = directory();
    let out = |output: &Output| String::from_utf8_lossy(&output.stdout).into_owned();
    let said = |output: &Output| String::from_utf8_lossy(&output.stderr).into_owned();
    assert_refused(&run(&data, &["admin", "invite", "ada@studio.example"], ""), 1, "there is no database");
    let studio = ["admin", "create-studio", "--name", "North", "--email", "ada@studio.example", "--admin-name", "Ada"];
    assert_refused(&run(&data, &[&studio[..], &["--time-zone", "Mars/Olympus"]].concat(), ""), 1, "Europe/Berlin");
    assert_refused(&run(&data, &[&studio[..], &["--locale", "tlh"]].concat(), ""), 2, "de, pt, en");
    let address = ["--public-url", "https://ringside.example/"];
    let created =
        run(&data, &[&studio[..], &["--locale", "pt", "--time-zone", "Europe/Lisbon"], &address].concat(), "");
    let link = out(&created);
    assert!(link.starts_with("https://ringside.example/join#") && link.lines().count() == 1, "{link:?}");
    assert!(!said(&created).contains("warning"), "{created:?}");
    let database = format!("sqlite://{}/ringside.db", data.path().display());
    assert!(said(&created).contains(&format!("{database} was made just now")), "{created:?}");
    assert!(said(&created).contains("the link works once, until 2"), "{created:?}");

    let again = run(&data, &["admin", "invite", "Ada@Studio.example"], "");
    assert!(out(&again).starts_with("http://127.0.0.1:8787/join#"), "{again:?}");
    assert!(said(&again).contains("RINGSIDE_PUBLIC_URL is not set"), "{again:?}");
    assert!(said(&again).contains("the link works once, until 2"), "{again:?}");
    assert_refused(&run(&data, &["admin", "invite", "nobody@studio.example"], ""), 1, "nobody has this address");
}

#[test]
fn whoever_has_a_password_is_signed_out_by_an_invitation_only_when_that_is_said() {
    let data = directory();
    let studio = |name: &str, email: &str| {
        let who = ["--name", name, "--email", email, "--admin-name", "Ada", "--password-stdin"];
        run(&data, &[&["admin", "create-studio"], &who[..]].concat(), "long enough\n")
    };
    assert!(String::from_utf8_lossy(&studio("North", "ada@studio.example").stderr).contains("was made just now"));
    let second = studio("South", "bea@studio.example");
    let said = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(said.contains("which was there already, with other studios"), "{said}");
    let invite = |more: &[&str]| run(&data, &[&["admin", "invite", "ada@studio.example"], more].concat(), "");
    assert_refused(&invite(&[]), 1, "signs them out on every device at once");
    assert_refused(&invite(&[]), 1, "--reset");
    let reset = invite(&["--reset"]);
    let said = String::from_utf8_lossy(&reset.stderr).into_owned();
    assert!(reset.status.success() && said.contains("ada@studio.example is signed out on every device"), "{said}");
    assert!(String::from_utf8_lossy(&reset.stdout).contains("/join#"), "{reset:?}");
}

#[test]
fn a_database_that_can_t_be_used_is_named_with_what_stands_in_the_way() {
    use std::os::unix::fs::PermissionsExt;

    let data = directory();
    let missing = data.path().join("missing");
    let url = format!("sqlite://{}/ringside.db", missing.display());
    let seed = ["seed-demo", "--database-url", &url];
    assert_refused(&run(&data, &seed, ""), 1, &format!("there is no directory {}; make it, or", missing.display()));
    // As another user, because root may do everything.
    let program = program_path("ringside-api").expect("it is built");
    let is_root = rustix::process::geteuid().is_root();
    let as_other = |database: &str| {
        let mut command = Command::new(if is_root { "setpriv" } else { "env" });
        command.args(is_root.then_some(["--reuid=65534", "--regid=65534", "--clear-groups"]).into_iter().flatten());
        command.arg(&program).args(["seed-demo", "--database-url", database]).output().expect("it ends")
    };
    let open_to_all = data.path().join("open");
    std::fs::create_dir(&open_to_all).expect("writable");
    for path in [data.path(), &open_to_all] {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o777)).expect("it is ours");
    }
    let file = open_to_all.join("ringside.db");
    let url = format!("sqlite://{}", file.display());
    assert!(run(&data, &["seed-demo", "--database-url", &url], "").status.success());
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o400)).expect("it is ours");
    let refused = as_other(&url);
    assert_refused(&refused, 1, &format!("{} belongs to ", file.display()));
    assert_refused(&refused, 1, "(mode 0400), and this program runs as ");
    assert_refused(&refused, 1, "sudo ringsidectl");
    let closed = data.path().join("closed");
    std::fs::create_dir(&closed).expect("writable");
    std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o500)).expect("it is ours");
    let refused = as_other(&format!("sqlite://{}/ringside.db", closed.display()));
    assert_refused(&refused, 1, &format!("{} belongs to ", closed.display()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn doctor_tells_an_untrusted_certificate_from_a_trusted_one() -> Result<(), Failure> {
    let (server, data) = (Server::start()?, directory());
    let proxy = TlsProxy::in_front_of(server.url()).await?;
    let examined = |trusted: Option<&Path>| {
        let mut doctor = Command::new(program_path("ringside-api").expect("it is built"));
        doctor.args(["admin", "doctor", "--public-url", proxy.url()]).env("RINGSIDE_DATA_DIR", data.path());
        if let Some(authority) = trusted {
            doctor.env("SSL_CERT_FILE", authority);
        }
        let output = tokio::task::block_in_place(|| doctor.output()).expect("it ends");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let text = examined(None);
    assert!(text.contains("warning  public address  the certificate at localhost:"), "{text}");
    let text = examined(Some(proxy.authority()));
    // It was asked. The proxy of the tests does not pass on the header by which a server is known.
    assert!(text.contains("another program than Ringside answers at https://localhost:"), "{text}");
    Ok(())
}

#[test]
fn the_usage_shows_nothing_of_the_environment() {
    let data = directory();
    for (arguments, usage) in [
        (&["admin", "create-studio"][..], "Usage: ringside-api admin create-studio [OPTIONS] --name <NAME>"),
        (
            &["admin", "create-studio", "--name", "North"],
            "Usage: ringside-api admin create-studio [OPTIONS] --name <NAME>",
        ),
        (&["admin", "invite"], "Usage: ringside-api admin invite [OPTIONS] <EMAIL>"),
        (&["admin"], "Usage: ringside-api admin [OPTIONS] <COMMAND>"),
        (&["release", "halt", "--channel", "stable"], "Usage: ringside-api release halt [OPTIONS]"),
        (&["serve", "--nonsense"], "Usage: ringside-api serve [OPTIONS]"),
    ] {
        let refused = run(&data, arguments, "");
        let text = String::from_utf8_lossy(&refused.stderr);
        let line = text.lines().find(|line| line.starts_with("Usage:")).unwrap_or_default();
        assert!(line.starts_with(usage) && !line.contains("--data-dir"), "{usage}: {text}");
    }
    let help = run(&data, &["admin", "create-studio", "--help"], "");
    let text = String::from_utf8_lossy(&help.stdout);
    assert!(
        help.status.success() && text.contains("Usage: ringside-api admin create-studio [OPTIONS] --name"),
        "{text}"
    );
}

#[test]
fn b46_in_a_terminal_the_link_is_also_a_qr_code() {
    let data = directory();
    let program = program_path("ringside-api").expect("it is built");
    let create = format!(
        "{} admin create-studio --name North --email ada@studio.example --admin-name Ada --public-url \
         https://ringside.example 2>/dev/null",
        program.display()
    );
    // `script` runs a command in a terminal of its own.
    let mut terminal = Command::new("script");
    terminal.args(["--quiet", "--return", "--command", &create, "/dev/null"]).env("RINGSIDE_DATA_DIR", data.path());
    let output = terminal.stdin(Stdio::null()).output().expect("it ends");
    let printed = String::from_utf8_lossy(&output.stdout).replace('\r', "");
    assert!(output.status.success(), "{printed}");
    let (link, drawn) = printed.split_once("\n\n").expect("a link and a drawing");
    let expected = QrCode::new(link).expect("it is short").render::<Dense1x2>().build();
    let lines: Vec<&str> = drawn.lines().collect();
    let black_on_white = |line: &str| format!("\x1b[30;107m{line}\x1b[0m");
    assert_eq!(lines, expected.lines().map(black_on_white).collect::<Vec<_>>(), "{drawn}");
}

#[test]
fn doctor_reports_each_problem_with_its_remedy() {
    let data = directory();
    let examined = |arguments: &[&str]| {
        let output = run(&data, &[&["admin", "doctor"], arguments].concat(), "");
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let (code, text) = examined(&[]);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("problem  database") && text.contains("create a studio"), "{text}");
    assert!(run(&data, &["seed-demo"], "").status.success());
    let (code, text) = examined(&[]);
    assert_eq!(code, Some(0), "{text}");
    for line in [
        "ok       database",
        "ok       clock",
        "ok       data directory",
        "warning  public address",
        "warning  installers",
    ] {
        assert!(text.contains(line), "{line:?} in {text}");
    }
    let (code, text) = examined(&["--database-url", "postgres://ringside:s3cret@127.0.0.1:1/ringside"]);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("RINGSIDE_DATABASE_URL") && !text.contains("s3cret"), "{text}");
}

#[test]
fn what_is_derived_is_made_anew_and_nothing_differs() {
    let data = directory();
    assert_refused(&run(&data, &["admin", "rebuild"], ""), 1, "there is no database");
    assert!(run(&data, &["seed-demo"], "").status.success());
    let output = run(&data, &["admin", "rebuild"], "");
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.trim_end().ends_with("differences: 0"), "{text}");
}
