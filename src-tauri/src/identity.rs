//! How the system identifies this installation and the profile of this process.

use std::path::PathBuf;

use ringside_core::Profile;
use tauri::{AppHandle, Config, Manager};

/// The application's identifier, the same for every profile.
pub(crate) const IDENTIFIER: &str = "app.ringside.desktop";

/// Binds this process to `profile`: later starts of the profile are handed to it, and its window opens where the
/// profile's window was last.
///
/// Plugins do both, by the application's identifier, so each profile gets an identifier of its own.
pub(crate) fn set_identifier(profile: &Profile, config: &mut Config) {
    config.identifier = identifier(profile);
}

/// The identifier of this application with `profile`.
pub(crate) fn identifier(profile: &Profile) -> String {
    if *profile == Profile::default() {
        return IDENTIFIER.to_owned();
    }
    // Underscores are not allowed on one system, and another turns hyphens into underscores. Two profiles must never
    // get the same identifier.
    format!("{IDENTIFIER}.profile-{}", profile.as_str().replace('-', "-0").replace('_', "-1"))
}

/// The default data directory, shared by all profiles.
pub(crate) fn default_home(app: &AppHandle) -> tauri::Result<PathBuf> {
    Ok(app.path().local_data_dir()?.join(IDENTIFIER))
}

/// The same, before there is an application.
#[cfg(target_os = "linux")]
pub(crate) fn default_home_at_start() -> PathBuf {
    gtk::glib::user_data_dir().join(IDENTIFIER)
}

/// The system's directory for logs, shared by all profiles.
pub(crate) fn log_directory(app: &AppHandle) -> tauri::Result<PathBuf> {
    if cfg!(target_os = "macos") {
        return Ok(app.path().home_dir()?.join("Library/Logs").join(IDENTIFIER));
    }
    Ok(default_home(app)?.join("logs"))
}

/// Registers `profile` as a sender of notifications. The installer has registered the application, but not other
/// profiles.
#[cfg(windows)]
pub(crate) fn register_notification_sender(profile: &Profile) {
    if *profile == Profile::default() {
        return;
    }
    let key = format!(r"Software\Classes\AppUserModelId\{}", identifier(profile));
    let registered =
        windows_registry::CURRENT_USER.create(key).and_then(|key| key.set_string("DisplayName", "Ringside"));
    if let Err(error) = registered {
        tracing::warn!(%error, "the system may show no notifications of this profile");
    }
}

/// Makes the system attribute the notifications of every profile to the application: the first sender that is set wins.
#[cfg(target_os = "macos")]
pub(crate) fn register_notification_sender(_: &Profile) {
    if let Err(error) = notify_rust::set_application(IDENTIFIER) {
        tracing::warn!(%error, "the system may attribute notifications to another application");
    }
}

/// Linux desktops show the name that a notification carries.
#[cfg(not(any(windows, target_os = "macos")))]
pub(crate) fn register_notification_sender(_: &Profile) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_profile_has_its_own_identifier_and_the_default_profile_has_the_application_s() {
        let configured = |profile: &str| {
            let mut config = Config { identifier: IDENTIFIER.to_owned(), ..Config::default() };
            set_identifier(&profile.parse().expect("a profile"), &mut config);
            config.identifier
        };
        assert_eq!(configured("default"), IDENTIFIER);
        assert_eq!(configured("studio_1"), "app.ringside.desktop.profile-studio-11");
    }

    #[test]
    fn the_identifier_is_the_one_in_the_configuration() {
        let config: serde_json::Value =
            serde_json::from_str(include_str!("../tauri.conf.json")).expect("the configuration is JSON");
        assert_eq!(config["identifier"], IDENTIFIER);
    }
}
