//! A real update: two signed packages, the older one really installed, a real server over TLS, and the system's own
//! package manager.
//!
//! It changes what is installed on this machine, so it is separate from the other tests: `cargo xtask test-update`
//! builds the packages, and runs these tests one after the other.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use serde_json::{Value, json};
use system_tests::{Desktop, Failure, Front, Installed, Meddling, Place, Server, Window, pictured};

const PROGRAM: &str = "/usr/bin/ringside";

/// What `cargo xtask test-update` has built.
struct Packages {
    old: PathBuf,
    new: PathBuf,
    /// The newer one's signature, by another key.
    stranger: String,
    old_version: String,
    new_version: String,
}

impl Packages {
    fn built() -> Self {
        let set = |name: &str| std::env::var(name).unwrap_or_else(|_| panic!("{name}: run `cargo xtask test-update`"));
        let at = |name: &str| PathBuf::from(set(name));
        let stranger = std::fs::read_to_string(at("RINGSIDE_UPDATE_STRANGER")).expect("a signature");
        Self {
            old: at("RINGSIDE_UPDATE_OLD"),
            new: at("RINGSIDE_UPDATE_NEW"),
            stranger,
            old_version: set("RINGSIDE_UPDATE_OLD_VERSION"),
            new_version: set("RINGSIDE_UPDATE_NEW_VERSION"),
        }
    }
}

/// The older version installed, signed in, and a server that offers the newer one.
struct Scene {
    packages: Packages,
    installed: Installed,
    desktop: Desktop,
    front: Front,
    server: Server,
}

impl Scene {
    async fn set() -> Result<Self, Failure> {
        let packages = Packages::built();
        let installed = Installed::from(&packages.old, "ringside")?;
        let mut server = Server::start()?;
        let front = Front::before(server.url()).await?;
        server.set("RINGSIDE_PUBLIC_URL", front.url())?;
        for (package, version) in [(&packages.old, &packages.old_version), (&packages.new, &packages.new_version)] {
            let mut publish = vec!["release", "publish", "--channel", "stable", "--version", version];
            // Signed with a key made for this run; it is up to the desktop to verify it.
            publish.push("--unverified");
            publish.extend(["--notes", "en=It is faster.", "--notes", "de=Es ist schneller."]);
            let signature = signature_of(package);
            let files = [&signature, package].map(|path| path.to_str().expect("a name in UTF-8"));
            server.run(&[&publish[..], &files[..]].concat())?;
        }
        let mut desktop = Desktop::start()?;
        desktop.set("SSL_CERT_FILE", front.authority());
        std::fs::create_dir_all(desktop.ringside_home()).expect("writable");
        let config = json!({ "updates": { "server": front.url() } }).to_string();
        std::fs::write(desktop.ringside_home().join("config.json"), config).expect("writable");
        desktop.sign_in("trainer", server.url(), server.first("trainer")?)?;
        Ok(Self { packages, installed, desktop, front, server })
    }

    /// The manifest of the older version, as offered to an even older one.
    async fn old_manifest(&self) -> Result<Value, Failure> {
        self.server.run(&halt(&self.packages.new_version))?;
        let address = format!("{}/v1/updates/stable/linux/{}/deb/0.0.0", self.server.url(), std::env::consts::ARCH);
        let manifest = reqwest::get(address).await.expect("it answers").json().await.expect("a manifest");
        self.server.run(&resume(&self.packages.new_version))?;
        Ok(manifest)
    }

    async fn open(&self) -> Result<Window, Failure> {
        let program = Path::new(PROGRAM);
        let window = Window::open_program(&self.desktop, program, "trainer", self.server.url(), Place::LEFT).await?;
        window.find("link-state[data-state='live']").await?;
        Ok(window.with_patience(std::time::Duration::from_mins(3)))
    }

    /// Waits for the newer version, started by the older one, and ends it as a user would.
    async fn newer_comes_up(&self, window: &Window) -> Result<(), Failure> {
        window.prints("this version was installed by an update").await?;
        assert_eq!(self.installed.version()?, self.packages.new_version);
        self.installed.end(&self.desktop)
    }

