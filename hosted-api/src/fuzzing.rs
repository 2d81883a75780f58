//! Every parser of the server, of `training` and of `imports`, each as a function of any bytes that panics when something is wrong.
//!
//! A fuzzer calls them with what it thinks of (`fuzz/`, `cargo xtask fuzz`). What it found interesting is kept in
//! `fuzz/corpus`, and the tests below replay that, changed and unchanged, with every other test.

#![allow(clippy::missing_panics_doc, reason = "it is how a target says that something is wrong")]

use std::collections::BTreeMap;
use std::fmt::Debug;

use std::net::Ipv4Addr;

use axum::extract::Query;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri, Version};
use serde::Serialize;
use serde::de::DeserializeOwned;
use training::imports::CommitImport;
use training::library::{ExerciseDraft, SetVideo, StartUpload};
use training::notes::{JournalDraft, NoteDraft};
use training::people::{
    ChangeUser, ClaimInvitation, CreateUser, EraseUser, InvitationCode, LookAtInvitation, address, display_name,
    fold as fold_text, sort_key,
};
use training::wire::{
    Account, Bye, CancelSession, ChangeMe, ChangePassword, CompleteRound, CorrectExercise, Cursor, EditRound, FeedPage,
    Hello, LogExercise, RefreshTokens, SaveRound, SignIn, SignOut, Snapshot,
};
use training::{
    Document, Envelope, Event, EventName, Exercise, Problem, Session, SessionId, SessionRecord, Sessions,
    TemplateDraft, Timestamp, UserId, WeightDraft, fold,
};

use crate::accounts::check_new_password;
use crate::clock;
use crate::commands::Answer;
use crate::endpoints::feed::follow::{FeedQuery, negotiate};
use crate::endpoints::{
    athletes, audit, exercises, imports as import_files, journal, sessions, templates, users, weights,
};
use crate::http::{
    ApiError, FromBody, Nothing, Required, bearer, check_host, etag, idempotency_key, parse_weighted, request_id,
    version_in_tag,
};
use crate::store::UserCursor;
use crate::updates::{Bucket, Platform, PublicKey, PublicUrl, Signature, notes_for, version_in};
use crate::videos::inspect_bytes;
use crate::{DatabaseUrl, TrustedProxies};

/// Reads bytes.
pub type Target = fn(&[u8]);

/// Every target, by the name of its corpus.
pub const TARGETS: [(&str, Target); 8] = [
    ("bodies", bodies),
    ("entities", entities),
    ("headers", headers),
    ("imports", imports),
    ("parameters", parameters),
    ("people", people),
    ("releases", releases),
    ("videos", videos),
];

/// The bodies of requests, by name.
macro_rules! bodies {
    ($($body:ident,)+) => {
        /// Those of every request; a test compares them with the API's description.
        const BODIES: &[(&str, Target)] = &[$((stringify!($body), body::<$body>),)+];
    };
}

bodies! {
    CancelSession, ChangeMe, ChangePassword, ChangeUser, ClaimInvitation, CommitImport, CompleteRound, CorrectExercise,
    CreateUser, EditRound, EraseUser, ExerciseDraft, JournalDraft, LogExercise, LookAtInvitation, NoteDraft, Nothing, RefreshTokens,
    SaveRound, SessionRecord, SetVideo, SignIn, SignOut, StartUpload, TemplateDraft, WeightDraft,
}

/// Bodies of requests: whatever the strict reader takes, serde takes, and whatever it refuses is a client's mistake.
pub fn bodies(bytes: &[u8]) {
    for (_, read) in BODIES {
        read(bytes);
    }
}

fn body<T: DeserializeOwned>(bytes: &[u8]) {
    let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
    match Required::<T>::read(&headers, bytes) {
        Ok(Required(_)) => assert!(serde_json::from_slice::<T>(bytes).is_ok(), "the strict reader is the stricter one"),
        Err(error) => assert_client_error(error),
    }
}

/// A refusal names a client's mistake, and each of its findings has a JSON pointer.
fn assert_client_error(error: ApiError) {
    assert!(error.status().is_client_error(), "{error:?}");
    for field in error.problem("fuzzing").fields {
        let pointer = &field.pointer;
        assert!(pointer.is_empty() || pointer.starts_with('/'), "{pointer:?}");
        let escapes = pointer.split('~').skip(1);
        assert!(escapes.into_iter().all(|rest| rest.starts_with(['0', '1'])), "{pointer:?}");
    }
}

/// What is stored and sent: read, written and read again it is the same, and folding it twice changes nothing.
pub fn entities(bytes: &[u8]) {
    round_trip::<Session>(bytes);
    round_trip::<Exercise>(bytes);
    round_trip::<Account>(bytes);
    round_trip::<Envelope>(bytes);
    round_trip::<Snapshot>(bytes);
    round_trip::<FeedPage>(bytes);
    round_trip::<Hello>(bytes);
    round_trip::<Bye>(bytes);
    round_trip::<Problem>(bytes);
    if let Ok(answer) = serde_json::from_slice::<Answer>(bytes) {
        drop(serde_json::to_string(&answer).expect("what was stored can be stored again"));
    }
    if let Ok(event) = serde_json::from_slice::<Event>(bytes) {
        folds(&event);
    }
}

