//! Where a profile is stored on disk, and the few settings that are read before anything else.
//!
//! ```text
//! <home>/config.json                 { "server": "https://…", "updates": { "server": "https://…", "channel": "beta" } }
//! <home>/installation.json           { "rollout_bucket": 0 to 99 }, drawn under .installation.lock
//! <home>/studio.json                 the kiosk's roster; only on a kiosk
//! <home>/renderer.json               the shell's: which renderer of the web view works here; only where another does not
//! <home>/profiles/<name>/            one profile: replica, web view data, in spent.json the servers
//!                                    whose sign-in the keyring has yet to forget, and in
//!                                    known-device.json how servers know the device again
//! <home>/profiles/<name>/uploads/    files on their way to the server
//! <home>/videos/<server>/            videos that were fetched, for all profiles
//! <home>/updates/                    the package of the next version, until it is installed
//! ```

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::MissedTickBehavior;

use crate::address::ServerUrl;
use crate::bridge::{Failure, LocalCode};
use crate::channel::Channel;
use crate::files::{make_private, read, write, write_whole};
use crate::locked::LockedFile;
use crate::profile::Profile;

/// The file of the kiosk's roster. Installed kiosks have it, so its name never changes.
const ROSTER: &str = "studio.json";
/// How many times to retry until another process has ended or finished: three seconds, and longer on a machine that
/// freezes between two attempts.
const ATTEMPTS: usize = 30;
/// The pause between two attempts. Systems report that a lock is free only to a blocked thread, which could not time
/// out.
const ATTEMPT_PAUSE: Duration = Duration::from_millis(100);

/// The application's data directory.
#[derive(Clone, Debug)]
pub struct Home(PathBuf);

impl Home {
    /// The directory at `path`. It is created when a profile is opened.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The server this installation is set to, if its configuration names one.
    ///
    /// # Errors
    /// [`LocalCode::BadConfig`] with the file and the position when the configuration can't be parsed.
    pub fn configured_server(&self) -> Result<Option<ServerUrl>, Failure> {
        let path = self.0.join("config.json");
        Ok(read::<Config>(&path)?.and_then(|config| config.server))
    }

    /// Opens the directory of `profile`, creating it if necessary. It is checked to be writable, and locked until it is
    /// dropped.
    ///
    /// # Errors
    /// [`LocalCode::DataDirectory`] with the path when it can't be created or written, [`LocalCode::AlreadyOpen`] when
    /// another process has locked it: two processes would use up each other's refresh tokens.
    pub fn open(&self, profile: &Profile) -> Result<ProfileDirectory, Failure> {
        let path = self.0.join("profiles").join(profile.as_str());
        let failed =
            |error| Failure::local(LocalCode::DataDirectory).because(format_args!("{}: {error}", path.display()));
        std::fs::create_dir_all(&path).map_err(failed)?;
        make_private(&path).map_err(failed)?;
        let Some(lock) = LockedFile::try_exclusive(&path.join(".lock")).map_err(failed)? else {
            return Err(Failure::local(LocalCode::AlreadyOpen).because(profile));
        };
        // A directory can be readable and yet refuse new files; better to find out now than at the first event.
        let probe = path.join(".writable");
        std::fs::write(&probe, []).and_then(|()| std::fs::remove_file(&probe)).map_err(failed)?;
        Ok(ProfileDirectory { path, lock })
    }

    /// Like [`Home::open`], but waits briefly for a profile that is being closed: somebody who closes a window and
    /// reopens it at once meets the process that is about to end.
    ///
    /// # Errors
    /// As [`Home::open`].
    pub(crate) async fn open_or_wait(&self, profile: &Profile) -> Result<ProfileDirectory, Failure> {
        let is_open = Failure::local(LocalCode::AlreadyOpen).because(profile);
        let opened = retry_briefly(|| match self.open(profile) {
            Err(failure) if failure.code == is_open.code => None,
            opened => Some(opened),
        });
        opened.await.unwrap_or(Err(is_open))
    }

    /// The server the person chose for `profile`, if they did.
    ///
    /// # Errors
    /// [`LocalCode::BadConfig`] as for [`Home::configured_server`].
    pub fn chosen_server(&self, profile: &Profile) -> Result<Option<ServerUrl>, Failure> {
        Ok(read::<ProfileConfig>(&self.profile_config(profile))?.and_then(|config| config.server))
    }

    /// Stores which server `profile` connects to.
    ///
    /// # Errors
    /// [`LocalCode::DataDirectory`] with the path when it can't be written.
    pub fn choose_server(&self, profile: &Profile, server: &ServerUrl) -> Result<(), Failure> {
        write(&self.profile_config(profile), &ProfileConfig { server: Some(server.clone()) })
    }

