//! Sends the waiting uploads, one at a time, beside the outbox and never before its turn: an upload whose exercise is
//! not on the server yet waits for the act that creates it, and holds up no other. What a person has cancelled, the server
//! is asked to end.

use training::ProblemCode;
use uuid::Uuid;

use super::UploadJob;
use super::transfer::{Given, Stop, Transfer};
use crate::bridge::{FailureCode, LinkState, LocalCode, UploadState};
use crate::context::AgentContext;
use crate::failure::{ApiError, refuses_for_good};
use crate::live::{Deferred, IntermediaryRefusals};
use crate::replica::ReplicaError;

/// Sends waiting uploads whenever somebody is signed in. Never returns.
pub(crate) async fn send_uploads(context: &AgentContext) {
    context.uploads.sweep().await;
    loop {
        context.connection.while_signed_in(|_| send_all(context)).await;
        context.uploads.show(None).await;
    }
}

async fn send_all(context: &AgentContext) {
    let mut deferred = Deferred::default();
    let mut refusals = IntermediaryRefusals::default();
    loop {
        end_abandoned(context).await;
        let Some(job) = context.uploads.next(|key| deferred.is_due(&key)).await else {
            tokio::select! {
                biased;
                () = context.connection.uploads_changed() => {}
                () = context.connection.retry_requested() => deferred.clear(),
                () = deferred.next_due() => {}
            }
            continue;
        };
        let (key, sent_before) = (job.key, job.video.sent_bytes);
        let attempt = tokio::select! {
            biased;
            () = context.uploads.cancelled(key) => Err(Stop::Gone),
            attempt = send(context, job) => attempt,
        };
        let retry = match finish_attempt(context, key, attempt, &mut refusals).await {
            Ok(retry) => retry,
            Err(error) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "the outcome of an upload could not be stored"
                );
                Some(Retry::default())
            }
        };
        context.uploads.show(None).await;
        match retry {
            None => deferred.forget(&key),
            Some(Retry { after_s }) => {
                tracing::debug!(upload = %key, "an upload stays pending");
                if context.uploads.sent_bytes(key).await > sent_before {
                    // It has made progress, so the next attempt need not wait as long as after failures in a row.
                    deferred.forget(&key);
                }
                deferred.put_off(key, &mut context.rng(), after_s);
            }
        }
    }
}

/// Has the server end what nobody goes on with. Whatever it answers itself, that is all that can be done.
async fn end_abandoned(context: &AgentContext) {
    let mut abandoned = context.connection.take_abandoned_uploads().into_iter();
    while let Some(upload) = abandoned.next() {
        let answer = context.api().end_upload(upload).await;
        if let Err(
            ApiError::Unreachable(_)
            | ApiError::NoAnswer
            | ApiError::NotRingside
            | ApiError::Intermediary { .. }
            | ApiError::ProxySignIn,
        ) = answer
        {
            context.connection.abandon_uploads([upload].into_iter().chain(abandoned));
            return;
        }
    }
}

/// To be tried again, possibly after the number of seconds the server asked for.
#[derive(Default)]
struct Retry {
    after_s: Option<u32>,
}

/// One attempt at an upload, from where it is to its end. Returns what the exercise has now.
async fn send(context: &AgentContext, job: UploadJob) -> Result<Given, Stop> {
    let key = job.key;
    let mut transfer = Transfer::new(context, job);
    if !transfer.may_be_done() {
        context.uploads.show(Some((key, UploadState::Sending))).await;
        transfer.send_files().await?;
    }
    context.uploads.show(Some((key, UploadState::Checking))).await;
    transfer.give_to_exercise().await
}

/// Stores what became of an attempt; returns whether there is to be another.
async fn finish_attempt(
    context: &AgentContext,
    key: Uuid,
    attempt: Result<Given, Stop>,
    refusals: &mut IntermediaryRefusals,
) -> Result<Option<Retry>, ReplicaError> {
    let stop = match attempt {
        Ok(given) => {
            // The server's copy is the same file: it need not be fetched to be played here.
            context.videos.keep_given(&context.api(), &context.uploads.staging, given).await;
            return context.uploads.finish(key).await.map(|()| None);
        }
        Err(stop) => stop,
    };
    let error = match stop {
        Stop::Gone => return Ok(None),
        Stop::Refused(code) => return context.uploads.refuse(key, code).await.map(|()| None),
        Stop::Later => return Ok(Some(Retry::default())),
        Stop::NotStored(error) => return Err(error),
        Stop::Failed(error) => error,
    };
    // As for acts: what only an intermediary refuses, again and again, will not pass.
    let is_last = match error {
        ApiError::NotRingside => refusals.note(key),
        ApiError::Intermediary { status, .. } if refuses_for_good(status) => refusals.note(key),
        _ => refusals.reset(),
    };
    if !matches!(context.connection.link_state(), LinkState::Live | LinkState::Polling) {
        refusals.reset();
    } else if is_last {
        let code = FailureCode::Local(LocalCode::RefusedByIntermediary);
        return context.uploads.refuse(key, code).await.map(|()| None);
    }
    match error {
        // Those that nobody goes on with are forgotten after a day.
        ApiError::Refused { problem, retry_after_s } if problem.code == ProblemCode::TooManyUploads => {
            Ok(Some(Retry { after_s: retry_after_s }))
        }
        // The answer to `HEAD` has no body that could say why.
        ApiError::ServerError { status: 403, .. } => {
            context.uploads.refuse(key, FailureCode::Server(ProblemCode::RoleForbidden)).await.map(|()| None)
        }
        ApiError::Refused { problem, .. } if refuses_for_good(problem.status) => {
            tracing::info!(code = ?problem.code, "a video was refused");
            context.uploads.refuse(key, FailureCode::Server(problem.code)).await.map(|()| None)
        }
        error => Ok(Some(Retry { after_s: error.retry_after_s() })),
    }
}
