//! Platform-specific parts: who may read what is created, the limit of open files, shutdown signals, and the service
//! manager.

#[cfg(unix)]
pub(crate) use unix::{ShutdownSignal, raise_open_file_limit, set_private_umask};
#[cfg(windows)]
pub(crate) use windows::{ShutdownSignal, raise_open_file_limit, set_private_umask};

/// Tells the service manager that started this process, if one did, that it serves.
pub(crate) fn notify_ready() {
    #[cfg(target_os = "linux")]
    if let Err(error) = sd_notify::notify(&[sd_notify::NotifyState::Ready]) {
        tracing::warn!(error = &error as &dyn std::error::Error, "the service manager could not be told");
    }
}

#[cfg(unix)]
mod unix {
    use rustix::fs::Mode;
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit, umask};
    use tokio::signal::unix::{Signal, SignalKind, signal};

    /// Has every file this process creates be readable to its own user only, also those that SQLite creates.
    pub(crate) fn set_private_umask() {
        umask(Mode::RWXG | Mode::RWXO);
    }

    /// Raises this process's limit of open files to the hard limit. Each stream is one, and on many systems a process
    /// starts with a limit of 1,024 although a thousand times that is allowed.
    pub(crate) fn raise_open_file_limit() {
        let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
        if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }) {
            tracing::warn!(%error, "the limit of open files stays as it is");
        }
    }

    /// Listens for SIGTERM and SIGINT.
    pub(crate) struct ShutdownSignal {
        terminate: Signal,
        interrupt: Signal,
    }

    impl ShutdownSignal {
        /// Starts listening.
        pub(crate) fn listen() -> std::io::Result<Self> {
            Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
        }

        /// Waits for a signal to stop.
        pub(crate) async fn received(&mut self) {
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

    /// On Windows, files inherit their permissions from their directory.
    pub(crate) fn set_private_umask() {}

    /// Windows has no such limit.
    pub(crate) fn raise_open_file_limit() {}

    /// Listens for Ctrl-C, closing of the console and system shutdown. Windows has no SIGTERM.
    pub(crate) struct ShutdownSignal {
        interrupt: CtrlC,
        close: CtrlClose,
        shutdown: CtrlShutdown,
    }

    impl ShutdownSignal {
        /// Starts listening.
        pub(crate) fn listen() -> std::io::Result<Self> {
            Ok(Self { interrupt: ctrl_c()?, close: ctrl_close()?, shutdown: ctrl_shutdown()? })
        }

        /// Waits for a signal to stop.
        pub(crate) async fn received(&mut self) {
            tokio::select! {
                _ = self.interrupt.recv() => {}
                _ = self.close.recv() => {}
                _ = self.shutdown.recv() => {}
            }
        }
    }
}
