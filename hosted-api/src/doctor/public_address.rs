//! Whether people reach this server at its public address, and what they find there if not.
//!
//! This machine may see something else under that name than others do: a router that doesn't lead back to its own network,
//! a name that is only known outside. So what was found is a warning, except where it can't be right for anybody.
//!
//! Deliberately absent: whether the proxy holds the event stream back. There is no stream without a sign-in.

use std::error::Error;
use std::time::Duration;

use reqwest::header::LOCATION;
use reqwest::{Client, Response, StatusCode, redirect};
use training::wire::API_VERSION;

use super::Check;
use crate::updates::PublicUrl;

const WHAT: &str = "public address";
/// How long a name may take to be resolved, and an address to answer.
const PROBE_TIMEOUT: Duration = Duration::from_secs(5);
/// The header that every answer of a server has, and no other program's.
const VERSION_HEADER: &str = "ringside-api-version";
/// What `/healthz` says.
const HEALTHY: &str = "ok";

/// What answers at the public address.
pub(super) async fn public_address(url: Option<&PublicUrl>) -> Check {
    let Some(url) = url else {
        return Check::warning(
            WHAT,
            "RINGSIDE_PUBLIC_URL is not set, so links lead to where the server listens: set it to the address people \
             reach the server at, such as https://ringside.example",
        );
    };
    let target = url.host_and_port();
    match tokio::time::timeout(PROBE_TIMEOUT, tokio::net::lookup_host(&target)).await {
        Ok(Ok(_)) => {}
        Ok(Err(error)) => {
            return Check::warning(
                WHAT,
                format!("the name in {target} is not known here ({error}): check its spelling and its DNS record"),
            );
        }
        Err(_elapsed) => {
            return Check::warning(WHAT, format!("no DNS server answers about {target}: check the network"));
        }
    }
    // What this machine would be sent through is not what other people's are.
    let client = Client::builder().no_proxy().redirect(redirect::Policy::none()).timeout(PROBE_TIMEOUT).build();
    let client = match client {
        Ok(client) => client,
        Err(error) => return Check::warning(WHAT, format!("{} can't be asked ({error})", url.as_str())),
    };
    match client.get(url.at(&["healthz"])).send().await {
        Ok(answer) => describe(&client, url, answer).await,
        Err(error) => Check::warning(WHAT, unreachable(&target, &error)),
    }
}

/// What an answer says about who gave it.
async fn describe(client: &Client, url: &PublicUrl, answer: Response) -> Check {
    let (address, status) = (url.as_str(), answer.status());
    if let Some(version) = version(&answer) {
        if version != API_VERSION {
            let finding = format!("a Ringside of another version ({version}, not {API_VERSION}) answers at {address}");
            return Check::problem(WHAT, format!("{finding}: check where the reverse proxy leads"));
        }
        if status == StatusCode::OK && answer.text().await.is_ok_and(|text| text.trim() == HEALTHY) {
            return Check::ok(WHAT, format!("Ringside answers at {address}"));
        }
        if status == StatusCode::NOT_FOUND && url.has_path() {
            return Check::problem(
                WHAT,
                format!(
                    "Ringside answers at {address}, but gets the path as well: have the reverse proxy take it away, or \
                     leave it out of RINGSIDE_PUBLIC_URL"
                ),
            );
        }
        return Check::warning(WHAT, format!("Ringside answers at {address} with {status}: see its log"));
    }
    if url.has_path() && is_ringside(client, &url.without_path()).await {
        return Check::problem(
            WHAT,
            format!("Ringside is not at {address}, but at its host without a path: correct RINGSIDE_PUBLIC_URL"),
        );
    }
    Check::warning(WHAT, something_else(address, &answer))
}

fn something_else(address: &str, answer: &Response) -> String {
    let status = answer.status();
    if status.is_redirection() {
        let to = answer.headers().get(LOCATION).and_then(|to| to.to_str().ok()).unwrap_or("elsewhere");
        return format!("{address} leads to {to}: set RINGSIDE_PUBLIC_URL to the address that answers by itself");
    }
    if matches!(status, StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT) {
        return format!(
            "a proxy answers at {address} with {status}: check that the server runs, and that the proxy leads to \
             RINGSIDE_LISTEN"
        );
    }
    format!(
        "another program than Ringside answers at {address} (with {status}): check RINGSIDE_PUBLIC_URL and the reverse \
         proxy; or this machine reaches something else under that name than others do"
    )
}

/// Why there is no answer.
fn unreachable(target: &str, error: &reqwest::Error) -> String {
    if let Some(reason) = certificate_problem(error) {
        return format!(
            "the certificate at {target} is not trusted here ({reason}): check its name, its date and that the whole \
             chain is sent; without a list of authorities, Debian's ca-certificates, a machine trusts none"
        );
    }
    if error.is_timeout() {
        return format!("{target} does not answer: check the network and its firewall");
    }
    let cause = root_cause(error);
    if error.is_connect() {
        return format!("nothing answers at {target} ({cause}): check the port, the proxy and that the server runs");
    }
    format!("what answers at {target} is no web server ({cause}): check RINGSIDE_PUBLIC_URL and the proxy")
}

