//! A server in memory for tests of this crate, with faults that a real one can't be asked for: it takes uploads, gives an
//! exercise its video, serves videos, and imports files. Everything else of a server is left out.

mod imports;

use std::collections::{HashMap, VecDeque};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::future::BoxFuture;
use futures_util::stream;
use reqwest::{Body, Method, Request, Response};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::sync::Notify;
use training::library::{SetVideo, StartUpload};
use training::wire::API_VERSION;
use training::{Exercise, Problem, ProblemCode, UploadId, Video};
use uuid::Uuid;

pub(crate) use self::imports::{CommitFault, MockImports, import};
use crate::address::ServerUrl;
use crate::environment::{Environment, EventStream, OpenError, Transport, TransportError};
use crate::this_machine::ThisMachine;

/// See the module.
#[derive(Default)]
pub(crate) struct MockServer {
    state: Mutex<State>,
    /// Something of an upload has come that will not be answered.
    pub(crate) hangs: Notify,
    /// Bytes of videos that were sent.
    pub(crate) served: AtomicU64,
}

#[derive(Default)]
pub(crate) struct State {
    pub(crate) uploads: HashMap<UploadId, UploadInProgress>,
    /// What happens to the next pieces of uploads.
    pub(crate) faults: VecDeque<UploadFault>,
    /// With how many of the next requests that end an upload the connection breaks.
    pub(crate) cuts_end: u32,
    pub(crate) exercises: Vec<Exercise>,
    /// Requests that give an exercise its video, by their keys, and their answers.
    answers: HashMap<String, (Vec<u8>, Value)>,
    /// Whether the next exercise gets its video, and nobody is told.
    pub(crate) loses_answer: bool,
    /// What is answered instead of giving an exercise its video.
    pub(crate) refusals: VecDeque<ProblemCode>,
    /// The content of the video that the exercise was given last.
    pub(crate) given: Option<Vec<u8>>,
    pub(crate) video: Option<ServedVideo>,
    pub(crate) imports: MockImports,
}

pub(crate) struct UploadInProgress {
    announced: StartUpload,
    pub(crate) bytes: Vec<u8>,
}

/// What happens to a piece of an upload.
#[derive(Clone, Copy, Debug)]
pub(crate) enum UploadFault {
    /// The connection breaks after so many bytes.
    Cut(usize),
    /// So many bytes arrive, and nothing is ever answered.
    Hang(usize),
}

/// A video as it is served.
#[derive(Clone)]
pub(crate) struct ServedVideo {
    pub(crate) bytes: Vec<u8>,
    pub(crate) tag: Option<String>,
    pub(crate) manner: Manner,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    /// In the ranges that are asked for.
    Ranges,
    /// Always the whole.
    Whole,
    /// A body without an end.
    Endless,
    /// The connection breaks once so many bytes of it were sent.
    BreaksAfter(u64),
}

impl ServedVideo {
    /// As a good server has it.
    pub(crate) fn new(bytes: Vec<u8>) -> Self {
        let tag = Some(format!("{:x}", Sha256::digest(&bytes)));
        Self { bytes, tag, manner: Manner::Ranges }
    }
}

/// A machine on whose network there is only this server.
pub(crate) struct MockMachine {
    pub(crate) server: Arc<MockServer>,
    pub(crate) free_bytes: u64,
}

impl Environment for MockMachine {
    fn now(&self) -> jiff::Timestamp {
        ThisMachine::default().now()
    }

    fn random_seed(&self) -> u64 {
        ThisMachine::default().random_seed()
    }

    fn new_key(&self) -> Uuid {
        ThisMachine::default().new_key()
    }

    fn connect(&self, _: &ServerUrl) -> Result<Arc<dyn Transport>, TransportError> {
        Ok(Arc::new(MockTransport(Arc::clone(&self.server))))
    }

    fn available_space(&self, _: &Path) -> std::io::Result<u64> {
        Ok(self.free_bytes)
    }
}

struct MockTransport(Arc<MockServer>);

impl Transport for MockTransport {
    fn execute(&self, request: Request) -> BoxFuture<'static, Result<Response, TransportError>> {
        let server = Arc::clone(&self.0);
        Box::pin(async move { server.answer(request).await })
    }

    fn open_stream(&self, _: Request) -> BoxFuture<'static, Result<EventStream, OpenError>> {
        Box::pin(async { Err(TransportError::Timeout.into()) })
    }

    fn leave_connections(&self) {}
}

