//! From the click on "release" in the trainer's window to painted in the athlete's.
//!
//! Each page records the time itself, so that the drivers' overhead is not included; both use this machine's clock,
//! which WebKit shows in whole milliseconds. Each release begins when both windows are at rest, as real releases do:
//! the highlight of the one before has faded. Meanwhile nothing queries the athlete's page, except one script that
//! awaits the paint.

use std::time::Duration;

use crate::failure::Failure;
use crate::percentiles::Percentiles;
use crate::stage::Stage;

/// Records when a release button is clicked, before any handler runs.
const RECORD_CLICKS: &str = "
    document.addEventListener('click', ({ target }) => {
        if (target.closest('[data-testid=release-round]')) window.releasedAt = Date.now();
    }, true);";

/// Records when a new round is painted: after the frame that its appearance requested.
const RECORD_PAINTS: &str = "
    const round = () => document.querySelector('[data-testid=round-number]') !== null;
    let there = round();
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
        window.paintedAt = Date.now();
        window.whenPainted?.(window.paintedAt);
    };
    new MutationObserver(() => {
        const now = round();
        if (now && !there) requestAnimationFrame(() => port2.postMessage(null));
        there = now;
    }).observe(document.body, { childList: true, subtree: true });";

/// Records when the first frame of a video is shown, of each video that appears. A page without frame callbacks says it a
/// little later: when the video has moved on.
const RECORD_FRAMES: &str = "
    const shown = () => {
        window.paintedAt ??= Date.now();
        window.whenPainted?.(window.paintedAt);
    };
    const watch = (video) => {
        if (video.isWatched) return;
        video.isWatched = true;
        if (video.requestVideoFrameCallback) video.requestVideoFrameCallback(shown);
        else video.addEventListener('timeupdate', () => { if (video.currentTime > 0) shown(); });
    };
    new MutationObserver(() => document.querySelectorAll('video').forEach(watch))
        .observe(document.body, { childList: true, subtree: true });";

/// Returns when the next round is painted, or at once if it already is.
const AWAIT_PAINT: &str = "
    const [done] = arguments;
    if (window.paintedAt) done(window.paintedAt);
    else window.whenPainted = done;";

/// Recalls and releases the round that is out and not begun, `times` times; leaves it released.
pub async fn measure(stage: &Stage, times: usize) -> Result<Percentiles, Failure> {
    measure_until(stage, times, RECORD_PAINTS).await
}

/// The same, until the first frame of the exercise's video.
pub async fn measure_to_first_frame(stage: &Stage, times: usize) -> Result<Percentiles, Failure> {
    measure_until(stage, times, RECORD_FRAMES).await
}

async fn measure_until(
    Stage { trainer, athlete, .. }: &Stage,
    times: usize,
    record: &str,
) -> Result<Percentiles, Failure> {
    trainer.run_script::<()>(RECORD_CLICKS, Vec::new()).await?;
    athlete.run_script::<()>(record, Vec::new()).await?;
    let mut took = Vec::with_capacity(times);
    for _ in 0..times {
        trainer.click("recall-round").await?;
        athlete.view("between").await?;
        trainer.at_rest().await?;
        athlete.at_rest().await?;
        athlete.run_script::<()>("delete window.paintedAt; delete window.whenPainted", Vec::new()).await?;
        let painting = athlete.run_script_async::<u64>(AWAIT_PAINT);
        let (painted, ()) = tokio::try_join!(painting, trainer.click("release-round"))?;
        let released: u64 = trainer.run_script("return window.releasedAt", Vec::new()).await?;
        took.push(Duration::from_millis(painted.saturating_sub(released)));
    }
    Ok(took.into_iter().collect())
}

/// The result as a line: p50 and p99 in milliseconds.
pub fn line(times: &Percentiles) -> String {
    let (p50, p99) = (times.at(50).as_millis(), times.at(99).as_millis());
    format!("release to painted: p50 {p50} ms, p99 {p99} ms over {} releases", times.count())
}
