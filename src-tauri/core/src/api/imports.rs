//! Files of other trackers: read, committed and taken back.
//!
//! None of these requests has an idempotency key: the server knows what it has done of an import.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde::Deserialize;
use training::imports::{CommitImport, Import, ImportSummary, MappedExercise};
use training::{Exercise, ImportId, UserId, WeightUnit};

use super::{Api, json_of_many};
use crate::failure::ApiError;

/// The time limit of the request that carries a file: 20 MB at forty kilobytes a second, and then it is read.
const READ_TIMEOUT: Duration = Duration::from_mins(10);
/// The time limit of a commit, and of taking one back: the server answers after 25 seconds, but may have to wait for its
/// turn to write.
const WORK_TIMEOUT: Duration = Duration::from_mins(1);
/// How many imports are asked for at once: as many as the server gives.
const PAGE: u32 = 100;

/// A file, and what it does not say itself.
pub(crate) struct FileToRead {
    pub(crate) bytes: Vec<u8>,
    pub(crate) unit: Option<WeightUnit>,
    /// The name of a time zone.
    pub(crate) time_zone: Option<String>,
}

impl Api {
    /// What a file holds.
    pub(crate) async fn read_import_file(&self, athlete: UserId, file: &FileToRead) -> Result<Import, ApiError> {
        let path = imports_path(athlete);
        let silent = [("unit", file.unit.map(WeightUnit::as_str)), ("timezone", file.time_zone.as_deref())];
        let request = || {
            let request = self.request(Method::POST, &path).within(READ_TIMEOUT);
            let given = silent.iter().filter_map(|(name, value)| Some((name, (*value)?)));
            let request = given.fold(request, |request, (name, value)| request.query(name, value));
            request.bytes("application/octet-stream", file.bytes.clone())
        };
        json_of_many(self.send(&request).await?).await
    }

    /// An import, beside what is stored now.
    pub(crate) async fn import(&self, id: ImportId) -> Result<Import, ApiError> {
        json_of_many(self.send(&|| self.request(Method::GET, &format!("/v1/imports/{id}"))).await?).await
    }

    /// Stores what a file holds. Of a large one the answer comes before everything is stored.
    pub(crate) async fn commit_import(&self, id: ImportId, mapping: &[MappedExercise]) -> Result<Import, ApiError> {
        let (path, body) = (format!("/v1/imports/{id}/commit"), CommitImport { mapping: mapping.to_vec() });
        json_of_many(self.send(&|| self.request(Method::POST, &path).within(WORK_TIMEOUT).json(&body)).await?).await
    }

    /// Takes an import back, or has the server forget a file that was only read. Returns whether that is done.
    pub(crate) async fn take_back_import(&self, id: ImportId) -> Result<bool, ApiError> {
        let path = format!("/v1/imports/{id}");
        let answer = self.send(&|| self.request(Method::DELETE, &path).within(WORK_TIMEOUT)).await?;
        Ok(answer.status() != StatusCode::ACCEPTED)
    }

    /// What was imported for an athlete and can be taken back, newest first.
    pub(crate) async fn imports(&self, athlete: UserId) -> Result<Vec<ImportSummary>, ApiError> {
        #[derive(Deserialize)]
        struct Page {
            imports: Vec<ImportSummary>,
            next: Option<ImportId>,
        }
        let (path, limit) = (imports_path(athlete), PAGE.to_string());
        let (mut imports, mut after) = (Vec::new(), None::<String>);
        loop {
            let request = || {
                let request = self.request(Method::GET, &path).query("limit", &limit);
                after.iter().fold(request, |request, after| request.query("after", after))
            };
            let page: Page = json_of_many(self.send(&request).await?).await?;
            imports.extend(page.imports);
            match page.next {
                Some(next) => after = Some(next.to_string()),
                None => return Ok(imports),
            }
        }
    }

    /// Every exercise of the studio, archived ones last.
    pub(crate) async fn every_exercise(&self) -> Result<Vec<Exercise>, ApiError> {
        let mut exercises = self.exercises(false).await?;
        exercises.extend(self.exercises(true).await?);
        Ok(exercises)
    }
}

fn imports_path(athlete: UserId) -> String {
    format!("/v1/athletes/{athlete}/imports")
}
