//! The menu bar of macOS. On other systems this application has none, and the window handles the keys itself
//! (`ui/src/state/keys.ts`).
//!
//! Its content is data; only installing it needs a Mac. Of the system's predefined items, "About" and "Quit" are not
//! used: the first shows a box without the licences, the second ends the process without asking.

use ringside_core::bridge::{Message, Place};
use ringside_core::host::MenuWords;
use tauri::menu::{HELP_SUBMENU_ID, IsMenuItem, Menu, MenuItem, PredefinedMenuItem, Submenu, WINDOW_SUBMENU_ID};
use tauri::{AppHandle, Wry};

use crate::events;
use crate::window::{self, WindowKind};

/// The menu bar, on a system that has one.
pub(crate) struct MenuBar {
    app: AppHandle,
    kind: WindowKind,
}

impl MenuBar {
    /// Installs it for the window called `label`. `None` where the system has no menu bar.
    pub(crate) fn create(app: &AppHandle, label: &str, kind: WindowKind) -> Option<Self> {
        if !cfg!(target_os = "macos") {
            return None;
        }
        let label = label.to_owned();
        app.on_menu_event(move |app, event| {
            if let Some(item) = AppItem::from_id(event.id().as_ref()) {
                item.activate(app, &label);
            }
        });
        let bar = Self { app: app.clone(), kind };
        // The window replaces these texts as soon as it knows the person's language.
        bar.show(&english_words());
        Some(bar)
    }

    /// Sets its texts.
    pub(crate) fn show(&self, words: &MenuWords) {
        let menus: tauri::Result<Vec<_>> = menus(words, self.kind).iter().map(|menu| menu.build(&self.app)).collect();
        let set = menus.and_then(|menus| {
            let menus: Vec<&dyn IsMenuItem<Wry>> = menus.iter().map(|menu| menu as &dyn IsMenuItem<Wry>).collect();
            self.app.set_menu(Menu::with_items(&self.app, &menus)?)
        });
        if let Err(error) = set {
            tracing::warn!(%error, "the menu bar's texts could not be set");
        }
    }
}

/// A menu of the bar.
struct MenuSpec<'a> {
    id: &'static str,
    title: &'a str,
    entries: Vec<MenuEntry<'a>>,
}

