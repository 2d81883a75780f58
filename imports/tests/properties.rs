//! Whatever a file holds: nothing panics, every row is told once, and every session can be stored.
//!
//! Of changed files 10,000 are tried each time, the rest with what `PROPTEST_CASES` says.

mod common;

use common::{FILES, now, read_bytes};
use imports::Plan;
use proptest::prelude::*;
use training::imports::WeightUnit;
use training::{ValueLimits, Values};

/// How many changed files each run of the tests reads.
const MUTATED_FILES: u32 = 10_000;

/// A change of the bytes of a file.
#[derive(Clone, Debug)]
enum Mutation {
    Cut(prop::sample::Index),
    Remove(prop::sample::Index, usize),
    Replace(prop::sample::Index, Vec<u8>),
    Insert(prop::sample::Index, Vec<u8>),
    /// Another file behind it.
    Append(usize),
    /// A piece of it once more.
    Repeat(prop::sample::Index, usize),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let place = any::<prop::sample::Index>;
    let awkward = prop::sample::select(vec![
        "\"",
        ",",
        ";",
        "\n",
        "\r\n",
        "\t",
        "\0",
        "kg",
        "lbs",
        "-",
        "1e999",
        "99999999999999999999",
        "0",
        "::",
        "2026-02-30",
        "31.12.9999",
        "PM",
        "=HYPERLINK(\"x\")",
        "NaN",
        "１２",
        "\u{202F}",
        "½",
        "İ",
        "W",
        "x",
    ]);
    let bytes = || {
        prop_oneof![
            prop::collection::vec(any::<u8>(), 0..12),
            awkward.clone().prop_map(|text| text.as_bytes().to_vec()),
        ]
    };
    prop_oneof![
        place().prop_map(Mutation::Cut),
        (place(), 1_usize..200).prop_map(|(at, count)| Mutation::Remove(at, count)),
        (place(), bytes()).prop_map(|(at, with)| Mutation::Replace(at, with)),
        (place(), bytes()).prop_map(|(at, what)| Mutation::Insert(at, what)),
        (0..FILES.len()).prop_map(Mutation::Append),
        (place(), 1_usize..300).prop_map(|(at, count)| Mutation::Repeat(at, count)),
    ]
}

fn apply(bytes: &mut Vec<u8>, mutation: &Mutation) {
    if bytes.is_empty() {
        return;
    }
    let length = bytes.len();
    match mutation {
        Mutation::Cut(at) => bytes.truncate(at.index(length)),
        Mutation::Remove(at, count) => {
            let at = at.index(length);
            bytes.drain(at..(at + count).min(length));
        }
        Mutation::Replace(at, with) => {
            let at = at.index(length);
            bytes.splice(at..(at + with.len()).min(length), with.iter().copied());
        }
        Mutation::Insert(at, what) => {
            let at = at.index(length);
            bytes.splice(at..at, what.iter().copied());
        }
        Mutation::Append(file) => bytes.extend_from_slice(FILES[*file].1),
        Mutation::Repeat(at, count) => {
            let at = at.index(length);
            let piece = bytes[at..(at + count).min(length)].to_vec();
            bytes.splice(at..at, piece);
        }
    }
}

fn are_possible(values: &Values) -> bool {
    let limits = ValueLimits::ACTUAL;
    values.weight_kg.is_none_or(|kg| limits.weight_kg.contains(kg))
        && values.reps.is_none_or(|reps| limits.reps.contains(f64::from(reps)))
        && values.distance_m.is_none_or(|metres| limits.distance_m.contains(metres))
        && values.time_s.is_none_or(|seconds| limits.time_s.contains(f64::from(seconds)))
}

fn check(plan: &Plan) {
    assert_eq!(plan.rows, plan.sets() + plan.weights.len() + plan.skipped.len(), "every row is told once");
    assert!(plan.skipped.is_sorted());
    assert!(plan.sessions.windows(2).all(|pair| pair[0].started_at < pair[1].started_at));
    for session in &plan.sessions {
        assert!(session.started_at <= session.ended_at && session.ended_at <= now());
        assert!(session.sets() > 0);
        for set in session.rounds.iter().flat_map(|round| &round.sets) {
            assert!(set.exercise < plan.exercises.len() && are_possible(&set.actual));
            assert!(set.feedback.as_ref().is_none_or(|feedback| feedback.effort <= 10));
        }
    }
    assert!(plan.weights.iter().all(|weight| (20.0..=300.0).contains(&weight.weight_kg)));
}

#[test]
fn every_row_of_every_file_is_a_set_a_weight_or_skipped() {
    for (name, bytes) in FILES {
        let plan = read_bytes(bytes, None).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(plan.rows > 0, "{name}");
        check(&plan);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(MUTATED_FILES))]

    #[test]
    fn a_mutated_file_is_read_or_refused(
        file in 0..FILES.len(),
        mutations in prop::collection::vec(mutation(), 1..8),
        pounds in any::<bool>(),
    ) {
        let mut bytes = FILES[file].1.to_vec();
        for mutation in &mutations {
            apply(&mut bytes, mutation);
        }
        if let Ok(plan) = read_bytes(&bytes, pounds.then_some(WeightUnit::Lb)) {
            check(&plan);
        }
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        if let Ok(plan) = read_bytes(&bytes, None) {
            check(&plan);
        }
    }
}
