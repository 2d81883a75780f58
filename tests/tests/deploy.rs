//! The files in `deploy/` fit each other, the server and this system's tools.

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use system_tests::{program_path, root};
use tempfile::TempDir;

/// How exposed systemd may find the service, in tenths: 0 is not at all, 100 is a service without any limits.
const MAX_EXPOSURE: u32 = 15;
const PROGRAM: &str = "/usr/local/bin/ringside-api";

fn text(file: &str) -> String {
    std::fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

fn server() -> String {
    program_path("ringside-api").expect("it is built").display().to_string()
}

fn directory() -> TempDir {
    tempfile::tempdir().expect("a directory")
}

fn run(command: &mut Command) -> Output {
    command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"))
}

/// Runs a command that must succeed and say nothing on standard error; returns what it prints.
fn assert_silent(command: &mut Command) -> String {
    let ran = run(command);
    let said = String::from_utf8_lossy(&ran.stderr).into_owned();
    assert!(ran.status.success() && said.is_empty(), "{command:?}: {said}");
    String::from_utf8_lossy(&ran.stdout).into_owned()
}

/// Runs a command that must succeed and say which database it has made; returns what it prints.
fn assert_makes_database(command: &mut Command) -> String {
    let ran = run(command);
    let said = String::from_utf8_lossy(&ran.stderr).into_owned();
    assert!(ran.status.success() && said.contains("was made just now"), "{command:?}: {said}");
    String::from_utf8_lossy(&ran.stdout).into_owned()
}

/// The names of settings in a text.
fn settings(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !(c.is_ascii_uppercase() || c == '_'));
    words.filter(|word| word.starts_with("RINGSIDE_")).map(str::to_owned).collect()
}

/// Copies the units to where their programs are those of this repository.
fn units() -> (TempDir, Vec<PathBuf>) {
    let place = directory();
    let put = |name: &str, text: &str| {
        let path = place.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a directory")).expect("writable");
        std::fs::write(&path, text).expect("writable");
        path
    };
    let backup = root().join("deploy/ringside-backup").display().to_string();
    let unit = |name: &str| {
        let text = text(&format!("deploy/{name}"));
        put(name, &text.replace(PROGRAM, &server()).replace("/usr/local/bin/ringside-backup", &backup))
    };
    let units = ["ringside-api.service", "ringside-backup.service", "ringside-backup.timer"].map(unit);
    put("ringside-api.service.d/postgres.conf", &text("deploy/postgres.conf"));
    (place, units.into())
}

#[test]
fn systemd_finds_no_fault_in_the_units() {
    let (_place, units) = units();
    assert_silent(Command::new("systemd-analyze").arg("verify").args(units));
}

#[test]
fn the_service_reaches_little_of_the_machine() {
    let (_place, units) = units();
    let service = units.iter().find(|unit| unit.ends_with("ringside-api.service")).expect("it is one of them");
    let mut analyze = Command::new("systemd-analyze");
    analyze.args(["security", "--offline=true", "--no-pager", &format!("--threshold={MAX_EXPOSURE}")]).arg(service);
    let ran = run(&mut analyze);
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stdout));
}

#[test]
fn every_setting_that_is_named_exists() {
    let help = assert_silent(Command::new(server()).args(["serve", "--help"]));
    let known = settings(&help);
    assert!(known.contains("RINGSIDE_PUBLIC_URL"), "{help}");
    let mut named = settings(&text("docs/operating.md"));
    for entry in std::fs::read_dir(root().join("deploy")).expect("a directory").flatten() {
        named.extend(settings(&std::fs::read_to_string(entry.path()).expect("a text")));
    }
    assert_eq!(named.difference(&known).collect::<Vec<_>>(), Vec::<&String>::new());
}

#[test]
fn every_file_of_deploy_is_explained() {
    let explained = text("docs/operating.md");
    for entry in std::fs::read_dir(root().join("deploy")).expect("a directory").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        assert!(explained.contains(&format!("deploy/{name}")), "{name}");
    }
}

/// The instructions of the Dockerfile, with their continued lines joined.
fn dockerfile() -> Vec<(String, String)> {
    let joined = text("deploy/Dockerfile").replace("\\\n", " ");
    let lines = joined.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| line.split_once(' ').expect("a word and the rest")).map(|(a, b)| (a.into(), b.into())).collect()
}

