//! A package that is installed on this machine for the duration of a test.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::process::{Pid, Signal, kill_process};

use crate::desktop::Desktop;
use crate::failure::{Failure, IoContext};

/// See the module. Dropping it removes the package.
#[derive(Debug)]
pub struct Installed {
    name: String,
}

impl Installed {
    /// Installs the package called `name` from its file, over whatever version is there.
    pub fn from(file: &Path, name: &str) -> Result<Self, Failure> {
        dpkg([OsStr::new("--install"), file.as_os_str()])?;
        Ok(Self { name: name.to_owned() })
    }

    /// Whether a package called `name` is installed on this machine, no matter by whom.
    pub fn is_there(name: &str) -> Result<bool, Failure> {
        Ok(query(["--show", "--showformat", "${db:Status-Status}", name])? == "installed")
    }

    /// The version that is installed.
    pub fn version(&self) -> Result<String, Failure> {
        query(["--show", "--showformat", "${Version}", &self.name])
    }

    /// The files it consists of, without directories.
    pub fn files(&self) -> Result<Vec<PathBuf>, Failure> {
        let listed = query(["--listfiles", &self.name])?;
        Ok(listed.lines().map(PathBuf::from).filter(|path| path.is_file()).collect())
    }

    /// Ends every process of it that runs on `desktop`, as a user would.
    pub fn end(&self, desktop: &Desktop) -> Result<(), Failure> {
        let what = "looking for processes of an installed package";
        let home = desktop.ringside_home();
        for entry in std::fs::read_dir("/proc").context(what)? {
            let path = entry.context(what)?.path();
            let Some(id) = path.file_name().and_then(OsStr::to_str).and_then(|name| name.parse().ok()) else {
                continue;
            };
            // A process that has ended meanwhile, or belongs to another user, is not ours.
            let Ok(environment) = std::fs::read(path.join("environ")) else { continue };
            let is_here = environment.split(|byte| *byte == 0).any(|variable| {
                variable
                    .strip_prefix(b"RINGSIDE_HOME=")
                    .is_some_and(|value| value == home.as_os_str().as_encoded_bytes())
            });
            let runs = std::fs::read_link(path.join("exe")).unwrap_or_default();
            if is_here && runs.starts_with("/usr/bin") && runs.ends_with(&self.name) {
                let process = Pid::from_raw(id).ok_or_else(|| Failure::Program {
                    program: self.name.clone(),
                    problem: "has no process id".to_owned(),
                })?;
                kill_process(process, Signal::TERM).map_err(std::io::Error::from).context("ending it")?;
                while path.exists() {
                    std::thread::yield_now();
                }
            }
        }
        Ok(())
    }
}

impl Drop for Installed {
    fn drop(&mut self) {
        if let Err(failure) = dpkg([OsStr::new("--purge"), OsStr::new(&self.name)]) {
            eprintln!("{} stays installed: {failure}", self.name);
        }
    }
}

/// What dpkg reports about a package; empty for an unknown one.
fn query<const COUNT: usize>(arguments: [&str; COUNT]) -> Result<String, Failure> {
    let answer = Command::new("dpkg-query").args(arguments).output().context("asking dpkg about a package")?;
    Ok(String::from_utf8_lossy(&answer.stdout).trim().to_owned())
}

fn dpkg<'a>(arguments: impl IntoIterator<Item = &'a OsStr>) -> Result<(), Failure> {
    let is_root = rustix::process::geteuid().is_root();
    let mut command = Command::new(if is_root { "dpkg" } else { "sudo" });
    command.args((!is_root).then_some("dpkg")).args(arguments);
    let what = if is_root { "running dpkg" } else { "running dpkg by sudo, because this is not root" };
    let output = command.output().context(what)?;
    if output.status.success() {
        return Ok(());
    }
    let problem = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(Failure::Program { program: "dpkg".to_owned(), problem })
}