    /// Reverts the person's replica to the first schema, before there was an outbox.
    fn take_replica_back(&self) {
        self.replica(
            "DROP TABLE outbox; DROP TABLE documents; ALTER TABLE meta RENAME TO facts; \
             CREATE TABLE sessions (id TEXT PRIMARY KEY, document TEXT NOT NULL) STRICT; PRAGMA user_version = 1",
        );
        assert_eq!(self.replica("PRAGMA user_version"), "1");
    }

    /// The output of SQLite's own program for a statement on the person's replica.
    fn replica(&self, statement: &str) -> String {
        let path = self.desktop.ringside_home().join("profiles/trainer/replica.sqlite");
        let answer = Command::new("sqlite3").arg(path).arg(statement).output().expect("sqlite3 is installed");
        assert!(answer.status.success(), "{answer:?}");
        String::from_utf8_lossy(&answer.stdout).trim().to_owned()
    }

    /// Opens the newer version: it shows its version, and its person is still signed in.
    async fn is_the_newer(&self) -> Result<(), Failure> {
        let window = self.open().await?;
        pictured(&window, "updated", async {
            window.click("open-settings").await?;
            window.reads("about", &self.packages.new_version).await?;
            window.find("update[data-state='newest']").await?;
            window.reads("view[data-view='settings']", &self.server.first("trainer")?.email).await?;
            window.keep_picture(Path::new("../target/update/updated.png")).await
        })
        .await;
        Ok(())
    }
}

fn signature_of(package: &Path) -> PathBuf {
    let mut path = package.as_os_str().to_owned();
    path.push(".sig");
    path.into()
}

#[tokio::test]
#[ignore = "installs packages: cargo xtask test-update"]
async fn what_is_not_the_newer_version_that_was_signed_is_refused_and_the_old_one_goes_on() -> Result<(), Failure> {
    let scene = Scene::set().await?;
    let stranger = scene.packages.stranger.clone();
    let old = scene.old_manifest().await?;
    let changed = |change: Arc<dyn Fn(&mut Value) + Send + Sync>| Meddling::Manifest(change);
    let refused = [
        ("one byte changed", Meddling::OneByte, "signierte"),
        ("another key", changed(Arc::new(move |manifest| manifest["signature"] = json!(stranger))), "signierte"),
        (
            "an old package under a higher version",
            changed(Arc::new(move |manifest| {
                manifest["version"] = json!("9.0.0");
                manifest["signature"] = old["signature"].clone();
                manifest["url"] = old["url"].clone();
            })),
            "signierte",
        ),
        ("a package that breaks off", Meddling::BreaksOff, "abgebrochen"),
        ("a manifest that is not JSON", Meddling::Page, "nicht zu verstehen"),
        ("a server that hangs", Meddling::Hangs, "nicht rechtzeitig"),
    ];
    scene.front.meddle(Meddling::Page);
    let window = scene.open().await?;
    pictured(&window, "update-refused", async {
        window.click("open-settings").await?;
        for (what, meddling, words) in refused {
            println!("{what}");
            scene.front.meddle(meddling);
            window.click("check-for-update").await?;
            window.reads("update-words", words).await?;
            window.find("update[data-state='failed']").await?;
            assert_eq!(scene.installed.version()?, scene.packages.old_version, "{what}");
            // It is reported again, and the one before is not.
            scene.front.meddle(Meddling::None);
            scene.server.run(&halt(&scene.packages.new_version))?;
            window.click("check-for-update").await?;
            window.find("update[data-state='newest']").await?;
            scene.server.run(&resume(&scene.packages.new_version))?;
        }
        window.click("close-settings").await?;
        window.find("link-state[data-state='live']").await.map(drop)
    })
    .await;
    Ok(())
}

fn halt(version: &str) -> [&str; 6] {
    ["release", "halt", "--channel", "stable", "--version", version]
}

fn resume(version: &str) -> [&str; 6] {
    ["release", "resume", "--channel", "stable", "--version", version]
}

