//! The desktop around the window: notifications, the tray, closing, and diagnostics for support.

use std::panic::AssertUnwindSafe;

use ringside_core::bridge::Message;
use ringside_core::host::{Host, MenuWords, Notice, TrayWords, Versions};
use tauri::menu::{Menu, MenuItem, PredefinedMenuItem};
use tauri::tray::TrayIconBuilder;
use tauri::{AppHandle, Emitter, EventTarget, Manager, Wry};
use tauri_plugin_autostart::ManagerExt;
use tauri_plugin_notification::NotificationExt;

use crate::awake::Awake;
use crate::desk::Desk;
use crate::filling::{self, Filled};
use crate::invitation::Invitation;
use crate::log::Problems;
use crate::menu::MenuBar;
use crate::window;

/// See the module.
pub(crate) struct Desktop {
    app: AppHandle,
    /// The window's label.
    label: String,
    origin: Origin,
    tray: Option<Tray>,
    menu: Option<MenuBar>,
    awake: Awake,
    problems: Problems,
}

/// Why a window was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The application was started.
    Own,
    /// The application was started for one profile by name.
    Named,
    /// The machine is a kiosk.
    Kiosk,
}

impl Desktop {
    /// The desktop around the window called `label`.
    pub(crate) fn around(app: &AppHandle, label: &str, origin: Origin, problems: Problems) -> Self {
        let revealed = (app.clone(), label.to_owned());
        let clicked = app.notification().on_action(move |performed| {
            let (app, label) = &revealed;
            let about = performed.notification().and_then(|notice| notice.extra().get(ABOUT).cloned());
            let session_id = about.and_then(|about| serde_json::from_value(about).ok());
            window::bring_to_front(app, label);
            emit(app, label, &Message::Reveal { session_id });
        });
        if let Err(error) = clicked {
            tracing::warn!(%error, "a click on a notice will lead nowhere");
        }
        // The tray menu would be a way out of a kiosk.
        let tray = if origin == Origin::Kiosk { None } else { Tray::put(app, label) };
        let (menu, awake) = (MenuBar::put(app, label, origin), Awake::begin());
        Self { app: app.clone(), label: label.to_owned(), origin, tray, menu, awake, problems }
    }
}

/// The key under which a notification stores its session.
const ABOUT: &str = "session_id";

/// Emits `message` to the window called `label` only.
pub(crate) fn emit(app: &AppHandle, label: &str, message: &Message) {
    if let Err(error) = app.emit_to(EventTarget::webview_window(label), window::MESSAGE, message) {
        tracing::error!(%error, "the window could not be told");
    }
}

impl Host for Desktop {
    fn notify(&self, notice: Notice) {
        let mut builder = self.app.notification().builder().title(notice.title).body(notice.body);
        if let Some(id) = notice.session_id {
            builder = builder.extra(ABOUT, id);
        }
        if let Err(error) = builder.show() {
            tracing::warn!(%error, "the system shows no notices");
        }
    }

    fn show_in_tray(&self, words: TrayWords) {
        if let Some(tray) = &self.tray {
            tray.show(&words);
        }
    }

    fn show_in_menu(&self, words: MenuWords) {
        if let Some(menu) = &self.menu {
            menu.show(&words);
        }
    }

    fn invitation(&self) -> Option<String> {
        self.app.state::<Invitation>().take()
    }

    fn close(&self) {
        window::close(&self.app, &self.label);
    }

    fn keep_awake(&self, on: bool) {
        self.awake.keep(on);
    }

    fn starts_with_system(&self) -> Option<bool> {
        let known = self.app.autolaunch().is_enabled();
        known.inspect_err(|error| tracing::warn!(%error, "what the system starts is not known")).ok()
    }

