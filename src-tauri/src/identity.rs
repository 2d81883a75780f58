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
    let of_profile = app.path().app_log_dir()?;
    let identifier = &app.config().identifier;
    // The identifier is in the middle of it on one system and at its end on another.
    let all = of_profile
        .components()
        .map(|part| if part.as_os_str() == identifier.as_str() { IDENTIFIER.as_ref() } else { part.as_os_str() });
    Ok(all.collect())
}

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