#[tokio::test]
#[ignore = "installs packages: cargo xtask test-update"]
async fn an_installed_application_updates_itself_when_the_person_says_so() -> Result<(), Failure> {
    let scene = Scene::set().await?;
    let window = scene.open().await?;
    pictured(&window, "update", async {
        window.find("update-ready").await?;
        window.click("update-news").await?;
        window.reads("update-notes", "Es ist schneller.").await?;
        window.at_rest().await?;
        window.keep_picture(Path::new("../target/update/ready.png")).await?;
        scene.take_replica_back();
        window.click("update-now").await?;
        scene.newer_comes_up(&window).await
    })
    .await;
    drop(window);
    assert_eq!(scene.replica("PRAGMA user_version; SELECT COUNT(*) FROM outbox"), "3\n0", "the newer one's layout");
    assert_ne!(scene.replica("SELECT document FROM meta WHERE name = 'me'"), "", "and what was in it");
    scene.is_the_newer().await
}

#[tokio::test]
#[ignore = "installs packages: cargo xtask test-update"]
async fn a_download_that_stalls_shows_how_far_it_came_and_is_fetched_again() -> Result<(), Failure> {
    let scene = Scene::set().await?;
    scene.front.meddle(Meddling::Stalls);
    let window = scene.open().await?;
    pictured(&window, "update-stalls", async {
        window.click("open-settings").await?;
        let half = "const bar = document.querySelector('[data-testid=update] progress'); \
                    return Boolean(bar) && bar.max > 1000000 && Math.abs(bar.value / bar.max - 0.5) < 0.02";
        window.until::<bool>("half of it", half, Vec::new()).await?;
        window.keep_picture(Path::new("../target/update/downloading.png")).await?;
        scene.front.meddle(Meddling::None);
        window.find("update[data-state='ready']").await?;
        assert_eq!(scene.installed.version()?, scene.packages.old_version);
        Ok(())
    })
    .await;
    window.close().await
}

#[tokio::test]
#[ignore = "installs packages: cargo xtask test-update"]
async fn a_package_that_was_changed_on_the_disk_is_not_installed_at_the_next_start() -> Result<(), Failure> {
    let scene = Scene::set().await?;
    let window = scene.open().await?;
    pictured(&window, "update-on-disk", async { window.find("update-ready").await.map(drop) }).await;
    window.close().await?;
    let package = scene.desktop.ringside_home().join("updates/next/package");
    let mut bytes = std::fs::read(&package).expect("it waits there");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&package, bytes).expect("writable");
    // Nothing is downloaded again, which would replace it.
    scene.front.meddle(Meddling::Hangs);
    let window = scene.open().await?;
    pictured(&window, "update-on-disk-refused", async {
        window.reads("notice", "signierte").await?;
        assert_eq!(scene.installed.version()?, scene.packages.old_version);
        assert!(!package.exists(), "it is not tried again");
        window.find("link-state[data-state='live']").await.map(drop)
    })
    .await;
    window.close().await
}

#[tokio::test]
#[ignore = "installs packages: cargo xtask test-update"]
async fn an_installed_application_updates_itself_at_the_next_start() -> Result<(), Failure> {
    let scene = Scene::set().await?;
    let window = scene.open().await?;
    pictured(&window, "update-before", async { window.find("update-ready").await.map(drop) }).await;
    window.close().await?;
    assert_eq!(scene.installed.version()?, scene.packages.old_version);
    let program = Path::new(PROGRAM);
    let window = Window::open_program(&scene.desktop, program, "trainer", scene.server.url(), Place::LEFT).await?;
    let window = window.with_patience(std::time::Duration::from_mins(3));
    scene.newer_comes_up(&window).await?;
    drop(window);
    scene.is_the_newer().await
}

/// States once what the packages are: the versions that the other tests rely on.
#[test]
#[ignore = "installs packages: cargo xtask test-update"]
fn the_older_version_is_older() {
    let packages = Packages::built();
    let version = |text: &str| text.parse::<semver::Version>().expect("a version");
    assert!(version(&packages.old_version) < version(&packages.new_version));
    let printed = Command::new("dpkg-deb").args(["--field"]).arg(&packages.new).arg("Version").output().expect("dpkg");
    assert_eq!(String::from_utf8_lossy(&printed.stdout).trim(), packages.new_version);
}