fn round_trip<T: Serialize + DeserializeOwned + PartialEq + Debug>(bytes: &[u8]) {
    let Ok(read) = serde_json::from_slice::<T>(bytes) else { return };
    let written = serde_json::to_string(&read).expect("what was read can be written");
    let again: T = serde_json::from_str(&written).unwrap_or_else(|error| panic!("{error}: {written}"));
    assert_eq!(again, read, "{written}");
}

fn folds(event: &Event) {
    match event {
        Event::Session(event) => {
            let (mut sessions, viewer) = (Sessions::new(), UserId(uuid::Uuid::nil()));
            fold(&mut sessions, event, viewer);
            // An event that contradicts itself, about a session that it carries at another version, is folded twice.
            fold(&mut sessions, event, viewer);
            let before = sessions.clone();
            fold(&mut sessions, event, viewer);
            assert_eq!(sessions, before, "folding it again changes nothing");
        }
        Event::Saved { document, .. } => {
            let version = document.version();
            assert_eq!(Document::clone(document).at_version(version), *document);
        }
        Event::Removed { .. } | Event::AccountChanged { .. } | Event::Unknown { .. } => {}
    }
}

/// Headers.
pub fn headers(bytes: &[u8]) {
    let Ok(value) = HeaderValue::from_bytes(bytes) else { return };
    let of = |name: &'static str| HeaderMap::from_iter([(HeaderName::from_static(name), value.clone())]);
    let id = request_id::of(&of("x-request-id"));
    assert_eq!(request_id::header(&id), id.as_str(), "an id is sent back as it is");
    if let Err(error) = idempotency_key(&of("idempotency-key")) {
        assert_client_error(error);
    }
    let host = of("host");
    if check_host(Version::HTTP_11, &host).is_ok() {
        assert!(!bytes.is_empty() && !bytes.contains(&b'@') && !bytes.contains(&b'/'));
    }
    negotiate(&of("accept"));
    let (trusted, peer) = ("10.0.0.0/8,fd00::/8".parse::<TrustedProxies>(), Ipv4Addr::new(10, 0, 0, 1).into());
    trusted.expect("networks").client(peer, &of("x-forwarded-for"));
    let Ok(text) = value.to_str() else { return };
    if let Some(token) = bearer(text) {
        assert!(!token.is_empty() && text.trim_end().ends_with(token));
    }
    if let Some(version) = version_in_tag(text) {
        assert_eq!(etag(version), text.trim(), "a version has one tag");
    }
    if let Some((_, weight)) = parse_weighted(text) {
        assert!((0.0..=1.0).contains(&weight));
    }
    let notes = BTreeMap::from([("de".to_owned(), "Neu".to_owned()), ("en".to_owned(), "New".to_owned())]);
    assert!(notes_for(&notes, text).is_some(), "there is always something to tell");
}

/// Paths and queries.
pub fn parameters(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(uri) = format!("/v1/sessions?{text}").parse::<Uri>() {
        query::<FeedQuery>(&uri);
        query::<athletes::sessions::Filter>(&uri);
        query::<athletes::sets::Filter>(&uri);
        query::<athletes::stats::Filter>(&uri);
        query::<audit::list::Filter>(&uri);
        query::<exercises::list::Filter>(&uri);
        query::<import_files::list::Filter>(&uri);
        query::<import_files::read_file::FileQuery>(&uri);
        query::<journal::list::Filter>(&uri);
        query::<sessions::list::Filter>(&uri);
        query::<templates::list::Filter>(&uri);
        query::<users::list::Filter>(&uri);
        query::<weights::list::Filter>(&uri);
    }
    if let Ok(cursor) = text.parse::<UserCursor>() {
        assert_eq!(cursor.to_string().parse().ok(), Some(cursor));
    }
    if let Ok(cursor) = text.parse::<Cursor>() {
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
    }
    if let Ok(id) = text.parse::<SessionId>() {
        assert_eq!(id.to_string().parse::<SessionId>().ok(), Some(id));
    }
    let name = EventName::from_word(text);
    assert_eq!(EventName::from_word(&name.to_string()), name);
    if let Ok(at) = serde_json::from_value::<Timestamp>(text.into()) {
        assert_eq!(Timestamp::from_millisecond(at.as_millisecond()), Some(at));
    }
}

fn query<T: DeserializeOwned>(uri: &Uri) {
    Query::<T>::try_from_uri(uri).ok();
}

/// What people type about people: names, addresses, codes, and what they search for.
pub fn people(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(code) = text.parse::<InvitationCode>() {
        assert_eq!(code.to_string().parse(), Ok(code), "a code reads back as it is shown");
    }
    if let Ok(name) = display_name(text) {
        assert_eq!(display_name(&name), Ok(name), "a name that is kept stays as it is");
    }
    if let Ok(address) = address(text) {
        assert!(address.matches('@').count() == 1 && !address.contains(char::is_whitespace), "{address:?}");
    }
    let folded = fold_text(text);
    assert_eq!(fold_text(&folded), folded, "folding again changes nothing");
    let cursor = UserCursor { sort_key: sort_key(text), id: UserId(uuid::Uuid::nil()) };
    assert_eq!(cursor.to_string().parse().ok(), Some(cursor), "a page can begin after any name");
    check_new_password(text, text, text).ok();
}