#[test]
fn the_container_is_built_from_this_repository_with_its_compiler() {
    let instructions = dockerfile();
    let of = |name: &str| -> Vec<&str> {
        instructions.iter().filter(|(it, _)| it == name).map(|(_, rest)| rest.as_str()).collect()
    };
    let manifest = text("Cargo.toml");
    let rust = manifest.split("rust-version = \"").nth(1).and_then(|rest| rest.split('"').next()).expect("a version");
    // The same system, so that the program finds the libraries it was linked to.
    assert_eq!(of("FROM"), [&format!("rust:{rust}-bookworm AS build") as &str, "debian:bookworm-slim"]);
    let build = of("RUN")[0];
    let server = text("hosted-api/Cargo.toml");
    for (option, key) in [("--package ", "[package]\nname"), ("--bin ", "[[bin]]\nname")] {
        let name = build.split(option).nth(1).and_then(|rest| rest.split(' ').next()).expect(option);
        assert!(server.contains(&format!("{key} = \"{name}\"")), "{option}{name}");
    }
    assert!(build.contains("--locked") && build.contains("--release"), "{build}");
    assert_eq!(of("COPY")[1], format!("--from=build /ringside/target/release/ringside-api {PROGRAM}"));
    assert_eq!((of("USER"), of("VOLUME"), of("EXPOSE")), (vec!["ringside"], vec!["/data"], vec!["8787"]));
    assert_eq!((of("ENTRYPOINT"), of("CMD")), (vec!["[\"ringside-api\"]"], vec!["[\"serve\"]"]));
    assert_eq!(of("ENV"), ["RINGSIDE_LISTEN=0.0.0.0:8787 RINGSIDE_DATA_DIR=/data"]);
    assert!(of("HEALTHCHECK")[0].contains("http://127.0.0.1:8787/healthz"));
}

#[test]
fn the_container_s_build_sees_every_file_of_the_repository() {
    let (hidden, untracked) = (text(".dockerignore"), text(".gitignore"));
    let untracked: Vec<&str> = untracked.lines().collect();
    let patterns: Vec<&str> = hidden.lines().filter(|line| !line.starts_with('#')).collect();
    assert!(patterns.contains(&"/target") && patterns.contains(&"/.git"), "what is large stays out: {patterns:?}");
    for pattern in patterns.into_iter().filter(|pattern| *pattern != "/.git") {
        assert!(untracked.contains(&pattern.trim_start_matches("**/")), "{pattern} may hide what cargo needs");
    }
}

/// A script of `deploy/` for this user, with `etc` in place of `/etc/ringside`.
fn script(name: &str, place: &Path) -> PathBuf {
    let etc = place.join("etc");
    let id = |option: &str| assert_silent(Command::new("id").arg(option)).trim().to_owned();
    let script = text(&format!("deploy/{name}"))
        .replace(PROGRAM, &server())
        .replace("/etc/ringside", &etc.display().to_string())
        .replace("--reuid=ringside", &format!("--reuid={}", id("-u")))
        .replace("--regid=ringside", &format!("--regid={}", id("-g")))
        // Only root may do that.
        .replace("--clear-groups", "--keep-groups");
    std::fs::create_dir_all(&etc).expect("writable");
    let path = place.join(name);
    std::fs::write(&path, script).expect("writable");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("it is ours");
    path
}

#[test]
fn ringsidectl_runs_the_program_with_the_settings_and_the_secret_of_the_service() {
    let place = directory();
    let ringsidectl = script("ringsidectl", place.path());
    let data = place.path().join("data");
    let settings = text("deploy/ringside-api.env").replace("/var/lib/ringside-api", &data.display().to_string());
    std::fs::write(place.path().join("etc/ringside-api.env"), settings).expect("writable");
    let studio = ["admin", "create-studio", "--name", "Studio North", "--email", "ada@studio.example"];
    let link = assert_makes_database(Command::new(&ringsidectl).args(studio).args(["--admin-name", "Ada"]));
    assert!(link.starts_with("https://ringside.example/join#"), "{link}");
    assert!(data.join("ringside.db").exists());

    let secret = format!("sqlite://{}\n", place.path().join("elsewhere.db").display());
    std::fs::write(place.path().join("etc/database-url"), secret).expect("writable");
    assert_makes_database(Command::new(&ringsidectl).args(studio).args(["--admin-name", "Ada"]));
    assert!(place.path().join("elsewhere.db").exists());
}

#[test]
fn a_nightly_backup_has_database_and_files_and_keeps_a_month() {
    let place = directory();
    let backup = script("ringside-backup", place.path());
    let (data, backups) = (place.path().join("data"), place.path().join("backups"));
    std::fs::create_dir(&backups).expect("writable");
    assert_makes_database(Command::new(server()).arg("seed-demo").env("RINGSIDE_DATA_DIR", &data));
    std::fs::create_dir(data.join("artefacts")).expect("writable");
    std::fs::write(data.join("artefacts/abc"), "a package").expect("writable");
    for (name, days) in [("old.db", 31), ("recent.db", 29), ("old.txt", 31)] {
        let file = std::fs::File::create(backups.join(name)).expect("writable");
        let age = std::time::Duration::from_hours(24 * days);
        file.set_modified(std::time::SystemTime::now() - age).expect("it is ours");
    }
    assert_silent(Command::new(&backup).arg(&backups).env("RINGSIDE_DATA_DIR", &data));

    let mut names: Vec<String> = std::fs::read_dir(&backups)
        .expect("a directory")
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    let [database, artefacts, kept @ ..] = &names[..] else { panic!("{names:?}") };
    assert_eq!((artefacts.as_str(), kept), ("artefacts", &["old.txt".to_owned(), "recent.db".to_owned()][..]));
    assert_eq!(std::fs::read_to_string(backups.join("artefacts/abc")).expect("it is there"), "a package");
    let restored = format!("sqlite://{}", backups.join(database).display());
    assert_silent(Command::new(server()).args(["admin", "restored", "--database-url", &restored]));
}
