//! Which release an installation is offered. Pure: the same request always gets the same answer.

use semver::Version;

use super::platform::vocabulary;

vocabulary! {
    /// How early an installation wants what is new.
    pub enum Channel {
        Stable = "stable",
        Beta = "beta",
    }
}

impl Channel {
    /// The channels whose releases this one is offered. Beta users must not miss a newer stable release.
    fn included(self) -> &'static [Self] {
        match self {
            Self::Stable => &[Self::Stable],
            Self::Beta => &[Self::Beta, Self::Stable],
        }
    }
}

/// Whole percent, 0 to 100.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Percent(u8);

impl Percent {
    /// Everybody.
    pub const ALL: Self = Self(100);

    /// The percentage, if it is one.
    pub fn new(percent: u8) -> Option<Self> {
        (percent <= 100).then_some(Self(percent))
    }

    /// The number.
    pub fn get(self) -> u8 {
        self.0
    }
}

/// The hundredth of all installations that one belongs to, 0 to 99. It stays the same while it is installed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Bucket(u8);

impl Bucket {
    /// The last one.
    pub(crate) const MAX: u8 = 99;

    /// The bucket a text names: one or two digits.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let is_number = (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        text.parse().ok().filter(|_| is_number).map(Self)
    }
}

/// A release, as far as it matters to whom it is offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Release {
    pub(crate) channel: Channel,
    pub(crate) version: Version,
    /// The lowest version that may update to it; a lower one must update to another release first.
    pub(crate) requires: Option<Version>,
    pub(crate) rollout: Percent,
    pub(crate) halted: bool,
}

/// The installation that asks.
#[derive(Clone, Debug)]
pub(crate) struct Installation {
    pub(crate) channel: Channel,
    pub(crate) current: Version,
    /// If unknown, only releases that are rolled out to everybody are offered.
    pub(crate) bucket: Option<Bucket>,
}

/// The release that an installation is offered: the highest it may take of these, which all have an artefact for its
/// platform.
pub(crate) fn select_release<'a>(
    releases: impl IntoIterator<Item = &'a Release>,
    to: &Installation,
) -> Option<&'a Release> {
    releases.into_iter().filter(|release| is_eligible(to, release)).max_by(|a, b| a.version.cmp(&b.version))
}

