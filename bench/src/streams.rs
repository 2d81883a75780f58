//! Thousands of open streams: what one costs while idle, what reconnecting costs, and how fast an event arrives.

use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use system_tests::{Database, Percentiles};

use crate::delivery::{RATE, delivery_times, memory_per_stream};
use crate::population::Population;
use crate::problem::{Problem, io};
use crate::process::{processor_time, proportional_set_size};
use crate::report::{Row, milliseconds, times};
use crate::{nchan, restart};

/// How many streams reconnect at once: all of them divided by each of these.
const DIVISORS: [usize; 4] = [8, 4, 2, 1];
/// How often every round is released.
const REPETITIONS: usize = 3;
/// Writes that are timed.
const WRITES: usize = 500;

/// See the module.
pub(crate) async fn rows(streams: usize) -> Result<Vec<Row>, Problem> {
    println!("{streams} people and their streams");
    let mut population = Population::create(Database::Sqlite, streams / 2).await?;
    let rounds = population.prepare().await?;
    let mut rows = print_rows(vec![idle(&population).await?]);
    rows.extend(print_rows(vec![reconnecting(&population).await?]));
    rows.extend(print_rows(delivery(&population, &rounds).await?));
    rows.extend(print_rows(nchan::rows(streams).await?));
    rows.extend(print_rows(restart::rows(&mut population).await?));
    Ok(rows)
}

/// Prints the figures at once: the whole benchmark takes minutes.
fn print_rows(rows: Vec<Row>) -> Vec<Row> {
    for Row { what, figure, .. } in &rows {
        println!("    {what}: {figure}");
    }
    rows
}

/// What one stream adds to the server's memory.
async fn idle(population: &Population) -> Result<Row, Problem> {
    let server = id(population)?;
    let streams = population.streams();
    let before = proportional_set_size(server)?;
    let listeners = population.listen(population.streams()).await?;
    let after = proportional_set_size(server)?;
    drop(listeners);
    Ok(Row {
        what: format!("memory of the server for each idle stream (proportional set size, {streams} streams)"),
        figure: format!(
            "{}; {} with the server's own",
            memory_per_stream(after.saturating_sub(before), streams),
            memory_per_stream(after, streams)
        ),
        goal: "≤ 9 KB",
    })
}

/// What it costs the server when all reconnect at once, each with its cursor.
async fn reconnecting(population: &Population) -> Result<Row, Problem> {
    let server = id(population)?;
    let mut figures = Vec::new();
    for count in DIVISORS.map(|share| population.streams() / share) {
        let mut listeners = population.listen(count).await?;
        let before = processor_time(server)?;
        let took = listeners.reconnect().await?;
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
async fn delivery(population: &Population, rounds: &[String]) -> Result<Vec<Row>, Problem> {
    let mut listeners = population.listen(population.streams()).await?;
    let (mut arrived, mut answered) = (Vec::new(), Vec::new());
    let server = id(population)?;
    let mut spent = Duration::ZERO;
    for _ in 0..REPETITIONS {
        let before = processor_time(server)?;
        let done = population.post_to_each(rounds, "release", RATE).await?;
        spent += processor_time(server)?.saturating_sub(before);
        answered.extend(done.iter().map(|done| done.answered.duration_since(done.due)));
        arrived.extend(delivery_times(&mut listeners, &done).await?);
        population.post_to_each(rounds, "recall", RATE).await?;
    }
    let releases = REPETITIONS * rounds.len();
    let what = format!(
        "`POST release` to the event, durable, {} streams, {RATE} releases a second, SQLite",
        population.streams()
    );
    let write = times(
        "a durable write of 4 KB alone, as each release makes one",
        &durable_writes(population.server.data())?,
        "",
    );
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

fn id(population: &Population) -> Result<u32, Problem> {
    population.server.process_id().ok_or_else(|| Problem::Unexpected("the server does not run".to_owned()))
}