impl MockServer {
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn answer(&self, request: Request) -> Result<Response, TransportError> {
        let path = request.url().path().to_owned();
        let segments: Vec<&str> = path.split('/').skip(2).collect();
        match (request.method(), segments.as_slice()) {
            (&Method::POST, ["auth", "refresh"]) => Ok(json_answer(200, &signed_in())),
            (&Method::GET, ["snapshot"]) => {
                let exercises = self.state().exercises.clone();
                Ok(json_answer(200, &json!({ "cursor": "e1.0", "me": mira(), "sessions": [], "exercises": exercises })))
            }
            (&Method::GET, ["exercises"]) => {
                Ok(json_answer(200, &json!({ "exercises": self.state().exercises.clone() })))
            }
            (&Method::POST, ["uploads"]) => {
                let id = UploadId(ThisMachine::default().new_key());
                let announced: StartUpload = serde_json::from_slice(&body(&request)).expect("a body");
                self.state().uploads.insert(id, UploadInProgress { announced, bytes: Vec::new() });
                Ok(json_answer(201, &json!({ "id": id, "offset": 0 })))
            }
            (method, ["uploads", id]) => {
                let id: UploadId = id.parse().expect("an id");
                match *method {
                    Method::HEAD => Ok(self.offset(id)),
                    Method::DELETE => self.end(id),
                    _ => self.append(id, &request).await,
                }
            }
            (&Method::PUT, ["exercises", _, "video"]) => {
                let answer = self.give(&request);
                if std::mem::take(&mut self.state().loses_answer) {
                    self.hangs.notify_one();
                    return std::future::pending().await;
                }
                Ok(answer)
            }
            (&Method::GET, ["videos", ..]) => self.serve(&request),
            (_, ["imports", ..] | ["athletes", _, "imports"]) => self.state().imports.answer(&request),
            // A poll that waits.
            _ => std::future::pending().await,
        }
    }

    fn offset(&self, id: UploadId) -> Response {
        match self.state().uploads.get(&id) {
            Some(upload) => offset_answer(upload.bytes.len()),
            // An answer to `HEAD` has no body.
            None => builder(404).body(Vec::new()).expect("an answer").into(),
        }
    }

    fn end(&self, id: UploadId) -> Result<Response, TransportError> {
        let mut state = self.state();
        if state.cuts_end > 0 {
            state.cuts_end -= 1;
            return Err(TransportError::Broken("the connection was cut".into()));
        }
        let known = state.uploads.remove(&id);
        Ok(match known {
            Some(_) => builder(204).body(Vec::new()).expect("an answer").into(),
            None => problem(ProblemCode::NotFound),
        })
    }

    async fn append(&self, id: UploadId, request: &Request) -> Result<Response, TransportError> {
        let offset = request.headers()["upload-offset"].to_str().expect("text").parse::<usize>().expect("a number");
        let bytes = body(request);
        let fault = {
            let mut state = self.state();
            let fault = state.faults.pop_front();
            let arrived = match fault {
                Some(UploadFault::Cut(arrived) | UploadFault::Hang(arrived)) => arrived.min(bytes.len()),
                None => bytes.len(),
            };
            let Some(upload) = state.uploads.get_mut(&id) else { return Ok(problem(ProblemCode::NotFound)) };
            if upload.bytes.len() != offset {
                return Ok(problem(ProblemCode::WrongOffset));
            }
            upload.bytes.extend_from_slice(&bytes[..arrived]);
            let is_whole = upload.bytes.len() as u64 == upload.announced.size_bytes;
            if is_whole && format!("{:x}", Sha256::digest(&upload.bytes)) != upload.announced.sha256 {
                return Ok(problem(ProblemCode::WrongHash));
            }
            fault
        };
        match fault {
            None => Ok(offset_answer(offset + bytes.len())),
            Some(UploadFault::Cut(_)) => Err(TransportError::Broken("the connection was cut".into())),
            Some(UploadFault::Hang(_)) => {
                self.hangs.notify_one();
                std::future::pending().await
            }
        }
    }

