//! A mock of the desktop around a window. It records requests.

use std::error::Error;
use std::path::PathBuf;

use ringside_core::bridge::OpenedLink;
use ringside_core::host::{Host, MenuWords, Notice, TrayWords, Versions};
use tokio::sync::watch;

/// See the module.
#[derive(Default)]
pub struct HostMock {
    /// Whether the window fills the screen.
    pub fills_screen: watch::Sender<bool>,
    /// How often the application was restarted.
    pub restarts: watch::Sender<usize>,
}

impl Host for HostMock {
    fn notify(&self, _: Notice) {}

    fn show_in_tray(&self, _: TrayWords) {}

    fn show_in_menu(&self, _: MenuWords) {}

    fn opened_link(&self) -> Option<OpenedLink> {
        None
    }

    fn close(&self) {}

    fn keep_awake(&self, _: bool) {}

    fn starts_with_system(&self) -> Option<bool> {
        None
    }

    fn start_with_system(&self, _: bool) -> Result<(), Box<dyn Error + Send + Sync>> {
        Ok(())
    }

    fn may_become_kiosk(&self) -> bool {
        true
    }

    fn fill_screen(&self, on: bool) {
        self.fills_screen.send_replace(on);
    }

    fn restart(&self) {
        self.restarts.send_modify(|count| *count += 1);
    }

    fn ask_to_close(&self) {}

    fn is_asking(&self) {}

    fn toggle_full_screen(&self) {
        self.fills_screen.send_modify(|on| *on = !*on);
    }

    fn versions(&self) -> Versions {
        Versions { tauri: "none".to_owned(), web_view: None, system: "none".to_owned() }
    }

    fn download_dir(&self) -> Option<PathBuf> {
        None
    }

    fn diagnostics(&self) -> String {
        String::new()
    }
}
