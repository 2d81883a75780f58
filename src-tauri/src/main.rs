//! The Ringside desktop application: a thin shell around the core.
//!
//! It parses the command line, opens one window bound to one profile, carries calls to the core and messages back, and does
//! what the core asks of the desktop. Deliberately absent: any rule, any HTTP but that of Tauri's updater, any token; those are
//! the core's.

#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

mod arguments;
mod awake;
mod desk;
mod filling;
mod host;
mod identity;
mod invitation;
mod log;
mod menu;
mod no_window;
mod updater;
mod window;

use clap::Parser;
use tauri::{AppHandle, Env, Wry};
use tauri_plugin_deep_link::DeepLinkExt;

use crate::arguments::Arguments;
use crate::desk::Desk;
use crate::invitation::{Invitation, Link};
use crate::log::Log;
use crate::window::{REMEMBERED, Remembered};

/// Whether there is somewhere for a window. Where a desktop is not told by the environment, there always is.
fn has_display() -> bool {
    let named = ["DISPLAY", "WAYLAND_DISPLAY"].into_iter().filter_map(std::env::var_os);
    !cfg!(target_os = "linux") || named.into_iter().any(|name| !name.is_empty())
}

fn main() {
    let arguments = Arguments::try_parse().unwrap_or_else(|answer| no_window::told(&answer));
    let log = Log::begin();
    if !has_display() {
        no_window::because("there is no display. Start it within a desktop session.");
    }
    let mut context = tauri::generate_context!();
    identity::become_of(&arguments.bound_to(), context.config_mut());
    let builder = plugins(tauri::Builder::default(), &arguments);
    let run = builder
        .invoke_handler(tauri::generate_handler![desk::call])
        .setup(move |app| {
            // An error that is handed on would be a panic, which tells a person nothing.
            set_up(app.handle(), arguments, &log).unwrap_or_else(|error| no_window::because(error));
            Ok(())
        })
        .manage(Desk::default())
        .manage(at_restart())
        .manage(Invitation::default())
        .run(context);
    if let Err(error) = run {
        begin_again(&error);
        no_window::because(error);
    }
}

/// Opens the window, and whatever it was started for in it.
fn set_up(app: &AppHandle, arguments: Arguments, log: &Log) -> tauri::Result<()> {
    let profile = arguments.bound_to();
    let label = window::label(&profile);
    log.to_files(&identity::logs(app)?, profile.as_str());
    hear_links(app, &label);
    lead_links_here(app);
    identity::introduce(&profile);
    let link = arguments.link.clone().or_else(|| link_at_start(app));
    window::open(app, arguments, log.problems())?;
    if let Some(link) = link {
        invitation::open(app, &label, link);
    }
    Ok(())
}

/// How many starts one start may take.
#[cfg(target_os = "linux")]
const STARTS: u32 = 5;
/// Which of them this is.
#[cfg(target_os = "linux")]
const START: &str = "RINGSIDE_START";

/// Starts over in place of this process when what failed was handing the start to the one that runs already: it was about
/// to end, and is gone now. Whoever closes a window and opens it again at once gets one.
#[cfg(target_os = "linux")]
fn begin_again(error: &tauri::Error) {
    use std::os::unix::process::CommandExt;

    let has_gone = matches!(error, tauri::Error::PluginInitialization(plugin, _) if plugin == "single-instance");
    let start = std::env::var(START).ok().and_then(|start| start.parse().ok()).unwrap_or(1);
    if !has_gone || start >= STARTS {
        return;
    }
    let Ok(application) = std::env::current_exe() else { return };
    let again = std::process::Command::new(application)
        .args(std::env::args_os().skip(1))
        .env(START, (start + 1).to_string())
        .exec();
    eprintln!("Ringside can't start over: {again}");
}

/// Elsewhere a start that can't be handed over is a first one by itself.
#[cfg(not(target_os = "linux"))]
fn begin_again(_: &tauri::Error) {}

/// What Tauri's plugins do for us. None of them may be called by the web view: it has a permission for none.
fn plugins(builder: tauri::Builder<Wry>, arguments: &Arguments) -> tauri::Builder<Wry> {
    let profile = arguments.bound_to();
    let label = window::label(&profile);
    // The first, as it wants to be: a second start ends in it.
    let second = tauri_plugin_single_instance::Builder::new()
        .dbus_id(identity::of(&profile))
        .callback(move |app, arguments, _directory| second_start(app, &label, arguments))
        .build();
    let builder = builder
        .plugin(second)
        .plugin(autostart(arguments).build())
        .plugin(tauri_plugin_deep_link::init())
        .plugin(tauri_plugin_notification::init())
        .plugin(tauri_plugin_updater::Builder::new().build());
    if arguments.geometry.is_some() {
        return builder;
    }
    // Where it stood and how large it was, if there still is a screen there.
    let remembers = tauri_plugin_window_state::Builder::new().with_state_flags(REMEMBERED).build();
    builder.manage(Remembered).plugin(remembers)
}

/// What the application is started with when it starts itself anew: as now, but for a link, which has been opened.
fn at_restart() -> Env {
    let mut env = Env::default();
    env.args_os.retain(|argument| argument.to_str().is_none_or(|text| text.parse::<Link>().is_err()));
    env
}

/// The system starts what the person started: each profile by itself, and a kiosk as a whole.
fn autostart(arguments: &Arguments) -> tauri_plugin_autostart::Builder {
    let autostart = tauri_plugin_autostart::Builder::new();
    match &arguments.profile {
        Some(profile) => autostart.args(["--profile", profile.as_str()]).app_name(format!("Ringside ({profile})")),
        None => autostart,
    }
}

/// Somebody started this profile once more: its window comes to the front, and takes the link, if there is one.
fn second_start(app: &AppHandle, label: &str, arguments: Vec<String>) {
    // They were understood when it was started, or it would not have come here.
    match Arguments::try_parse_from(arguments) {
        Ok(Arguments { link: Some(link), .. }) => invitation::open(app, label, link),
        _ => window::bring_to_front(app, label),
    }
}

/// An `AppImage` is not installed by anybody, so it tells the system itself where invitations lead.
#[cfg(target_os = "linux")]
fn lead_links_here(app: &AppHandle) {
    use tauri::Manager;

    if app.env().appimage.is_none() {
        return;
    }
    let app = app.clone();
    // It runs the desktop's own programs for it.
    tauri::async_runtime::spawn_blocking(move || {
        if let Err(error) = app.deep_link().register_all() {
            tracing::warn!(%error, "invitations will not lead here");
        }
    });
}

/// What is installed has done so already.
#[cfg(not(target_os = "linux"))]
fn lead_links_here(_: &AppHandle) {}

/// The link that the system started the application for, where it does not come on the command line. It came before
/// anybody could hear it.
fn link_at_start(app: &AppHandle) -> Option<Link> {
    if !cfg!(target_os = "macos") {
        return None;
    }
    let links = app.deep_link().get_current();
    let links = links.inspect_err(|error| tracing::warn!(%error, "the link it was started for is not known"));
    links.ok().flatten()?.iter().find_map(|url| url.as_str().parse().ok())
}

/// On macOS a link does not come on the command line.
fn hear_links(app: &AppHandle, label: &str) {
    let (handle, label) = (app.clone(), label.to_owned());
    app.deep_link().on_open_url(move |event| {
        for link in event.urls().iter().filter_map(|url| url.as_str().parse::<Link>().ok()) {
            invitation::open(&handle, &label, link);
        }
    });
}
