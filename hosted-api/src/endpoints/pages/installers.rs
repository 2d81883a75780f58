//! The installers as a visitor sees them: those for their system first.

use axum::http::HeaderMap;
use axum::http::header::USER_AGENT;

use crate::app::App;
use crate::http::ApiError;
use crate::updates::{Arch, Installer, Target, offered_installers};

/// The installers as a visitor sees them.
#[derive(Debug, Default)]
pub(super) struct Installers {
    /// Those for the system they seem to be on.
    pub(super) matching: Vec<Installer>,
    pub(super) others: Vec<Installer>,
}

/// The installers for a visitor with these headers.
pub(super) async fn installers(app: &App, headers: &HeaderMap) -> Result<Installers, ApiError> {
    let Some(artefacts) = &app.updates.artefacts else { return Ok(Installers::default()) };
    let agent = headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    let (target, arch) = system(agent);
    let mut found = Installers::default();
    for installer in offered_installers(&app.store, artefacts).await? {
        let is_matching = Some(installer.artefact.platform.target) == target;
        let list = if is_matching { &mut found.matching } else { &mut found.others };
        list.push(installer);
    }
    found.matching.sort_by_key(|installer| (installer.artefact.platform.arch != arch, installer.artefact.platform));
    Ok(found)
}

/// The system and the processor that a browser names, as far as Ringside runs on it.
fn system(agent: &str) -> (Option<Target>, Arch) {
    let names = |word: &str| agent.contains(word);
    let target = if names("Windows") {
        Some(Target::Windows)
    } else if names("Macintosh") || names("Mac OS X") && !names("iPhone") && !names("iPad") {
        Some(Target::Darwin)
    } else {
        (names("Linux") && !names("Android")).then_some(Target::Linux)
    };
    let is_arm = names("aarch64") || names("arm64") || names("ARM64");
    (target, if is_arm { Arch::Aarch64 } else { Arch::X86_64 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_names_its_system() {
        for (agent, expected) in [
            ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36", (Some(Target::Windows), Arch::X86_64)),
            ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)", (Some(Target::Darwin), Arch::X86_64)),
            ("Mozilla/5.0 (X11; Linux aarch64)", (Some(Target::Linux), Arch::Aarch64)),
            ("Mozilla/5.0 (Linux; Android 15; Pixel 9)", (None, Arch::X86_64)),
            ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)", (None, Arch::X86_64)),
            ("", (None, Arch::X86_64)),
        ] {
            assert_eq!(system(agent), expected, "{agent}");
        }
    }
}
