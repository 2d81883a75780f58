//! Thousands of open streams: what one costs while idle, what reconnecting costs, and how fast an event arrives.

use std::collections::HashMap;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use system_tests::{Database, Percentiles};

use crate::crowd::Crowd;
use crate::listeners::Listeners;
use crate::process::{processor_time, proportional_set_size};
use crate::publisher::Done;
use crate::report::Row;
use crate::{Problem, herd, io, milliseconds, nchan, times};

/// How many streams reconnect at once: all of them divided by each of these.
const SHARES: [usize; 4] = [8, 4, 2, 1];
/// Released rounds a second.
pub(crate) const RATE: usize = 500;
/// How often every round is released.
const TURNS: usize = 3;
/// Writes that are timed.
const WRITES: usize = 500;

/// See the module.
pub(crate) async fn rows(streams: usize) -> Result<Vec<Row>, Problem> {
    println!("{streams} people and their streams");
    let mut crowd = Crowd::gather(Database::Sqlite, streams / 2).await?;
    let rounds = crowd.prepare().await?;
    let mut rows = said(vec![idle(&crowd).await?]);
    rows.extend(said(vec![coming_back(&crowd).await?]));
    rows.extend(said(delivery(&crowd, &rounds).await?));
    rows.extend(said(nchan::rows(streams).await?));
    rows.extend(said(herd::rows(&mut crowd).await?));
    Ok(rows)
}

/// Prints the figures at once: the whole benchmark takes minutes.
fn said(rows: Vec<Row>) -> Vec<Row> {
    for Row { what, figure, .. } in &rows {
        println!("    {what}: {figure}");
    }
    rows
}

/// What one stream adds to the server's memory.
async fn idle(crowd: &Crowd) -> Result<Row, Problem> {
    let server = id(crowd)?;
    let streams = crowd.streams();
    let before = proportional_set_size(server)?;
    let listeners = crowd.listen(crowd.streams()).await?;
    let after = proportional_set_size(server)?;
    drop(listeners);
    Ok(Row {
        what: format!("memory of the server for each idle stream (proportional set size, {streams} streams)"),
        figure: format!(
            "{}; {} with the server's own",
            each(after.saturating_sub(before), streams),
            each(after, streams)
        ),
        goal: "≤ 9 KB",
    })
}

/// What it costs the server when all reconnect at once, each with its cursor.
async fn coming_back(crowd: &Crowd) -> Result<Row, Problem> {
    let server = id(crowd)?;
    let mut figures = Vec::new();
    for count in SHARES.map(|share| crowd.streams() / share) {
        let mut listeners = crowd.listen(count).await?;
        let before = processor_time(server)?;
        let took = listeners.come_back().await?;
        let spent = processor_time(server)?.saturating_sub(before);
        let each = spent.as_micros() / count as u128;
        figures.push(format!("{count}: {each} µs (all back in {})", milliseconds(took)));
    }
    Ok(Row {
        what: "the server's processor time to resume a stream, by how many come back at once".to_owned(),
        figure: figures.join(", "),
        goal: "",
    })
}

/// Every round released at a steady rate, with every stream open.
async fn delivery(crowd: &Crowd, rounds: &[String]) -> Result<Vec<Row>, Problem> {
    let mut listeners = crowd.listen(crowd.streams()).await?;
    let (mut arrived, mut answered) = (Vec::new(), Vec::new());
    let server = id(crowd)?;
    let mut spent = Duration::ZERO;
    for _ in 0..TURNS {
        let before = processor_time(server)?;
        let done = crowd.each(rounds, "release", RATE).await?;
        spent += processor_time(server)?.saturating_sub(before);
        answered.extend(done.iter().map(|done| done.answered.duration_since(done.due)));
        arrived.extend(delivered(&mut listeners, &done).await?);
        crowd.each(rounds, "recall", RATE).await?;
    }
    let releases = TURNS * rounds.len();
    let what =
        format!("`POST release` to the event, durable, {} streams, {RATE} releases a second, SQLite", crowd.streams());
    let write =
        times("a durable write of 4 KB alone, as each release makes one", &durable_writes(crowd.server.data())?, "");
    Ok(vec![
        times(what, &Percentiles::from_iter(arrived), ""),
        times("the same to its answer", &Percentiles::from_iter(answered), ""),
        write,
        Row {
            what: "the server's processor time for a release, of 2 ms between two".to_owned(),
            figure: milliseconds(spent / u32::try_from(releases).unwrap_or(u32::MAX)),
            goal: "",
        },
    ])
}

/// How long after its request each event came, on both streams of its pair.
pub(crate) async fn delivered(listeners: &mut Listeners, done: &[Done]) -> Result<Vec<Duration>, Problem> {
    let sent: HashMap<usize, Instant> = done.iter().map(|done| (done.number, done.due)).collect();
    let mut took = Vec::with_capacity(2 * done.len());
    while took.len() < 2 * done.len() {
        let (stream, at) = listeners.event().await?;
        let sent = sent.get(&(stream / 2)).ok_or_else(|| Problem::Unexpected("an event of nobody".to_owned()))?;
        took.push(at.duration_since(*sent));
    }
    Ok(took)
}

/// The memory for one stream, as text.
pub(crate) fn each(bytes: u64, streams: usize) -> String {
    let tenths = bytes * 10 / streams as u64 / 1000;
    format!("{}.{} KB", tenths / 10, tenths % 10)
}

/// How long the disk takes for a durable write, which every release waits for.
fn durable_writes(directory: &Path) -> Result<Percentiles, Problem> {
    let path = directory.join("durable");
    let writing = || io(format!("writing {}", path.display()));
    let mut file = std::fs::File::create(&path).map_err(writing())?;
    (0..WRITES)
        .map(|_| {
            let since = Instant::now();
            file.write_all(&[7; 4096]).and_then(|()| file.sync_data()).map_err(writing())?;
            Ok(since.elapsed())
        })
        .collect::<Result<Percentiles, Problem>>()
}

fn id(crowd: &Crowd) -> Result<u32, Problem> {
    crowd.server.process_id().ok_or_else(|| Problem::Unexpected("the server does not run".to_owned()))
}
