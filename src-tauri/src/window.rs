//! A window bound to a profile.

use std::path::PathBuf;
use std::sync::Arc;

use ringside_core::HeadlessUpdates;
use ringside_core::ThisMachine;
use ringside_core::bridge::Message;
use ringside_core::{Closing, Front, Home, Options, Profile, is_kiosk};
use tauri::utils::config::BackgroundThrottlingPolicy;
use tauri::webview::Color;
use tauri::webview::PageLoadEvent;
use tauri::{AppHandle, Manager, PhysicalSize, WebviewUrl, WebviewWindow, WebviewWindowBuilder, WindowEvent};
use tauri_plugin_window_state::{AppHandleExt, StateFlags};
use tokio::sync::{Notify, watch};

use crate::arguments::{Arguments, Geometry};
use crate::desk::{Binding, Desk, Leaving};
use crate::host::{self, Desktop, Origin};
use crate::log::Problems;
use crate::{filling, identity, updater};

/// The only event windows listen for: a message from the core.
pub(crate) const MESSAGE: &str = "ringside";
/// The minimum size, in logical pixels, at which everything can be reached and the big button at the bottom is on
/// screen.
const SMALLEST: (f64, f64) = (960.0, 560.0);
/// The default size, in logical pixels.
const USUAL: (f64, f64) = (1280.0, 800.0);
/// The background before the first paint: the dark theme's, so that nothing flashes in a dark studio.
const PAPER: Color = Color(22, 20, 18, 255);

/// The saved window state. For a full-screen window, only its state before that is saved.
pub(crate) const REMEMBERED: StateFlags = StateFlags::SIZE.union(StateFlags::POSITION).union(StateFlags::MAXIMIZED);

/// Its presence means that the window state is saved at all.
pub(crate) struct Remembered;

/// The label of the window of `profile`.
pub(crate) fn label(profile: &Profile) -> String {
    format!("profile-{profile}")
}

/// Opens the window and, concurrently, the profile it is bound to.
pub(crate) fn open(app: &AppHandle, arguments: Arguments, problems: Problems) -> tauri::Result<()> {
    let named = arguments.bound_to();
    let label = label(&named);
    let home = match &arguments.home {
        Some(home) => Home::new(home),
        None => Home::new(identity::usual_home(app)?),
    };
    // A profile named on the command line is opened, unless it belongs to a member of a kiosk.
    let is_kiosk = arguments.profile.is_none() && is_kiosk(&home);
    let origin = match (&arguments.profile, is_kiosk) {
        (_, true) => Origin::Kiosk,
        (None, false) => Origin::Own,
        (Some(_), false) => Origin::Named,
    };
    let host = Arc::new(Desktop::around(app, &label, origin, problems));
    let profile = if is_kiosk { Profile::of_kiosk() } else { named };
    let web_data = web_data(app, &home, &profile)?;
    let emit = {
        let (app, label) = (app.clone(), label.clone());
        Arc::new(move |message: Message| host::emit(&app, &label, &message))
    };
    let options = Options {
        home,
        profile,
        server: arguments.server,
        app_version: app.package_info().version.to_string(),
        vault: None,
        environment: Arc::new(ThisMachine),
        updater: updater::of(app),
        host: Some(Arc::clone(&host) as _),
        emit,
    };
    // Both start now: the window shows skeletons until the profile is open, which takes as long as the keyring does.
    app.state::<Desk>().bind(&label, answering(options, is_kiosk, host));
    let window = built(app, &label, arguments.geometry, is_kiosk, web_data)?;
    let (handle, called) = (app.clone(), label);
    window.on_window_event(move |event| {
        if let WindowEvent::CloseRequested { api, .. } = event {
            api.prevent_close();
            ask_to_close(&handle, &called);
        }
    });
    if is_kiosk {
        filling::hold(&window)?;
    }
    print_console(&window)
}

/// Opens the front that answers a window. After a failure, it is retried on request.
fn answering(options: Options, is_kiosk: bool, host: Arc<Desktop>) -> Binding {
    let (opened, opening) = watch::channel(None);
    let again = Arc::new(Notify::new());
    // A damaged roster or a slow keyring must not be a way out of a kiosk.
    let meanwhile = if is_kiosk { Closing::Forbidden } else { Closing::Free };
    let binding = Binding { opening, again: Arc::clone(&again), meanwhile, host };
    tauri::async_runtime::spawn(async move {
        loop {
            let asked = options.clone();
            let front = if is_kiosk { Front::of_kiosk(asked).await } else { Front::of_profile(asked).await };
            if let Err(failure) = &front {
                // Its detail contains a path, which may contain a name.
                tracing::error!(code = ?failure.code, "the profile could not be opened");
            }
            // A newer version may fix the problem.
            let updates = front.is_err().then(|| HeadlessUpdates::begin(&options));
            let is_open = front.is_ok();
            opened.send_replace(Some(front));
            if is_open {
                break;
            }
            again.notified().await;
            drop(updates);
            opened.send_replace(None);
        }
        // The sender lives as long as the application: a window may ask at any time.
        opened.closed().await;
    });
    binding
}