/// What an operator writes: addresses of proxies, names of packages, keys, signatures and addresses.
pub fn releases(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let platforms = Platform::of_file(text);
    if !platforms.is_empty() {
        // It becomes a part of a path and of a URL.
        assert!(!text.contains(['/', '\\', '%', '?', '#', ' ', '\0']) && text != "..", "{text:?}");
    }
    version_in(text).and_then(|version| version.parse::<semver::Version>().ok());
    let mut words = text.split('/');
    let mut word = || words.next().unwrap_or_default();
    if let Some(platform) = Platform::named(word(), word(), word()) {
        assert_eq!(platform.to_string().matches('-').count(), 2);
    }
    if let Some(bucket) = Bucket::parse(text) {
        assert!(Some(bucket) <= Bucket::parse("99"));
    }
    PublicKey::parse(text).ok();
    Signature::parse(text, &semver::Version::new(1, 2, 3)).ok();
    for url in [text.parse::<PublicUrl>().ok(), PublicUrl::of_host(text)].into_iter().flatten() {
        let at = url.at(&["v1", "artefacts"]);
        assert!(at.path().ends_with("/v1/artefacts") && at.query().is_none() && at.username().is_empty(), "{at}");
    }
    text.parse::<TrustedProxies>().ok();
    if let Ok(url) = text.parse::<DatabaseUrl>() {
        assert!(url.to_string().contains("://"));
    }
}

/// Files that are uploaded as videos: whatever is taken has a picture and a duration.
pub fn videos(bytes: &[u8]) {
    if let Ok(facts) = inspect_bytes(&mut std::io::Cursor::new(bytes), bytes.len() as u64) {
        assert!(facts.width > 0 && facts.height > 0 && (1..=600_000).contains(&facts.duration_ms), "{facts:?}");
    }
}

/// Files of other trackers: every row is a set, a weight, or skipped.
pub fn imports(bytes: &[u8]) {
    let (names, now) = (::imports::Names::default(), clock::now());
    let options = ::imports::Options { unit: None, time_zone: jiff::tz::TimeZone::UTC, now, names: &names };
    if let Ok(plan) = ::imports::read(bytes, &options) {
        assert_eq!(plan.rows, plan.sets() + plan.weights.len() + plan.skipped.len());
        assert!(plan.sessions.iter().all(|session| session.started_at <= session.ended_at && session.ended_at <= now));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use proptest::prelude::*;

    use super::*;
    use crate::openapi::operations;

    /// Every file of a target's corpus.
    fn corpus(name: &str) -> Vec<Vec<u8>> {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus").join(name);
        let files = std::fs::read_dir(&directory).unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
        let read = |file: std::io::Result<std::fs::DirEntry>| std::fs::read(file.expect("an entry").path());
        let all: Vec<_> = files.map(|file| read(file).expect("a file")).collect();
        assert!(!all.is_empty(), "{name} has a corpus");
        all
    }

    #[test]
    fn the_corpus_is_parsed_without_panics() {
        for (name, target) in TARGETS {
            for bytes in corpus(name) {
                target(&bytes);
            }
        }
    }

    #[test]
    fn the_body_of_every_request_is_among_them() {
        let (_, document) = crate::router::described_routes();
        let described: BTreeSet<String> = operations(&document.paths)
            .filter_map(|(_, _, operation)| operation.request_body.as_ref())
            .map(|body| serde_json::to_value(body).expect("JSON")["content"]["application/json"].to_string())
            .flat_map(|body| named_in(&body))
            .collect();
        let fuzzed: BTreeSet<String> = BODIES.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert!(!described.is_empty());
        assert_eq!(described.difference(&fuzzed).collect::<Vec<_>>(), Vec::<&String>::new());
    }

    /// The schemas that a part of the description refers to.
    fn named_in(part: &str) -> Vec<String> {
        let references = part.split("#/components/schemas/").skip(1);
        references.filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

        /// No substitute for a fuzzer, which sees where its inputs lead; but it runs everywhere.
        #[test]
        fn mutations_of_the_corpus_are_parsed_without_panics(
            target in 0..TARGETS.len(), which: prop::sample::Index, at: prop::sample::Index,
            cut in 0_usize..8, with in prop::collection::vec(any::<u8>(), 0..8),
        ) {
            let (name, read) = TARGETS[target];
            let corpus = corpus(name);
            let mut bytes = which.get(&corpus).clone();
            let at = if bytes.is_empty() { 0 } else { at.index(bytes.len()) };
            let end = (at + cut).min(bytes.len());
            bytes.splice(at..end, with);
            read(&bytes);
        }

        #[test]
        fn arbitrary_bytes_are_parsed_without_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            for (_, read) in TARGETS {
                read(&bytes);
            }
        }
    }
}
