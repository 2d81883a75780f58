//! Signing in, in the real window: where errors appear, and what is stored.

use std::io::{Read, Write};
use std::net::TcpListener;

use system_tests::{Desktop, Failure, NetworkCondition, Place, Proxy, Server, Window, screenshot_on_failure};

/// An address at which nobody listens: port 9 is reserved for discarding.
const UNREACHABLE: &str = "http://127.0.0.1:9";

async fn sign_in(window: &Window, email: &str, password: &str) -> Result<(), Failure> {
    window.view("sign-in").await?;
    window.fill("email", email).await?;
    window.fill("password", password).await?;
    window.click("submit-sign-in").await
}

#[tokio::test]
async fn an_unreachable_server_is_reported_and_the_input_is_kept() -> Result<(), Failure> {
    let desktop = Desktop::start()?;
    let window = Window::open(&desktop, "somebody", UNREACHABLE, Place::LEFT).await?;
    screenshot_on_failure(&window, "unreachable-server", async {
        sign_in(&window, "mira@example.org", "does not matter").await?;
        window.find("failure[data-code='unreachable']").await?;
        assert_eq!(window.value("email").await?, "mira@example.org");
        assert_eq!(window.value("password").await?, "does not matter");
        // The address may be wrong, so it can be edited.
        window.find("server-url").await?;
        assert!(window.violations().await?.is_empty());
        assert_eq!(window.console_problems()?, Vec::<String>::new());
        Ok(())
    })
    .await;
    window.close().await
}

/// A mock HTTP server that always responds with `answer`, for as long as the test runs: the thread ends with the
/// process. What it represents (another product, a later server, a captive portal) is not available here.
fn mock_server(answer: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("it is bound"));
    std::thread::spawn(move || {
        for mut connection in listener.incoming().map_while(Result::ok) {
            let mut request = [0; 4096];
            if connection.read(&mut request).is_ok_and(|read| read > 0) {
                connection.write_all(answer.as_bytes()).ok();
            }
        }
    });
    url
}

/// Tries to sign in at `url` and expects the error `code`, with all input kept.
async fn expect_error(url: &str, code: &str) -> Result<(), Failure> {
    let desktop = Desktop::start()?;
    let window = Window::open(&desktop, "somebody", url, Place::LEFT).await?;
    screenshot_on_failure(&window, code, async {
        sign_in(&window, "mira@example.org", "does not matter").await?;
        window.find(&format!("failure[data-code='{code}']")).await?;
        assert_eq!(window.value("email").await?, "mira@example.org");
        assert_eq!(window.value("password").await?, "does not matter");
        window.find("server-url").await?;
        Ok(())
    })
    .await;
    window.close().await
}

#[tokio::test]
async fn another_web_server_is_not_mistaken_for_ringside() -> Result<(), Failure> {
    let page = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello";
    expect_error(&mock_server(page.to_owned()), "not-ringside").await
}

#[tokio::test]
async fn a_server_of_another_version_is_reported_as_such() -> Result<(), Failure> {
    let answer = "HTTP/1.1 200 OK\r\nRingside-Api-Version: 2\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\
                  Connection: close\r\n\r\n{}";
    expect_error(&mock_server(answer.to_owned()), "other-version").await
}