/// An item of a menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum MenuEntry<'a> {
    Separator,
    /// Handled by the window or the shell.
    App(AppItem, &'a str),
    /// Handled by the system, with the system's shortcut.
    System(SystemItem, &'a str),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum AppItem {
    About,
    Settings,
    Shortcuts,
    Quit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SystemItem {
    Services,
    Hide,
    HideOthers,
    ShowAll,
    Undo,
    Redo,
    Cut,
    Copy,
    Paste,
    SelectAll,
    FullScreen,
    Minimise,
    Zoom,
    Close,
}

/// Every menu, in the order of Apple's guidelines. The first is the application's, whatever its title. A kiosk has only
/// items that are no way out, or that ask for the PIN. Without any menu, the system would show its own.
fn menus(words: &MenuWords, kind: WindowKind) -> Vec<MenuSpec<'_>> {
    use MenuEntry::{App as A, Separator, System as S};
    let title = "Ringside";
    let application = vec![
        A(AppItem::About, &words.about),
        Separator,
        A(AppItem::Settings, &words.settings),
        Separator,
        S(SystemItem::Services, &words.services),
        Separator,
        S(SystemItem::Hide, &words.hide),
        S(SystemItem::HideOthers, &words.hide_others),
        S(SystemItem::ShowAll, &words.show_all),
        Separator,
        A(AppItem::Quit, &words.quit),
    ];
    // Without this menu, these shortcuts do not work in text fields.
    let edit = vec![
        S(SystemItem::Undo, &words.undo),
        S(SystemItem::Redo, &words.redo),
        Separator,
        S(SystemItem::Cut, &words.cut),
        S(SystemItem::Copy, &words.copy),
        S(SystemItem::Paste, &words.paste),
        S(SystemItem::SelectAll, &words.select_all),
    ];
    if kind == WindowKind::Kiosk {
        let application = vec![A(AppItem::About, &words.about), Separator, A(AppItem::Quit, &words.quit)];
        return vec![
            MenuSpec { id: "menu-application", title, entries: application },
            MenuSpec { id: "menu-edit", title: &words.edit, entries: edit },
        ];
    }
    let view = vec![S(SystemItem::FullScreen, &words.full_screen)];
    let window = vec![
        S(SystemItem::Minimise, &words.minimise),
        S(SystemItem::Zoom, &words.zoom),
        Separator,
        // The system asks the window to close, which asks the person.
        S(SystemItem::Close, &words.close),
    ];
    let help = vec![A(AppItem::Shortcuts, &words.shortcuts)];
    vec![
        MenuSpec { id: "menu-application", title, entries: application },
        MenuSpec { id: "menu-edit", title: &words.edit, entries: edit },
        MenuSpec { id: "menu-view", title: &words.view, entries: view },
        // The system adds its list of windows and its search to the menus with these ids.
        MenuSpec { id: WINDOW_SUBMENU_ID, title: &words.window, entries: window },
        MenuSpec { id: HELP_SUBMENU_ID, title: &words.help, entries: help },
    ]
}

impl AppItem {
    const ALL: [Self; 4] = [Self::About, Self::Settings, Self::Shortcuts, Self::Quit];

    /// Its unique id. A menu listener receives the events of all menus, so the ids differ from those of the tray.
    fn id(self) -> &'static str {
        match self {
            Self::About => "menu-about",
            Self::Settings => "menu-settings",
            Self::Shortcuts => "menu-shortcuts",
            Self::Quit => "menu-quit",
        }
    }

    fn shortcut(self) -> Option<&'static str> {
        match self {
            // The usual help shortcut opens the system's own help menu.
            Self::About | Self::Shortcuts => None,
            Self::Settings => Some("CmdOrCtrl+,"),
            Self::Quit => Some("CmdOrCtrl+Q"),
        }
    }

    fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|item| item.id() == id)
    }

    fn activate(self, app: &AppHandle, label: &str) {
        let place = match self {
            Self::About => Place::About,
            Self::Settings => Place::Settings,
            Self::Shortcuts => Place::Shortcuts,
            Self::Quit => return window::ask_to_close(app, label),
        };
        window::bring_to_front(app, label);
        events::emit(app, label, &Message::Open { place });
    }
}

impl MenuSpec<'_> {
    fn build(&self, app: &AppHandle) -> tauri::Result<Submenu<Wry>> {
        let menu = Submenu::with_id(app, self.id, self.title, true)?;
        for entry in &self.entries {
            match *entry {
                MenuEntry::Separator => menu.append(&PredefinedMenuItem::separator(app)?)?,
                MenuEntry::App(item, text) => {
                    menu.append(&MenuItem::with_id(app, item.id(), text, true, item.shortcut())?)?;
                }
                MenuEntry::System(item, text) => menu.append(&item.build(app, Some(text))?)?,
            }
        }
        Ok(menu)
    }
}

impl SystemItem {
    fn build(self, app: &AppHandle, text: Option<&str>) -> tauri::Result<PredefinedMenuItem<Wry>> {
        match self {
            Self::Services => PredefinedMenuItem::services(app, text),
            Self::Hide => PredefinedMenuItem::hide(app, text),
            Self::HideOthers => PredefinedMenuItem::hide_others(app, text),
            Self::ShowAll => PredefinedMenuItem::show_all(app, text),
            Self::Undo => PredefinedMenuItem::undo(app, text),
            Self::Redo => PredefinedMenuItem::redo(app, text),
            Self::Cut => PredefinedMenuItem::cut(app, text),
            Self::Copy => PredefinedMenuItem::copy(app, text),
            Self::Paste => PredefinedMenuItem::paste(app, text),
            Self::SelectAll => PredefinedMenuItem::select_all(app, text),
            Self::FullScreen => PredefinedMenuItem::fullscreen(app, text),
            Self::Minimise => PredefinedMenuItem::minimize(app, text),
            Self::Zoom => PredefinedMenuItem::maximize(app, text),
            Self::Close => PredefinedMenuItem::close_window(app, text),
        }
    }
}

