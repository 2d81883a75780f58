//! The core's own parsers, for who looks for inputs on which one panics (`cargo xtask fuzz`).
//!
//! What it shares with the server (entities, events, answers, problems) is among the server's targets. Deliberately absent:
//! what libraries parse without anything of ours.

use std::fmt::Debug;
use std::str::FromStr;

use reqwest::header::{DATE, HeaderMap, HeaderValue, RETRY_AFTER};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::address::ServerUrl;
use crate::api::retry_after_s;
use crate::bridge::{Call, KioskCall};
use crate::certificate::{LONGEST_NAME, issuer_name};
use crate::outbox::Entry;
use crate::profile::Profile;
use crate::roster::Roster;
use crate::roster::pin::Pin;
use crate::uploads::UploadJob;

/// What a desktop stores, is called with, and is answered.
///
/// # Panics
/// If a parser does, or takes what it should not: that is what is looked for.
pub fn desktop(bytes: &[u8]) {
    stored::<Entry>(bytes);
    stored::<UploadJob>(bytes);
    drop(serde_json::from_slice::<Roster>(bytes));
    drop(serde_json::from_slice::<Call>(bytes));
    drop(serde_json::from_slice::<KioskCall>(bytes));
    if let Some(name) = issuer_name(bytes) {
        assert!((1..=LONGEST_NAME).contains(&name.chars().count()));
    }
    if let Ok(value) = HeaderValue::from_bytes(bytes) {
        retry_after_s(&HeaderMap::from_iter([(RETRY_AFTER, value.clone()), (DATE, value)]));
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        written::<ServerUrl>(text);
        written::<Profile>(text);
        drop((Pin::of_member(text), Pin::of_studio(text)));
    }
}

/// What is stored reads back as it is.
fn stored<T: DeserializeOwned + Serialize + PartialEq + Debug>(bytes: &[u8]) {
    let Ok(value) = serde_json::from_slice::<T>(bytes) else { return };
    let again = serde_json::to_vec(&value).expect("it can be stored");
    assert_eq!(serde_json::from_slice::<T>(&again).expect("it can be read again"), value);
}

/// A text that is taken is taken again as it is written out.
fn written<T: FromStr + ToString>(text: &str) {
    let Ok(value) = text.parse::<T>() else { return };
    let again = value.to_string();
    assert!(again.parse::<T>().is_ok_and(|value| value.to_string() == again), "{again:?}");
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::prelude::*;

    use super::*;

    /// The files of the target's corpus, by name.
    fn corpus() -> Vec<(String, Vec<u8>)> {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/desktop");
        let files = std::fs::read_dir(&directory).expect("there is a corpus").map(|file| file.expect("an entry"));
        let read = |file: std::fs::DirEntry| {
            (file.file_name().to_string_lossy().into_owned(), std::fs::read(file.path()).expect("a file"))
        };
        files.map(read).collect()
    }

    #[test]
    fn the_corpus_is_parsed_without_panics_and_has_what_it_is_named_for() {
        let corpus = corpus();
        for (_, bytes) in &corpus {
            desktop(bytes);
        }
        let named = |name: &str| &corpus.iter().find(|(known, _)| known == name).expect("it is there").1;
        serde_json::from_slice::<Entry>(named("entry")).expect("an act of the outbox");
        serde_json::from_slice::<UploadJob>(named("upload")).expect("an upload");
        serde_json::from_slice::<Roster>(named("roster")).expect("a roster");
        serde_json::from_slice::<Call>(named("call")).expect("a call");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn mutated_files_of_the_corpus_are_parsed_without_panics(
            seed in any::<prop::sample::Selector>(),
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        ) {
            let corpus = corpus();
            let mut bytes = seed.select(corpus).1;
            for (place, byte) in changes {
                let place = place.index(bytes.len().max(1));
                if let Some(old) = bytes.get_mut(place) {
                    *old = byte;
                }
            }
            desktop(&bytes);
        }
    }
}
