//! The model's feeds: one per person, with the streams that follow it, in the form of the server's version.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use serde::Serialize;
use tokio::sync::mpsc;
use tokio::time::Instant;
use training::wire::{API_VERSION, ByeReason, Cursor, FeedTiming, Hello, Presence, StreamSignal};
use training::{EntityRef, Envelope, Event, Session, Timestamp, UserId};

use super::answer::{bye, frame};
use super::other_version::{self as other, Version};

/// How many messages are queued for a stream before it counts as too slow.
const STREAM_CAPACITY: usize = 16;
/// How often a stream sends a keep-alive.
pub(super) const KEEP_ALIVE: Duration = FeedTiming::KEEP_ALIVE;

/// See the module.
pub(super) struct Feeds {
    epoch: String,
    version: Version,
    by_person: BTreeMap<UserId, Feed>,
}

#[derive(Default)]
struct Feed {
    events: Vec<(Instant, Envelope)>,
    /// Events up to this one have been deleted.
    compacted: u64,
    streams: Vec<mpsc::Sender<Bytes>>,
}

impl Feeds {
    /// Empty feeds.
    pub(super) fn new(people: impl IntoIterator<Item = UserId>, version: Version) -> Self {
        let by_person = people.into_iter().map(|person| (person, Feed::default())).collect();
        Self { epoch: "e0".to_owned(), version, by_person }
    }

    /// Begins another epoch: sequence numbers can no longer be compared.
    pub(super) fn set_epoch(&mut self, epoch: String) {
        self.epoch = epoch;
    }

    /// Breaks every stream.
    pub(super) fn break_streams(&mut self) {
        self.by_person.values_mut().for_each(|feed| feed.streams.clear());
    }

    /// Ends every stream with a message that asks its client to reconnect later.
    pub(super) fn end_streams(&mut self) {
        for stream in self.by_person.values_mut().flat_map(|feed| feed.streams.drain(..)) {
            let reason = if self.version == Version::Newer { other::bye_reason() } else { ByeReason::Draining };
            stream.try_send(bye(reason, Some(1_500))).ok();
        }
    }

    /// Deletes all but the last `keep` events of each feed.
    pub(super) fn compact(&mut self, keep: u64) {
        for feed in self.by_person.values_mut() {
            let last = feed.events.last().map_or(0, |(_, last)| last.seq);
            feed.compacted = feed.compacted.max(last.saturating_sub(keep));
        }
    }

    /// How many events are in all feeds.
    pub(super) fn event_count(&self) -> usize {
        self.by_person.values().map(|feed| feed.events.len()).sum()
    }

    /// The cursor after the last event.
    pub(super) fn head(&self, person: UserId) -> Cursor {
        let seq = self.by_person[&person].events.last().map_or(0, |(_, last)| last.seq);
        Cursor { epoch: self.epoch.clone(), seq }
    }

    /// The events after `cursor`; `None` if some are no longer available.
    pub(super) fn after(&self, person: UserId, cursor: &Cursor) -> Option<Vec<Envelope>> {
        let feed = &self.by_person[&person];
        if cursor.epoch != self.epoch || cursor.seq < feed.compacted || cursor.seq > self.head(person).seq {
            return None;
        }
        let events = feed.events.iter().map(|(_, event)| event).filter(|event| event.seq > cursor.seq);
        Some(events.cloned().collect())
    }

    /// Opens a stream after `cursor`: its first messages, then those to come. With its `hello`, in the same bytes, a
    /// trainer's stream says which of their athletes are there.
    pub(super) fn open_stream(
        &mut self,
        person: UserId,
        cursor: &Cursor,
        server_time: Timestamp,
        there: &[Presence],
    ) -> (Vec<Bytes>, mpsc::Receiver<Bytes>) {
        let (messages, receiver) = mpsc::channel(STREAM_CAPACITY);
        let mut first = Vec::new();
        if let Some(events) = self.after(person, cursor) {
            let keep_alive_s = u32::try_from(KEEP_ALIVE.as_secs()).expect("short");
            let api_version = Some(API_VERSION.to_owned());
            let hello = Hello { cursor: cursor.clone(), resumed: true, keep_alive_s, server_time, api_version };
            let hello = frame(&format!("id: {cursor}\n"), StreamSignal::Hello.as_str(), &self.encoded(&hello));
            let presence = |presence| frame("", StreamSignal::PresenceChanged.as_str(), &self.encoded(presence));
            let head: Vec<Bytes> = [hello].into_iter().chain(there.iter().map(presence)).collect();
            first.push(head.concat().into());
            first.extend(events.iter().map(|event| self.frame(event)));
            self.feed_mut(person).streams.push(messages);
        } else {
            first.push(frame("id: \n", StreamSignal::Reset.as_str(), &serde_json::json!({})));
        }
        (first, receiver)
    }

    /// Appends an event to a feed.
    pub(super) fn append(&mut self, person: UserId, event: Event) {
        let event = Envelope { seq: self.head(person).seq + 1, event };
        let message = self.frame(&event);
        let feed = self.feed_mut(person);
        feed.events.push((Instant::now(), event));
        // A stream that can't keep up is closed rather than sent an incomplete feed.
        feed.streams.retain(|stream| stream.try_send(message.clone()).is_ok());
    }

    /// The newest version of each entity sent to `person` before `moment`, except those removed since.
    pub(super) fn versions_before(&self, person: UserId, moment: Instant) -> BTreeMap<EntityRef, u64> {
        let mut versions = BTreeMap::new();
        for (_, envelope) in self.by_person[&person].events.iter().take_while(|(at, _)| *at < moment) {
            match &envelope.event {
                Event::Session(event) => {
                    versions.insert(EntityRef::of::<Session>(event.session_id), event.session_version);
                }
                Event::Saved { document, .. } => {
                    versions.insert(document.entity_ref(), document.version());
                }
                Event::Removed { entity, .. } => {
                    versions.remove(entity);
                }
                Event::AccountChanged { .. } | Event::Unknown { .. } => {}
            }
        }
        versions
    }

    fn feed_mut(&mut self, person: UserId) -> &mut Feed {
        self.by_person.get_mut(&person).expect("a known person")
    }

    fn frame(&self, event: &Envelope) -> Bytes {
        frame(&format!("id: {}.{}\n", self.epoch, event.seq), &event.event.name().to_string(), &self.encoded(event))
    }

    /// A message of the stream as this version of the server writes it.
    fn encoded(&self, message: &impl Serialize) -> serde_json::Value {
        let text = serde_json::to_vec(message).expect("a message can be written");
        serde_json::from_slice(&self.version.encode(&text)).expect("it was JSON")
    }
}
