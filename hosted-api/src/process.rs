//! Platform-specific parts: raising the limit of open files, and shutdown signals.

#[cfg(unix)]
pub(crate) use unix::{ToldToStop, have_many_files};
#[cfg(windows)]
pub(crate) use windows::{ToldToStop, have_many_files};

#[cfg(unix)]
mod unix {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    use tokio::signal::unix::{Signal, SignalKind, signal};

    /// Raises this process's limit of open files to the hard limit. Each stream is one, and on many systems a process
    /// starts with a limit of 1,024 although a thousand times that is allowed.
    pub(crate) fn have_many_files() {
        let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
        if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }) {
            tracing::warn!(%error, "the limit of open files stays as it is");
        }
    }

    /// Listens for SIGTERM and SIGINT.
    pub(crate) struct ToldToStop {
        terminate: Signal,
        interrupt: Signal,
    }

    impl ToldToStop {
        /// Starts listening.
        pub(crate) fn listen() -> std::io::Result<Self> {
            Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
        }

        /// Waits for a signal to stop.
        pub(crate) async fn told(&mut self) {
            tokio::select! {
                _ = self.terminate.recv() => {}
                _ = self.interrupt.recv() => {}
            }
        }
    }
}

#[cfg(windows)]
mod windows {
    use tokio::signal::windows::{CtrlC, CtrlClose, CtrlShutdown, ctrl_c, ctrl_close, ctrl_shutdown};

    /// Windows has no such limit.
    pub(crate) fn have_many_files() {}

    /// Listens for Ctrl-C, closing of the console and system shutdown. Windows has no SIGTERM.
    pub(crate) struct ToldToStop {
        interrupt: CtrlC,
        close: CtrlClose,
        shutdown: CtrlShutdown,
    }

    impl ToldToStop {
        /// Starts listening.
        pub(crate) fn listen() -> std::io::Result<Self> {
            Ok(Self { interrupt: ctrl_c()?, close: ctrl_close()?, shutdown: ctrl_shutdown()? })
        }

        /// Waits for a signal to stop.
        pub(crate) async fn told(&mut self) {
            tokio::select! {
                _ = self.interrupt.recv() => {}
                _ = self.close.recv() => {}
                _ = self.shutdown.recv() => {}
            }
        }
    }
}
