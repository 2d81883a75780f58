//! A restart of the server, which disconnects thousands of real desktop cores at once: how soon all of them are live
//! again, and what that costs the server.

use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use crate::core_pool::CorePool;
use crate::cores::now_us;
use crate::population::Population;
use crate::problem::Problem;
use crate::process::{accept_queue, peak, processor_time};
use crate::report::{Row, times};
use crate::sizes;

/// How often the accept queue is polled.
const POLL_INTERVAL: Duration = Duration::from_millis(5);

/// How the server is interrupted.
#[derive(Clone, Copy, Debug)]
enum Interruption {
    /// Killed, and started again.
    Killed,
    /// Asked to stop, so that it notifies its streams, and started again.
    Stopped,
}

/// See the module.
pub(crate) async fn rows(population: &mut Population) -> Result<Vec<Row>, Problem> {
    let tokens = population.pairs.iter().flat_map(|pair| [pair.athlete.refresh.as_str(), &pair.trainer.refresh]);
    let tokens: Vec<&str> = tokens.collect();
    println!("{} desktop cores", tokens.len());
    let mut pool = CorePool::start(population.server.url(), &tokens).await?;
    drop(tokens);
    let mut rows = Vec::new();
    for interruption in [Interruption::Killed, Interruption::Stopped] {
        rows.extend(after_restart(population, &mut pool, interruption).await?);
    }
    Ok(rows)
}

async fn after_restart(
    population: &mut Population,
    pool: &mut CorePool,
    interruption: Interruption,
) -> Result<[Row; 2], Problem> {
    let queue = AcceptQueue::watch(population.address.port());
    let since = now_us();
    let how = match interruption {
        Interruption::Killed => {
            population.server.kill();
            "killed"
        }
        Interruption::Stopped => {
            population.server.stop()?;
            "asked to stop"
        }
    };
    population.server.start_again()?;
    let live = pool.all_live(since).await?;
    let server =
        population.server.process_id().ok_or_else(|| Problem::Unexpected("the server does not run".to_owned()))?;
    let longest = queue.longest();
    let spent = processor_time(server)?;
    let what = format!("server {how} and started again: until each of {} desktop cores is live again", live.count());
    let cost = format!(
        "peak {}, longest accept queue {longest} of 4096, {} µs of processor time for each",
        sizes::megabytes(peak(server)?),
        spent.as_micros() / live.count().max(1) as u128,
    );
    Ok([times(what, &live, "all ≤ 10 s"), Row { what: "the new server meanwhile".to_owned(), figure: cost, goal: "" }])
}

/// Watches how many connections wait to be accepted.
struct AcceptQueue {
    watcher: thread::JoinHandle<u64>,
    done: Sender<()>,
}

impl AcceptQueue {
    fn watch(port: u16) -> Self {
        let (done, is_done) = channel();
        let watcher = thread::spawn(move || {
            let mut longest = 0;
            while is_done.recv_timeout(POLL_INTERVAL) == Err(RecvTimeoutError::Timeout) {
                longest = longest.max(accept_queue(port).unwrap_or_default());
            }
            longest
        });
        Self { watcher, done }
    }

    fn longest(self) -> u64 {
        drop(self.done);
        self.watcher.join().unwrap_or_default()
    }
}
