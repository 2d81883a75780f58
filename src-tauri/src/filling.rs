//! Full screen, by the window's actual state and not the requested one, because a window manager may ignore a request.
//!
//! A kiosk's window stays full screen: whatever ends full screen without the studio's PIN (the system's keys, a
//! taskbar, a button of the frame), it is restored. Deliberately absent: who may end it; the core decides that.

use tauri::{AppHandle, Manager, WebviewWindow};

use crate::desk::Desk;

/// The requested full-screen state.
#[derive(Clone, Copy)]
pub(crate) enum Filled {
    /// Full screen if true, else not.
    As(bool),
    /// The opposite of the current state.
    Otherwise,
}

/// Switches full screen on or off for the window called `label`.
pub(crate) fn fill_screen(app: &AppHandle, label: &str, on: Filled) {
    let Some(window) = app.get_webview_window(label) else { return };
    if let Err(error) = fill(&window, on) {
        tracing::warn!(%error, "the window does not fill the screen as it should");
    }
}

fn fill(window: &WebviewWindow, on: Filled) -> tauri::Result<()> {
    let on = match on {
        Filled::As(on) => on,
        Filled::Otherwise => !fills_screen(window)?,
    };
    if on {
        window.unminimize()?;
    }
    window.set_fullscreen(on)
}

/// Restores full screen whenever `window` leaves it, unless staff ended it.
pub(crate) fn hold(window: &WebviewWindow) -> tauri::Result<()> {
    let (app, label) = (window.app_handle().clone(), window.label().to_owned());
    whenever_taken_off(window, move || {
        let (app, label) = (app.clone(), label.clone());
        tauri::async_runtime::spawn(async move {
            if app.state::<Desk>().is_held(&label).await {
                tracing::info!("the window was taken off the screen, and fills it again");
                fill_screen(&app, &label, Filled::As(true));
            }
        });
    })
}

/// Tauri only knows what was requested from the window manager. GTK knows the actual state, on the main thread.
#[cfg(target_os = "linux")]
fn fills_screen(window: &WebviewWindow) -> tauri::Result<bool> {
    use gtk::gdk::WindowState;
    use gtk::prelude::WidgetExt;

    let (sender, told) = std::sync::mpsc::channel();
    let asked = window.clone();
    window.run_on_main_thread(move || {
        let state = |window: gtk::ApplicationWindow| window.window().map(|window| window.state());
        let fills =
            asked.gtk_window().map(|window| state(window).is_some_and(|it| it.contains(WindowState::FULLSCREEN)));
        // The caller is waiting for it.
        drop(sender.send(fills));
    })?;
    told.recv().unwrap_or(Ok(false))
}

#[cfg(not(target_os = "linux"))]
fn fills_screen(window: &WebviewWindow) -> tauri::Result<bool> {
    window.is_fullscreen()
}

#[cfg(target_os = "linux")]
fn whenever_taken_off(window: &WebviewWindow, taken_off: impl Fn() + 'static) -> tauri::Result<()> {
    use gtk::gdk::WindowState;
    use gtk::glib::Propagation;
    use gtk::prelude::WidgetExt;

    window.gtk_window()?.connect_window_state_event(move |_, event| {
        let state = event.new_window_state();
        let was_changed = event.changed_mask().intersects(WindowState::FULLSCREEN | WindowState::ICONIFIED);
        if was_changed && (!state.contains(WindowState::FULLSCREEN) || state.contains(WindowState::ICONIFIED)) {
            taken_off();
        }
        Propagation::Proceed
    });
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn whenever_taken_off(window: &WebviewWindow, taken_off: impl Fn() + Send + 'static) -> tauri::Result<()> {
    use tauri::WindowEvent;

    let asked = window.clone();
    window.on_window_event(move |event| {
        let may_be = matches!(event, WindowEvent::Resized(_) | WindowEvent::Focused(_));
        let is_filling = || Ok::<_, tauri::Error>(asked.is_fullscreen()? && !asked.is_minimized()?);
        match may_be.then(is_filling) {
            Some(Ok(false)) => taken_off(),
            Some(Err(error)) => tracing::warn!(%error, "whether the window fills the screen is not known"),
            Some(Ok(true)) | None => {}
        }
    });
    Ok(())
}
