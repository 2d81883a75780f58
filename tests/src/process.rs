//! A process that ends with whoever holds it, and takes its children along.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdout, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use crate::failure::{Failure, While};

/// A command that the kernel asks to end when the thread that started it is gone, however it went.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new("setpriv");
    command.arg("--pdeathsig=TERM").arg(program).stdin(Stdio::null());
    command
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Process {
    name: String,
    child: Child,
}

impl Process {
    /// Starts `command`, in a process group of its own.
    pub(crate) fn start(name: &str, command: &mut Command) -> Result<Self, Failure> {
        let child = command.process_group(0).spawn().while_doing(format!("starting {name}"))?;
        Ok(Self { name: name.to_owned(), child })
    }

    /// Starts `command` and waits for the first line it prints, which says that it is ready.
    pub(crate) fn start_and_read(name: &str, command: &mut Command) -> Result<(Self, String), Failure> {
        let mut process = Self::start(name, command.stdout(Stdio::piped()))?;
        let output: ChildStdout = process.child.stdout.take().expect("its standard output is piped");
        let mut output = BufReader::new(output);
        let mut line = String::new();
        output.read_line(&mut line).while_doing(format!("reading from {name}"))?;
        if line.is_empty() {
            return Err(process.problem("ended before it was ready"));
        }
        // The pipe stays open for as long as the process: one that prints again must not die of it.
        process.child.stdout = Some(output.into_inner());
        Ok((process, line.trim_end().to_owned()))
    }

    /// Writes `text` to its standard input, if that is piped, and closes it.
    pub(crate) fn tell(&mut self, text: &str) -> Result<(), Failure> {
        let Some(mut input) = self.child.stdin.take() else { return Ok(()) };
        input.write_all(text.as_bytes()).while_doing(format!("writing to {}", self.name))
    }

    /// Its process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether it has ended by itself.
    pub(crate) fn has_ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    /// Asks it to end.
    pub(crate) fn ask_to_end(&self) -> Result<(), Failure> {
        let Some(pid) = self.pid() else { return Ok(()) };
        kill_process(pid, Signal::TERM).map_err(std::io::Error::from).while_doing(format!("ending {}", self.name))
    }

    /// Asks it to end and waits until it has.
    pub(crate) fn end_gently(self) -> Result<(), Failure> {
        self.ask_to_end()?;
        self.finished()
    }

    /// Waits until it has done its work.
    pub(crate) fn finished(mut self) -> Result<(), Failure> {
        let status = self.child.wait().while_doing(format!("waiting for {}", self.name))?;
        if status.success() { Ok(()) } else { Err(self.problem(&format!("ended with {status}"))) }
    }

    fn problem(&self, problem: &str) -> Failure {
        Failure::Program { program: self.name.clone(), problem: problem.to_owned() }
    }

    fn pid(&self) -> Option<Pid> {
        i32::try_from(self.child.id()).ok().and_then(Pid::from_raw)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Its whole group: a driver's window must not outlive the driver. Gone already is as good as ended.
        if let Some(pid) = self.pid() {
            kill_process_group(pid, Signal::KILL).ok();
        }
        self.child.wait().ok();
    }
}
