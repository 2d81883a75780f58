//! The web view's renderer on Linux, where some graphics drivers make it paint nothing, or crash.
//!
//! WebKit reads its renderer from environment variables when it starts, so another renderer takes another start. What a
//! person has set there themselves is never changed.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::start_over::start_over;

/// The variable by which a start tells the next one, and the processes below it, what it has chosen.
const CHOICE: &str = "RINGSIDE_RENDERER";
const WITHOUT_DMABUF: (&str, &str) = ("WEBKIT_DISABLE_DMABUF_RENDERER", "1");
const WITHOUT_COMPOSITING: (&str, &str) = ("WEBKIT_DISABLE_COMPOSITING_MODE", "1");
const SOFTWARE_OPENGL: (&str, &str) = ("LIBGL_ALWAYS_SOFTWARE", "1");
/// Exists while NVIDIA's own driver is loaded.
const NVIDIA: &str = "/proc/driver/nvidia/version";

/// A renderer other than WebKit's own choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Renderer {
    /// Without sharing buffers of the graphics card between processes: with NVIDIA's own driver, windows stay blank.
    WithoutDmabuf,
    /// In software: slow, and works with every driver.
    Software,
}

/// What the choice depends on.
#[derive(Clone, Copy, Debug, Default)]
struct Machine {
    /// Whether the person has set one of WebKit's variables.
    is_set_by_person: bool,
    has_nvidia_driver: bool,
    /// The renderer that helped before, with this version of WebKit.
    remembered: Option<Renderer>,
}

/// The file of the renderer that helped on this machine.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Remembered {
    renderer: Renderer,
    /// The version of WebKit. Another one may work better, and gets a chance.
    web_view: String,
}

impl Renderer {
    /// The variables that select it.
    fn variables(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::WithoutDmabuf => &[(CHOICE, "without-dmabuf"), WITHOUT_DMABUF],
            Self::Software => &[(CHOICE, "software"), WITHOUT_DMABUF, WITHOUT_COMPOSITING, SOFTWARE_OPENGL],
        }
    }

    /// The renderer that a previous start has chosen for this one.
    fn of_this_start() -> Option<Self> {
        let choice = std::env::var(CHOICE).ok()?;
        [Self::WithoutDmabuf, Self::Software].into_iter().find(|it| it.variables().contains(&(CHOICE, &choice)))
    }
}

/// Chooses the renderer of this start: one known to be bad is avoided, and one that helped before is used again. If
/// that needs other variables, the application starts over with them.
pub(crate) fn choose(home: &Path) {
    if Renderer::of_this_start().is_some() {
        return;
    }
    let machine = Machine {
        is_set_by_person: is_set_by_person(),
        has_nvidia_driver: Path::new(NVIDIA).exists(),
        remembered: remembered(home, &web_view_version()),
    };
    if let Some(renderer) = preferred(machine) {
        use_from_now_on(renderer);
    }
}

/// Starts the application over with the safe renderer, because the present one shows nothing. Returns if it is in use
/// already, or the person has set another one themselves.
pub(crate) fn fall_back() {
    if let Some(renderer) = fallback(Renderer::of_this_start(), is_set_by_person()) {
        tracing::warn!("the window shows nothing; the application starts once more with the safe renderer");
        use_from_now_on(renderer);
    }
}

/// Remembers that the safe renderer helps on this machine, if it is in use.
pub(crate) fn remember(home: &Path) {
    let web_view = web_view_version();
    if Renderer::of_this_start() != Some(Renderer::Software) || remembered(home, &web_view).is_some() {
        return;
    }
    let text = serde_json::to_string_pretty(&Remembered { renderer: Renderer::Software, web_view });
    if let Err(error) = text.map_err(std::io::Error::other).and_then(|text| std::fs::write(file(home), text)) {
        tracing::warn!(error = &error as &dyn std::error::Error, "the safe renderer will not be remembered");
    }
}

fn preferred(machine: Machine) -> Option<Renderer> {
    match machine {
        Machine { is_set_by_person: true, .. } => None,
        Machine { remembered: Some(renderer), .. } => Some(renderer),
        Machine { has_nvidia_driver, .. } => has_nvidia_driver.then_some(Renderer::WithoutDmabuf),
    }
}

fn fallback(current: Option<Renderer>, is_set_by_person: bool) -> Option<Renderer> {
    match current {
        Some(Renderer::Software) => None,
        Some(Renderer::WithoutDmabuf) => Some(Renderer::Software),
        None => (!is_set_by_person).then_some(Renderer::Software),
    }
}

/// Meaningful only while no previous start has chosen for this one.
fn is_set_by_person() -> bool {
    [WITHOUT_DMABUF, WITHOUT_COMPOSITING].into_iter().any(|(name, _)| std::env::var_os(name).is_some())
}

fn use_from_now_on(renderer: Renderer) {
    let error = start_over(renderer.variables().iter().copied());
    tracing::error!(error = &error as &dyn std::error::Error, "the application can't start over");
}

fn remembered(home: &Path, web_view: &str) -> Option<Renderer> {
    // A file that can't be read costs one more start with the usual renderer.
    let remembered: Remembered = serde_json::from_slice(&std::fs::read(file(home)).ok()?).ok()?;
    (remembered.web_view == web_view).then_some(remembered.renderer)
}

fn file(home: &Path) -> PathBuf {
    home.join("renderer.json")
}

fn web_view_version() -> String {
    tauri::webview_version().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn webkit_chooses_unless_its_choice_is_known_to_be_bad() {
        let usual = Machine::default();
        let nvidia = Machine { has_nvidia_driver: true, ..usual };
        assert_eq!(preferred(usual), None);
        assert_eq!(preferred(nvidia), Some(Renderer::WithoutDmabuf));
        assert_eq!(preferred(Machine { remembered: Some(Renderer::Software), ..nvidia }), Some(Renderer::Software));
    }

    #[test]
    fn what_the_person_set_is_never_changed() {
        let remembered = Some(Renderer::Software);
        assert_eq!(preferred(Machine { is_set_by_person: true, has_nvidia_driver: true, remembered }), None);
        assert_eq!(fallback(None, true), None);
    }

    #[test]
    fn the_safe_renderer_is_tried_once() {
        assert_eq!(fallback(None, false), Some(Renderer::Software));
        // This start's variables were set by the previous one.
        assert_eq!(fallback(Some(Renderer::WithoutDmabuf), true), Some(Renderer::Software));
        assert_eq!(fallback(Some(Renderer::Software), true), None);
    }

    #[test]
    fn each_renderer_is_recognised_by_the_start_it_was_chosen_for() {
        for renderer in [Renderer::WithoutDmabuf, Renderer::Software] {
            assert_eq!(renderer.variables().iter().filter(|(name, _)| *name == CHOICE).count(), 1, "{renderer:?}");
        }
        assert_ne!(Renderer::WithoutDmabuf.variables()[0], Renderer::Software.variables()[0]);
    }

    #[test]
    fn a_renderer_is_remembered_until_the_web_view_changes() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let home = directory.path();
        assert_eq!(remembered(home, "2.50.1"), None);
        let text = r#"{ "renderer": "software", "web_view": "2.50.1" }"#;
        std::fs::write(file(home), text).expect("writable");
        assert_eq!(remembered(home, "2.50.1"), Some(Renderer::Software));
        assert_eq!(remembered(home, "2.52.0"), None);
        std::fs::write(file(home), "{").expect("writable");
        assert_eq!(remembered(home, "2.50.1"), None);
    }
}
