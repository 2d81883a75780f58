//! Figures of the real windows.

use std::time::Duration;

use system_tests::{Percentiles, Place, Stage, Window, latency, story};

use crate::report::Row;
use crate::{Problem, memory, milliseconds, sizes, times};

/// Releases that are timed.
const RELEASES: usize = 200;
/// Releases before that: what is done for the first time takes longer.
const WARM_UP: usize = 20;
/// Starts that are timed, with the files already in the system's memory.
const STARTS: usize = 10;

/// When the mark of the first meaningful paint was set, in milliseconds since the Unix epoch.
const MEANINGFUL_PAINT: &str = "
    const [mark] = performance.getEntriesByName('meaningful-paint');
    return mark ? Math.round(performance.timeOrigin + mark.startTime) : null";

/// From the click on "release" to painted in the athlete's window.
pub(crate) async fn release_to_painted() -> Result<Row, Problem> {
    println!("{RELEASES} releases from window to window");
    let stage = Stage::set().await?;
    for step in 1..=8 {
        story::step(&stage, step).await?;
    }
    latency::measure(&stage, WARM_UP).await?;
    let measured = latency::measure(&stage, RELEASES).await?;
    let what = "click on “release” in the trainer's window to painted in the athlete's";
    Ok(times(what, &measured, "p50 ≤ 30 ms, p99 ≤ 60 ms"))
}

/// How long the application takes to start, and what it takes of the memory.
pub(crate) async fn start_and_memory() -> Result<Vec<Row>, Problem> {
    println!("{STARTS} starts of the application");
    let Stage { trainer, athlete, desktop, server } = Stage::set().await?;
    let mut rows = Vec::new();
    for window in [&trainer, &athlete] {
        let size = memory::of_application(window.driver_id(), "ringside")?;
        let what = format!("memory of all processes of the {}'s window (proportional set size)", window.name());
        rows.push(Row { what, figure: sizes::megabytes(size), goal: "" });
    }
    trainer.close().await?;
    athlete.close().await?;

    let start = async || -> Result<Duration, Problem> {
        let window = Window::open(&desktop, "trainer", server.url(), Place::LEFT).await?;
        let painted: u64 = window.until("the first meaningful paint", MEANINGFUL_PAINT, Vec::new()).await?;
        let took = painted.saturating_sub(window.started_at_ms()?);
        window.close().await?;
        Ok(Duration::from_millis(took))
    };
    let cold = if forget_files() { Some(start().await?) } else { None };
    let mut warm = Vec::with_capacity(STARTS);
    for _ in 0..STARTS {
        warm.push(start().await?);
    }
    let what = "start of the application to first meaningful paint";
    let cold = cold.map_or_else(|| "not measured: only root can forget files".to_owned(), milliseconds);
    rows.insert(0, Row { what: format!("{what}, its files not in memory"), figure: cold, goal: "" });
    rows.insert(1, times(format!("{what}, its files in memory"), &Percentiles::from_iter(warm), ""));
    Ok(rows)
}

/// Makes the system forget the files it holds in memory, as after the machine was started; only root may.
fn forget_files() -> bool {
    std::process::Command::new("sync").status().is_ok_and(|status| status.success())
        && std::fs::write("/proc/sys/vm/drop_caches", "3").is_ok()
}
