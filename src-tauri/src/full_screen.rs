//! Full screen, by the window's actual state and not the requested one, because a window manager may ignore a request.
//!
//! A kiosk's window stays full screen: whatever ends full screen without the studio's PIN (the system's keys, a
//! taskbar, a button of the frame), it is restored. Its size alone restores nothing: a system's on-screen keyboard may
//! take its part of the screen. Deliberately absent: who may end full screen; the core decides that.

use tauri::{AppHandle, Manager, WebviewWindow};

use crate::window_bindings::WindowBindings;

/// A requested change of full screen.
#[derive(Clone, Copy)]
pub(crate) enum FullScreen {
    /// On if true, else off.
    Set(bool),
    /// The opposite of the current state.
    Toggle,
}

/// Switches full screen on or off for the window called `label`.
pub(crate) fn apply(app: &AppHandle, label: &str, change: FullScreen) {
    let Some(window) = app.get_webview_window(label) else { return };
    if let Err(error) = apply_to(&window, change) {
        tracing::warn!(%error, "full screen could not be switched on or off");
    }
}

fn apply_to(window: &WebviewWindow, change: FullScreen) -> tauri::Result<()> {
    let on = match change {
        FullScreen::Set(on) => on,
        FullScreen::Toggle => !is_full_screen(window)?,
    };
    if on {
        window.unminimize()?;
    }
    window.set_fullscreen(on)
}

/// Restores full screen whenever `window` leaves it, unless staff ended it.
pub(crate) fn enforce(window: &WebviewWindow) -> tauri::Result<()> {
    let (app, label) = (window.app_handle().clone(), window.label().to_owned());
    on_exit(window, move || {
        let (app, label) = (app.clone(), label.clone());
        tauri::async_runtime::spawn(async move {
            if app.state::<WindowBindings>().requires_studio_pin(&label).await {
                tracing::info!("the kiosk's window left full screen, which is restored");
                apply(&app, &label, FullScreen::Set(true));
            }
        });
    })
}

/// Tauri only knows what was requested from the window manager. GTK knows the actual state, on the main thread.
#[cfg(target_os = "linux")]
fn is_full_screen(window: &WebviewWindow) -> tauri::Result<bool> {
    use gtk::gdk::WindowState;
    use gtk::prelude::WidgetExt;

    let (sender, receiver) = std::sync::mpsc::channel();
    let webview = window.clone();
    window.run_on_main_thread(move || {
        let state = |window: gtk::ApplicationWindow| window.window().map(|window| window.state());
        let is_full_screen =
            webview.gtk_window().map(|window| state(window).is_some_and(|it| it.contains(WindowState::FULLSCREEN)));
        // The caller is waiting for it.
        drop(sender.send(is_full_screen));
    })?;
    receiver.recv().unwrap_or(Ok(false))
}

#[cfg(not(target_os = "linux"))]
fn is_full_screen(window: &WebviewWindow) -> tauri::Result<bool> {
    window.is_fullscreen()
}

/// Calls `exited` whenever the window is no longer full screen, or is minimised.
#[cfg(target_os = "linux")]
fn on_exit(window: &WebviewWindow, exited: impl Fn() + 'static) -> tauri::Result<()> {
    use gtk::gdk::WindowState;
    use gtk::glib::Propagation;
    use gtk::prelude::WidgetExt;

    window.gtk_window()?.connect_window_state_event(move |_, event| {
        let state = event.new_window_state();
        let has_changed = event.changed_mask().intersects(WindowState::FULLSCREEN | WindowState::ICONIFIED);
        if has_changed && (!state.contains(WindowState::FULLSCREEN) || state.contains(WindowState::ICONIFIED)) {
            exited();
        }
        Propagation::Proceed
    });
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn on_exit(window: &WebviewWindow, exited: impl Fn() + Send + 'static) -> tauri::Result<()> {
    use tauri::WindowEvent;

    let webview = window.clone();
    window.on_window_event(move |event| {
        let may_have_changed = matches!(event, WindowEvent::Resized(_) | WindowEvent::Focused(_));
        let is_full_screen = || Ok::<_, tauri::Error>(webview.is_fullscreen()? && !webview.is_minimized()?);
        match may_have_changed.then(is_full_screen) {
            Some(Ok(false)) => exited(),
            Some(Err(error)) => tracing::warn!(%error, "whether the window is full screen is not known"),
            Some(Ok(true)) | None => {}
        }
    });
    Ok(())
}
