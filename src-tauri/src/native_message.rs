//! Messages of the system, for when the window can show nothing.
//!
//! GTK shows them on Linux, where the application has it anyway, and `rfd` elsewhere.

use tauri::AppHandle;

use crate::native_words::NativeWords;

/// Shows `text`, and returns once the person has closed it. For the main thread, before the event loop runs.
pub(crate) fn show(text: &str) {
    platform::show(text);
}

/// Asks the person, in front of the window called `label`, whether to try again or to close the application. `answered`
/// is called with whether to try again, unless they close the question or it is withdrawn.
pub(crate) fn ask_to_try_again(
    app: &AppHandle,
    label: &str,
    text: impl FnOnce(&NativeWords) -> String + Send + 'static,
    answered: impl FnOnce(bool) + Send + 'static,
) {
    let (handle, label) = (app.clone(), label.to_owned());
    let scheduled = app.run_on_main_thread(move || {
        let words = NativeWords::of_system();
        let text = format!("{}\n\n{}", text(&words), words.try_again_question);
        platform::ask(&handle, &label, &text, &words, Box::new(answered));
    });
    if let Err(error) = scheduled {
        tracing::error!(%error, "the person could not be asked whether to try again");
    }
}

/// Withdraws the question, if there is one: the window is back.
pub(crate) fn withdraw(app: &AppHandle) {
    if let Err(error) = app.run_on_main_thread(platform::withdraw) {
        tracing::warn!(%error, "a question that no longer matters stays open");
    }
}

/// What to do when a question is answered.
type Answered = Box<dyn FnOnce(bool) + Send>;

#[cfg(target_os = "linux")]
mod platform {
    use std::cell::RefCell;

    use gtk::prelude::{DialogExt, GtkWindowExt, WidgetExt};
    use gtk::{ButtonsType, MessageDialog, MessageType, ResponseType};
    use tauri::{AppHandle, Manager};

    use super::Answered;
    use crate::native_words::NativeWords;

    thread_local! {
        /// The open question. GTK's objects stay on the main thread.
        static QUESTION: RefCell<Option<(MessageDialog, Answered)>> = const { RefCell::new(None) };
    }

    pub(super) fn show(text: &str) {
        // Without a display there is no message either. It is in the session's journal.
        if gtk::init().is_err() {
            return;
        }
        let dialog = builder(text).buttons(ButtonsType::Close).build();
        dialog.run();
        dialog.close();
    }

    pub(super) fn ask(app: &AppHandle, label: &str, text: &str, words: &NativeWords, answered: Answered) {
        withdraw();
        // Not modal: the window's own close button has to work beside it.
        let mut dialog = builder(text).buttons(ButtonsType::None).modal(false);
        if let Some(Ok(window)) = app.get_webview_window(label).map(|window| window.gtk_window()) {
            dialog = dialog.transient_for(&window);
        }
        let dialog = dialog.build();
        dialog.add_button(&words.close, ResponseType::Reject);
        dialog.add_button(&words.try_again, ResponseType::Accept);
        dialog.set_default_response(ResponseType::Accept);
        dialog.connect_response(|_, response| answer(response));
        dialog.show_all();
        // A kiosk's window fills the screen.
        dialog.set_keep_above(true);
        dialog.present();
        QUESTION.set(Some((dialog, answered)));
    }

    pub(super) fn withdraw() {
        if let Some((dialog, _)) = QUESTION.take() {
            dialog.close();
        }
    }

    fn answer(response: ResponseType) {
        let Some((dialog, answered)) = QUESTION.take() else { return };
        dialog.close();
        match response {
            ResponseType::Accept => answered(true),
            ResponseType::Reject => answered(false),
            // They closed the question.
            _ => {}
        }
    }

    fn builder(text: &str) -> gtk::builders::MessageDialogBuilder {
        MessageDialog::builder().title("Ringside").message_type(MessageType::Error).text(text)
    }
}

#[cfg(not(target_os = "linux"))]
mod platform {
    use rfd::{AsyncMessageDialog, MessageButtons, MessageDialog, MessageDialogResult, MessageLevel};
    use tauri::AppHandle;

    use super::Answered;
    use crate::native_words::NativeWords;

    pub(super) fn show(text: &str) {
        MessageDialog::new().set_level(MessageLevel::Error).set_title("Ringside").set_description(text).show();
    }

    /// Its buttons are the system's "Yes" and "No": other texts need a library on one of the systems.
    pub(super) fn ask(_: &AppHandle, _: &str, text: &str, _: &NativeWords, answered: Answered) {
        let dialog = AsyncMessageDialog::new().set_level(MessageLevel::Error).set_title("Ringside");
        let answer = dialog.set_description(text).set_buttons(MessageButtons::YesNo).show();
        tauri::async_runtime::spawn(async move { answered(matches!(answer.await, MessageDialogResult::Yes)) });
    }

    /// The library can't close what it has shown.
    pub(super) fn withdraw() {}
}
