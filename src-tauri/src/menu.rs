//! The menu bar of macOS. On other systems this application has none, and the window handles the keys itself
//! (`ui/src/state/keys.ts`).
//!
//! Its content is data; only installing it needs a Mac. Of the system's predefined items, "About" and "Quit" are not
//! used: the first shows a box without the licences, the second ends the process without asking.

use ringside_core::bridge::{Message, Place};
use ringside_core::host::MenuWords;
use tauri::menu::{HELP_SUBMENU_ID, IsMenuItem, Menu, MenuItem, PredefinedMenuItem, Submenu, WINDOW_SUBMENU_ID};
use tauri::{AppHandle, Wry};

use crate::host::Origin;
use crate::{host, window};

/// The menu bar, on a system that has one.
pub(crate) struct MenuBar {
    app: AppHandle,
    origin: Origin,
}

impl MenuBar {
    /// Installs it for the window called `label`. `None` where the system has no menu bar.
    pub(crate) fn put(app: &AppHandle, label: &str, origin: Origin) -> Option<Self> {
        if !cfg!(target_os = "macos") {
            return None;
        }
        let label = label.to_owned();
        app.on_menu_event(move |app, event| {
            if let Some(ours) = Ours::called(event.id().as_ref()) {
                ours.act(app, &label);
            }
        });
        let bar = Self { app: app.clone(), origin };
        // The window replaces these texts as soon as it knows the person's language.
        bar.show(&in_english());
        Some(bar)
    }

    /// Sets its texts.
    pub(crate) fn show(&self, words: &MenuWords) {
        let menus: tauri::Result<Vec<_>> = menus(words, self.origin).iter().map(|menu| menu.build(&self.app)).collect();
        let put = menus.and_then(|menus| {
            let menus: Vec<&dyn IsMenuItem<Wry>> = menus.iter().map(|menu| menu as &dyn IsMenuItem<Wry>).collect();
            self.app.set_menu(Menu::with_items(&self.app, &menus)?)
        });
        if let Err(error) = put {
            tracing::warn!(%error, "the menu bar could not be told");
        }
    }
}

/// A menu of the bar.
struct Described<'a> {
    id: &'static str,
    title: &'a str,
    entries: Vec<Entry<'a>>,
}

/// An item of a menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Entry<'a> {
    Line,
    /// Handled by the window or the shell.
    Ours(Ours, &'a str),
    /// Handled by the system, with the system's shortcut.
    System(System, &'a str),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ours {
    About,
    Settings,
    Shortcuts,
    Quit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum System {
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
fn menus(words: &MenuWords, origin: Origin) -> Vec<Described<'_>> {
    use Entry::{Line, Ours as O, System as S};
    let title = "Ringside";
    let application = vec![
        O(Ours::About, &words.about),
        Line,
        O(Ours::Settings, &words.settings),
        Line,
        S(System::Services, &words.services),
        Line,
        S(System::Hide, &words.hide),
        S(System::HideOthers, &words.hide_others),
        S(System::ShowAll, &words.show_all),
        Line,
        O(Ours::Quit, &words.quit),
    ];
    // Without this menu, these shortcuts do not work in text fields.
    let edit = vec![
        S(System::Undo, &words.undo),
        S(System::Redo, &words.redo),
        Line,
        S(System::Cut, &words.cut),
        S(System::Copy, &words.copy),
        S(System::Paste, &words.paste),
        S(System::SelectAll, &words.select_all),
    ];
    if origin == Origin::Kiosk {
        let application = vec![O(Ours::About, &words.about), Line, O(Ours::Quit, &words.quit)];
        return vec![
            Described { id: "menu-application", title, entries: application },
            Described { id: "menu-edit", title: &words.edit, entries: edit },
        ];
    }
    let view = vec![S(System::FullScreen, &words.full_screen)];
    let window = vec![
        S(System::Minimise, &words.minimise),
        S(System::Zoom, &words.zoom),
        Line,
        // The system asks the window to close, which asks the person.
        S(System::Close, &words.close),
    ];
    let help = vec![O(Ours::Shortcuts, &words.shortcuts)];
    vec![
        Described { id: "menu-application", title, entries: application },
        Described { id: "menu-edit", title: &words.edit, entries: edit },
        Described { id: "menu-view", title: &words.view, entries: view },
        // The system adds its list of windows and its search to the menus with these ids.
        Described { id: WINDOW_SUBMENU_ID, title: &words.window, entries: window },
        Described { id: HELP_SUBMENU_ID, title: &words.help, entries: help },
    ]
}

impl Ours {
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

    fn keys(self) -> Option<&'static str> {
        match self {
            // The usual help shortcut opens the system's own help menu.
            Self::About | Self::Shortcuts => None,
            Self::Settings => Some("CmdOrCtrl+,"),
            Self::Quit => Some("CmdOrCtrl+Q"),
        }
    }

    fn called(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|ours| ours.id() == id)
    }

    fn act(self, app: &AppHandle, label: &str) {
        let place = match self {
            Self::About => Place::About,
            Self::Settings => Place::Settings,
            Self::Shortcuts => Place::Shortcuts,
            Self::Quit => return window::ask_to_close(app, label),
        };
        window::bring_to_front(app, label);
        host::emit(app, label, &Message::Open { place });
    }
}

