//! Figures of the real windows.

use system_tests::{Stage, latency, story};

use crate::problem::Problem;
use crate::report::{Row, times};

/// Releases that are timed.
const RELEASES: usize = 200;
/// Releases before that: what is done for the first time takes longer.
const WARM_UP: usize = 20;

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
