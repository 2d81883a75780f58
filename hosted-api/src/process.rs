//! What a server asks of the system it runs on, where systems differ: to have many files open, and to be told to stop.

#[cfg(unix)]
pub(crate) use unix::{ToldToStop, have_many_files};
#[cfg(windows)]
pub(crate) use windows::{ToldToStop, have_many_files};

#[cfg(unix)]
mod unix {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    use tokio::signal::unix::{Signal, SignalKind, signal};

    /// Lets this process have as many files open as it may have at most. Each stream is one, and many systems let a
    /// process begin with 1,024 although it may have a thousand times that.
    pub(crate) fn have_many_files() {
        let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
        if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }) {
            tracing::warn!(%error, "the limit of open files stays as it is");
        }
    }

    /// Hears SIGTERM and SIGINT.
    pub(crate) struct ToldToStop {
        terminate: Signal,
        interrupt: Signal,
    }

    impl ToldToStop {
        /// Hears from now on.
        pub(crate) fn listen() -> std::io::Result<Self> {
            Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
        }

        /// Waits until it is told.
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

    /// Hears Ctrl-C, the console being closed and the machine going down. Windows knows no SIGTERM.
    pub(crate) struct ToldToStop {
        interrupt: CtrlC,
        close: CtrlClose,
        shutdown: CtrlShutdown,
    }

    impl ToldToStop {
        /// Hears from now on.
        pub(crate) fn listen() -> std::io::Result<Self> {
            Ok(Self { interrupt: ctrl_c()?, close: ctrl_close()?, shutdown: ctrl_shutdown()? })
        }

        /// Waits until it is told.
        pub(crate) async fn told(&mut self) {
            tokio::select! {
                _ = self.interrupt.recv() => {}
                _ = self.close.recv() => {}
                _ = self.shutdown.recv() => {}
            }
        }
    }
}
