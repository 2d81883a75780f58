//! The steps of `cargo xtask test`, in the order in which they run.

use clap::ValueEnum;
use serde::Deserialize;
use xshell::{Shell, cmd};

use crate::cargo::cargo;
use crate::codegen;
use crate::conformance;
use crate::failure::Failure;
use crate::licences;
use crate::postgres::{self, Cluster, Durability};
use crate::setup::npm::NPM;
use crate::setup::tools;
use crate::test_summary::TestSummary;

/// A step. Quick ones, and those that others need, come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Step {
    /// rustfmt changes nothing
    Fmt,
    /// svelte-check and TypeScript find nothing
    UiCheck,
    /// eslint finds nothing
    UiLint,
    /// prettier changes nothing
    UiFormat,
    /// vitest
    UiTest,
    /// npm knows no vulnerability of what the windows are made of
    UiAudit,
    /// The windows' pages are built
    UiBuild,
    /// The list of third-party software names what is delivered, with its licences
    Licences,
    /// clippy finds nothing
    Clippy,
    /// rustdoc finds nothing
    Doc,
    /// cargo-deny: licences, sources, duplicates, advisories
    Deny,
    /// Every crate, program and test is built
    Build,
    /// The generated TypeScript is current
    Codegen,
    /// Every Rust test, with real windows, on SQLite and Postgres
    Test,
    /// The API does what its description says: a short run of schemathesis in every role on both databases
    Conformance,
}

impl Step {
    /// Runs this step.
    pub(crate) fn run(self, sh: &Shell, summary: &mut TestSummary) -> Result<(), Failure> {
        match self {
            Self::Fmt => fmt(sh)?,
            Self::UiCheck => npm(sh, "check")?,
            Self::UiLint => npm(sh, "lint")?,
            Self::UiFormat => npm(sh, "format:check")?,
            Self::UiTest => {
                let _ui = sh.push_dir("ui");
                summary.run(cmd!(sh, "npm run --silent test"))?;
            }
            Self::UiAudit => audit(sh)?,
            Self::UiBuild => npm(sh, "build")?,
            Self::Licences => licences::check(sh)?,
            Self::Clippy => {
                ensure_pages(sh)?;
                cargo(sh).args(["clippy", "--locked", "--workspace", "--all-targets", "--", "-D", "warnings"]).run()?;
            }
            Self::Doc => {
                ensure_pages(sh)?;
                cargo(sh)
                    .args(["doc", "--locked", "--workspace", "--no-deps", "--document-private-items", "--quiet"])
                    .env("RUSTDOCFLAGS", "-D warnings")
                    .run()?;
            }
            Self::Deny => deny(sh)?,
            Self::Build => {
                ensure_pages(sh)?;
                build(sh)?;
            }
            Self::Codegen => codegen::check(sh)?,
            Self::Test => {
                ensure_pages(sh)?;
                build(sh)?;
                let cluster = Cluster::start(sh, Durability::Off)?;
                // libtest prints times only with an unstable option, which this variable allows. A runner sets it, and not
                // cargo's environment, in which everything would be compiled again.
                let times = ["--", "-Z", "unstable-options", "--report-time"];
                summary.run(
                    cargo(sh)
                        .args(["--config", r#"target."cfg(all())".runner = ["env", "RUSTC_BOOTSTRAP=1"]"#])
                        .args(["test", "--locked", "--workspace", "--no-fail-fast", "--lib", "--bins", "--tests"])
                        .args(times)
                        .env(postgres::ADDRESS, cluster.address()),
                )?;
                summary.run(cargo(sh).args(["test", "--locked", "--workspace", "--no-fail-fast", "--doc"]))?;
            }
            Self::Conformance => conformance::conformance(sh, conformance::FEW_EXAMPLES)?,
        }
        Ok(())
    }
}

impl std::fmt::Display for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.to_possible_value().expect("no step is hidden").get_name())
    }
}

/// Checks every Rust file of the repository: `cargo fmt` misses the modules that a macro declares.
fn fmt(sh: &Shell) -> Result<(), Failure> {
    let listed = cmd!(sh, "git ls-files *.rs").quiet().read()?;
    let files: Vec<&str> = listed.lines().collect();
    let output = cmd!(sh, "rustfmt --edition 2024 --check {files...}").quiet().ignore_status().output()?;
    if output.status.success() {
        return Ok(());
    }
    let words = [output.stdout, output.stderr].map(|words| String::from_utf8_lossy(&words).into_owned());
    Err(Failure::Format(words.concat()))
}

/// Builds every program, test and example in one command, so that features unify and nothing is built twice.
pub(crate) fn build(sh: &Shell) -> Result<(), Failure> {
    Ok(cargo(sh).args(["build", "--locked", "--workspace", "--all-targets"]).run()?)
}

/// Runs a script of the windows' npm package.
pub(crate) fn npm(sh: &Shell, script: &str) -> Result<(), Failure> {
    let _ui = sh.push_dir("ui");
    Ok(cmd!(sh, "{NPM} run --silent {script}").run()?)
}

/// Builds the windows' pages unless they are there: the application contains them, and can't be compiled without.
pub(crate) fn ensure_pages(sh: &Shell) -> Result<(), Failure> {
    if sh.path_exists("ui/dist/index.html") { Ok(()) } else { npm(sh, "build") }
}

fn deny(sh: &Shell) -> Result<(), Failure> {
    let cargo_deny = tools::path("cargo-deny");
    // An exception that is not needed any more goes.
    let checks = ["-D", "unmatched-skip", "bans", "licenses", "sources"];
    cmd!(sh, "{cargo_deny} --locked --workspace check --hide-inclusion-graph {checks...}").run()?;
    // The advisories come from a git repository, which a machine without a way to it can't ask.
    if cmd!(sh, "{cargo_deny} --locked fetch db").ignore_stdout().ignore_stderr().run().is_ok() {
        cmd!(sh, "{cargo_deny} --locked --offline --workspace check advisories").run()?;
    } else {
        println!("advisories: not checked, the advisory database can't be reached from here");
    }
    Ok(())
}

/// What `npm audit` answers, as far as it matters. Without an answer of the registry it has no counts.
#[derive(Deserialize)]
struct Audit {
    metadata: Option<AuditMetadata>,
}

#[derive(Deserialize)]
struct AuditMetadata {
    vulnerabilities: Vulnerabilities,
}

#[derive(Deserialize)]
struct Vulnerabilities {
    total: u32,
}

/// Vulnerabilities that the registry knows of; not every registry can be asked.
fn audit(sh: &Shell) -> Result<(), Failure> {
    let _ui = sh.push_dir("ui");
    let answer = cmd!(sh, "{NPM} audit --json").ignore_status().ignore_stderr().read()?;
    let audit: Audit =
        serde_json::from_str(&answer).map_err(|cause| Failure::NotJson { what: "what npm audit answers", cause })?;
    match audit.metadata {
        Some(AuditMetadata { vulnerabilities: Vulnerabilities { total: 0 } }) => Ok(()),
        // Said again, for people.
        Some(_) => Ok(cmd!(sh, "{NPM} audit").run()?),
        None => {
            println!("npm's advisories: not checked, the registry can't be asked for them from here");
            Ok(())
        }
    }
}
