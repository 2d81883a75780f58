//! A real update: two signed packages, the older one installed, a real server over TLS, and the system's package manager.
//!
//! It changes what is installed on this machine, so it is separate from the other tests: `cargo xtask test-update`
//! builds the packages, and runs these tests one after the other.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use serde_json::{Value, json};
use system_tests::{Desktop, Failure, Installed, Place, Server, Tampering, TlsProxy, Window, screenshot_on_failure};

const PROGRAM: &str = "/usr/bin/ringside";

/// The packages that `cargo xtask test-update` has built.
struct Packages {
    old: PathBuf,
    new: PathBuf,
    /// A signature of the newer one by another key.
    other_signature: String,
    old_version: String,
    new_version: String,
}

impl Packages {
    fn from_env() -> Self {
        let set = |name: &str| std::env::var(name).unwrap_or_else(|_| panic!("{name}: run `cargo xtask test-update`"));
        let at = |name: &str| PathBuf::from(set(name));
        let other_signature = std::fs::read_to_string(at("RINGSIDE_UPDATE_STRANGER")).expect("a signature");
        Self {
            old: at("RINGSIDE_UPDATE_OLD"),
            new: at("RINGSIDE_UPDATE_NEW"),
            other_signature,
            old_version: set("RINGSIDE_UPDATE_OLD_VERSION"),
            new_version: set("RINGSIDE_UPDATE_NEW_VERSION"),
        }
    }
}

/// The older version installed, signed in, and a server that offers the newer one.
struct Fixture {
    packages: Packages,
    installed: Installed,
    desktop: Desktop,
    tls_proxy: TlsProxy,
    server: Server,
}

impl Fixture {
    async fn new() -> Result<Self, Failure> {
        let packages = Packages::from_env();
        let installed = Installed::from(&packages.old, "ringside")?;
        let mut server = Server::start()?;
        let tls_proxy = TlsProxy::in_front_of(server.url()).await?;
        server.set("RINGSIDE_PUBLIC_URL", tls_proxy.url())?;
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
        desktop.set("SSL_CERT_FILE", tls_proxy.authority());
        std::fs::create_dir_all(desktop.ringside_home()).expect("writable");
        let config = json!({ "updates": { "server": tls_proxy.url() } }).to_string();
        std::fs::write(desktop.ringside_home().join("config.json"), config).expect("writable");
        desktop.sign_in("trainer", server.url(), server.first("trainer")?)?;
        Ok(Self { packages, installed, desktop, tls_proxy, server })
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
        Ok(window.with_timeout(std::time::Duration::from_mins(3)))
    }

    /// Waits for the newer version, started by the older one, and ends it as a user would.
    async fn wait_for_new_version(&self, window: &Window) -> Result<(), Failure> {
        window.prints("this version was installed by an update").await?;
        assert_eq!(self.installed.version()?, self.packages.new_version);
        self.installed.end(&self.desktop)
    }

