//! The application as people install it, next to a Tauri application with nothing in it.
//!
//! Both are built, packaged, installed, started and measured the same way, in alternation, so that the difference is
//! ours, and the machine's other load affects both.

use std::path::Path;
use std::time::Duration;

use hosted_api::{DatabaseUrl, seed_athletes};
use system_tests::{Desktop, Device, Percentiles, Server, Window};

use crate::application::Application;
use crate::comparison::{self, Comparison};
use crate::memory::Memory;
use crate::problem::{Problem, unexpected};
use crate::report::{Row, Section};
use crate::{machine, population, sizes};

/// The package of ours and its program.
const OURS: &str = "ringside";
/// The package of the empty one and its program.
const EMPTY: &str = "empty-tauri-app";
/// Sessions in the trainer's window.
const SESSIONS: usize = 10;
/// Longer than any of this takes.
const ACCESS_LIFETIME: Duration = Duration::from_hours(1);
/// Cold starts of each: its files are not in memory.
const COLD_STARTS: usize = 10;
/// Warm starts of each: its files are in memory.
const WARM_STARTS: usize = 20;
/// How often the memory of each is measured.
const MEMORIES: usize = 3;

/// Installs both, measures them, and removes them.
pub(crate) async fn section(package: &Path, empty: &Path) -> Result<Section, Problem> {
    let applications =
        Comparison { ours: Application::install(package, OURS)?, empty: Application::install(empty, EMPTY)? };
    let mut rows = sizes_of(&applications)?;
    let before = machine::busy().await?;
    let setup = Setup::create(applications).await?;
    rows.extend(setup.starts().await?);
    rows.extend(setup.memory().await?);
    drop(setup);
    let after = machine::busy().await?;
    let mut notes = notes();
    notes.push(machine::busy_note(before, after));
    Ok(Section { name: "desktop", rows, notes })
}

fn notes() -> Vec<String> {
    vec![
        "Both are packages that Tauri's own tool built with the profile `bundle`, installed by dpkg; ours is signed and \
         looks for updates. The empty application is `bench/empty`: one window, one page, one word."
            .to_owned(),
        "Started turn about on one desktop, each through a WebDriver of its own. A start is always a new process. Its time \
         runs from just before it is executed to the mark `meaningful-paint`, which the page sets after the first frame \
         with something to see in it."
            .to_owned(),
        format!(
            "Ours opens for a trainer who is signed in, with {SESSIONS} open sessions in the replica; the server is on the \
             same machine."
        ),
        "“Not in memory”: before each start the system wrote out and forgot all files (`/proc/sys/vm/drop_caches`), so the \
         program, GTK and WebKit come from the disk; what the driver and the display have open, such as the C library, \
         does not. “In memory”: both were started and ended shortly before."
            .to_owned(),
        format!(
            "Memory is the proportional set size of the program and of WebKit's processes, with no other window open, \
             when together they took at most a tenth of a processor in each of three seconds; the median of {MEMORIES} \
             starts, of the athlete's window one."
        ),
    ]
}

fn sizes_of(Comparison { ours, empty }: &Comparison<Application>) -> Result<Vec<Row>, Problem> {
    let package = Comparison { ours: ours.package_size()?, empty: empty.package_size()? };
    let installed = Comparison { ours: ours.installed_size()?, empty: empty.installed_size()? };
    let mut rows = Vec::from(comparison::sizes("size of the Debian package", &package, "≤ 9 MB"));
    rows.extend(comparison::sizes("size of the files it installs", &installed, ""));
    rows.push(sizes::bundle()?);
    Ok(rows)
}

/// Both applications, and the environment they are measured in.
struct Setup {
    applications: Comparison<Application>,
    desktop: Desktop,
    server: Server,
}

impl Setup {
    async fn create(applications: Comparison<Application>) -> Result<Self, Problem> {
        let server = Server::start()?;
        open_sessions(&server).await?;
        let desktop = Desktop::start()?;
        for role in ["trainer", "athlete"] {
            desktop.sign_in(role, server.url(), server.first(role)?)?;
        }
        let setup = Self { applications, desktop, server };
        // One unmeasured start: the first one takes longer, and puts the sessions into the replica.
        for application in setup.applications() {
            setup.measure_memory(application, "trainer").await?;
        }
        Ok(setup)
    }

