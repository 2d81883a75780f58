//! How a stream's bytes are parsed. The standard defines the format:
//! <https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation>. The parser is a
//! library; where it deviates, a test shows it, and says why that does no harm to our server's streams.

use std::convert::Infallible;

use eventsource_stream::{EventStreamError, Eventsource};
use futures_executor::block_on;
use futures_util::stream;
use serde_json::json;
use training::{Person, SessionId, UserId, start};
use uuid::Uuid;

use super::*;

/// The events parsed from these pieces, and how parsing ended.
fn parsed<B: AsRef<[u8]>>(pieces: &[B]) -> (Vec<Event>, Result<(), EventStreamError<Infallible>>) {
    let pieces = stream::iter(pieces.iter().map(|piece| Ok(piece.as_ref())));
    let mut parsed = Box::pin(pieces.eventsource());
    let mut events = Vec::new();
    block_on(async {
        while let Some(event) = parsed.next().await {
            match event {
                Ok(event) => events.push(event),
                Err(error) => return (events, Err(error)),
            }
        }
        (events, Ok(()))
    })
}

/// The events parsed from `bytes`, which must be the same however they are split in two, and byte by byte.
fn events(bytes: impl AsRef<[u8]>) -> Vec<Event> {
    let bytes = bytes.as_ref();
    let whole = parsed(&[bytes]);
    for at in 0..=bytes.len() {
        assert_eq!(parsed(&[&bytes[..at], &bytes[at..]]), whole, "split at {at}");
    }
    assert_eq!(parsed(&bytes.chunks(1).collect::<Vec<_>>()), whole, "byte by byte");
    assert_eq!(whole.1, Ok(()), "it ends as the bytes do");
    whole.0
}

fn data(bytes: impl AsRef<[u8]>) -> Vec<String> {
    events(bytes).into_iter().map(|event| event.data).collect()
}

#[test]
fn a_byte_order_mark_after_the_start_is_content() {
    assert_eq!(data("data: a\n\n\u{feff}data: b\n\ndata: c\n\n"), ["a", "c"]);
    assert_eq!(data("data: \u{feff}a\n\n"), ["\u{feff}a"]);
}

#[test]
fn a_leading_byte_order_mark_makes_the_parser_panic() {
    // Our server sends none. `event_source` catches the panic in case something else answers.
    for pieces in [vec!["\u{feff}data: a\n\n".as_bytes()], vec![b"\xef", b"\xbb\xbf", b"data: a\n\n"]] {
        assert!(std::panic::catch_unwind(|| parsed(&pieces)).is_err());
    }
}

#[test]
fn lines_end_with_cr_or_lf_or_both() {
    for end in ["\n", "\r", "\r\n"] {
        // One extra line, because the parser holds back the last CR.
        let text = format!("event: e{end}data: a{end}data: b{end}{end}data: c{end}{end}:");
        let all = events(&text);
        assert_eq!((all[0].event.as_str(), all[0].data.as_str()), ("e", "a\nb"), "{end:?}");
        assert_eq!(all[1].data, "c", "{end:?}");
    }
    assert_eq!(data("data: a\r\n\rdata: b\n\r\n"), ["a", "b"], "mixed");
}

#[test]
fn a_cr_at_the_end_of_a_chunk_waits_for_a_possible_lf() {
    // According to the standard the message is complete. Our server ends lines with LF.
    assert_eq!(data("data: a\n\r"), [""; 0]);
    assert_eq!(data("data: a\n\r:"), ["a"]);
}

#[test]
fn a_character_of_several_bytes_may_be_split() {
    assert_eq!(data("data: Knie – 膝 🏋\n\n"), ["Knie – 膝 🏋"]);
}

#[test]
fn invalid_utf_8_ends_the_stream() {
    // According to the standard it is replaced. Our server sends strings, which are UTF-8 by type. The stream stays
    // open until it ends or is replaced, at the latest when its token expires; missed events then come from the feed.
    let (events, end) = parsed(&[b"data: a\n\ndata: \xffb\n\n".as_slice(), b"data: c\n\n", b": keep-alive\n\n"]);
    assert_eq!(events.iter().map(|event| &*event.data).collect::<Vec<_>>(), ["a"]);
    assert!(matches!(end, Err(EventStreamError::Utf8(_))), "and it is said at the end only: {end:?}");
}