    fn start_with_system(&self, on: bool) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let system = self.app.autolaunch();
        // Disabling fails when it is not enabled.
        match on {
            true => system.enable()?,
            false if system.is_enabled()? => system.disable()?,
            false => {}
        }
        Ok(())
    }

    fn may_become_kiosk(&self) -> bool {
        self.origin == Origin::Own
    }

    fn fill_screen(&self, on: bool) {
        filling::fill_screen(&self.app, &self.label, Filled::As(on));
    }

    fn restart(&self) {
        self.app.request_restart();
    }

    fn ask_to_close(&self) {
        window::ask_to_close(&self.app, &self.label);
    }

    fn is_asking(&self) {
        self.app.state::<Desk>().note_asking(&self.label);
    }

    fn toggle_full_screen(&self) {
        // Only the studio's PIN takes a kiosk off the screen.
        if self.origin == Origin::Kiosk {
            return;
        }
        filling::fill_screen(&self.app, &self.label, Filled::Otherwise);
    }

    fn versions(&self) -> Versions {
        Versions {
            tauri: tauri::VERSION.to_owned(),
            web_view: tauri::webview_version().ok(),
            system: format!("{} {} {}", std::env::consts::OS, tauri_plugin_os::version(), std::env::consts::ARCH),
        }
    }

    fn diagnostics(&self) -> String {
        let Versions { tauri, web_view, system } = self.versions();
        let web_view = web_view.unwrap_or_else(|| "unknown".to_owned());
        let package = self.app.package_info();
        let bundle = tauri::utils::platform::bundle_type().map_or_else(|| "none".to_owned(), |kind| kind.to_string());
        format!(
            "{} {}, package: {bundle}, {system}, Tauri {tauri}, web view {web_view}\nlast problems:\n{}",
            package.name, package.version, self.problems,
        )
    }
}

/// The icon in the system's tray, with its menu.
struct Tray {
    state: MenuItem<Wry>,
    open: MenuItem<Wry>,
    quit: MenuItem<Wry>,
    icon: tauri::tray::TrayIcon,
}

impl Tray {
    /// Creates the tray icon. `None` where the system has no tray.
    fn put(app: &AppHandle, label: &str) -> Option<Self> {
        // On Linux the library it needs is loaded at its first use, and panics if it is missing.
        let put = std::panic::catch_unwind(AssertUnwindSafe(|| Self::build(app, label)));
        match put {
            Ok(Ok(tray)) => Some(tray),
            Ok(Err(error)) => {
                tracing::warn!(%error, "no icon in the tray");
                None
            }
            Err(_panicked) => {
                tracing::warn!("no icon in the tray: the system's library for it is not installed");
                None
            }
        }
    }

    fn build(app: &AppHandle, label: &str) -> tauri::Result<Self> {
        // The window replaces these texts as soon as it knows the person's language.
        let state = MenuItem::with_id(app, "state", "Ringside", false, None::<&str>)?;
        let open = MenuItem::with_id(app, "open", "Open", true, None::<&str>)?;
        let quit = MenuItem::with_id(app, "quit", "Quit", true, None::<&str>)?;
        let line = PredefinedMenuItem::separator(app)?;
        let menu = Menu::with_items(app, &[&state, &line, &open, &quit])?;
        let label = label.to_owned();
        let mut icon = TrayIconBuilder::new().menu(&menu).tooltip("Ringside").on_menu_event(move |app, event| {
            match event.id().as_ref() {
                "open" => window::bring_to_front(app, &label),
                "quit" => window::ask_to_close(app, &label),
                _ => {}
            }
        });
        if let Some(image) = app.default_window_icon() {
            icon = icon.icon(image.clone());
        }
        Ok(Self { state, open, quit, icon: icon.build(app)? })
    }

    fn show(&self, words: &TrayWords) {
        let items = [(&self.state, &words.state), (&self.open, &words.open), (&self.quit, &words.quit)];
        let said = items.into_iter().try_for_each(|(item, text)| item.set_text(text));
        if let Err(error) = said.and_then(|()| self.icon.set_tooltip(Some(&words.state))) {
            tracing::warn!(%error, "the tray could not be told");
        }
    }
}
