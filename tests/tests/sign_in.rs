//! Signing in, in the real window: what goes wrong is said where it belongs, and what is kept is really kept.

use system_tests::{Desktop, Failure, Place, Window, pictured};

/// An address at which nobody listens: port 9 is reserved for discarding.
const NOBODY: &str = "http://127.0.0.1:9";

#[tokio::test]
async fn an_unreachable_server_is_said_in_words_and_nothing_typed_is_lost() -> Result<(), Failure> {
    let desktop = Desktop::start()?;
    let window = Window::open(&desktop, "somebody", NOBODY, Place::LEFT).await?;
    pictured(&window, "unreachable-server", async {
        window.view("sign-in").await?;
        window.fill("email", "mira@example.org").await?;
        window.fill("password", "does not matter").await?;
        window.click("submit-sign-in").await?;
        window.find("failure").await?;
        assert_eq!(window.value("email").await?, "mira@example.org");
        assert_eq!(window.value("password").await?, "does not matter");
        assert!(window.violations().await?.is_empty());
        assert_eq!(window.complaints()?, Vec::<String>::new());
        Ok(())
    })
    .await;
    window.close().await
}