#[test]
fn comments_and_unknown_fields_are_ignored() {
    assert_eq!(data(": keep-alive\n\n:\n:x\ndata: a\nwhat: x\n\n"), ["a"]);
    assert_eq!(data("datax: a\n data: b\n\n"), [""; 0]);
}

#[test]
fn a_field_without_a_colon_has_no_value() {
    assert_eq!(data("data\n\ndata\ndata\n\ndata:\n\n"), ["", "\n", ""]);
    assert_eq!(events("id: 1\nid\ndata: a\n\n")[0].id, "");
}

#[test]
fn one_space_after_the_colon_is_not_part_of_the_value() {
    assert_eq!(data("data:a\n\ndata: a\n\ndata:  a\n\ndata:\ta\n\ndata:a:b\n\n"), ["a", "a", " a", "\ta", "a:b"]);
}

#[test]
fn several_lines_of_data_are_one_message() {
    assert_eq!(data("data: YHOO\ndata: +2\ndata: 10\n\n"), ["YHOO\n+2\n10"]);
    assert_eq!(data("data\ndata: x\ndata\n\n"), ["\nx\n"]);
}

#[test]
fn a_message_without_data_is_dropped_with_its_event_name() {
    let message = Event { event: "message".into(), data: "a".into(), id: "7".into(), retry: None };
    assert_eq!(events("event: hello\nid: 7\n\ndata: a\n\n"), [message]);
}

#[test]
fn a_message_without_its_closing_empty_line_is_not_delivered() {
    assert_eq!(data("data: a"), [""; 0]);
    assert_eq!(data("data: a\n"), [""; 0]);
    assert_eq!(data("data: a\n\ndata: b\n"), ["a"]);
}

#[test]
fn an_id_persists_until_it_is_replaced_or_reset() {
    let all = events("id: 1\ndata: a\n\ndata: b\n\nid: 2\ndata: c\n\nid:\ndata: d\n\ndata: e\n\n");
    assert_eq!(all.iter().map(|event| &*event.id).collect::<Vec<_>>(), ["1", "1", "2", "", ""]);
}

#[test]
fn an_id_containing_nul_is_ignored() {
    assert_eq!(events("id: 1\nid: 2\0\ndata: a\n\n")[0].id, "1");
}

#[test]
fn a_retry_is_a_number() {
    let retry = |text: &str| events(format!("retry: 70\n{text}\ndata: a\n\n"))[0].retry;
    let ms = |ms| Some(Duration::from_millis(ms));
    assert_eq!(retry("retry: 1500"), ms(1_500));
    for text in ["retry: -5", "retry: 5s", "retry: 5.5", "retry: ٥", "retry", "retry: 99999999999999999999"] {
        assert_eq!(retry(text), ms(70), "{text}");
    }
    // The standard allows digits only. Our server writes an unsigned number.
    assert_eq!(retry("retry: +5"), ms(5));
}

#[test]
fn a_retry_value_belongs_to_its_own_message_only() {
    // According to the standard it applies from its line on. Our server sends it in the last message, where it matters.
    let retries: Vec<_> = events("data: a\n\nretry: 9\n\nretry: 8\ndata: b\n\ndata: c\n\n")
        .into_iter()
        .map(|event| event.retry)
        .collect();
    assert_eq!(retries, [None, Some(Duration::from_millis(8)), None]);
}

/// What the stream receives from this text.
fn received(text: &str) -> (Vec<Received>, Ended) {
    let mut stream = Stream::of(stream::iter(events(text)).map(Ok).boxed());
    let mut all = Vec::new();
    block_on(async {
        loop {
            match stream.next().await {
                Ok(received) => all.push(received),
                Err(ended) => return (all, ended),
            }
        }
    })
}

fn hello_with(more: &serde_json::Value) -> String {
    let mut hello =
        json!({"cursor": "e.4", "resumed": true, "keep_alive_s": 15, "server_time": "2026-11-30T10:00:00Z"});
    hello.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    format!("id: e.4\nevent: hello\ndata: {hello}\n\n")
}