/// Why a certificate was refused, if one was.
fn certificate_problem(error: &(dyn Error + 'static)) -> Option<String> {
    if let Some(rustls::Error::InvalidCertificate(reason)) = error.downcast_ref() {
        return Some(reason.to_string());
    }
    certificate_problem(source(error)?)
}

fn root_cause(error: &(dyn Error + 'static)) -> String {
    source(error).map_or_else(|| error.to_string(), root_cause)
}

/// The source of an error. That of an I/O error is the source of the error inside it, which would be skipped.
fn source<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    let inner = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    inner.map_or_else(|| error.source(), |inner| Some(inner))
}

async fn is_ringside(client: &Client, url: &PublicUrl) -> bool {
    client.get(url.at(&["healthz"])).send().await.is_ok_and(|answer| version(&answer).is_some())
}

fn version(answer: &Response) -> Option<String> {
    Some(answer.headers().get(VERSION_HEADER)?.to_str().ok()?.to_owned())
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::http::header::CONTENT_TYPE;
    use axum::response::Redirect;
    use axum::routing::get;

    use super::*;
    use crate::doctor::Health;
    use crate::testing::World;

    /// Serves these routes; returns where.
    async fn served(routes: Router) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move { axum::serve(listener, routes).await });
        format!("http://{address}")
    }

    async fn check(url: &str) -> Check {
        public_address(Some(&url.parse().expect("an address"))).await
    }

    async fn assert_found(url: &str, health: Health, what: &str) {
        let found = check(url).await;
        assert_eq!(found.health, health, "{}", found.finding);
        assert!(found.finding.contains(what), "{what}: {}", found.finding);
    }

    #[tokio::test]
    async fn this_server_is_told_from_every_other() {
        World::on_sqlite(|world| async move {
            assert_found(&world.base, Health::Ok, "Ringside answers").await;
            assert_found(&format!("{}/studio", world.base), Health::Problem, "gets the path as well").await;
            // Beside another program, under a path that the proxy does not know.
            let base = world.base.clone();
            let proxied = get(move || {
                let base = base.clone();
                async move {
                    let answer = reqwest::get(format!("{base}/healthz")).await.expect("it answers");
                    let version = answer.headers()[VERSION_HEADER].clone();
                    ([(VERSION_HEADER, version)], answer.text().await.expect("text"))
                }
            });
            let beside = served(Router::new().route("/healthz", proxied)).await;
            assert_found(&format!("{beside}/studio"), Health::Problem, "at its host without a path").await;
        })
        .await;
        let other = served(Router::new().route("/healthz", get(|| async { "ok\n" }))).await;
        assert_found(&other, Health::Warning, "another program than Ringside").await;
        let page = get(|| async { ([(CONTENT_TYPE, "text/html")], "<h1>Welcome to nginx!</h1>") });
        assert_found(&served(Router::new().fallback(page)).await, Health::Warning, "another program").await;
        let newer = get(|| async { ([(VERSION_HEADER, "99")], "ok\n") });
        let newer = served(Router::new().route("/healthz", newer)).await;
        assert_found(&newer, Health::Problem, "another version (99").await;
        let away = Router::new().fallback(|| async { Redirect::permanent("https://ringside.example/healthz") });
        assert_found(&served(away).await, Health::Warning, "leads to https://ringside.example/healthz").await;
        let down = served(Router::new().fallback(|| async { StatusCode::BAD_GATEWAY })).await;
        assert_found(&down, Health::Warning, "a proxy answers").await;
    }

    #[tokio::test]
    async fn what_does_not_answer_is_told_by_its_cause() {
        // A name that no DNS has (RFC 6761).
        assert_found("https://ringside.invalid", Health::Warning, "ringside.invalid").await;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let mute = tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                tokio::io::AsyncWriteExt::write_all(&mut socket, b"220 mail ready\r\n").await.ok();
            }
        });
        assert_found(&format!("http://{address}"), Health::Warning, "is no web server").await;
        mute.abort();
        assert!(mute.await.is_err());
        assert_found(&format!("http://{address}"), Health::Warning, "nothing answers").await;
    }

    #[test]
    fn an_untrusted_certificate_is_found_within_what_it_caused() {
        let refused = rustls::Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer);
        let error = std::io::Error::other(std::io::Error::other(refused));
        assert_eq!(certificate_problem(&error).as_deref(), Some("UnknownIssuer"));
        assert_eq!(certificate_problem(&std::io::Error::other("x")), None);
    }
}
