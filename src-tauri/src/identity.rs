//! Which installation and which profile this process is, as the system knows it.

use std::path::PathBuf;

use ringside_core::Profile;
use tauri::{AppHandle, Config, Manager};

/// The application's identifier, the same for every profile.
pub(crate) const IDENTIFIER: &str = "app.ringside.desktop";

/// Makes this process the one of `profile`: the first of it, to which a second start is handed, with a window that stands
/// where this profile's stood last.
///
/// Both are the plugins' work, who go by the application's identifier; each profile is an application of its own to them.
pub(crate) fn become_of(profile: &Profile, config: &mut Config) {
    config.identifier = of(profile);
}

/// The identifier of this application with `profile`.
pub(crate) fn of(profile: &Profile) -> String {
    if *profile == Profile::default() {
        return IDENTIFIER.to_owned();
    }
    // It takes no underscore on one system and makes one of every hyphen on another; no two profiles may become one.
    format!("{IDENTIFIER}.profile-{}", profile.as_str().replace('-', "-0").replace('_', "-1"))
}

/// The data directory of every profile, if nobody says otherwise.
pub(crate) fn usual_home(app: &AppHandle) -> tauri::Result<PathBuf> {
    Ok(app.path().local_data_dir()?.join(IDENTIFIER))
}

/// Where the system keeps logs, of every profile.
pub(crate) fn logs(app: &AppHandle) -> tauri::Result<PathBuf> {
    if cfg!(target_os = "macos") {
        return Ok(app.path().home_dir()?.join("Library/Logs").join(IDENTIFIER));
    }
    Ok(usual_home(app)?.join("logs"))
}

/// Has the system know whose the notices of `profile` are. It knows the application from its installation; of other profiles
/// it has never heard.
#[cfg(windows)]
pub(crate) fn introduce(profile: &Profile) {
    if *profile == Profile::default() {
        return;
    }
    let key = format!(r"Software\Classes\AppUserModelId\{}", of(profile));
    let known = windows_registry::CURRENT_USER.create(key).and_then(|key| key.set_string("DisplayName", "Ringside"));
    if let Err(error) = known {
        tracing::warn!(%error, "the system may show no notices of this profile");
    }
}

/// Has the system take the notices of every profile for the application's: the first one to say whose they are is believed.
#[cfg(target_os = "macos")]
pub(crate) fn introduce(_: &Profile) {
    if let Err(error) = notify_rust::set_application(IDENTIFIER) {
        tracing::warn!(%error, "the system may take the notices for another application's");
    }
}

/// A desktop shows notices by the name they come with.
#[cfg(not(any(windows, target_os = "macos")))]
pub(crate) fn introduce(_: &Profile) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_profile_is_an_application_of_its_own_and_the_first_is_the_application() {
        let identifier = |profile: &str| {
            let mut config = Config { identifier: IDENTIFIER.to_owned(), ..Config::default() };
            become_of(&profile.parse().expect("a profile"), &mut config);
            config.identifier
        };
        assert_eq!(identifier("default"), IDENTIFIER);
        assert_eq!(identifier("studio_1"), "app.ringside.desktop.profile-studio-11");
    }

    #[test]
    fn the_identifier_is_the_configuration_s() {
        let config: serde_json::Value =
            serde_json::from_str(include_str!("../tauri.conf.json")).expect("the configuration is JSON");
        assert_eq!(config["identifier"], IDENTIFIER);
    }
}
