//! The hub: wakes the streams and polls of this process when events are appended to a feed.
//!
//! A wake-up carries the message, so the usual case needs no read. Delivery is not guaranteed: a subscriber that finds
//! a gap reads the table. Subscribers that don't keep up are disconnected, never waited for.

use std::collections::HashMap;
use std::future::poll_fn;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use training::wire::ByeReason;
use training::{PersonLimits, UserId};

use super::inbox::Inbox;
use super::wake::{Received, Wake};
use crate::accounts::DeviceId;

/// The listeners, by person.
#[derive(Default)]
pub(crate) struct Hub {
    listeners: Mutex<HashMap<UserId, Vec<Listener>>>,
    next: AtomicU64,
    draining: AtomicBool,
}

struct Listener {
    number: u64,
    device: DeviceId,
    form: Form,
    inbox: Arc<Inbox>,
}

/// How a listener gets what it listens for. Each is limited by itself, so that a client whose streams are all taken,
/// because the network kept those it has left, can still poll.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Stream,
    Poll,
}

/// Why somebody can't listen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotSubscribed {
    /// The server is shutting down.
    Draining,
    /// The person has as many listeners of this form as one may have.
    TooMany,
}

/// A subscription to the hub; dropping it unsubscribes.
pub(crate) struct Subscription {
    hub: Arc<Hub>,
    user: UserId,
    number: u64,
    inbox: Arc<Inbox>,
}