    /// Reverts the person's replica to the first schema, before there was an outbox.
    fn downgrade_replica(&self) {
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
    async fn assert_new_version(&self) -> Result<(), Failure> {
        let window = self.open().await?;
        screenshot_on_failure(&window, "updated", async {
            window.click("open-settings").await?;
            window.wait_for_text("about", &self.packages.new_version).await?;
            window.find("update[data-state='newest']").await?;
            window.wait_for_text("view[data-view='settings']", &self.server.first("trainer")?.email).await?;
            window.save_screenshot(Path::new("../target/update/updated.png")).await
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
async fn invalid_updates_are_refused_and_the_installed_version_keeps_working() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    let stranger = fixture.packages.other_signature.clone();
    let old = fixture.old_manifest().await?;
    let changed = |change: Arc<dyn Fn(&mut Value) + Send + Sync>| Tampering::Manifest(change);
    let refused = [
        ("one byte changed", Tampering::OneByte, "signierte"),
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
        ("a package that is cut off", Tampering::CutOff, "abgebrochen"),
        ("a manifest that is not JSON", Tampering::Page, "nicht zu verstehen"),
        ("a server that hangs", Tampering::Hangs, "nicht rechtzeitig"),
    ];
    fixture.tls_proxy.tamper(Tampering::Page);
    let window = fixture.open().await?;
    screenshot_on_failure(&window, "update-refused", async {
        window.click("open-settings").await?;
        for (what, tampering, words) in refused {
            println!("{what}");
            fixture.tls_proxy.tamper(tampering);
            window.click("check-for-update").await?;
            window.wait_for_text("update-words", words).await?;
            window.find("update[data-state='failed']").await?;
            assert_eq!(fixture.installed.version()?, fixture.packages.old_version, "{what}");
            // It is reported again, and the one before is not.
            fixture.tls_proxy.tamper(Tampering::None);
            fixture.server.run(&halt(&fixture.packages.new_version))?;
            window.click("check-for-update").await?;
            window.find("update[data-state='newest']").await?;
            fixture.server.run(&resume(&fixture.packages.new_version))?;
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
async fn an_installed_application_updates_itself_on_request() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    let window = fixture.open().await?;
    screenshot_on_failure(&window, "update", async {
        window.find("update-ready").await?;
        window.click("update-news").await?;
        window.wait_for_text("update-notes", "Es ist schneller.").await?;
        window.at_rest().await?;
        window.save_screenshot(Path::new("../target/update/ready.png")).await?;
        fixture.downgrade_replica();
        window.click("update-now").await?;
        fixture.wait_for_new_version(&window).await
    })
    .await;
    drop(window);
    assert_eq!(fixture.replica("PRAGMA user_version; SELECT COUNT(*) FROM outbox"), "3\n0", "the current schema");
    assert_ne!(fixture.replica("SELECT document FROM meta WHERE name = 'me'"), "", "the data is kept");
    fixture.assert_new_version().await
}

#[tokio::test]
#[ignore = "installs packages: cargo xtask test-update"]
async fn a_stalled_download_shows_its_progress_and_is_repeated() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    fixture.tls_proxy.tamper(Tampering::Stalls);
    let window = fixture.open().await?;
    screenshot_on_failure(&window, "update-stalls", async {
        window.click("open-settings").await?;
        let half = "const bar = document.querySelector('[data-testid=update] progress'); \
                    return Boolean(bar) && bar.max > 1000000 && Math.abs(bar.value / bar.max - 0.5) < 0.02";
        window.until::<bool>("half of it", half, Vec::new()).await?;
        window.save_screenshot(Path::new("../target/update/downloading.png")).await?;
        fixture.tls_proxy.tamper(Tampering::None);
        window.find("update[data-state='ready']").await?;
        assert_eq!(fixture.installed.version()?, fixture.packages.old_version);
        Ok(())
    })
    .await;
    window.close().await
}

#[tokio::test]
#[ignore = "installs packages: cargo xtask test-update"]
async fn a_downloaded_package_that_was_modified_on_the_disk_is_not_installed() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    let window = fixture.open().await?;
    screenshot_on_failure(&window, "update-on-disk", async { window.find("update-ready").await.map(drop) }).await;
    window.close().await?;
    let package = fixture.desktop.ringside_home().join("updates/next/package");
    let mut bytes = std::fs::read(&package).expect("it was downloaded");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&package, bytes).expect("writable");
    // A new download would replace it.
    fixture.tls_proxy.tamper(Tampering::Hangs);
    let window = fixture.open().await?;
    screenshot_on_failure(&window, "update-on-disk-refused", async {
        window.wait_for_text("notice", "signierte").await?;
        assert_eq!(fixture.installed.version()?, fixture.packages.old_version);
        assert!(!package.exists(), "it is not tried again");
        window.find("link-state[data-state='live']").await.map(drop)
    })
    .await;
    window.close().await
}

#[tokio::test]
#[ignore = "installs packages: cargo xtask test-update"]
async fn an_installed_application_updates_itself_at_the_next_start() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    let window = fixture.open().await?;
    screenshot_on_failure(&window, "update-before", async { window.find("update-ready").await.map(drop) }).await;
    window.close().await?;
    assert_eq!(fixture.installed.version()?, fixture.packages.old_version);
    let program = Path::new(PROGRAM);
    let window = Window::open_program(&fixture.desktop, program, "trainer", fixture.server.url(), Place::LEFT).await?;
    let window = window.with_timeout(std::time::Duration::from_mins(3));
    fixture.wait_for_new_version(&window).await?;
    drop(window);
    fixture.assert_new_version().await
}

/// States once what the packages are: the versions that the other tests rely on.
#[test]
#[ignore = "installs packages: cargo xtask test-update"]
fn the_older_version_is_older() {
    let packages = Packages::from_env();
    let version = |text: &str| text.parse::<semver::Version>().expect("a version");
    assert!(version(&packages.old_version) < version(&packages.new_version));
    let printed = Command::new("dpkg-deb").args(["--field"]).arg(&packages.new).arg("Version").output().expect("dpkg");
    assert_eq!(String::from_utf8_lossy(&printed.stdout).trim(), packages.new_version);
}