/// The texts until the window has set its own.
fn english_words() -> MenuWords {
    let word = str::to_owned;
    MenuWords {
        about: word("About Ringside"),
        settings: word("Settings…"),
        services: word("Services"),
        hide: word("Hide Ringside"),
        hide_others: word("Hide Others"),
        show_all: word("Show All"),
        quit: word("Quit Ringside"),
        edit: word("Edit"),
        undo: word("Undo"),
        redo: word("Redo"),
        cut: word("Cut"),
        copy: word("Copy"),
        paste: word("Paste"),
        select_all: word("Select All"),
        view: word("View"),
        full_screen: word("Toggle Full Screen"),
        window: word("Window"),
        minimise: word("Minimize"),
        zoom: word("Zoom"),
        close: word("Close"),
        help: word("Help"),
        shortcuts: word("Keyboard Shortcuts"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(of: &MenuWords) -> Vec<MenuEntry<'_>> {
        menus(of, WindowKind::DefaultProfile).into_iter().flat_map(|menu| menu.entries).collect()
    }

    #[test]
    fn each_item_of_the_application_is_in_the_menus_once_with_a_unique_id_and_shortcut() {
        let words = english_words();
        let items: Vec<AppItem> = entries(&words)
            .into_iter()
            .filter_map(|entry| if let MenuEntry::App(item, _) = entry { Some(item) } else { None })
            .collect();
        for item in AppItem::ALL {
            assert_eq!(items.iter().filter(|other| **other == item).count(), 1, "{item:?}");
            assert_eq!(AppItem::from_id(item.id()), Some(item));
            let shares_shortcut = |other: &AppItem| *other != item && other.shortcut() == item.shortcut();
            assert!(item.shortcut().is_none() || !AppItem::ALL.iter().any(shares_shortcut), "{item:?}");
        }
        // The tray receives the events of every menu, and has its own "quit".
        assert!(["state", "open", "quit"].into_iter().all(|id| AppItem::from_id(id).is_none()));
    }

    #[test]
    fn the_edit_shortcuts_of_the_system_work_in_text_fields() {
        let words = english_words();
        let entries = entries(&words);
        for item in [
            SystemItem::Undo,
            SystemItem::Redo,
            SystemItem::Cut,
            SystemItem::Copy,
            SystemItem::Paste,
            SystemItem::SelectAll,
        ] {
            assert!(entries.iter().any(|entry| matches!(entry, MenuEntry::System(it, _) if *it == item)), "{item:?}");
        }
    }

    #[test]
    fn no_menu_begins_or_ends_with_a_separator() {
        let words = english_words();
        for menu in menus(&words, WindowKind::DefaultProfile).into_iter().chain(menus(&words, WindowKind::Kiosk)) {
            assert_ne!(menu.entries.first(), Some(&MenuEntry::Separator), "{}", menu.title);
            assert_ne!(menu.entries.last(), Some(&MenuEntry::Separator), "{}", menu.title);
        }
    }

    #[test]
    fn no_menu_item_of_a_kiosk_leaves_it_without_asking() {
        let words = english_words();
        for entry in menus(&words, WindowKind::Kiosk).into_iter().flat_map(|menu| menu.entries) {
            let leaves = matches!(
                entry,
                MenuEntry::System(
                    SystemItem::Services
                        | SystemItem::Hide
                        | SystemItem::HideOthers
                        | SystemItem::FullScreen
                        | SystemItem::Minimise
                        | SystemItem::Zoom
                        | SystemItem::Close,
                    _
                ) | MenuEntry::App(AppItem::Settings, _)
            );
            assert!(!leaves, "{entry:?}");
        }
    }
}
