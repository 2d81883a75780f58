//! Opens a window bound to a profile.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use ringside_core::HeadlessUpdates;
use ringside_core::ThisMachine;
use ringside_core::bridge::Message;
use ringside_core::{Closing, Front, Home, Options, Profile, is_kiosk};
use tauri::utils::config::BackgroundThrottlingPolicy;
use tauri::webview::Color;
use tauri::webview::PageLoadEvent;
use tauri::{AppHandle, Manager, PhysicalSize, WebviewUrl, WebviewWindow, WebviewWindowBuilder, WindowEvent};
use tokio::sync::{Notify, watch};

use crate::arguments::{Arguments, Geometry};
use crate::host::Desktop;
use crate::log::RecentProblems;
use crate::updater::TauriUpdater;
use crate::web_process::{self, Page};
use crate::window::{self, WindowKind};
use crate::window_bindings::{Binding, WindowBindings};
use crate::{events, full_screen, identity, system_proxy};

/// The minimum size, in logical pixels, at which everything can be reached and the big button at the bottom is on
/// screen.
const MIN_SIZE: (f64, f64) = (960.0, 560.0);
/// The default size, in logical pixels.
const DEFAULT_SIZE: (f64, f64) = (1280.0, 800.0);
/// The background before the first paint: the dark theme's, so that nothing flashes in a dark studio.
const BACKGROUND: Color = Color(22, 20, 18, 255);

/// Opens the window and, concurrently, the profile it is bound to.
pub(crate) fn open(app: &AppHandle, arguments: Arguments, problems: RecentProblems) -> tauri::Result<()> {
    let named = arguments.profile_or_default();
    let label = window::label(&named);
    let home = match &arguments.home {
        Some(home) => Home::new(home),
        None => Home::new(identity::default_home(app)?),
    };
    // A profile named on the command line is opened, unless it belongs to a member of a kiosk.
    let is_kiosk = arguments.profile.is_none() && is_kiosk(&home);
    let kind = match (&arguments.profile, is_kiosk) {
        (_, true) => WindowKind::Kiosk,
        (None, false) => WindowKind::DefaultProfile,
        (Some(_), false) => WindowKind::NamedProfile,
    };
    let host = Arc::new(Desktop::new(app, &label, kind, problems));
    let profile = if is_kiosk { Profile::of_kiosk() } else { named };
    app.manage(home.clone());
    let web_data = web_data_directory(app, &home, &profile)?;
    let emit = {
        let (app, label) = (app.clone(), label.clone());
        Arc::new(move |message: Message| events::emit(&app, &label, &message))
    };
    let options = Options {
        home,
        profile,
        server: arguments.server,
        app_version: app.package_info().version.to_string(),
        vault: None,
        environment: Arc::new(ThisMachine::with_proxy_lookup(system_proxy::LOOKUP)),
        updater: TauriUpdater::for_app(app),
        host: Some(Arc::clone(&host) as _),
        emit,
    };
    // Both start now: the window shows skeletons until the profile is open, which takes as long as the keyring does.
    app.state::<WindowBindings>().bind(&label, open_front(options, is_kiosk, host));
    let window = build(app, &label, arguments.geometry, is_kiosk, web_data)?;
    let handle = app.clone();
    window.on_window_event(move |event| match event {
        WindowEvent::CloseRequested { api, .. } => {
            api.prevent_close();
            window::ask_to_close(&handle, &label);
        }
        WindowEvent::Focused(is_in_front) => handle.state::<Page>().note_focus(*is_in_front),
        _ => {}
    });
    web_process::watch(&window)?;
    if is_kiosk {
        full_screen::enforce(&window)?;
    }
    print_console(&window)
}

/// Opens the front that answers a window. After a failure, it is retried on request.
fn open_front(options: Options, is_kiosk: bool, host: Arc<Desktop>) -> Binding {
    let (sender, receiver) = watch::channel(None);
    let retry = Arc::new(Notify::new());
    // A damaged roster or a slow keyring must not be a way out of a kiosk.
    let closing_without_front = if is_kiosk { Closing::Forbidden } else { Closing::Free };
    let binding = Binding { front: receiver, retry: Arc::clone(&retry), closing_without_front, host };
    tauri::async_runtime::spawn(async move {
        loop {
            let options_now = options.clone();
            let front =
                if is_kiosk { Front::of_kiosk(options_now).await } else { Front::of_profile(options_now).await };
            if let Err(failure) = &front {
                // Its detail contains a path, which may contain a name.
                tracing::error!(code = ?failure.code, "the profile could not be opened");
            }
            // A newer version may fix the problem.
            let updates = front.is_err().then(|| HeadlessUpdates::begin(&options));
            let is_open = front.is_ok();
            sender.send_replace(Some(front));
            if is_open {
                break;
            }
            retry.notified().await;
            drop(updates);
            sender.send_replace(None);
        }
        // The sender lives as long as the application: a window may ask at any time.
        sender.closed().await;
    });
    binding
}