impl Hub {
    /// Subscribes.
    pub(crate) fn subscribe(
        self: &Arc<Self>,
        user: UserId,
        device: DeviceId,
        form: Form,
    ) -> Result<Subscription, NotSubscribed> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let inbox = Arc::new(Inbox::default());
        let mut listeners = self.lock();
        // Checked under the lock, so that `drain` sees everyone who subscribed before it.
        if self.is_draining() {
            return Err(NotSubscribed::Draining);
        }
        let open = listeners.get(&user).map_or(0, |all| all.iter().filter(|listener| listener.form == form).count());
        if open >= PersonLimits::STREAMS {
            return Err(NotSubscribed::TooMany);
        }
        listeners.entry(user).or_default().push(Listener { number, device, form, inbox: Arc::clone(&inbox) });
        Ok(Subscription { hub: Arc::clone(self), user, number, inbox })
    }

    /// Wakes a person's streams with new events. Called after the commit, in `seq` order where possible.
    pub(crate) fn wake(&self, user: UserId, wakes: &[Wake]) {
        let mut listeners = self.lock();
        let Some(user_listeners) = listeners.get_mut(&user) else { return };
        user_listeners.retain(|listener| listener.inbox.put(wakes));
    }

    /// Ends the streams of one device.
    pub(crate) fn sign_out(&self, user: UserId, device: DeviceId) {
        self.end(user, |listener| listener == device);
    }

    /// Ends a person's streams on all devices but `keep`.
    pub(crate) fn sign_out_all(&self, user: UserId, keep: Option<DeviceId>) {
        self.end(user, |listener| Some(listener) != keep);
    }

    /// Ends all streams and refuses new subscriptions.
    pub(crate) fn drain(&self) {
        let mut listeners = self.lock();
        self.draining.store(true, Ordering::SeqCst);
        for listener in listeners.drain().flat_map(|(_, user_listeners)| user_listeners) {
            listener.inbox.end(ByeReason::Draining);
        }
    }

    /// Whether the server is shutting down.
    pub(crate) fn is_draining(&self) -> bool {
        self.draining.load(Ordering::SeqCst)
    }

    /// The number of listeners.
    #[cfg(test)]
    pub(crate) fn listener_count(&self) -> usize {
        self.lock().values().map(Vec::len).sum()
    }

    fn end(&self, user: UserId, which: impl Fn(DeviceId) -> bool) {
        let mut listeners = self.lock();
        let Some(user_listeners) = listeners.get_mut(&user) else { return };
        user_listeners.retain(|listener| {
            let ends = which(listener.device);
            if ends {
                listener.inbox.end(ByeReason::SignedOut);
            }
            !ends
        });
    }

    fn unsubscribe(&self, user: UserId, number: u64) {
        let mut listeners = self.lock();
        if let Some(user_listeners) = listeners.get_mut(&user) {
            user_listeners.retain(|listener| listener.number != number);
            if user_listeners.is_empty() {
                listeners.remove(&user);
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<UserId, Vec<Listener>>> {
        // Nothing here panics midway through a change, so even a poisoned lock guards consistent data.
        self.listeners.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Subscription {
    /// The next thing received. An end overtakes queued events: they are in the table.
    pub(super) async fn next(&mut self) -> Received {
        poll_fn(|cx| self.inbox.poll_next(cx)).await
    }

    /// Why this subscription has ended, if it has.
    pub(super) fn ended(&self) -> Option<ByeReason> {
        self.inbox.ended()
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.hub.unsubscribe(self.user, self.number);
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use uuid::Uuid;

    use super::*;
    use crate::feed::inbox::CAPACITY;

    fn new_listener() -> (UserId, DeviceId) {
        (UserId(Uuid::now_v7()), DeviceId::from(Uuid::now_v7()))
    }

    fn wakes(count: u64) -> Vec<Wake> {
        (1..=count).map(|seq| Wake { epoch: "e".into(), seq, message: Bytes::new() }).collect()
    }

    #[tokio::test]
    async fn a_slow_listener_is_ended() {
        let hub = Arc::new(Hub::default());
        let (user, device) = new_listener();
        let mut slow = hub.subscribe(user, device, Form::Stream).expect("not draining");
        hub.wake(user, &wakes(CAPACITY as u64));
        assert!(matches!(slow.next().await, Received::Wake(Wake { seq: 1, .. })));
        hub.wake(user, &wakes(2));
        assert!(matches!(slow.next().await, Received::End(ByeReason::TooSlow)));
    }

    #[tokio::test]
    async fn signing_out_ends_only_that_devices_streams() {
        let hub = Arc::new(Hub::default());
        let (user, phone) = new_listener();
        let (_, desk) = new_listener();
        let mut on_phone = hub.subscribe(user, phone, Form::Stream).expect("not draining");
        let mut on_desk = hub.subscribe(user, desk, Form::Stream).expect("not draining");
        hub.sign_out(user, phone);
        assert!(matches!(on_phone.next().await, Received::End(ByeReason::SignedOut)));
        hub.wake(user, &wakes(1));
        assert!(matches!(on_desk.next().await, Received::Wake(_)));
    }

    #[tokio::test]
    async fn draining_ends_all_streams_and_refuses_new_ones() {
        let hub = Arc::new(Hub::default());
        let (user, device) = new_listener();
        let mut stream = hub.subscribe(user, device, Form::Stream).expect("not draining");
        hub.drain();
        assert!(matches!(stream.next().await, Received::End(ByeReason::Draining)));
        assert_eq!(hub.subscribe(user, device, Form::Stream).err(), Some(NotSubscribed::Draining));
    }

    #[test]
    fn dropping_a_subscription_unsubscribes() {
        let hub = Arc::new(Hub::default());
        let (user, device) = new_listener();
        drop(hub.subscribe(user, device, Form::Stream).ok());
        assert!(hub.lock().is_empty());
    }

    #[test]
    fn one_person_has_twenty_streams_and_twenty_polls_at_once() {
        let hub = Arc::new(Hub::default());
        let ((user, device), (other, _)) = (new_listener(), new_listener());
        let subscribe = |form| hub.subscribe(user, device, form);
        let mut streams: Vec<_> = (0..20).map(|_| subscribe(Form::Stream).expect("there is room")).collect();
        assert_eq!(subscribe(Form::Stream).err(), Some(NotSubscribed::TooMany));
        let _polls: Vec<_> = (0..20).map(|_| subscribe(Form::Poll).expect("they are counted apart")).collect();
        assert_eq!(subscribe(Form::Poll).err(), Some(NotSubscribed::TooMany));
        assert!(hub.subscribe(other, device, Form::Stream).is_ok(), "nobody else is limited");
        streams.pop();
        assert!(subscribe(Form::Stream).is_ok(), "one has ended");
    }
}
