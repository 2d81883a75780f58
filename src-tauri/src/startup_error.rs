//! Reports why the window can't be opened, where a person sees it.

use std::fmt::Display;
use std::io::Write;

use crate::native_words::NativeWords;
use crate::{log, native_message};

/// Ends an application that can't open its window.
pub(crate) fn exit(reason: impl Display) -> ! {
    // Logged without the reason, which may contain a path, which may contain a name.
    tracing::error!("the window can't be opened");
    print(&format!("Ringside can't open its window: {reason}"));
    native_message::show(&NativeWords::of_system().cannot_open(reason));
    std::process::exit(1)
}

/// Ends an application that was started with invalid arguments, or with `--help` or `--version`.
pub(crate) fn exit_with_usage(answer: &clap::Error) -> ! {
    if answer.use_stderr() {
        let text = answer.render().to_string();
        print(&text);
        // On Linux only a terminal or a script gives it arguments, and both read standard error.
        if !cfg!(target_os = "linux") {
            native_message::show(&text);
        }
        std::process::exit(answer.exit_code());
    }
    answer.exit()
}

fn print(text: &str) {
    log::flush();
    // There may be no standard error.
    drop(writeln!(std::io::stderr(), "{text}"));
}
