//! Memory of an application and everything it started, when it is idle.

use std::time::{Duration, Instant};

use crate::problem::Problem;
use crate::process::{processor_time, proportional_set_size};

/// In each of these spans an idle application uses little processor time. The trainer's window shows how long each
/// session has lasted, so it draws a little every second: shorter spans would be meaningless.
const SAMPLE: Duration = Duration::from_secs(1);
/// How much processor time counts as little.
const IDLE_LIMIT: Duration = Duration::from_millis(100);
/// How many such spans in a row count as idle.
const IDLE_SAMPLES: u32 = 3;
/// How long it may take to become idle.
const TIMEOUT: Duration = Duration::from_mins(2);

/// Proportional set sizes, in bytes: memory that several processes share is counted once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Memory {
    /// Of all its processes.
    pub(crate) all: u64,
    /// Of the program itself, without the web view's processes.
    pub(crate) program: u64,
}

/// The memory of the application named `name` among the descendants of `ancestor`, once it is idle.
pub(crate) async fn at_rest(ancestor: u32, name: &str) -> Result<Memory, Problem> {
    wait_until_idle(ancestor, name).await?;
    let processes = system_tests::application(ancestor, name)?;
    let sizes = processes.into_iter().map(proportional_set_size).collect::<Result<Vec<u64>, Problem>>()?;
    // The application itself comes first, then what it started.
    Ok(Memory { all: sizes.iter().sum(), program: sizes.first().copied().unwrap_or_default() })
}

async fn wait_until_idle(ancestor: u32, name: &str) -> Result<(), Problem> {
    let deadline = Instant::now() + TIMEOUT;
    let mut look = tokio::time::interval(SAMPLE);
    look.tick().await;
    let (mut before, mut quiet) = (processor_time_of(ancestor, name)?, 0);
    while quiet < IDLE_SAMPLES {
        look.tick().await;
        let now = processor_time_of(ancestor, name)?;
        quiet = if now.saturating_sub(before) <= IDLE_LIMIT { quiet + 1 } else { 0 };
        before = now;
        if Instant::now() > deadline {
            return Err(Problem::Unexpected(format!("{name} does not come to rest")));
        }
    }
    Ok(())
}

/// The processor time that all its processes have used so far.
fn processor_time_of(ancestor: u32, name: &str) -> Result<Duration, Problem> {
    system_tests::application(ancestor, name)?.into_iter().map(processor_time).sum()
}
