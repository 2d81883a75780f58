//! Finds, downloads, verifies and installs packages of newer versions on this system, with Tauri's updater.
//!
//! Deliberately absent: when to do so, and what the person sees; the core decides that. The web view is not involved.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Poll;
use std::time::Duration;

use futures_util::future::BoxFuture;
use ringside_core::bridge::UpdateProblem;
use ringside_core::updates::{Question, Release, Updater};
use ringside_core::{ServerUrl, proxy_for};
use semver::Version;
use tauri::utils::platform::bundle_type;
use tauri::{AppHandle, Url};
use tauri_plugin_updater::{Error, Update, UpdaterBuilder, UpdaterExt};

use crate::system_proxy;

/// The time limit for establishing a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long the server may send nothing, in an answer or a package.
const READ_TIMEOUT: Duration = Duration::from_secs(30);

/// The most bytes of a package, which is kept in memory until its signature is verified. The largest of ours is an `AppImage`
/// of about a hundred megabytes.
const MAX_PACKAGE_BYTES: u64 = 300_000_000;

/// The updater of this application.
pub(crate) struct TauriUpdater {
    app: AppHandle,
}

impl TauriUpdater {
    /// `None` unless the application was installed from a package that can be replaced, and was built with a public key
    /// to verify packages.
    pub(crate) fn for_app(app: &AppHandle) -> Option<Arc<dyn Updater>> {
        let settings = app.config().plugins.0.get("updater")?;
        let has_key = settings.get("pubkey")?.as_str().is_some_and(|key| !key.is_empty());
        (has_key && bundle_type().is_some()).then(|| Arc::new(Self { app: app.clone() }) as Arc<dyn Updater>)
    }

    /// `server`: whom it will ask.
    fn builder(&self, server: Option<&ServerUrl>) -> UpdaterBuilder {
        // The server a person entered may use plain http on this machine; the plugin refuses that by itself.
        let builder = self
            .app
            .updater_builder()
            .configure_client(|client| client.connect_timeout(CONNECT_TIMEOUT).read_timeout(READ_TIMEOUT));
        let proxy = server.and_then(|server| proxy_for(server, system_proxy::LOOKUP));
        let proxy = proxy.and_then(|url| Url::parse(&url).ok());
        proxy.into_iter().fold(builder, UpdaterBuilder::proxy)
    }

    fn builder_for(&self, question: &Question) -> Result<UpdaterBuilder, Error> {
        let endpoint = format!(
            "{}/v1/updates/{}/{{{{target}}}}/{{{{arch}}}}/{{{{bundle_type}}}}/{{{{current_version}}}}",
            question.source.server,
            question.source.channel.as_str()
        );
        self.builder(Some(&question.source.server))
            .header("ringside-rollout-bucket", question.bucket.to_string())?
            .endpoints(vec![endpoint.parse()?])
    }

    /// The plugin's update for a release that was found earlier.
    fn update(&self, release: &Release) -> Result<Update, UpdateProblem> {
        // The plugin requires an endpoint, although we have the manifest.
        let endpoint: Url = "https://unused.invalid".parse().map_err(|_| UpdateProblem::Internal)?;
        let package = release.manifest["url"].as_str().and_then(|url| Url::parse(url).ok());
        let server = package.and_then(|url| url.origin().ascii_serialization().parse().ok());
        let builder = self.builder(server.as_ref()).endpoints(vec![endpoint]);
        let updater = builder.and_then(UpdaterBuilder::build).map_err(update_problem)?;
        let update = updater.restore_update(release.manifest.clone()).map_err(update_problem)?;
        update.ok_or(UpdateProblem::Internal)
    }
}

impl Updater for TauriUpdater {
    fn current(&self) -> Version {
        self.app.package_info().version.clone()
    }

