//! The board in a trainer's window while eight athletes tick their exercises off.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use futures_util::future::join_all;
use system_tests::{Desktop, Group, Percentiles, Place, Server, Trainee, Window};
use tokio::time::{Instant, interval_at};
use training::{Round, SessionId};

use crate::cores::now_us;
use crate::problem::Problem;
use crate::report::{Row, milliseconds, times};

/// As many as the board has tiles.
const ATHLETES: usize = 8;
/// Exercises of each athlete's round.
const EXERCISES: usize = 6;
/// How often each ticks, and how long after their tick before. Real athletes take longer.
const TICKS: usize = 40;
const TICK_INTERVAL: Duration = Duration::from_secs(2);
/// Ticks of each that are not counted: what is done for the first time takes longer.
const WARM_UP: usize = 2;
/// How often all tick at once, and how long after the time before: the tiles have stopped glowing.
const TOGETHER: usize = 30;
const TOGETHER_INTERVAL: Duration = Duration::from_millis(1_500);
/// How long the board is watched while nobody ticks.
const REST: Duration = Duration::from_secs(20);
/// What a frame must not take longer than.
const SMOOTH: Duration = Duration::from_millis(50);

/// Records in `window.ticks` when another number of ticks is painted on a tile: after the frame that its appearance
/// requested.
const RECORD_TICKS: &str = "
    window.ticks = [];
    const known = new Map();
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => window.ticks.push([...data, Date.now()]);
    const look = (is_new) => {
        for (const tile of document.querySelectorAll('[data-testid=tile]')) {
            const { session } = tile.dataset;
            const count = tile.querySelectorAll('.ticked').length;
            if (known.get(session) === count) continue;
            known.set(session, count);
            if (is_new) requestAnimationFrame(() => port2.postMessage([session, count]));
        }
    };
    look(false);
    const everything = { childList: true, subtree: true, attributes: true, characterData: true };
    new MutationObserver(() => look(true)).observe(document.querySelector('main'), everything);";
/// Records in `window.frames` the time of each frame from now on, until the next recording.
const RECORD_FRAMES: &str = "
    const frames = (window.frames = []);
    let before = null;
    const frame = (now) => {
        if (window.frames !== frames) return;
        if (before !== null) frames.push(now - before);
        before = now;
        requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);";

/// A tick as the page saw it: the session, how many of the round's exercises are ticked off then, and when that was
/// painted, in milliseconds since 1970.
type Painted = (SessionId, usize, u64);

/// A tick as its core was asked for it.
struct Ticked {
    session: SessionId,
    /// How many of the round's exercises are ticked off then.
    count: usize,
    /// In microseconds since 1970.
    begun_us: u128,
}

/// Eight athletes at work, and the board on screen.
struct Setup {
    _server: Server,
    _desktop: Desktop,
    group: Group,
    window: Window,
}

/// An athlete with a round that they have begun.
struct Worker<'a> {
    athlete: &'a Trainee,
    round: Round,
    /// How often they have ticked so far.
    ticks: usize,
}

/// See the module.
pub(crate) async fn rows() -> Result<Vec<Row>, Problem> {
    println!("{ATHLETES} athletes on a board");
    let setup = Setup::create().await?;
    let mut workers: Vec<Worker> = Vec::with_capacity(ATHLETES);
    for athlete in &setup.group.athletes {
        workers.push(Worker { athlete, round: athlete.round().await, ticks: 0 });
    }
    setup.window.run_script::<()>(RECORD_TICKS, Vec::new()).await?;
    setup.tick_in_turn(&mut workers, WARM_UP).await?;
    let in_turn = setup.tick_in_turn(&mut workers, TICKS).await?;
    let ((), at_rest) = setup.frames_during(tokio::time::sleep(REST)).await?;
    let (ticked, meanwhile) = setup.frames_during(tick_together(&mut workers)).await?;
    let together = setup.painted(ticked).await?;
    setup.window.close().await?;
    let what = "tick in an athlete's core to painted on the trainer's board, with eight at work";
    Ok(vec![
        times(what, &in_turn, "p50 ≤ 40 ms, p99 ≤ 80 ms"),
        times("the same when all eight tick at once", &together, ""),
        frames("frames of the board while eight tick at once, again and again", &meanwhile, "none over 50 ms"),
        frames("the same while nobody ticks", &at_rest, ""),
    ])
}

