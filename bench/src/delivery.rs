//! What is measured alike on our server and on others: delivery of events, and memory per stream.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use crate::listeners::Listeners;
use crate::problem::Problem;
use crate::publisher::Done;

/// Released rounds a second.
pub(crate) const RATE: usize = 500;

/// How long after its request each event came, on both streams of its pair.
pub(crate) async fn delivery_times(listeners: &mut Listeners, done: &[Done]) -> Result<Vec<Duration>, Problem> {
    let sent: HashMap<usize, Instant> = done.iter().map(|done| (done.number, done.due)).collect();
    let mut took = Vec::with_capacity(2 * done.len());
    while took.len() < 2 * done.len() {
        let (stream, at) = listeners.event().await?;
        let sent =
            sent.get(&(stream / 2)).ok_or_else(|| Problem::Unexpected("an event of an unknown stream".to_owned()))?;
        took.push(at.duration_since(*sent));
    }
    Ok(took)
}

/// The memory for one stream, as text.
pub(crate) fn memory_per_stream(bytes: u64, streams: usize) -> String {
    let tenths = bytes * 10 / streams as u64 / 1000;
    format!("{}.{} KB", tenths / 10, tenths % 10)
}
