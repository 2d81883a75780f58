//! An application that is really installed for the duration of a benchmark, and started as often as needed.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use system_tests::{Desktop, Installed, Place, Window};

use crate::memory::{self, Memory};
use crate::problem::Problem;
use crate::sizes;

/// How long the processes of a closed application may take to end.
const EXIT_TIMEOUT: Duration = Duration::from_secs(20);
/// The interval of checks whether they have ended.
const POLL_INTERVAL: Duration = Duration::from_millis(10);

/// When the mark of the first meaningful paint was set, in milliseconds since the Unix epoch.
const MEANINGFUL_PAINT: &str = "
    const [mark] = performance.getEntriesByName('meaningful-paint');
    return mark ? Math.round(performance.timeOrigin + mark.startTime) : null";

/// See the module. Dropping it removes the package.
pub(crate) struct Application {
    name: &'static str,
    package: PathBuf,
    installed: Installed,
}

impl Application {
    /// Installs the application from its package; its program has the package's name.
    pub(crate) fn install(package: &Path, name: &'static str) -> Result<Self, Problem> {
        // Refuse: an existing installation would be replaced, and then removed.
        if Installed::is_there(name)? {
            let problem = format!("{name} is installed on this machine already; remove it first (dpkg --purge {name})");
            return Err(Problem::Unexpected(problem));
        }
        Ok(Self { name, package: package.to_owned(), installed: Installed::from(package, name)? })
    }

    /// The package's name, and the program's.
    pub(crate) fn name(&self) -> &str {
        self.name
    }

    /// The size of its package, in bytes.
    pub(crate) fn package_size(&self) -> Result<u64, Problem> {
        sizes::of_files(std::slice::from_ref(&self.package))
    }

    /// The total size of its files, in bytes.
    pub(crate) fn installed_size(&self) -> Result<u64, Problem> {
        sizes::of_files(&self.installed.files()?)
    }

    /// Opens its window; it ignores a profile or server that it does not understand.
    pub(crate) async fn open(&self, desktop: &Desktop, profile: &str, server: &str) -> Result<Window, Problem> {
        let program = Path::new("/usr/bin").join(self.name);
        Ok(Window::open_program(desktop, &program, profile, server, Place::LEFT).await?)
    }

    /// How long it takes from the start of its process to the first meaningful paint.
    pub(crate) async fn start(&self, desktop: &Desktop, profile: &str, server: &str) -> Result<Duration, Problem> {
        let window = self.open(desktop, profile, server).await?;
        let painted = wait_until_painted(&window).await?;
        let took = painted.saturating_sub(window.started_at_ms()?);
        self.close(window).await?;
        Ok(Duration::from_millis(took))
    }

    /// Its memory usage once `window` has painted and everything is idle.
    pub(crate) async fn memory(&self, window: &Window) -> Result<Memory, Problem> {
        wait_until_painted(window).await?;
        window.at_rest().await?;
        memory::at_rest(window.driver_id(), self.name).await
    }

    /// Closes its window and waits until none of its processes is left: they would keep files in memory that the next
    /// start should read, and compete with it for the processor.
    pub(crate) async fn close(&self, window: Window) -> Result<(), Problem> {
        let processes = system_tests::application(window.driver_id(), self.name)?;
        window.close().await?;
        let deadline = Instant::now() + EXIT_TIMEOUT;
        let mut look = tokio::time::interval(POLL_INTERVAL);
        while processes.iter().any(|id| runs(*id)) {
            look.tick().await;
            if Instant::now() > deadline {
                return Err(Problem::Unexpected(format!("{} does not end", self.name)));
            }
        }
        Ok(())
    }
}

async fn wait_until_painted(window: &Window) -> Result<u64, Problem> {
    Ok(window.until("the first meaningful paint", MEANINGFUL_PAINT, Vec::new()).await?)
}

/// Whether a process is running a program; a zombie is not.
fn runs(id: u32) -> bool {
    std::fs::read_link(format!("/proc/{id}/exe")).is_ok()
}