impl Described<'_> {
    fn build(&self, app: &AppHandle) -> tauri::Result<Submenu<Wry>> {
        let menu = Submenu::with_id(app, self.id, self.title, true)?;
        for entry in &self.entries {
            match *entry {
                Entry::Line => menu.append(&PredefinedMenuItem::separator(app)?)?,
                Entry::Ours(ours, text) => {
                    menu.append(&MenuItem::with_id(app, ours.id(), text, true, ours.keys())?)?;
                }
                Entry::System(system, text) => menu.append(&system.build(app, Some(text))?)?,
            }
        }
        Ok(menu)
    }
}

impl System {
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
fn in_english() -> MenuWords {
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

    fn entries(of: &MenuWords) -> Vec<Entry<'_>> {
        menus(of, Origin::Own).into_iter().flat_map(|menu| menu.entries).collect()
    }

    #[test]
    fn everything_of_ours_is_in_it_once_and_has_an_id_and_a_key_of_its_own() {
        let words = in_english();
        let in_it: Vec<Ours> = entries(&words)
            .into_iter()
            .filter_map(|entry| if let Entry::Ours(ours, _) = entry { Some(ours) } else { None })
            .collect();
        for ours in Ours::ALL {
            assert_eq!(in_it.iter().filter(|other| **other == ours).count(), 1, "{ours:?}");
            assert_eq!(Ours::called(ours.id()), Some(ours));
            assert!(
                Ours::ALL.iter().all(|other| *other == ours || ours.keys().is_none() || other.keys() != ours.keys())
            );
        }
        // The tray receives the events of every menu, and has its own "quit".
        assert!(["state", "open", "quit"].into_iter().all(|id| Ours::called(id).is_none()));
    }

    #[test]
    fn text_fields_have_the_keys_a_person_knows() {
        let words = in_english();
        let entries = entries(&words);
        for system in [System::Undo, System::Redo, System::Cut, System::Copy, System::Paste, System::SelectAll] {
            assert!(entries.iter().any(|entry| matches!(entry, Entry::System(it, _) if *it == system)), "{system:?}");
        }
    }

    #[test]
    fn no_menu_begins_or_ends_with_a_line() {
        let words = in_english();
        for menu in menus(&words, Origin::Own).into_iter().chain(menus(&words, Origin::Kiosk)) {
            assert_ne!(menu.entries.first(), Some(&Entry::Line), "{}", menu.title);
            assert_ne!(menu.entries.last(), Some(&Entry::Line), "{}", menu.title);
        }
    }

    #[test]
    fn no_menu_entry_of_a_kiosk_leads_out_of_it_without_asking() {
        let words = in_english();
        for entry in menus(&words, Origin::Kiosk).into_iter().flat_map(|menu| menu.entries) {
            let leads_out = matches!(
                entry,
                Entry::System(
                    System::Services
                        | System::Hide
                        | System::HideOthers
                        | System::FullScreen
                        | System::Minimise
                        | System::Zoom
                        | System::Close,
                    _
                ) | Entry::Ours(Ours::Settings, _)
            );
            assert!(!leads_out, "{entry:?}");
        }
    }
}
