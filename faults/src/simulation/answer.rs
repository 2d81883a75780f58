//! The modelled server's responses and stream messages.

use std::time::Duration;

use bytes::Bytes;
use serde::Serialize;
use tokio::sync::mpsc;
use tokio::time::Instant;
use training::wire::{Bye, ByeReason, StreamSignal};
use training::{FieldCode, FieldProblem, Problem, ProblemCode};

/// The response to a request.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) kind: &'static str,
    pub(super) body: Bytes,
    pub(super) retry_after_s: Option<u32>,
}

/// How the server handles a request.
pub(super) enum Reply {
    Answer(Answer),
    /// Nothing new yet: ask again at the next commit, or after this time.
    Hold(Duration),
    /// A stream: the first messages, then new ones as they come, until its token expires.
    Stream {
        first: Vec<Bytes>,
        then: mpsc::Receiver<Bytes>,
        expires: Instant,
    },
}

impl Answer {
    pub(super) fn json(status: u16, body: &impl Serialize) -> Self {
        let body = serde_json::to_vec(body).expect("an answer can be written").into();
        Self { status, kind: "application/json", body, retry_after_s: None }
    }

    pub(super) fn problem(code: ProblemCode) -> Self {
        let problem = Problem::new(code, "simulated");
        Self { kind: "application/problem+json", ..Self::json(code.status(), &problem) }
    }

    /// A request has a member that the server doesn't know.
    pub(super) fn invalid(pointer: &str) -> Self {
        let code = ProblemCode::Invalid;
        let field = FieldProblem { pointer: pointer.to_owned(), code: FieldCode::UnknownField };
        let problem = Problem { fields: vec![field], ..Problem::new(code, "simulated") };
        Self { kind: "application/problem+json", ..Self::json(code.status(), &problem) }
    }

    pub(super) fn empty(status: u16) -> Self {
        Self { status, kind: "", body: Bytes::new(), retry_after_s: None }
    }
}

/// A message of the stream.
pub(super) fn frame(head: &str, name: &str, data: &impl Serialize) -> Bytes {
    let data = serde_json::to_string(data).expect("a message can be written");
    format!("{head}event: {name}\ndata: {data}\n\n").into()
}

/// The last message of a stream.
pub(super) fn bye(reason: ByeReason, retry_ms: Option<u32>) -> Bytes {
    let retry = retry_ms.map(|ms| format!("retry: {ms}\n")).unwrap_or_default();
    frame(&retry, StreamSignal::Bye.as_str(), &Bye { reason })
}
