//! The Ringside desktop application: a thin shell around the core.
//!
//! It parses the command line, opens one window bound to one profile, passes calls to the core and messages back, and
//! does what the core asks of the desktop. Deliberately absent: rules, tokens, and any HTTP except that of Tauri's
//! updater; those belong to the core.

// They panic when the stream is closed or its disk is full.
#![warn(clippy::print_stdout, clippy::print_stderr)]
#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

mod arguments;
mod events;
mod file_commands;
mod full_screen;
mod host;
mod identity;
mod link;
mod log;
mod menu;
mod native_message;
mod native_words;
mod page_check;
#[cfg(target_os = "linux")]
mod renderer;
#[cfg(target_os = "linux")]
mod start_over;
mod startup_error;
mod system_proxy;
mod updater;
mod wake_lock;
mod web_process;
mod window;
mod window_bindings;
mod window_builder;

use clap::Parser;
use tauri::{AppHandle, Env, RunEvent, Wry};
use tauri_plugin_deep_link::DeepLinkExt;

use crate::arguments::Arguments;
use crate::link::{Link, PendingLink};
use crate::log::Log;
use crate::web_process::Page;
use crate::window::{SAVED_STATE, SavesState};
use crate::window_bindings::WindowBindings;

/// Whether there is a display. On systems that do not use environment variables for it, there always is.
fn has_display() -> bool {
    let mut displays = ["DISPLAY", "WAYLAND_DISPLAY"].into_iter().filter_map(std::env::var_os);
    !cfg!(target_os = "linux") || displays.any(|display| !display.is_empty())
}

fn main() {
    let arguments = Arguments::try_parse().unwrap_or_else(|answer| startup_error::exit_with_usage(&answer));
    let log = Log::start();
    if !has_display() {
        startup_error::exit("there is no display. Start it within a desktop session.");
    }
    #[cfg(target_os = "linux")]
    renderer::choose(&arguments.home.clone().unwrap_or_else(identity::default_home_at_start));
    let mut context = tauri::generate_context!();
    identity::set_identifier(&arguments.profile_or_default(), context.config_mut());
    let builder = web_process::register(plugins(tauri::Builder::default(), &arguments));
    let built = builder
        .invoke_handler(tauri::generate_handler![
            window_bindings::call,
            file_commands::put_file,
            file_commands::read_video
        ])
        .setup(move |app| {
            // Returning the error would cause a panic, which tells a person nothing.
            set_up(app.handle(), arguments, &log).unwrap_or_else(|error| startup_error::exit(error));
            Ok(())
        })
        .manage(WindowBindings::default())
        .manage(Page::default())
        .manage(restart_env())
        .manage(PendingLink::default())
        .build(context);
    match built {
        Ok(app) => app.run(|_, event| {
            if matches!(event, RunEvent::Exit) {
                log::flush();
            }
        }),
        Err(error) => {
            retry_start(&error);
            startup_error::exit(error);
        }
    }
}

/// Opens the window, and in it the link the application was started with.
fn set_up(app: &AppHandle, arguments: Arguments, log: &Log) -> tauri::Result<()> {
    let profile = arguments.profile_or_default();
    let label = window::label(&profile);
    log.add_files(&identity::log_directory(app)?, profile.as_str());
    listen_for_links(app, &label);
    register_link_handler(app);
    identity::register_notification_sender(&profile);
    let link = arguments.link.clone().or_else(|| link_at_start(app));
    window_builder::open(app, arguments, log.problems())?;
    if let Some(link) = link {
        link::open(app, &label, link);
    }
    Ok(())
}

/// The maximum number of attempts to start.
#[cfg(target_os = "linux")]
const MAX_START_ATTEMPTS: u32 = 5;
/// The environment variable with the number of the attempt.
#[cfg(target_os = "linux")]
const START_ATTEMPT: &str = "RINGSIDE_START";