    /// Where to check for updates.
    ///
    /// # Errors
    /// [`LocalCode::BadConfig`] as for [`Home::configured_server`].
    pub fn update_settings(&self) -> Result<UpdateSettings, Failure> {
        Ok(read::<Config>(&self.0.join("config.json"))?.map(|config| config.updates).unwrap_or_default())
    }

    /// The directory for the package of the next version.
    pub(crate) fn updates(&self) -> PathBuf {
        self.0.join("updates")
    }

    /// The rollout group of this installation, one of a hundred: `drawn`, if none was drawn before. It does not
    /// identify the installation.
    pub(crate) async fn rollout_bucket(&self, drawn: u8) -> std::io::Result<u8> {
        let known = || {
            let text = std::fs::read_to_string(self.installation()).ok()?;
            let Installation { rollout_bucket } = serde_json::from_str(&text).ok()?;
            (rollout_bucket < 100).then_some(rollout_bucket)
        };
        // Two profiles that start for the first time at once share one installation: only one of them draws.
        let drawing = || match LockedFile::try_exclusive(&self.0.join(".installation.lock")) {
            Ok(Some(_alone)) => Some(known().map_or_else(|| self.store_bucket(drawn), Ok)),
            Ok(None) => None,
            Err(error) => Some(Err(error)),
        };
        match known() {
            Some(bucket) => Ok(bucket),
            None => retry_briefly(drawing).await.unwrap_or_else(|| Err(std::io::ErrorKind::WouldBlock.into())),
        }
    }

    fn store_bucket(&self, rollout_bucket: u8) -> std::io::Result<u8> {
        write_whole(&self.installation(), &serde_json::to_string(&Installation { rollout_bucket })?)?;
        Ok(rollout_bucket)
    }

    fn installation(&self) -> PathBuf {
        self.0.join("installation.json")
    }

    /// The kiosk's roster. `None` if this machine never was a kiosk.
    ///
    /// # Errors
    /// [`LocalCode::BadConfig`] as for [`Home::configured_server`].
    pub(crate) fn roster<T: for<'de> Deserialize<'de>>(&self) -> Result<Option<T>, Failure> {
        read(&self.0.join(ROSTER))
    }

    /// Saves the kiosk's roster. Only this system account can read the file.
    ///
    /// # Errors
    /// [`LocalCode::DataDirectory`] with the path when it can't be written.
    pub(crate) fn save_roster(&self, roster: &impl Serialize) -> Result<(), Failure> {
        write(&self.0.join(ROSTER), roster)
    }

    /// Removes all data of `profile`, which must not be open.
    pub(crate) fn remove(&self, profile: &Profile) -> std::io::Result<()> {
        match std::fs::remove_dir_all(self.0.join("profiles").join(profile.as_str())) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            removed => removed,
        }
    }

    /// The file that lists the spent sign-ins of `profile` that may still be in the keyring.
    pub(crate) fn spent_sign_ins(&self, profile: &Profile) -> PathBuf {
        self.0.join("profiles").join(profile.as_str()).join("spent.json")
    }

    /// The file with the tokens by which servers know the device of `profile` again.
    pub(crate) fn known_device(&self, profile: &Profile) -> PathBuf {
        self.0.join("profiles").join(profile.as_str()).join("known-device.json")
    }

    /// The directory of the files that a window of `profile` hands over.
    pub(crate) fn staged_files(&self, profile: &Profile) -> PathBuf {
        self.0.join("profiles").join(profile.as_str()).join("uploads")
    }

    /// The directory of the videos that this machine keeps, for all profiles.
    pub(crate) fn videos(&self) -> PathBuf {
        self.0.join("videos")
    }

    fn profile_config(&self, profile: &Profile) -> PathBuf {
        self.0.join("profiles").join(profile.as_str()).join("profile.json")
    }
}

/// The directory of an open profile, locked until this is dropped. The system releases the lock when the process ends,
/// in whatever way.
#[derive(Debug)]
pub struct ProfileDirectory {
    path: PathBuf,
    lock: LockedFile,
}

impl ProfileDirectory {
    /// Its path.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Releases the lock, for another process.
    pub(crate) fn release(&self) {
        self.lock.release();
    }
}

/// Repeats `attempt` until it succeeds. `None` if that takes longer than any process should hold one of our locks.
async fn retry_briefly<T>(mut attempt: impl FnMut() -> Option<T>) -> Option<T> {
    let mut attempts = tokio::time::interval(ATTEMPT_PAUSE);
    // Missed ticks are not made up for in a burst.
    attempts.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for _ in 0..ATTEMPTS {
        attempts.tick().await;
        if let Some(done) = attempt() {
            return Some(done);
        }
    }
    None
}

