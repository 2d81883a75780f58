//! A process that is ended with its children when its handle is dropped.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use rustix::io::retry_on_intr;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, kill_process_group, waitid};

use crate::deadline::IN_TIME;
use crate::failure::{Failure, IoContext};

/// How long a program may take to finish its work, or to end when asked to.
const END_TIMEOUT: Duration = Duration::from_mins(2);

/// A command whose process the kernel asks to end when the thread that started it ends, however that happens.
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
        let child = command.process_group(0).spawn().context(format!("starting {name}"))?;
        Ok(Self { name: name.to_owned(), child })
    }

    /// Starts `command` and waits for the first line it prints, which says that it is ready.
    pub(crate) fn start_and_read(name: &str, command: &mut Command) -> Result<(Self, String), Failure> {
        let (process, [line]) = Self::start_and_read_lines(name, command)?;
        Ok((process, line))
    }

    /// Starts `command` and waits for the first lines it prints.
    pub(crate) fn start_and_read_lines<const LINES: usize>(
        name: &str,
        command: &mut Command,
    ) -> Result<(Self, [String; LINES]), Failure> {
        let mut process = Self::start(name, command.stdout(Stdio::piped()))?;
        let output: ChildStdout = process.child.stdout.take().expect("its standard output is piped");
        let (sender, receiver) = mpsc::channel();
        // Reading a pipe has no time-out, so a thread does it, which ends with the process.
        std::thread::spawn(move || {
            let mut output = BufReader::new(output);
            let mut lines = [const { String::new() }; LINES];
            let read = lines.iter_mut().try_for_each(|line| output.read_line(line).map(drop));
            sender.send((read.map(|()| lines), output.into_inner())).ok();
        });
        let Ok((lines, output)) = receiver.recv_timeout(IN_TIME) else {
            return Err(process.problem(&format!("was not ready within {} seconds", IN_TIME.as_secs())));
        };
        let lines = lines.context(format!("reading from {name}"))?;
        if lines.iter().any(String::is_empty) {
            return Err(process.problem("ended before it was ready"));
        }
        // Keep the pipe open as long as the process runs: it must not be killed for printing again.
        process.child.stdout = Some(output);
        Ok((process, lines.map(|line| line.trim_end().to_owned())))
    }

    /// Writes `text` to its standard input, if that is piped, and closes it.
    pub(crate) fn write(&mut self, text: &str) -> Result<(), Failure> {
        let Some(mut input) = self.child.stdin.take() else { return Ok(()) };
        input.write_all(text.as_bytes()).context(format!("writing to {}", self.name))
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
        kill_process(pid, Signal::TERM).map_err(std::io::Error::from).context(format!("ending {}", self.name))
    }

    /// Asks it to end and waits until it has.
    pub(crate) fn terminate(self) -> Result<(), Failure> {
        self.ask_to_end()?;
        self.wait()
    }

    /// Waits until it has done its work; kills it if it does not end.
    pub(crate) fn wait(mut self) -> Result<(), Failure> {
        if !self.ends_within(END_TIMEOUT) {
            return Err(self.problem(&format!("did not end within {} seconds", END_TIMEOUT.as_secs())));
        }
        let status = self.child.wait().context(format!("waiting for {}", self.name))?;
        if status.success() { Ok(()) } else { Err(self.problem(&format!("ended with {status}"))) }
    }

    /// Whether it ends in time. Waiting for a process has no time-out, so a thread does it, which ends with it.
    fn ends_within(&self, time: Duration) -> bool {
        let Some(pid) = self.pid() else { return true };
        let (sender, receiver) = mpsc::channel();
        std::thread::spawn(move || {
            // NOWAIT: its id can't be reused until its owner has reaped it.
            retry_on_intr(|| waitid(WaitId::Pid(pid), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT)).ok();
            sender.send(()).ok();
        });
        receiver.recv_timeout(time).is_ok()
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
        // The whole group: a driver's window must not outlive the driver. It is fine if it has already ended.
        if let Some(pid) = self.pid() {
            kill_process_group(pid, Signal::KILL).ok();
        }
        self.child.wait().ok();
    }
}
