//! From the click on "release" in the trainer's window to painted in the athlete's.
//!
//! Each page notes the time itself, so that the driver's own time is not in the figure; both run on this machine's clock,
//! which WebKit shows them in whole milliseconds.

use serde_json::json;

use crate::failure::Failure;
use crate::stage::Stage;

/// Notes when a release button is clicked, before anybody handles the click.
const NOTE_CLICKS: &str = "
    document.addEventListener('click', ({ target }) => {
        if (target.closest('[data-testid=release-round]')) window.releasedAt = Date.now();
    }, true);";

/// Notes when a round that was not there is painted: after the frame that its appearance asked for.
const NOTE_PAINTS: &str = "
    const round = () => document.querySelector('[data-testid=round-number]') !== null;
    let there = round();
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => { window.paintedAt = Date.now(); };
    new MutationObserver(() => {
        const now = round();
        if (now && !there) requestAnimationFrame(() => port2.postMessage(null));
        there = now;
    }).observe(document.body, { childList: true, subtree: true });";

/// How long releases took, shortest first.
#[derive(Debug)]
pub struct Latencies(Vec<u64>);

impl Latencies {
    /// The time in milliseconds that `share` of all releases (0 to 100) did not exceed, by nearest rank.
    pub fn percentile(&self, share: usize) -> u64 {
        let rank = (self.0.len() * share).div_ceil(100).clamp(1, self.0.len().max(1));
        self.0.get(rank - 1).copied().unwrap_or_default()
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }
}

impl std::fmt::Display for Latencies {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (p50, p99) = (self.percentile(50), self.percentile(99));
        write!(f, "release to painted: p50 {p50} ms, p99 {p99} ms over {} releases", self.count())
    }
}

/// Recalls and releases the round that is out and not begun, `times` over; leaves it released.
pub async fn measure(Stage { trainer, athlete, .. }: &Stage, times: usize) -> Result<Latencies, Failure> {
    trainer.ask::<()>(NOTE_CLICKS, Vec::new()).await?;
    athlete.ask::<()>(NOTE_PAINTS, Vec::new()).await?;
    let mut took = Vec::with_capacity(times);
    for _ in 0..times {
        trainer.click("recall-round").await?;
        athlete.view("between").await?;
        athlete.ask::<()>("delete window.paintedAt", Vec::new()).await?;
        trainer.click("release-round").await?;
        let painted: u64 = athlete.until("a round to be painted", "return window.paintedAt ?? null", vec![]).await?;
        let released: u64 = trainer.ask("return window.releasedAt", vec![json!(null)]).await?;
        took.push(painted.saturating_sub(released));
    }
    took.sort_unstable();
    Ok(Latencies(took))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_were_measured() {
        let latencies = Latencies((1..=200).collect());
        assert_eq!(latencies.percentile(50), 100);
        assert_eq!(latencies.percentile(99), 198);
        assert_eq!(latencies.percentile(100), 200);
        assert_eq!(Latencies(vec![7]).percentile(50), 7);
    }
}
