//! Imports of the mock: what a file holds is always the same, and how a commit or a deletion goes is set beforehand.

use std::collections::VecDeque;

use reqwest::{Method, Request, Response};
use serde_json::{Value, json};
use training::{ImportId, ProblemCode};
use uuid::Uuid;

use super::{body, builder, json_answer, mira, problem};
use crate::environment::TransportError;

/// What happens to a commit.
#[derive(Clone, Copy, Debug)]
pub(crate) enum CommitFault {
    /// It is done, and the connection breaks before the answer.
    AnswerLost,
    /// The server answers while it is still storing.
    StillCommitting,
}

/// See the module.
#[derive(Default)]
pub(crate) struct MockImports {
    /// The queries and contents of the files that were sent.
    pub(crate) files: Vec<(String, Vec<u8>)>,
    /// What happens to the next commits.
    pub(crate) faults: VecDeque<CommitFault>,
    /// The bodies of the commits that came.
    pub(crate) commits: Vec<Value>,
    /// With how many of the next deletions the answer is lost.
    pub(crate) loses_deletions: u32,
    /// How many of the next deletions are answered before they are done.
    pub(crate) slow_deletions: u32,
    /// Whether the athlete is not known any more.
    pub(crate) is_out_of_reach: bool,
    is_committed: bool,
}

/// The import that every file becomes.
pub(crate) fn import() -> ImportId {
    ImportId(Uuid::from_u128(0x0193_a7c1_5d2e_7f00_8a11_3c5b_7d9e_1f21))
}

impl MockImports {
    pub(super) fn answer(&mut self, request: &Request) -> Result<Response, TransportError> {
        if self.is_out_of_reach {
            return Ok(problem(ProblemCode::NotFound));
        }
        let path = request.url().path();
        match *request.method() {
            Method::GET => Ok(json_answer(200, &self.listed())),
            Method::DELETE => self.delete(),
            _ if path.ends_with("/commit") => self.commit(request),
            _ => {
                self.files.push((request.url().query().unwrap_or_default().to_owned(), body(request)));
                Ok(json_answer(201, &shown("dry_run")))
            }
        }
    }

    fn commit(&mut self, request: &Request) -> Result<Response, TransportError> {
        self.commits.push(serde_json::from_slice(&body(request)).expect("a body"));
        match self.faults.pop_front() {
            Some(CommitFault::StillCommitting) => Ok(json_answer(200, &shown("committing"))),
            fault => {
                self.is_committed = true;
                match fault {
                    Some(_lost) => Err(TransportError::Broken("the connection was cut".into())),
                    None => Ok(json_answer(200, &shown("committed"))),
                }
            }
        }
    }

    fn delete(&mut self) -> Result<Response, TransportError> {
        if self.slow_deletions > 0 {
            self.slow_deletions -= 1;
            return Ok(builder(202).body(Vec::new()).expect("an answer").into());
        }
        if !std::mem::take(&mut self.is_committed) {
            return Ok(problem(ProblemCode::NotFound));
        }
        if self.loses_deletions > 0 {
            self.loses_deletions -= 1;
            return Err(TransportError::Broken("the connection was cut".into()));
        }
        Ok(builder(204).body(Vec::new()).expect("an answer").into())
    }

    fn listed(&self) -> Value {
        let one = json!({ "id": import(), "by": by(), "state": "committed", "format": "strong", "sessions": 2,
            "weights": 0, "committed_at": "2026-11-30T12:00:00Z", "take_back_until": "2026-12-30T12:00:00Z" });
        json!({ "imports": if self.is_committed { vec![one] } else { Vec::new() }, "next": null })
    }
}

fn by() -> Value {
    json!({ "id": mira()["id"], "name": "Mira" })
}

fn shown(state: &str) -> Value {
    json!({ "id": import(), "athlete_id": Uuid::from_u128(8), "by": by(), "at": "2026-11-30T12:00:00Z", "state": state,
        "format": "strong", "unit": { "unit": "kg", "source": "evidence", "like_kg": 3, "like_lb": 0 },
        "timezone": "Europe/Berlin", "rows": 4, "sets": 4, "weights": 0, "skipped": [],
        "exercises": [{ "name": "Squat (Barbell)", "exercise_id": null }], "sessions": 2, "already_here": 0,
        "changed": [], "unused_columns": [], "committed_at": null, "take_back_until": null })
}
