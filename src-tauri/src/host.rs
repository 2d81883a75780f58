//! The desktop around the window: notifications, the tray, closing, and diagnostics for support.

use std::panic::AssertUnwindSafe;
use std::path::PathBuf;

use ringside_core::bridge::{Message, OpenedLink};
use ringside_core::host::{Host, MenuWords, Notice, TrayWords, Versions};
use tauri::menu::{Menu, MenuItem, PredefinedMenuItem};
use tauri::tray::TrayIconBuilder;
use tauri::{AppHandle, Manager, Wry};
use tauri_plugin_autostart::ManagerExt;
use tauri_plugin_notification::NotificationExt;

use crate::events;
use crate::full_screen::{self, FullScreen};
use crate::link::PendingLink;
use crate::log::RecentProblems;
use crate::menu::MenuBar;
use crate::wake_lock::WakeLock;
use crate::window::{self, WindowKind};
use crate::window_bindings::WindowBindings;

/// The key under which a notification stores its session.
const SESSION_ID: &str = "session_id";

/// See the module.
pub(crate) struct Desktop {
    app: AppHandle,
    /// The window's label.
    label: String,
    kind: WindowKind,
    tray: Option<Tray>,
    menu: Option<MenuBar>,
    wake_lock: WakeLock,
    problems: RecentProblems,
}

impl Desktop {
    /// The desktop around the window called `label`.
    pub(crate) fn new(app: &AppHandle, label: &str, kind: WindowKind, problems: RecentProblems) -> Self {
        let window = (app.clone(), label.to_owned());
        let clicked = app.notification().on_action(move |performed| {
            let (app, label) = &window;
            let id = performed.notification().and_then(|notice| notice.extra().get(SESSION_ID).cloned());
            let session_id = id.and_then(|id| serde_json::from_value(id).ok());
            window::bring_to_front(app, label);
            events::emit(app, label, &Message::Reveal { session_id });
        });
        if let Err(error) = clicked {
            tracing::warn!(%error, "a click on a notice will open nothing");
        }
        // The tray menu would be a way out of a kiosk.
        let tray = if kind == WindowKind::Kiosk { None } else { Tray::create(app, label) };
        let (menu, wake_lock) = (MenuBar::create(app, label, kind), WakeLock::start());
        Self { app: app.clone(), label: label.to_owned(), kind, tray, menu, wake_lock, problems }
    }
}

impl Host for Desktop {
    fn notify(&self, notice: Notice) {
        let mut builder = self.app.notification().builder().title(notice.title).body(notice.body);
        if let Some(id) = notice.session_id {
            builder = builder.extra(SESSION_ID, id);
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

    fn opened_link(&self) -> Option<OpenedLink> {
        self.app.state::<PendingLink>().take()
    }

    fn close(&self) {
        window::close(&self.app, &self.label);
    }

    fn keep_awake(&self, on: bool) {
        self.wake_lock.set(on);
    }

    fn starts_with_system(&self) -> Option<bool> {
        let enabled = self.app.autolaunch().is_enabled();
        enabled.inspect_err(|error| tracing::warn!(%error, "whether autostart is enabled is not known")).ok()
    }

    fn start_with_system(&self, on: bool) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let autostart = self.app.autolaunch();
        // Disabling fails when it is not enabled.
        match on {
            true => autostart.enable()?,
            false if autostart.is_enabled()? => autostart.disable()?,
            false => {}
        }
        Ok(())
    }

    fn may_become_kiosk(&self) -> bool {
        self.kind == WindowKind::DefaultProfile
    }

    fn fill_screen(&self, on: bool) {
        full_screen::apply(&self.app, &self.label, FullScreen::Set(on));
    }

    fn restart(&self) {
        self.app.request_restart();
    }

    fn ask_to_close(&self) {
        window::ask_to_close(&self.app, &self.label);
    }

    fn is_asking(&self) {
        self.app.state::<WindowBindings>().acknowledge_close_request(&self.label);
    }

    fn toggle_full_screen(&self) {
        // A kiosk leaves full screen only with the studio's PIN.
        if self.kind == WindowKind::Kiosk {
            return;
        }
        full_screen::apply(&self.app, &self.label, FullScreen::Toggle);
    }

    fn versions(&self) -> Versions {
        Versions {
            tauri: tauri::VERSION.to_owned(),
            web_view: tauri::webview_version().ok(),
            system: format!("{} {} {}", std::env::consts::OS, tauri_plugin_os::version(), std::env::consts::ARCH),
        }
    }

    fn download_dir(&self) -> Option<PathBuf> {
        // Not every Linux says where it is. Browsers then take the same.
        let path = self.app.path();
        path.download_dir().or_else(|_| path.home_dir().map(|home| home.join("Downloads"))).ok()
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
    fn create(app: &AppHandle, label: &str) -> Option<Self> {
        // On Linux the library it needs is loaded at its first use, and panics if it is missing.
        let built = std::panic::catch_unwind(AssertUnwindSafe(|| Self::build(app, label)));
        match built {
            Ok(Ok(tray)) => Some(tray),
            Ok(Err(error)) => {
                tracing::warn!(%error, "the tray icon could not be created");
                None
            }
            Err(_panicked) => {
                tracing::warn!("the tray icon could not be created: the system's library for it is not installed");
                None
            }
        }
    }

    fn build(app: &AppHandle, label: &str) -> tauri::Result<Self> {
        // The window replaces these texts as soon as it knows the person's language.
        let state = MenuItem::with_id(app, "state", "Ringside", false, None::<&str>)?;
        let open = MenuItem::with_id(app, "open", "Open", true, None::<&str>)?;
        let quit = MenuItem::with_id(app, "quit", "Quit", true, None::<&str>)?;
        let separator = PredefinedMenuItem::separator(app)?;
        let menu = Menu::with_items(app, &[&state, &separator, &open, &quit])?;
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
        let set = items.into_iter().try_for_each(|(item, text)| item.set_text(text));
        if let Err(error) = set.and_then(|()| self.icon.set_tooltip(Some(&words.state))) {
            tracing::warn!(%error, "the tray's texts could not be set");
        }
    }
}
