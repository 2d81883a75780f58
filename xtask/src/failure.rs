//! Why a task ended early. Each message says what to do.

use std::path::PathBuf;

use crate::package_defect::PackageDefect;

/// See the module.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("{step} failed. To repeat this step alone:\n    cargo xtask test --only {step}\n\n{cause}")]
    Step { step: String, cause: Box<Failure> },
    #[error("{0}")]
    Command(#[from] xshell::Error),
    #[error("{what}: {cause}")]
    Io { what: String, cause: std::io::Error },
    #[error("`{command}` ended with {status}")]
    Ended { command: String, status: std::process::ExitStatus },
    #[error(
        "These Debian packages are missing, and this is neither root nor a machine with sudo. As root:\n    \
         apt-get update && apt-get install --yes --no-install-recommends {0}"
    )]
    NotRoot(String),
    #[error("This machine has no dpkg-query: the set-up is written for Debian 12. What it needs there: {0}")]
    NotDebian(String),
    #[error("Node {wanted} or newer is needed to build the windows; {found}")]
    Node { wanted: u32, found: String },
    #[error("ui/src/bridge/generated.ts is stale: run `cargo xtask codegen` and commit what it writes")]
    StaleTypeScript,
    #[error("ui/third-party.json is stale: run `cargo xtask licences` and commit what it writes")]
    StaleLicences,
    #[error("rustfmt would change this; `git ls-files '*.rs' | xargs rustfmt --edition 2024` does so:\n{0}")]
    Format(String),
    #[error("{what} is not understood: {cause}")]
    NotJson { what: &'static str, cause: serde_json::Error },
    #[error("{package} ({expression}) contains no licence text, and none is known that would be the same")]
    NoLicence { package: String, expression: String },
    #[error("{private} is set, {public} is not: the application must know the key its updates are signed with")]
    NoPublicKey { private: &'static str, public: &'static str },
    #[error("{}: {defect}", file.display())]
    Defect { file: PathBuf, defect: PackageDefect },
    #[error("no package was built in {}", .0.display())]
    NoPackage(PathBuf),
    #[error("What is measured is installed on this machine meanwhile, which needs root or sudo")]
    MayNotInstall,
    #[error("the API does not do what its description says: {0}")]
    NotConforming(String),
    #[error("Postgres did not become ready; its log:\n{0}")]
    Postgres(String),
}

/// Adds to an I/O error what was being done.
pub(crate) trait IoContext<T> {
    /// See the trait.
    fn context(self, what: impl Into<String>) -> Result<T, Failure>;
}

impl<T> IoContext<T> for std::io::Result<T> {
    fn context(self, what: impl Into<String>) -> Result<T, Failure> {
        self.map_err(|cause| Failure::Io { what: what.into(), cause })
    }
}
