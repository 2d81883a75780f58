//! Videos on their way to an exercise: files that a window hands over, and what becomes of them.
//!
//! A window hands over a file piece by piece ([`staging`]). From `set_exercise_video` on it is a durable job ([`job`]),
//! stored in the replica's file beside the outbox, and the sender ([`sender`]) does one job after the other: it sends the
//! bytes from where the server's offset is ([`transfer`]), and then gives the video to the exercise.
//!
//! Deliberately absent: what is in a file. The window checks what it can see, and the server checks the content.

mod job;
mod sender;
mod staging;
#[cfg(test)]
mod tests;
mod transfer;

pub(crate) use job::{FileToSend, UploadJob};
pub(crate) use sender::send_uploads;
pub(crate) use staging::{StagedSummary, Staging};
pub(crate) use transfer::Given;
