//! Tests of the test tools: a test that can't fail proves nothing, so each tool is given something to find.

use std::time::Duration;

use system_tests::{Desktop, Failure, Place, Window, pictured};

const NOBODY: &str = "http://127.0.0.1:9";

#[tokio::test]
async fn a_complaint_on_the_console_and_a_barrier_on_the_page_are_found() -> Result<(), Failure> {
    let desktop = Desktop::start()?;
    let window = Window::open(&desktop, "somebody", NOBODY, Place::LEFT).await?;
    pictured(&window, "instruments", async {
        window.view("sign-in").await?;
        assert_eq!(window.complaints()?, Vec::<String>::new());
        assert!(window.violations().await?.is_empty());

        let script = "console.warn('watch out');
            const picture = document.createElement('img');
            picture.src = 'data:image/gif;base64,R0lGODlhAQABAAAAACw=';
            document.querySelector('main').append(picture);";
        window.ask::<()>(script, Vec::new()).await?;
        let complaints = window.complaints()?;
        assert!(complaints.iter().any(|line| line.contains("watch out")), "{complaints:?}");
        let violations = window.violations().await?;
        assert!(violations.iter().any(|violation| violation.id == "image-alt"), "{violations:#?}");
        Ok(())
    })
    .await;
    window.close().await
}

#[tokio::test]
async fn what_never_comes_is_named_with_what_is_there_instead() -> Result<(), Failure> {
    let desktop = Desktop::start()?;
    let window = Window::open(&desktop, "somebody", NOBODY, Place::LEFT).await?;
    pictured(&window, "never-comes", window.view("sign-in")).await;
    let usual = window.patience();
    let window = window.with_patience(Duration::from_secs(2));
    pictured(&window, "never-comes", async {
        let found = window.find("no-such-thing").await;
        let Err(Failure::InVain { what, screen, .. }) = found else { panic!("{found:?}") };
        assert_eq!(what, "no-such-thing");
        assert!(screen.contains("Ringside"), "{screen}");
        Ok(())
    })
    .await;
    window.with_patience(usual).close().await
}
