//! How long something took, many times over.

use std::time::Duration;

/// Measured times, shortest first.
#[derive(Clone, Debug, Default)]
pub struct Percentiles(Vec<Duration>);

impl Percentiles {
    /// The time that `share` of all (0 to 100) did not exceed, by nearest rank; zero if nothing was measured.
    pub fn at(&self, share: usize) -> Duration {
        let rank = (self.0.len() * share).div_ceil(100).max(1);
        self.0.get(rank - 1).copied().unwrap_or_default()
    }

    /// All that was measured, shortest first.
    pub fn iter(&self) -> impl Iterator<Item = Duration> + '_ {
        self.0.iter().copied()
    }

    /// How many were measured.
    pub fn count(&self) -> usize {
        self.0.len()
    }
}

impl FromIterator<Duration> for Percentiles {
    fn from_iter<I: IntoIterator<Item = Duration>>(times: I) -> Self {
        let mut times: Vec<Duration> = times.into_iter().collect();
        times.sort_unstable();
        Self(times)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_were_measured() {
        let times: Percentiles = (1..=200).rev().map(Duration::from_millis).collect();
        assert_eq!(times.at(50), Duration::from_millis(100));
        assert_eq!(times.at(99), Duration::from_millis(198));
        assert_eq!(times.at(100), Duration::from_millis(200));
        assert_eq!(Percentiles::from_iter([Duration::from_millis(7)]).at(50), Duration::from_millis(7));
        assert_eq!(Percentiles::default().at(99), Duration::ZERO);
    }
}