fn built(
    app: &AppHandle,
    label: &str,
    geometry: Option<Geometry>,
    is_kiosk: bool,
    web_data: PathBuf,
) -> tauri::Result<WebviewWindow> {
    let mut window = WebviewWindowBuilder::new(app, label, WebviewUrl::App("index.html".into()))
        .title("Ringside")
        .background_color(PAPER)
        .min_inner_size(SMALLEST.0, SMALLEST.1)
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
        None => window.inner_size(USUAL.0, USUAL.1).prevent_overflow().on_page_load(|window, page| {
            // By now it has the saved size, perhaps from a larger screen that is gone.
            if page.event() == PageLoadEvent::Finished
                && let Err(error) = fit(&window)
            {
                tracing::warn!(%error, "whether the window fits its screen is not known");
            }
        }),
    };
    window.build()
}

/// Shrinks a window that is larger than its screen to the screen's size.
fn fit(window: &WebviewWindow) -> tauri::Result<()> {
    // The system sizes maximised and full-screen windows, and on one system their frame extends beyond the screen.
    if window.is_maximized()? || window.is_fullscreen()? {
        return Ok(());
    }
    let screen = window.current_monitor()?.map_or_else(|| window.primary_monitor(), |screen| Ok(Some(screen)))?;
    let Some(screen) = screen else { return Ok(()) };
    let (room, whole, page) = (screen.work_area(), window.outer_size()?, window.inner_size()?);
    let x = whole.width.saturating_sub(room.size.width);
    let y = whole.height.saturating_sub(room.size.height);
    if (x, y) == (0, 0) {
        return Ok(());
    }
    window.set_size(PhysicalSize::new(page.width.saturating_sub(x), page.height.saturating_sub(y)))?;
    window.set_position(room.position)
}

/// Shows the window called `label`, in front of others.
pub(crate) fn bring_to_front(app: &AppHandle, label: &str) {
    let Some(window) = app.get_webview_window(label) else { return };
    let shown = window.show().and_then(|()| window.unminimize()).and_then(|()| window.set_focus());
    if let Err(error) = shown {
        tracing::warn!(%error, "the window could not be brought to the front");
    }
}

/// Closes the window called `label`. If the person is in a training session, or needs the studio's PIN, the window asks
/// first.
pub(crate) fn ask_to_close(app: &AppHandle, label: &str) {
    let (app, label) = (app.clone(), label.to_owned());
    tauri::async_runtime::spawn(async move {
        match app.state::<Desk>().leaving(&label).await {
            Leaving::Closes => close(&app, &label),
            Leaving::Stays => bring_to_front(&app, &label),
            Leaving::Asks => {
                bring_to_front(&app, &label);
                host::emit(&app, &label, &Message::Closing);
            }
        }
    });
}

/// Closes the window called `label`.
pub(crate) fn close(app: &AppHandle, label: &str) {
    let (handle, label) = (app.clone(), label.to_owned());
    // On the main thread, to avoid a deadlock: the window-state plugin queries windows while holding a lock that its
    // own event listener also takes, and a query from another thread is answered only after that listener has returned.
    let asked = app.run_on_main_thread(move || {
        // Unless a window is closed with its frame's button, nothing has recorded whether it was maximised.
        if handle.try_state::<Remembered>().is_some()
            && let Err(error) = handle.save_window_state(REMEMBERED)
        {
            tracing::warn!(%error, "where the window stood is not remembered");
        }
        let closed = handle.get_webview_window(&label).map_or(Ok(()), |window| window.destroy());
        if let Err(error) = closed {
            tracing::error!(%error, "the window could not be closed");
        }
    });
    if let Err(error) = asked {
        tracing::error!(%error, "nobody is there to close the window");
    }
}

/// The directory for the web view's caches: in the profile or, where that can't be written (which the window then
/// reports), in the system's cache. A web view whose directory can't be created does not open at all.
fn web_data(app: &AppHandle, home: &Home, profile: &Profile) -> tauri::Result<PathBuf> {
    let with_profile = home.path().join("profiles").join(profile.as_str()).join("web");
    if std::fs::create_dir_all(&with_profile).is_ok() {
        return Ok(with_profile);
    }
    Ok(app.path().app_cache_dir()?.join("web").join(profile.as_str()))
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
