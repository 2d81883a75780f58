//! Polling the feed: a page of the events after a cursor, with long polling if requested.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};
use training::ProblemCode;
use training::wire::{Cursor, Role};

use super::frame;
use super::hub::Form;
use super::wake::Received;
use crate::app::App;
use crate::connections::Permit;
use crate::http::{ApiError, Caller};
use crate::store::{Backlog, FeedEvent};

/// A page of the feed as JSON: a `training::wire::FeedPage`, assembled from stored text.
pub(crate) async fn poll(
    app: Arc<App>,
    caller: Caller,
    after: Cursor,
    wait: Duration,
    permit: Option<&Permit>,
) -> Result<String, ApiError> {
    let user = caller.account.id;
    let _attending = caller.account.roles.contains(&Role::Athlete).then(|| app.attendance.attend(user));
    // Subscribe first, then read, so that no event and no sign-out is missed in between.
    let mut subscription = if wait.is_zero() {
        None
    } else {
        // An empty page while draining would make every client poll again at once.
        Some(app.hub.subscribe(user, caller.device, Form::Poll)?)
    };
    let until = Instant::now() + wait;
    loop {
        let read = app.store.backlog_on(caller.device, user, Some(after.clone())).await?;
        let (_, backlog) = read.ok_or(ApiError::new(ProblemCode::TokenInvalid))?;
        match backlog {
            Backlog::Expired => return Err(ApiError::new(ProblemCode::CursorExpired)),
            Backlog::Events { events, .. } if events.first().is_some_and(FeedEvent::is_reset) => {
                return Err(ApiError::new(ProblemCode::CursorExpired));
            }
            Backlog::Events { mut events, mut more } if !events.is_empty() => {
                if let Some(place) = events.iter().position(FeedEvent::is_reset) {
                    // What comes before a reset is delivered. The next poll gets the 410.
                    events.truncate(place);
                    more = true;
                }
                let seq = events.last().map_or(after.seq, |last| last.seq);
                let envelopes: Vec<String> = events.iter().map(frame::envelope).collect();
                return Ok(page(&envelopes.join(","), &frame::after(&after.epoch, seq), more));
            }
            Backlog::Events { .. } => {}
        }
        // A waiting poll must not hold up others.
        permit.inspect(|permit| permit.pass_on());
        let received = match &mut subscription {
            Some(subscription) => timeout_at(until, subscription.next()).await.ok(),
            None => None,
        };
        // A client signed out at this moment learns of it from its next request.
        let Some(Received::Wake(_)) = received else { return Ok(page("", &after, false)) };
    }
}

fn page(events: &str, cursor: &Cursor, more: bool) -> String {
    format!(r#"{{"events":[{events}],"cursor":"{cursor}","more":{more}}}"#)
}

#[cfg(test)]
mod tests {
    use training::wire::FeedPage;

    use super::*;

    #[test]
    fn a_page_reads_as_a_feed_page() {
        let cursor = Cursor { epoch: "e".to_owned(), seq: 3 };
        let read: FeedPage = serde_json::from_str(&page("", &cursor, true)).expect("a page");
        assert_eq!(read, FeedPage { events: Vec::new(), cursor, more: true });
    }
}