    fn applications(&self) -> [&Application; 2] {
        [&self.applications.ours, &self.applications.empty]
    }

    /// From the start of the process to the first meaningful paint.
    async fn starts(&self) -> Result<Vec<Row>, Problem> {
        println!("{COLD_STARTS} starts of each with files forgotten, {WARM_STARTS} with files in memory");
        let what = "start of the application to first meaningful paint, its files";
        let cold = format!("{what} not in memory");
        let mut rows = if drop_file_caches() {
            Vec::from(comparison::times(cold, &self.started(COLD_STARTS, true).await?))
        } else {
            vec![Row { what: cold, figure: "not measured: only root can forget files".to_owned(), goal: "" }]
        };
        rows.extend(comparison::times(format!("{what} in memory"), &self.started(WARM_STARTS, false).await?));
        Ok(rows)
    }

    async fn started(&self, times: usize, drops_caches: bool) -> Result<Comparison<Percentiles>, Problem> {
        let mut took = [Vec::new(), Vec::new()];
        for _ in 0..times {
            for (application, took) in self.applications().into_iter().zip(&mut took) {
                if drops_caches && !drop_file_caches() {
                    return Err(Problem::Unexpected("the system does not forget files any more".to_owned()));
                }
                took.push(application.start(&self.desktop, "trainer", self.server.url()).await?);
            }
        }
        let [ours, empty] = took.map(Percentiles::from_iter);
        Ok(Comparison { ours, empty })
    }

    /// The memory usage of both, and of ours for an athlete.
    async fn memory(&self) -> Result<Vec<Row>, Problem> {
        println!("memory at rest, {MEMORIES} times");
        let mut memories = [Vec::new(), Vec::new()];
        for _ in 0..MEMORIES {
            for (application, memories) in self.applications().into_iter().zip(&mut memories) {
                memories.push(self.measure_memory(application, "trainer").await?);
            }
        }
        let [ours, empty] = memories;
        let what = format!("memory of all processes of the trainer's window at rest, with {SESSIONS} open sessions");
        let mut rows = Vec::from(comparison::memories(what, Comparison { ours, empty }));
        let what = "memory of all processes of the athlete's window at rest".to_owned();
        let figure = comparison::memory(self.measure_memory(&self.applications.ours, "athlete").await?);
        rows.push(Row { what, figure, goal: "" });
        Ok(rows)
    }

    async fn measure_memory(&self, application: &Application, profile: &str) -> Result<Memory, Problem> {
        let window = application.open(&self.desktop, profile, self.server.url()).await?;
        if application.name() == OURS {
            wait_until_loaded(&window).await?;
        }
        let memory = application.memory(&window).await?;
        application.close(window).await?;
        Ok(memory)
    }
}

/// Waits until a window of ours shows everything.
async fn wait_until_loaded(window: &Window) -> Result<(), Problem> {
    window.find("link-state[data-state='live']").await?;
    if window.name() == "trainer" {
        let script = "const rows = document.querySelectorAll('[data-testid=session-row][data-status=active]');
            return rows.length === arguments[0]";
        window.until::<bool>("the open sessions", script, vec![SESSIONS.into()]).await?;
    }
    Ok(())
}

/// Puts athletes of one trainer into a session each, with a round that is out: an athlete has one session at a time, a
/// trainer can lead any number.
async fn open_sessions(server: &Server) -> Result<(), Problem> {
    let account = server.first("trainer")?;
    let url: DatabaseUrl = server.database_url().parse().map_err(|error| unexpected(&error))?;
    let athletes = seed_athletes(&url, &account.email, SESSIONS, ACCESS_LIFETIME).await;
    let trainer = Device::sign_in(server, account).await?;
    let plan = population::plan(&trainer).await?;
    for athlete in athletes.map_err(|error| unexpected(&error))? {
        let round = population::session_with_draft(&trainer.held_by(&athlete.access), &trainer, &plan).await?;
        trainer.post(&format!("/v1/rounds/{round}/release")).await?;
    }
    Ok(())
}

/// Drops the system's file cache, as after a boot; only root may.
fn drop_file_caches() -> bool {
    std::process::Command::new("sync").status().is_ok_and(|status| status.success())
        && std::fs::write("/proc/sys/vm/drop_caches", "3").is_ok()
}