/// Restarts in place of this process if handing the start over to the running process failed: that process was about to
/// end, and is gone now. So somebody who closes a window and reopens it at once gets one.
#[cfg(target_os = "linux")]
fn retry_start(error: &tauri::Error) {
    let handover_failed = matches!(error, tauri::Error::PluginInitialization(plugin, _) if plugin == "single-instance");
    let attempt = std::env::var(START_ATTEMPT).ok().and_then(|attempt| attempt.parse().ok()).unwrap_or(1);
    if !handover_failed || attempt >= MAX_START_ATTEMPTS {
        return;
    }
    let error = start_over::start_over([(START_ATTEMPT, (attempt + 1).to_string().as_str())]);
    tracing::error!(error = &error as &dyn std::error::Error, "the application can't start over");
}

/// On other systems, a start that can't be handed over becomes the first one by itself.
#[cfg(not(target_os = "linux"))]
fn retry_start(_: &tauri::Error) {}

/// Registers Tauri's plugins. The web view can call none of them: it has no permissions for them.
fn plugins(builder: tauri::Builder<Wry>, arguments: &Arguments) -> tauri::Builder<Wry> {
    let profile = arguments.profile_or_default();
    let label = window::label(&profile);
    // This plugin has to be the first: a second start ends in it.
    let single_instance = tauri_plugin_single_instance::Builder::new()
        .dbus_id(identity::identifier(&profile))
        .callback(move |app, arguments, _directory| second_start(app, &label, arguments))
        .build();
    let builder = builder
        .plugin(single_instance)
        .plugin(autostart(arguments).build())
        .plugin(tauri_plugin_deep_link::init())
        .plugin(tauri_plugin_notification::init())
        .plugin(tauri_plugin_updater::Builder::new().build());
    if arguments.geometry.is_some() {
        return builder;
    }
    // Restores the window's position and size, if there still is a screen at that position.
    let window_state = tauri_plugin_window_state::Builder::new().with_state_flags(SAVED_STATE).build();
    builder.manage(SavesState).plugin(window_state)
}

/// The arguments for a restart: the current ones without a link, which has already been opened.
fn restart_env() -> Env {
    let mut env = Env::default();
    env.args_os.retain(|argument| argument.to_str().is_none_or(|text| text.parse::<Link>().is_err()));
    env
}

/// Autostart starts what the person started: each named profile on its own, and a kiosk as a whole.
fn autostart(arguments: &Arguments) -> tauri_plugin_autostart::Builder {
    let autostart = tauri_plugin_autostart::Builder::new();
    match &arguments.profile {
        Some(profile) => autostart.args(["--profile", profile.as_str()]).app_name(format!("Ringside ({profile})")),
        None => autostart,
    }
}

/// Handles a second start of this profile: brings its window to the front, and opens the link, if there is one.
fn second_start(app: &AppHandle, label: &str, arguments: Vec<String>) {
    // The second process has already parsed them, or it would not have got this far.
    match Arguments::try_parse_from(arguments) {
        Ok(Arguments { link: Some(link), .. }) => link::open(app, label, link),
        _ => window::bring_to_front(app, label),
    }
}

/// An `AppImage` has no installer, so it registers itself as the handler of links.
#[cfg(target_os = "linux")]
fn register_link_handler(app: &AppHandle) {
    use tauri::Manager;

    if app.env().appimage.is_none() {
        return;
    }
    let app = app.clone();
    // Blocking, because this runs the desktop's own programs.
    tauri::async_runtime::spawn_blocking(move || {
        if let Err(error) = app.deep_link().register_all() {
            tracing::warn!(%error, "links will not open this application");
        }
    });
}

/// On other systems the installer has done so.
#[cfg(not(target_os = "linux"))]
fn register_link_handler(_: &AppHandle) {}

/// The link that the system started the application with, where it is not on the command line. It arrived before there
/// was a listener.
fn link_at_start(app: &AppHandle) -> Option<Link> {
    if !cfg!(target_os = "macos") {
        return None;
    }
    let links = app.deep_link().get_current();
    let links = links
        .inspect_err(|error| tracing::warn!(%error, "the link that the application was started with is not known"));
    links.ok().flatten()?.iter().find_map(|url| url.as_str().parse().ok())
}

/// Listens for links, which do not arrive on the command line on macOS.
fn listen_for_links(app: &AppHandle, label: &str) {
    let (handle, label) = (app.clone(), label.to_owned());
    app.deep_link().on_open_url(move |event| {
        for link in event.urls().iter().filter_map(|url| url.as_str().parse::<Link>().ok()) {
            link::open(&handle, &label, link);
        }
    });
}