#[tokio::test]
async fn a_password_is_not_sent_along_a_redirect() -> Result<(), Failure> {
    let server = Server::start()?;
    let elsewhere = format!("{}/v1/auth/login", server.url());
    let redirect = format!(
        "HTTP/1.1 307 Temporary Redirect\r\nLocation: {elsewhere}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    );
    expect_error(&mock_server(redirect), "not-ringside").await?;
    let metrics = reqwest::get(server.metrics()).await.expect("it answers").text().await;
    assert!(!metrics.expect("it is text").contains("/v1/auth/login"), "no request arrived");
    Ok(())
}

#[tokio::test]
async fn b56_the_proxy_of_the_desktop_s_settings_is_used() -> Result<(), Failure> {
    let challenge = "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\
                     Connection: close\r\n\r\n";
    let proxy = mock_server(challenge.to_owned());
    let port = proxy.rsplit(':').next().expect("a port");
    let mut desktop = Desktop::start()?;
    let settings = desktop.path().join("config/glib-2.0/settings");
    std::fs::create_dir_all(&settings).expect("the desktop's own directory");
    let text = format!(
        "[system/proxy]\nmode='manual'\n[system/proxy/https]\nhost='127.0.0.1'\nport={port}\n\
         [org/gnome/system/proxy]\nmode='manual'\n[org/gnome/system/proxy/https]\nhost='127.0.0.1'\nport={port}\n"
    );
    std::fs::write(settings.join("keyfile"), text).expect("the desktop's own directory");
    desktop.set("GSETTINGS_BACKEND", "keyfile");
    desktop.set("XDG_CURRENT_DESKTOP", "GNOME");
    // Nobody has this name, so it is only reached through the proxy.
    let window = Window::open(&desktop, "somebody", "https://ringside.invalid", Place::LEFT).await?;
    screenshot_on_failure(&window, "desktop-proxy", async {
        sign_in(&window, "mira@example.org", "does not matter").await?;
        window.find("failure[data-code='proxy-sign-in']").await.map(drop)
    })
    .await;
    window.close().await
}

#[tokio::test]
async fn b02_a_wrong_password_and_an_unknown_address_get_the_same_message() -> Result<(), Failure> {
    let server = Server::start()?;
    let desktop = Desktop::start()?;
    let window = Window::open(&desktop, "somebody", server.url(), Place::LEFT).await?;
    screenshot_on_failure(&window, "wrong-password", async {
        sign_in(&window, &server.first("athlete")?.email, "not the password").await?;
        let wrong = window.text("failure[data-code='wrong-credentials']").await?;
        sign_in(&window, "nobody@example.org", "not the password").await?;
        let unknown = window.text("failure[data-code='wrong-credentials']").await?;
        assert_eq!(wrong, unknown);
        Ok(())
    })
    .await;
    window.close().await
}

#[tokio::test]
async fn b03_a_sign_in_is_kept_after_a_restart_with_a_keyring() -> Result<(), Failure> {
    let server = Server::start()?;
    let desktop = Desktop::start()?;
    let account = server.first("athlete")?;
    let window = Window::open(&desktop, "athlete", server.url(), Place::LEFT).await?;
    screenshot_on_failure(&window, "sign-in-kept", async {
        sign_in(&window, &account.email, &account.password).await?;
        window.view("start").await?;
        assert!(!window.shows("notice").await?);
        Ok(())
    })
    .await;
    window.close().await?;
    let window = Window::open(&desktop, "athlete", server.url(), Place::LEFT).await?;
    screenshot_on_failure(&window, "sign-in-kept-again", window.view("start")).await;
    window.close().await
}

#[tokio::test]
async fn b03_without_a_keyring_the_person_is_told_and_signs_in_again_after_a_restart() -> Result<(), Failure> {
    let server = Server::start()?;
    let desktop = Desktop::without_keyring()?;
    let account = server.first("athlete")?;
    let window = Window::open(&desktop, "athlete", server.url(), Place::LEFT).await?;
    screenshot_on_failure(&window, "memory-only", async {
        sign_in(&window, &account.email, &account.password).await?;
        window.view("start").await?;
        window.find("notice").await?;
        Ok(())
    })
    .await;
    window.close().await?;
    let window = Window::open(&desktop, "athlete", server.url(), Place::LEFT).await?;
    screenshot_on_failure(&window, "memory-only-again", window.view("sign-in")).await;
    window.close().await
}

/// A window without a session bus, whose address is `bus`: everything works, and the sign-in lasts as long as it does.
async fn works_without_session_bus(bus: Option<&str>) -> Result<(), Failure> {
    let (server, mut desktop) = (Server::start()?, Desktop::without_keyring()?);
    match bus {
        Some(address) => desktop.set("DBUS_SESSION_BUS_ADDRESS", address),
        None => desktop.unset("DBUS_SESSION_BUS_ADDRESS"),
    }
    let account = server.first("athlete")?;
    let window = Window::open(&desktop, "athlete", server.url(), Place::LEFT).await?;
    screenshot_on_failure(&window, "no-session-bus", async {
        sign_in(&window, &account.email, &account.password).await?;
        window.find("link-state[data-state='live']").await?;
        window.view("start").await?;
        window.find("notice").await.map(drop)
    })
    .await;
    window.press_close(&desktop)?;
    desktop.wait_until_closed("athlete").await
}

#[tokio::test]
async fn a_window_works_without_a_session_bus() -> Result<(), Failure> {
    works_without_session_bus(None).await
}

#[tokio::test]
async fn a_window_works_where_the_session_bus_is_disabled() -> Result<(), Failure> {
    works_without_session_bus(Some("disabled:")).await
}

#[tokio::test]
async fn a_window_works_where_the_session_bus_is_gone() -> Result<(), Failure> {
    works_without_session_bus(Some("unix:path=/nonexistent/bus")).await
}

#[tokio::test]
async fn b03_the_person_is_signed_in_when_the_keyring_starts_after_the_application() -> Result<(), Failure> {
    let (server, mut desktop) = (Server::start()?, Desktop::start()?);
    desktop.sign_in("athlete", server.url(), server.first("athlete")?)?;
    desktop.stop_keyring();
    let window = Window::open(&desktop, "athlete", server.url(), Place::LEFT).await?;
    screenshot_on_failure(&window, "late-keyring", async {
        window.view("sign-in").await?;
        desktop.unlock_keyring()?;
        window.find("link-state[data-state='live']").await?;
        window.view("start").await
    })
    .await;
    window.close().await
}

#[tokio::test]
async fn b03_signing_out_works_without_server_and_keyring() -> Result<(), Failure> {
    let (server, mut desktop) = (Server::start()?, Desktop::start()?);
    let proxy = Proxy::in_front_of(server.url()).await?;
    let account = server.first("athlete")?;
    let window = Window::open(&desktop, "athlete", proxy.url().as_str(), Place::LEFT).await?;
    screenshot_on_failure(&window, "nobody-hears", async {
        sign_in(&window, &account.email, &account.password).await?;
        window.find("link-state[data-state='live']").await?;
        desktop.stop_keyring();
        proxy.set(NetworkCondition::Down);
        window.find("link-state[data-state='offline']").await?;
        window.click("open-settings").await?;
        window.click("sign-out").await?;
        window.view("sign-in").await
    })
    .await;
    window.press_close(&desktop)?;
    desktop.wait_until_closed("athlete").await?;
    desktop.unlock_keyring()?;
    proxy.set(NetworkCondition::Normal);
    let window = Window::open(&desktop, "athlete", proxy.url().as_str(), Place::LEFT).await?;
    screenshot_on_failure(&window, "both-are-back", window.view("sign-in")).await;
    window.close().await
}
