//! Behaviour 56: the system's certificates count, and one that isn't trusted is called that.

use std::io::Write;
use std::process::{Output, Stdio};

use system_tests::{Desktop, Failure, Server, TlsProxy};

/// Signs in through `proxy`, on a desktop that trusts what its environment says.
fn sign_in(desktop: &Desktop, server: &Server, proxy: &TlsProxy) -> Result<Output, Failure> {
    let account = server.first("trainer")?;
    let mut sign_in = desktop.program("ringside-sign-in")?;
    sign_in.args(["--profile", "trainer", "--server", proxy.url()]).arg("--home").arg(desktop.ringside_home());
    let piped = sign_in.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut process = piped.spawn().expect("it is built");
    let mut input = process.stdin.take().expect("it is piped");
    writeln!(input, "{}\n{}", account.email, account.password).expect("it reads");
    drop(input);
    Ok(process.wait_with_output().expect("it ends"))
}

#[tokio::test(flavor = "multi_thread")]
async fn b56_an_untrusted_certificate_is_called_that_with_its_issuer() -> Result<(), Failure> {
    let (server, desktop) = (Server::start()?, Desktop::without_keyring()?);
    let proxy = TlsProxy::in_front_of(server.url()).await?;
    let failed = tokio::task::block_in_place(|| sign_in(&desktop, &server, &proxy))?;
    let stderr = String::from_utf8_lossy(&failed.stderr).into_owned();
    assert!(!failed.status.success(), "{stderr}");
    assert!(stderr.contains("Certificate") && stderr.contains("rcgen self signed cert"), "{stderr}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn b56_a_certificate_of_an_authority_that_the_system_trusts_is_accepted() -> Result<(), Failure> {
    let (server, mut desktop) = (Server::start()?, Desktop::without_keyring()?);
    let proxy = TlsProxy::in_front_of(server.url()).await?;
    desktop.set("SSL_CERT_FILE", proxy.authority());
    let answered = tokio::task::block_in_place(|| sign_in(&desktop, &server, &proxy))?;
    // The proxy passes on requests without a body only, so the server refuses this one: it has answered.
    let stderr = String::from_utf8_lossy(&answered.stderr).into_owned();
    assert!(stderr.contains("Server(MethodNotAllowed)"), "{stderr}");
    Ok(())
}