    fn give(&self, request: &Request) -> Response {
        let mut state = self.state();
        if let Some(code) = state.refusals.pop_front() {
            return problem(code);
        }
        let (key, body) = (request.headers()["idempotency-key"].to_str().expect("text").to_owned(), body(request));
        match state.answers.get(&key) {
            Some((known, answer)) if *known == body => return json_answer(200, answer),
            Some(_other) => return problem(ProblemCode::IdempotencyMismatch),
            None => {}
        }
        let SetVideo { upload_id, .. } = serde_json::from_slice(&body).expect("a body");
        let version = request.headers()["if-match"].to_str().expect("text").trim_matches('"').to_owned();
        if version != state.exercises[0].version.to_string() {
            return problem(ProblemCode::VersionMismatch);
        }
        let bytes = state.uploads.remove(&upload_id).expect("it was uploaded").bytes;
        state.exercises[0].version += 1;
        state.exercises[0].video = Some(video(bytes.len() as u64));
        state.given = Some(bytes);
        let answer = json!(state.exercises[0]);
        state.answers.insert(key, (body, answer.clone()));
        json_answer(200, &answer)
    }

    fn serve(&self, request: &Request) -> Result<Response, TransportError> {
        let Some(ServedVideo { bytes, tag, manner }) = self.state().video.clone() else {
            return Ok(problem(ProblemCode::NotFound));
        };
        let etag = tag.map(|tag| format!("\"{tag}\""));
        let if_range = request.headers().get("if-range").map(|tag| tag.to_str().expect("text"));
        let has_same = if_range.is_none_or(|tag| Some(tag) == etag.as_deref());
        let range = request.headers()["range"].to_str().expect("text").trim_start_matches("bytes=").to_owned();
        let (from, to) = range.split_once('-').expect("a range");
        let (from, to): (usize, usize) = (from.parse().expect("a number"), to.parse().expect("a number"));
        let to = (to + 1).min(bytes.len());
        if let Manner::BreaksAfter(most) = manner
            && self.served.load(Ordering::Relaxed) >= most
        {
            return Err(TransportError::Broken("the connection was cut".into()));
        }
        let is_part = has_same && matches!(manner, Manner::Ranges | Manner::BreaksAfter(_));
        let mut answer = builder(if is_part { 206 } else { 200 });
        if let Some(etag) = etag {
            answer = answer.header("etag", etag);
        }
        if manner == Manner::Endless {
            let chunks = stream::repeat_with(|| Ok::<_, std::io::Error>(vec![0_u8; 64 * 1024]));
            return Ok(answer.body(Body::wrap_stream(chunks)).expect("an answer").into());
        }
        let served = if is_part { bytes[from..to].to_vec() } else { bytes.clone() };
        if is_part {
            answer = answer.header("content-range", format!("bytes {from}-{}/{}", to - 1, bytes.len()));
        }
        self.served.fetch_add(served.len() as u64, Ordering::Relaxed);
        Ok(answer.body(served).expect("an answer").into())
    }
}

/// A video of this size.
pub(crate) fn video(size_bytes: u64) -> Video {
    Video {
        id: Uuid::from_u128(0x0193_a7c1_5d2e_7f00_8a11_3c5b_7d9e_1f20).into(),
        size_bytes,
        duration_s: 8.0,
        width: 640,
        height: 360,
        media_type: "video/mp4".to_owned(),
        has_poster: false,
    }
}

/// Bytes that are different everywhere.
pub(crate) fn bytes(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at ^ (at >> 8) ^ (at >> 16)).to_le_bytes()[0]).collect()
}

/// A trainer.
pub(crate) fn mira() -> Value {
    json!({ "id": Uuid::from_u128(9), "name": "Mira", "email": "mira@example.com", "roles": ["trainer"],
            "locale": "de", "studio": { "id": Uuid::from_u128(7), "name": "Studio" }, "trainer": null, "version": 1 })
}

/// The answer to a sign-in.
pub(crate) fn signed_in() -> Value {
    json!({ "access_token": "access", "access_expires_in_s": 900, "refresh_token": "refresh", "user": mira() })
}

fn body(request: &Request) -> Vec<u8> {
    request.body().and_then(Body::as_bytes).unwrap_or_default().to_vec()
}

fn builder(status: u16) -> http::response::Builder {
    http::Response::builder().status(status).header("ringside-api-version", API_VERSION)
}

fn json_answer(status: u16, body: &Value) -> Response {
    builder(status).header("content-type", "application/json").body(body.to_string()).expect("an answer").into()
}

fn offset_answer(offset: usize) -> Response {
    builder(204).header("upload-offset", offset.to_string()).body(Vec::new()).expect("an answer").into()
}

fn problem(code: ProblemCode) -> Response {
    let body = serde_json::to_string(&Problem::new(code, "request")).expect("JSON");
    builder(code.status()).header("content-type", "application/problem+json").body(body).expect("an answer").into()
}