/// The configuration file of an installation.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    #[serde(default)]
    server: Option<ServerUrl>,
    #[serde(default)]
    updates: UpdateSettings,
}

/// Where to check for updates.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UpdateSettings {
    /// The update server. `None` means the server the profile connects to.
    #[serde(default)]
    pub server: Option<ServerUrl>,
    /// The release channel.
    #[serde(default)]
    pub channel: Channel,
}

/// The configuration file of a profile.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProfileConfig {
    #[serde(default)]
    server: Option<ServerUrl>,
}

/// Values that are drawn once for an installation.
#[derive(Serialize, Deserialize)]
struct Installation {
    rollout_bucket: u8,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bridge::FailureCode;

    fn home() -> (tempfile::TempDir, Home) {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let home = Home::new(directory.path());
        (directory, home)
    }

    #[test]
    fn an_invalid_configuration_is_reported_with_file_and_position() {
        let (directory, home) = home();
        let path = directory.path().join("config.json");
        for text in ["{", "{\"server\": 1}", "{\"sever\": \"https://a.example\"}", "{\"server\": \"ftp://a\"}"] {
            std::fs::write(&path, text).expect("writable");
            let failure = home.configured_server().expect_err(text);
            assert_eq!(failure.code, FailureCode::Local(LocalCode::BadConfig));
            assert!(failure.detail.is_some_and(|detail| detail.contains("config.json")));
        }
    }

    #[test]
    fn a_data_directory_that_can_t_be_created_is_reported_with_its_path() {
        let (directory, _) = home();
        let file = directory.path().join("file");
        std::fs::write(&file, "in the way").expect("writable");
        let failure = Home::new(&file).open(&Profile::default()).expect_err("a file is in the way");
        assert_eq!(failure.code, FailureCode::Local(LocalCode::DataDirectory));
        assert!(failure.detail.is_some_and(|detail| detail.contains("file")));
    }

    #[tokio::test]
    async fn the_rollout_bucket_of_an_installation_is_drawn_once() {
        let (_directory, home) = home();
        for drawn in [7, 8, 9] {
            assert_eq!(home.rollout_bucket(drawn).await.expect("writable"), 7);
        }
    }

    #[tokio::test]
    async fn an_invalid_rollout_bucket_is_drawn_again() {
        let (directory, home) = home();
        for text in ["", r#"{"rollout_bucket":100}"#] {
            std::fs::write(directory.path().join("installation.json"), text).expect("writable");
            assert_eq!(home.rollout_bucket(7).await.expect("writable"), 7, "{text:?}");
        }
    }

    #[tokio::test]
    async fn profiles_starting_at_once_share_one_rollout_bucket() {
        let (directory, home) = home();
        let another = LockedFile::try_exclusive(&directory.path().join(".installation.lock"))
            .expect("writable")
            .expect("nobody has it");
        let (ours, ()) = tokio::join!(home.rollout_bucket(7), async {
            home.store_bucket(8).expect("writable");
            drop(another);
        });
        assert_eq!(ours.expect("writable"), 8);
    }

    #[test]
    fn updates_default_to_the_stable_channel_of_the_profile_s_server() {
        let (directory, home) = home();
        assert_eq!(home.update_settings().expect("there is none"), UpdateSettings::default());
        let text = r#"{ "updates": { "server": "https://updates.example", "channel": "beta" } }"#;
        std::fs::write(directory.path().join("config.json"), text).expect("writable");
        let settings = home.update_settings().expect("readable");
        assert_eq!(settings.server.map(|server| server.to_string()).as_deref(), Some("https://updates.example"));
        assert_eq!(settings.channel, Channel::Beta);
        std::fs::write(directory.path().join("config.json"), r#"{ "updates": { "chanel": "beta" } }"#)
            .expect("writable");
        assert!(home.update_settings().is_err());
    }

    #[test]
    fn a_profile_can_be_open_only_once() {
        let (_directory, home) = home();
        let profile = Profile::default();
        let open = home.open(&profile).expect("nobody has it");
        let failure = home.open(&profile).expect_err("somebody has it");
        assert_eq!(failure.code, FailureCode::Local(LocalCode::AlreadyOpen));
        assert!(home.open(&"another".parse().expect("a name")).is_ok());
        drop(open);
        assert!(home.open(&profile).is_ok());
    }

    #[test]
    fn the_chosen_server_is_remembered() {
        let (_directory, home) = home();
        let profile = Profile::default();
        home.open(&profile).expect("writable");
        assert_eq!(home.chosen_server(&profile).expect("readable"), None);
        let server: ServerUrl = "https://ringside.example".parse().expect("an address");
        home.choose_server(&profile, &server).expect("writable");
        assert_eq!(home.chosen_server(&profile).expect("readable"), Some(server));
    }
}