/// All tick at once, again and again.
async fn tick_together(workers: &mut [Worker<'_>]) -> Vec<Ticked> {
    let mut turns = interval_at(Instant::now() + TOGETHER_INTERVAL, TOGETHER_INTERVAL);
    let mut ticked = Vec::with_capacity(TOGETHER * ATHLETES);
    for _ in 0..TOGETHER {
        turns.tick().await;
        ticked.extend(join_all(workers.iter_mut().map(Worker::tick)).await);
    }
    // The last ones are painted, and have stopped glowing.
    turns.tick().await;
    ticked
}

impl Worker<'_> {
    /// Ticks the next exercise off; once all are, takes the ticks back one by one.
    async fn tick(&mut self) -> Ticked {
        let place = self.ticks % EXERCISES;
        let is_done = (self.ticks / EXERCISES).is_multiple_of(2);
        self.ticks += 1;
        let count = if is_done { place + 1 } else { EXERCISES - place - 1 };
        let ticked = Ticked { session: self.athlete.session, count, begun_us: now_us() };
        self.athlete.tick(&self.round, self.round.exercises[place].id, is_done).await;
        ticked
    }
}

impl Setup {
    async fn create() -> Result<Self, Problem> {
        let server = Server::start()?;
        let group = Group::at_work(&server, &[server.url(); ATHLETES], EXERCISES).await?;
        group.begin().await;
        let desktop = Desktop::start()?;
        desktop.sign_in("trainer", server.url(), server.first("trainer")?)?;
        let window = Window::open(&desktop, "trainer", server.url(), Place::LEFT).await?;
        window.find("link-state[data-state='live']").await?;
        window.click("open-board").await?;
        let are_begun = "return document.querySelectorAll('[data-testid=tile][data-activity=begun]').length === 8";
        window.until::<bool>("eight tiles", are_begun, Vec::new()).await?;
        Ok(Self { _server: server, _desktop: desktop, group, window })
    }

    /// Each ticks `count` times, in turn, evenly spread.
    async fn tick_in_turn(&self, workers: &mut [Worker<'_>], count: usize) -> Result<Percentiles, Problem> {
        self.window.at_rest().await?;
        let step = TICK_INTERVAL / u32::try_from(ATHLETES).unwrap_or(1);
        let begin = Instant::now() + step;
        let working = workers.iter_mut().zip(0..).map(|(worker, place)| async move {
            let mut turns = interval_at(begin + step * place, TICK_INTERVAL);
            let mut ticked = Vec::with_capacity(count);
            for _ in 0..count {
                turns.tick().await;
                ticked.push(worker.tick().await);
            }
            ticked
        });
        let ticked = join_all(working).await;
        self.painted(ticked.into_iter().flatten().collect()).await
    }

    /// How long each of these ticks took until it was painted.
    async fn painted(&self, ticked: Vec<Ticked>) -> Result<Percentiles, Problem> {
        let are_painted = format!("return window.ticks.length >= {}", ticked.len());
        self.window.until::<bool>("all ticks", &are_painted, Vec::new()).await?;
        let take = "const { ticks } = window; window.ticks = []; return ticks";
        let mut by_session: HashMap<SessionId, VecDeque<Painted>> = HashMap::new();
        for painted in self.window.run_script::<Vec<Painted>>(take, Vec::new()).await? {
            by_session.entry(painted.0).or_default().push_back(painted);
        }
        let took = ticked.into_iter().map(|Ticked { session, count, begun_us }| {
            let painted = by_session.get_mut(&session).and_then(VecDeque::pop_front);
            let Some((_, _, painted_ms)) = painted.filter(|(_, painted, _)| *painted == count) else {
                return Err(Problem::Unexpected("a tick was painted together with another".to_owned()));
            };
            let took_us = (u128::from(painted_ms) * 1000).saturating_sub(begun_us);
            Ok(Duration::from_micros(u64::try_from(took_us).unwrap_or(u64::MAX)))
        });
        took.collect()
    }

    /// The times of the window's frames while something happens.
    async fn frames_during<T>(&self, something: impl Future<Output = T>) -> Result<(T, Percentiles), Problem> {
        self.window.at_rest().await?;
        self.window.run_script::<()>(RECORD_FRAMES, Vec::new()).await?;
        let done = something.await;
        let frames: Vec<f64> = self.window.run_script("return window.frames", Vec::new()).await?;
        let times = frames.into_iter().map(|ms| Duration::from_secs_f64(ms.max(0.0) / 1000.0));
        Ok((done, times.collect()))
    }
}

fn frames(what: &str, frames: &Percentiles, goal: &'static str) -> Row {
    let over = frames.iter().filter(|time| *time > SMOOTH).count();
    let [p50, most] = [50, 100].map(|share| milliseconds(frames.at(share)));
    let figure = format!("{over} over 50 ms, longest {most}, p50 {p50}, of {}", frames.count());
    Row { what: what.to_owned(), figure, goal }
}