fn build(
    app: &AppHandle,
    label: &str,
    geometry: Option<Geometry>,
    is_kiosk: bool,
    web_data: PathBuf,
) -> tauri::Result<WebviewWindow> {
    let mut window = WebviewWindowBuilder::new(app, label, WebviewUrl::App("index.html".into()))
        .title("Ringside")
        .background_color(BACKGROUND)
        .min_inner_size(MIN_SIZE.0, MIN_SIZE.1)
        .data_directory(web_data)
        .disable_drag_drop_handler()
        // Some web views would throttle a hidden window, which must still notify a waiting person.
        .background_throttling(BackgroundThrottlingPolicy::Disabled)
        // Only the bundled pages: no other page may ever have access to the core.
        .on_navigation(|url| {
            matches!(
                (url.scheme(), url.host_str()),
                ("tauri", Some("localhost")) | ("http" | "https", Some("tauri.localhost"))
            )
        });
    if is_kiosk {
        // Removes the buttons for leaving full screen, on systems where the frame can do without them (Windows, macOS).
        window = window.fullscreen(true).maximizable(false).minimizable(false);
    }
    window = match geometry {
        Some(at) => window.inner_size(at.width, at.height).position(at.x, at.y),
        // A laptop's screen may be smaller, and the athlete's big button is at the bottom.
        None => window.inner_size(DEFAULT_SIZE.0, DEFAULT_SIZE.1).prevent_overflow().on_page_load(|window, page| {
            // By now it has the saved size, perhaps from a larger screen that is gone.
            if page.event() == PageLoadEvent::Finished
                && let Err(error) = fit_to_screen(&window)
            {
                tracing::warn!(%error, "whether the window fits its screen is not known");
            }
        }),
    };
    window.build()
}

/// Shrinks a window that is larger than its screen to the screen's size.
fn fit_to_screen(window: &WebviewWindow) -> tauri::Result<()> {
    // The system sizes maximised and full-screen windows, and on one system their frame extends beyond the screen.
    if window.is_maximized()? || window.is_fullscreen()? {
        return Ok(());
    }
    let screen = window.current_monitor()?.map_or_else(|| window.primary_monitor(), |screen| Ok(Some(screen)))?;
    let Some(screen) = screen else { return Ok(()) };
    let (available, outer, inner) = (screen.work_area(), window.outer_size()?, window.inner_size()?);
    let x = outer.width.saturating_sub(available.size.width);
    let y = outer.height.saturating_sub(available.size.height);
    if (x, y) == (0, 0) {
        return Ok(());
    }
    window.set_size(PhysicalSize::new(inner.width.saturating_sub(x), inner.height.saturating_sub(y)))?;
    window.set_position(available.position)
}

/// The directory for the web view's caches: in the profile or, where that can't be written (which the window then
/// reports), in the system's cache, or else among temporary files. A web view whose directory can't be created does not
/// open at all.
fn web_data_directory(app: &AppHandle, home: &Home, profile: &Profile) -> std::io::Result<PathBuf> {
    let with_profile = home.path().join("profiles").join(profile.as_str()).join("web");
    let in_cache = app.path().app_cache_dir().ok().map(|cache| cache.join("web").join(profile.as_str()));
    let mut kept = [Some(with_profile), in_cache].into_iter().flatten();
    kept.find(|directory| std::fs::create_dir_all(directory).is_ok()).map_or_else(temporary_directory, Ok)
}

/// A new directory that only this user can read: it holds what is typed.
fn temporary_directory() -> std::io::Result<PathBuf> {
    // Its name is new: an application that starts over keeps the number of its process.
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
    let directory = std::env::temp_dir().join(format!("{}-{now}", identity::IDENTIFIER));
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(false);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(&directory)?;
    Ok(directory)
}

/// In debug builds, and only when `RINGSIDE_CONSOLE_LOG` asks for it: WebKit prints the page's console to standard
/// output, so that a test can fail on an unnoticed warning.
#[cfg(all(debug_assertions, target_os = "linux"))]
fn print_console(window: &WebviewWindow) -> tauri::Result<()> {
    use webkit2gtk::{SettingsExt, WebViewExt};

    if std::env::var_os("RINGSIDE_CONSOLE_LOG").is_none() {
        return Ok(());
    }
    window.with_webview(|webview| {
        if let Some(settings) = WebViewExt::settings(&webview.inner()) {
            settings.set_enable_write_console_messages_to_stdout(true);
        }
    })
}

#[cfg(not(all(debug_assertions, target_os = "linux")))]
#[allow(clippy::unnecessary_wraps, reason = "the same signature as where it does something")]
fn print_console(_: &WebviewWindow) -> tauri::Result<()> {
    Ok(())
}
