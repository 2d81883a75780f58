//! Mocks on the session bus: a person who does not answer a question, and an instance that refuses what it is asked for.

use zbus::zvariant::OwnedObjectPath;
use zbus::{Connection, connection, interface};

use crate::desktop::Desktop;
use crate::failure::Failure;

/// A prompt for the keyring's password that nobody answers: it stays until it is dropped.
pub struct UnansweredPromptMock(#[expect(dead_code, reason = "keeps its name")] Connection);

impl UnansweredPromptMock {
    /// Registers on `desktop`, before its keyring needs a password.
    pub async fn on(desktop: &Desktop) -> Result<Self, Failure> {
        let serve = |address: &str| {
            connection::Builder::address(address)?
                .name("org.gnome.keyring.SystemPrompter")?
                .serve_at("/org/gnome/keyring/Prompter", Prompter::default())
        };
        let bus = async { serve(&desktop.bus())?.build().await }.await;
        bus.map(Self).map_err(|error| refused(&error))
    }
}

/// The questions that wait, each with where its keyring wants to be called back.
#[derive(Default)]
struct Prompter(Vec<OwnedObjectPath>);

#[interface(name = "org.gnome.keyring.internal.Prompter")]
impl Prompter {
    fn begin_prompting(&mut self, callback: OwnedObjectPath) {
        self.0.push(callback);
    }
}

/// An instance of the application that a later start finds, and that refuses what it is asked for.
pub struct RefusingInstanceMock(#[expect(dead_code, reason = "keeps its name")] Connection);

impl RefusingInstanceMock {
    /// Registers on `desktop` as the instance of `profile`, whose name has no hyphen and no underscore.
    pub async fn on(desktop: &Desktop, profile: &str) -> Result<Self, Failure> {
        let name = format!("app.ringside.desktop.profile-{profile}.SingleInstance");
        // Only with an object does it answer at all: that it has no other.
        let serve = |address: &str| connection::Builder::address(address)?.name(name)?.serve_at("/", NoInstance);
        let bus = async { serve(&desktop.bus())?.build().await }.await;
        bus.map(Self).map_err(|error| refused(&error))
    }
}

struct NoInstance;

#[interface(name = "app.ringside.NoInstance")]
impl NoInstance {}

fn refused(error: &zbus::Error) -> Failure {
    Failure::Program { program: "the session bus".to_owned(), problem: format!("refused a mock: {error}") }
}
