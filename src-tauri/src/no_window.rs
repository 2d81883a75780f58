//! Why there is no window, said where a person sees it.
//!
//! In English: whose language would be spoken is not known before there is one.

use std::fmt::Display;
use std::io::Write;

/// Ends an application that can't open its window.
pub(crate) fn because(reason: impl Display) -> ! {
    // Without the reason, which may be a path, and a path may name somebody.
    tracing::error!("the window can't be opened");
    give_up(&format!("Ringside can't open its window: {reason}"), 1)
}

/// Ends an application that was started with what it does not understand, or only asked what it understands.
pub(crate) fn told(answer: &clap::Error) -> ! {
    if answer.use_stderr() {
        give_up(&answer.render().to_string(), answer.exit_code());
    }
    answer.exit()
}

fn give_up(text: &str, code: i32) -> ! {
    // There may be nothing that it could be written to.
    drop(writeln!(std::io::stderr(), "{text}"));
    show(text);
    std::process::exit(code)
}

/// There, whatever starts an application shows nobody what it writes. On Linux its journal has it, and what keeps a window
/// from opening would keep this one from opening too.
#[cfg(not(target_os = "linux"))]
fn show(text: &str) {
    rfd::MessageDialog::new().set_level(rfd::MessageLevel::Error).set_title("Ringside").set_description(text).show();
}

#[cfg(target_os = "linux")]
fn show(_: &str) {}