/// An event of the feed, with `id` as its id lines.
fn event(id: &str, seq: u64) -> String {
    let athlete = Person { id: UserId(Uuid::nil()), name: "Mara".to_owned() };
    let at = jiff::Timestamp::UNIX_EPOCH.into();
    let event = start(SessionId(Uuid::nil()), athlete, true, false, at).expect("nothing speaks against it");
    let event = training::Event::Session(event);
    let name = event.name();
    let data = serde_json::to_string(&Envelope { seq, event }).expect("it can be written");
    format!("{id}event: {name}\ndata: {data}\n\n")
}

#[test]
fn a_hello_of_another_api_version_is_recognised_whatever_else_it_contains() {
    for version in [json!({}), json!({"api_version": null}), json!({"api_version": "1", "more": 1})] {
        let (received, ended) = received(&hello_with(&version));
        assert!(matches!(received[..], [Received::Hello(_)]), "{version}: {received:?}");
        assert_eq!(ended, Ended::Gone);
    }
    assert_eq!(received(&hello_with(&json!({"api_version": "2"}))).1, Ended::OtherVersion);
    assert_eq!(received("event: hello\ndata: {\"api_version\":\"2\"}\n\n").1, Ended::OtherVersion);
    assert_eq!(received("event: hello\ndata: {}\n\n").1, Ended::Malformed);
}

#[test]
fn a_stream_that_does_not_begin_with_a_signal_is_malformed() {
    assert_eq!(received("data: Welcome\n\n").1, Ended::Malformed);
}

#[test]
fn an_event_needs_its_own_id_with_its_sequence_number() {
    let (received, ended) = received(&(hello_with(&json!({})) + &event("id: e.5\n", 5)));
    let [Received::Hello(_), Received::Event { epoch, envelope }] = &received[..] else { panic!("{received:?}") };
    assert_eq!((epoch.as_str(), envelope.seq, ended), ("e", 5, Ended::Gone));
}

#[test]
fn an_event_whose_number_differs_from_its_id_is_malformed() {
    let (_, ended) = received(&(hello_with(&json!({})) + &event("id: e.6\n", 5)));
    assert_eq!(ended, Ended::Malformed);
}

#[test]
fn a_message_without_its_own_id_is_ignored_although_the_parser_repeats_the_last_id() {
    let text = hello_with(&json!({})) + &event("", 5) + "event: condition\ndata: rain\n\n" + &event("id: e.5\n", 5);
    let (received, ended) = received(&text);
    assert!(matches!(&received[..], [Received::Hello(_), Received::Event { envelope, .. }] if envelope.seq == 5));
    assert_eq!(ended, Ended::Gone);
}

#[test]
fn who_is_there_is_no_event_and_leaves_the_cursor_where_it_is() {
    let presence = json!({"athlete_id": Uuid::nil(), "online": true, "since": "2026-11-30T10:00:00Z", "more": 1});
    let text =
        hello_with(&json!({})) + &format!("event: presence-changed\ndata: {presence}\n\n") + &event("id: e.5\n", 5);
    let (received, _) = received(&text);
    let [Received::Hello(_), Received::Presence(presence), Received::Event { envelope, .. }] = &received[..] else {
        panic!("{received:?}")
    };
    assert!(presence.online && envelope.seq == 5);
}

#[test]
fn signals_of_newer_servers_are_ignored_and_the_stream_goes_on() {
    for signal in ["event: presence-changed\ndata: {\"athlete\":7}\n\n", "event: mood-changed\ndata: {\"mood\":7}\n\n"]
    {
        let (received, ended) = received(&(hello_with(&json!({})) + signal + &event("id: e.5\n", 5)));
        assert!(matches!(&received[..], [Received::Hello(_), Received::Event { .. }]), "{received:?}");
        assert_eq!(ended, Ended::Gone);
    }
}

#[test]
fn the_empty_id_of_a_reset_is_not_an_event_id() {
    let text = hello_with(&json!({})) + "id: \nevent: reset\ndata: {}\n\n" + &event("", 5);
    let (received, ended) = received(&text);
    assert!(matches!(&received[..], [Received::Hello(_), Received::Reset]), "{received:?}");
    assert_eq!(ended, Ended::Gone);
}

#[test]
fn a_draining_server_s_retry_delay_is_received() {
    let (received, _) = received("retry: 1500\nevent: bye\ndata: {\"reason\":\"draining\"}\n\n");
    let [Received::Bye(ByeReason::Draining, retry)] = received[..] else { panic!("{received:?}") };
    assert_eq!(retry, Some(Duration::from_millis(1_500)));
}
