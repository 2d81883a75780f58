//! Reports why the window can't be opened, where a person sees it.
//!
//! In English, because the person's language is not known before there is a window.

use std::fmt::Display;
use std::io::Write;

use crate::log;

/// Ends an application that can't open its window.
pub(crate) fn exit(reason: impl Display) -> ! {
    // Logged without the reason, which may contain a path, which may contain a name.
    tracing::error!("the window can't be opened");
    show_and_exit(&format!("Ringside can't open its window: {reason}"), 1)
}

/// Ends an application that was started with invalid arguments, or with `--help` or `--version`.
pub(crate) fn exit_with_usage(answer: &clap::Error) -> ! {
    if answer.use_stderr() {
        show_and_exit(&answer.render().to_string(), answer.exit_code());
    }
    answer.exit()
}

fn show_and_exit(text: &str, code: i32) -> ! {
    log::flush();
    // There may be no standard error.
    drop(writeln!(std::io::stderr(), "{text}"));
    show_dialog(text);
    std::process::exit(code)
}

/// On these systems, nobody sees the output of an application that was not started from a terminal. On Linux it is in
/// the journal, and whatever prevents the window would prevent a dialog too.
#[cfg(not(target_os = "linux"))]
fn show_dialog(text: &str) {
    rfd::MessageDialog::new().set_level(rfd::MessageLevel::Error).set_title("Ringside").set_description(text).show();
}

#[cfg(target_os = "linux")]
fn show_dialog(_: &str) {}
