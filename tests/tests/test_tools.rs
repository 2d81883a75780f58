//! Tests of the test tools: each is given something to find, because a tool that finds nothing proves nothing.

use std::time::Duration;

use system_tests::{Desktop, Failure, Place, Window, screenshot_on_failure};

const UNREACHABLE: &str = "http://127.0.0.1:9";

#[tokio::test]
async fn console_warnings_and_accessibility_violations_are_found() -> Result<(), Failure> {
    let desktop = Desktop::start()?;
    let window = Window::open(&desktop, "somebody", UNREACHABLE, Place::LEFT).await?;
    screenshot_on_failure(&window, "instruments", async {
        window.view("sign-in").await?;
        assert_eq!(window.console_problems()?, Vec::<String>::new());
        assert!(window.violations().await?.is_empty());

        let script = "console.warn('watch out');
            const picture = document.createElement('img');
            picture.src = 'data:image/gif;base64,R0lGODlhAQABAAAAACw=';
            document.querySelector('main').append(picture);";
        window.run_script::<()>(script, Vec::new()).await?;
        let console_problems = window.console_problems()?;
        assert!(console_problems.iter().any(|line| line.contains("watch out")), "{console_problems:?}");
        let violations = window.violations().await?;
        assert!(violations.iter().any(|violation| violation.id == "image-alt"), "{violations:#?}");
        Ok(())
    })
    .await;
    window.close().await
}

#[tokio::test]
async fn a_timed_out_wait_reports_what_was_expected_and_what_is_on_screen() -> Result<(), Failure> {
    let desktop = Desktop::start()?;
    let window = Window::open(&desktop, "somebody", UNREACHABLE, Place::LEFT).await?;
    screenshot_on_failure(&window, "never-comes", window.view("sign-in")).await;
    let default = window.timeout();
    let window = window.with_timeout(Duration::from_secs(2));
    screenshot_on_failure(&window, "never-comes", async {
        let found = window.find("no-such-thing").await;
        let Err(Failure::Timeout { what, screen, .. }) = found else { panic!("{found:?}") };
        assert_eq!(what, "no-such-thing");
        assert!(screen.contains("Ringside"), "{screen}");
        Ok(())
    })
    .await;
    window.with_timeout(default).close().await
}