fn is_eligible(installation: &Installation, release: &Release) -> bool {
    let Installation { channel, current, bucket } = installation;
    channel.included().contains(&release.channel)
        && !release.halted
        // By precedence, which ignores build metadata: one build of a version is not an update of another.
        && release.version.cmp_precedence(current).is_gt()
        && bucket.map_or(release.rollout == Percent::ALL, |Bucket(bucket)| release.rollout.0 > bucket)
        && release.requires.as_ref().is_none_or(|lowest| lowest.cmp_precedence(current).is_le())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn version(text: &str) -> Version {
        text.parse().expect("a version")
    }

    fn release(channel: Channel, text: &str) -> Release {
        Release { channel, version: version(text), requires: None, rollout: Percent::ALL, halted: false }
    }

    fn stable(text: &str) -> Release {
        release(Channel::Stable, text)
    }

    fn offer(releases: &[Release], channel: Channel, current: &str, bucket: Option<u8>) -> Option<String> {
        let to = Installation { channel, current: version(current), bucket: bucket.map(Bucket) };
        select_release(releases, &to).map(|release| release.version.to_string())
    }

    #[test]
    fn only_the_highest_newer_version_is_offered() {
        let releases = [stable("0.9.0"), stable("0.10.0"), stable("0.10.0-rc.1"), stable("0.2.0")];
        for (current, expected) in [
            ("0.1.0", Some("0.10.0")),
            ("0.10.0-rc.1", Some("0.10.0")),
            ("0.10.0", None),
            ("0.10.0+local", None),
            ("1.0.0", None),
        ] {
            assert_eq!(offer(&releases, Channel::Stable, current, None).as_deref(), expected, "{current}");
        }
    }

    #[test]
    fn beta_installations_are_offered_both_channels_and_stable_ones_only_stable() {
        let releases = [stable("0.2.0"), release(Channel::Beta, "0.3.0-beta.1")];
        assert_eq!(offer(&releases, Channel::Beta, "0.1.0", None).as_deref(), Some("0.3.0-beta.1"));
        assert_eq!(offer(&releases, Channel::Stable, "0.1.0", None).as_deref(), Some("0.2.0"));
        let finished = [stable("0.3.0"), release(Channel::Beta, "0.3.0-beta.1")];
        assert_eq!(offer(&finished, Channel::Beta, "0.3.0-beta.1", None).as_deref(), Some("0.3.0"));
    }

    #[test]
    fn a_partial_rollout_reaches_the_buckets_below_its_percentage() {
        let releases = [stable("0.2.0"), Release { rollout: Percent(10), ..stable("0.3.0") }];
        for (bucket, expected) in
            [(Some(0), "0.3.0"), (Some(9), "0.3.0"), (Some(10), "0.2.0"), (Some(99), "0.2.0"), (None, "0.2.0")]
        {
            assert_eq!(offer(&releases, Channel::Stable, "0.1.0", bucket).as_deref(), Some(expected), "{bucket:?}");
        }
        let to_nobody = [Release { rollout: Percent(0), ..stable("0.2.0") }];
        assert_eq!(offer(&to_nobody, Channel::Stable, "0.1.0", Some(0)), None);
        assert_eq!(offer(&[stable("0.2.0")], Channel::Stable, "0.1.0", Some(99)).as_deref(), Some("0.2.0"));
    }

    #[test]
    fn a_halted_release_is_skipped_in_favour_of_the_one_before() {
        let releases = [stable("0.2.0"), Release { halted: true, ..stable("0.3.0") }];
        assert_eq!(offer(&releases, Channel::Stable, "0.1.0", Some(0)).as_deref(), Some("0.2.0"));
        assert_eq!(offer(&releases, Channel::Stable, "0.2.0", Some(0)), None);
    }

    #[test]
    fn a_release_that_requires_a_version_is_offered_only_from_that_version() {
        let releases = [stable("0.5.0"), Release { requires: Some(version("0.5.0")), ..stable("0.9.0") }];
        for (current, expected) in [("0.1.0", Some("0.5.0")), ("0.5.0", Some("0.9.0")), ("0.6.0", Some("0.9.0"))] {
            assert_eq!(offer(&releases, Channel::Stable, current, None).as_deref(), expected, "{current}");
        }
    }

    #[test]
    fn a_bucket_is_one_or_two_digits() {
        for (text, expected) in [("0", Some(0)), ("07", Some(7)), ("99", Some(99))] {
            assert_eq!(Bucket::parse(text), expected.map(Bucket), "{text}");
        }
        for text in ["", "100", "-1", "+1", "1.0", " 1", "x", "000"] {
            assert_eq!(Bucket::parse(text), None, "{text:?}");
        }
    }

    fn channels() -> impl Strategy<Value = Channel> {
        prop_oneof![Just(Channel::Stable), Just(Channel::Beta)]
    }

    /// Few different ones, so that they often coincide.
    fn versions() -> impl Strategy<Value = Version> {
        (0..2_u64, 0..4_u64, prop_oneof![Just(""), Just("-beta.1"), Just("-beta.2")])
            .prop_map(|(major, minor, pre)| version(&format!("{major}.{minor}.0{pre}")))
    }

    fn releases() -> impl Strategy<Value = Vec<Release>> {
        let one = (channels(), versions(), proptest::option::weighted(0.3, versions()), 0..=100_u8, any::<bool>())
            .prop_map(|(channel, version, requires, rollout, halted)| Release {
                channel,
                version,
                requires,
                rollout: Percent(if rollout > 70 { 100 } else { rollout }),
                halted,
            });
        proptest::collection::vec(one, 0..12)
    }

    fn installations() -> impl Strategy<Value = Installation> {
        (channels(), versions(), proptest::option::of((0..100_u8).prop_map(Bucket)))
            .prop_map(|(channel, current, bucket)| Installation { channel, current, bucket })
    }

    proptest! {
        #[test]
        fn the_offer_is_the_highest_eligible_release(all in releases(), to in installations()) {
            let offer = select_release(&all, &to);
            if let Some(release) = offer {
                prop_assert!(release.version > to.current && !release.halted && release.rollout > Percent(0));
                prop_assert!(to.channel == Channel::Beta || release.channel == Channel::Stable);
                prop_assert!(release.requires.as_ref().is_none_or(|lowest| *lowest <= to.current));
            }
            for release in &all {
                let is_for_everybody = !release.halted && release.rollout == Percent::ALL && release.requires.is_none();
                let is_in_reach = is_for_everybody && release.channel == Channel::Stable && release.version > to.current;
                if is_in_reach {
                    prop_assert!(offer.is_some_and(|offer| offer.version >= release.version));
                }
            }
        }

        #[test]
        fn the_order_of_publication_does_not_matter(all in releases(), to in installations()) {
            let backwards: Vec<Release> = all.iter().rev().cloned().collect();
            let versions = [&all, &backwards].map(|all| select_release(all, &to).map(|release| release.version.clone()));
            prop_assert_eq!(&versions[0], &versions[1]);
        }

        #[test]
        fn a_lower_bucket_never_gets_less_and_an_unknown_one_never_more(
            all in releases(), to in installations(), low in 0..100_u8, more in 0..100_u8,
        ) {
            let at = |bucket| {
                let to = Installation { bucket, ..to.clone() };
                select_release(&all, &to).map(|release| release.version.clone())
            };
            let high = (low + more).min(99);
            prop_assert!(at(Some(Bucket(low))) >= at(Some(Bucket(high))));
            prop_assert!(at(Some(Bucket(high))) >= at(None));
        }

        #[test]
        fn a_larger_rollout_never_offers_less(all in releases(), to in installations(), more in 0..=100_u8) {
            let further: Vec<Release> = all
                .iter()
                .map(|release| Release { rollout: Percent((release.rollout.0 + more).min(100)), ..release.clone() })
                .collect();
            prop_assert!(select_release(&further, &to).map(|r| &r.version) >= select_release(&all, &to).map(|r| &r.version));
        }

        #[test]
        fn taking_every_offer_terminates(all in releases(), to in installations()) {
            let mut to = to;
            let mut taken = 0;
            while let Some(release) = select_release(&all, &to) {
                to.current = release.version.clone();
                taken += 1;
                prop_assert!(taken <= all.len());
            }
        }
    }
}