    fn check(&self, question: Question) -> BoxFuture<'_, Result<Option<Release>, UpdateProblem>> {
        Box::pin(async move {
            let updater = self.builder_for(&question).and_then(UpdaterBuilder::build).map_err(update_problem)?;
            let Some(update) = updater.check().await.map_err(update_problem)? else { return Ok(None) };
            let version = update.version.parse().map_err(|_| UpdateProblem::NotUnderstood)?;
            // Release notes are optional.
            let notes = serde_json::from_value(update.raw_json["notes_by_language"].clone()).unwrap_or_default();
            Ok(Some(Release { version, notes, manifest: update.raw_json }))
        })
    }

    fn download<'a>(
        &'a self,
        release: &'a Release,
        progress: &'a (dyn Fn(u64, Option<u64>) + Send + Sync),
    ) -> BoxFuture<'a, Result<Vec<u8>, UpdateProblem>> {
        Box::pin(async move {
            let (mut received, size) = (0, AtomicU64::new(0));
            let on_chunk = |bytes: usize, total: Option<u64>| {
                received += bytes as u64;
                size.store(received.max(total.unwrap_or(0)), Ordering::Relaxed);
                progress(received, total);
            };
            let update = self.update(release)?;
            let download = async { update.download(on_chunk, || {}).await.map_err(update_problem) };
            within(MAX_PACKAGE_BYTES, &size, download).await
        })
    }

    fn install(&self, release: &Release, package: &[u8]) -> Result<(), UpdateProblem> {
        // A failure to start the installer (no sudo, a refused elevation) is reported as an I/O error.
        self.update(release)?.install(package).map_err(|error| match update_problem(error) {
            UpdateProblem::Disk | UpdateProblem::Internal => UpdateProblem::NotInstalled,
            problem => problem,
        })
    }

    fn restart(&self) {
        self.app.request_restart();
    }
}

/// Downloads, unless the package has more than `most` bytes or is announced to; then nothing more of it is received. The
/// plugin itself has no limit.
///
/// `size`: how many bytes there are, as far as `download` knows.
async fn within<T>(
    most: u64,
    size: &AtomicU64,
    download: impl Future<Output = Result<T, UpdateProblem>>,
) -> Result<T, UpdateProblem> {
    let mut download = pin!(download);
    poll_fn(|context| {
        let polled = download.as_mut().poll(context);
        if size.load(Ordering::Relaxed) > most { Poll::Ready(Err(UpdateProblem::TooLarge)) } else { polled }
    })
    .await
}

/// Maps the plugin's error to the one a person sees. The log has all of it.
#[allow(clippy::needless_pass_by_value, reason = "passed to `map_err`")]
fn update_problem(error: Error) -> UpdateProblem {
    tracing::warn!(error = &error as &dyn std::error::Error, "the updater failed");
    match error {
        Error::Reqwest(error) if error.is_timeout() => UpdateProblem::NoAnswer,
        Error::Reqwest(error) if error.is_connect() => UpdateProblem::Unreachable,
        // Checked before an interrupted body: a manifest that is not JSON is an error of both kinds.
        Error::Reqwest(error) if is_json(&error) => UpdateProblem::NotUnderstood,
        Error::Reqwest(error) if error.is_body() || error.is_decode() => UpdateProblem::Interrupted,
        Error::Reqwest(_) => UpdateProblem::Unreachable,
        Error::InsecureTransportProtocol => UpdateProblem::NotByHttps,
        Error::Network(_) | Error::ReleaseNotFound => UpdateProblem::ServerError,
        Error::Serialization(_) | Error::Semver(_) | Error::TargetNotFound(_) | Error::TargetsNotFound(_) => {
            UpdateProblem::NotUnderstood
        }
        Error::Minisign(_)
        | Error::Base64(_)
        | Error::SignatureUtf8(_)
        | Error::SignedVersionMismatch { .. }
        | Error::MissingSignedVersion
        | Error::InvalidUpdaterFormat => UpdateProblem::BadSignature,
        Error::AuthenticationFailed | Error::DebInstallFailed | Error::PackageInstallFailed => {
            UpdateProblem::NotInstalled
        }
        Error::Io(_) | Error::TempDirNotFound | Error::TempDirNotOnSameMountPoint => UpdateProblem::Disk,
        _ => UpdateProblem::Internal,
    }
}

/// Whether the body was complete but is not JSON.
fn is_json(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut cause = error.source();
    while let Some(error) = cause {
        if error.is::<serde_json::Error>() {
            return true;
        }
        cause = error.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use tokio::task::yield_now;

    use super::*;

    #[tokio::test]
    async fn a_package_without_an_end_is_too_large() {
        let size = AtomicU64::new(0);
        let endless = async {
            loop {
                size.fetch_add(10, Ordering::Relaxed);
                yield_now().await;
            }
        };
        assert_eq!(within::<()>(100, &size, endless).await, Err(UpdateProblem::TooLarge));
        assert_eq!(size.load(Ordering::Relaxed), 110, "nothing more was received");
    }

    #[tokio::test]
    async fn a_package_of_just_the_greatest_size_is_downloaded() {
        let size = AtomicU64::new(100);
        assert_eq!(within(100, &size, async { Ok("whole") }).await, Ok("whole"));
    }
}
