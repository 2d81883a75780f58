//! Files of other trackers, on their way from a window to the server.

use training::imports::{Import, ImportState, ImportSummary, MAX_FILE_BYTES, MappedExercise};
use training::{Exercise, ImportId, ProblemCode, UserId, WeightUnit};

use crate::agent::Agent;
use crate::api::FileToRead;
use crate::bridge::{Failure, ImportsCalls, StagedFile, StagedFileId};

/// How often a request is made while the server is still storing or removing sessions. Each answer takes it 25 seconds.
const MOST_REQUESTS: u32 = 24;

impl ImportsCalls for Agent {
    async fn stage_import(&self, size_bytes: u64) -> Result<StagedFile, Failure> {
        self.context.store.lock().await.me()?;
        Ok(StagedFile { id: self.context.uploads.staging.make_room(size_bytes, MAX_FILE_BYTES as u64).await? })
    }

    async fn read_import(
        &self,
        athlete_id: UserId,
        file: StagedFileId,
        unit: Option<WeightUnit>,
        timezone: Option<String>,
    ) -> Result<Import, Failure> {
        let bytes = self.context.uploads.staging.read(file).await?;
        let file = FileToRead { bytes, unit, time_zone: timezone };
        Ok(self.context.api().read_import_file(athlete_id, &file).await?)
    }

    async fn show_import(&self, import_id: ImportId) -> Result<Import, Failure> {
        Ok(self.context.api().import(import_id).await?)
    }

    async fn commit_import(&self, import_id: ImportId, mapping: Vec<MappedExercise>) -> Result<Import, Failure> {
        let mut import = self.done(self.context.api().commit_import(import_id, &mapping).await)?;
        for _ in 1..MOST_REQUESTS {
            if import.state != ImportState::Committing {
                break;
            }
            // To commit it again changes nothing, and is answered when it is done.
            import = self.done(self.context.api().commit_import(import_id, &mapping).await)?;
        }
        Ok(import)
    }

    async fn take_back_import(&self, athlete_id: UserId, import_id: ImportId) -> Result<(), Failure> {
        let api = self.context.api();
        for _ in 0..MOST_REQUESTS {
            match api.take_back_import(import_id).await {
                Ok(false) => {}
                // Taken back already, if an answer was lost; or this person may not know of it, and then of none.
                Err(error) if error.code() == Some(ProblemCode::NotFound) => {
                    api.imports(athlete_id).await?;
                    return self.done(Ok(()));
                }
                answer => return self.done(answer.map(drop)),
            }
        }
        // The server goes on alone.
        self.done(Ok(()))
    }

    async fn list_imports(&self, athlete_id: UserId) -> Result<Vec<ImportSummary>, Failure> {
        Ok(self.context.api().imports(athlete_id).await?)
    }

    async fn import_exercises(&self) -> Result<Vec<Exercise>, Failure> {
        Ok(self.context.api().every_exercise().await?)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;
    use uuid::Uuid;

    use super::*;
    use crate::bridge::{FailureCode, LibraryCalls, LocalCode};
    use crate::mock_server::{CommitFault, MockMachine, MockServer, bytes, import, signed_in};
    use crate::{Home, Options, Vault};

    struct Application {
        agent: Agent,
        server: Arc<MockServer>,
        _home: tempfile::TempDir,
    }

    impl Application {
        async fn new() -> Self {
            let (server, home) = (Arc::new(MockServer::default()), tempfile::tempdir().expect("a directory"));
            let vault = Vault::in_memory();
            let options = Options {
                home: Home::new(home.path()),
                profile: "test".parse().expect("a profile's name"),
                server: Some("http://127.0.0.1:1".parse().expect("an address")),
                app_version: "0.0.0".to_owned(),
                vault: Some(vault),
                environment: Arc::new(MockMachine { server: Arc::clone(&server), free_bytes: u64::MAX }),
                updater: None,
                host: None,
                emit: Arc::new(|_| {}),
            };
            let agent = Agent::open(options).await.expect("a profile that can be opened");
            Self { agent, server, _home: home }
        }

        async fn signed_in() -> Self {
            let application = Self::new().await;
            let signed_in = serde_json::from_value(signed_in()).expect("an answer");
            application.agent.admit(&signed_in).await.expect("a sign-in");
            application
        }

        async fn hand_over(&self, content: &[u8]) -> StagedFileId {
            let file = self.agent.stage_import(content.len() as u64).await.expect("there is room").id;
            self.agent.put_file(file, 0, content.to_vec()).await.expect("writable");
            file
        }
    }

    fn athlete() -> UserId {
        UserId(Uuid::from_u128(8))
    }

    fn mapping() -> Vec<MappedExercise> {
        vec![MappedExercise { name: "Squat (Barbell)".to_owned(), exercise_id: None }]
    }

    #[tokio::test]
    async fn b70_a_file_is_handed_over_once_and_can_be_read_again_with_another_unit() {
        let application = Application::signed_in().await;
        let content = bytes(300_000);
        let file = application.hand_over(&content).await;
        let read = application.agent.read_import(athlete(), file, None, None).await.expect("it is read");
        assert_eq!((read.id, read.state), (import(), ImportState::DryRun));
        let (unit, zone) = (Some(WeightUnit::Lb), Some("Europe/Lisbon".to_owned()));
        application.agent.read_import(athlete(), file, unit, zone).await.expect("it is still there");
        let sent = std::mem::take(&mut application.server.state().imports.files);
        let expected = [("", &content), ("unit=lb&timezone=Europe%2FLisbon", &content)];
        assert_eq!(sent, expected.map(|(query, content)| (query.to_owned(), content.clone())));
        application.agent.discard_file(file).await.expect("it goes");
        let gone = application.agent.read_import(athlete(), file, None, None).await.expect_err("it is gone");
        assert_eq!(gone.code, FailureCode::Local(LocalCode::FileMissing));
    }

    #[tokio::test]
    async fn a_file_that_is_too_large_or_of_nobody_is_not_handed_over() {
        let application = Application::signed_in().await;
        let most = MAX_FILE_BYTES as u64;
        let refused = application.agent.stage_import(most + 1).await.expect_err("it is too large");
        assert_eq!(refused.code, FailureCode::Server(ProblemCode::UploadTooLarge));
        application.agent.stage_import(most).await.expect("this is the most");
        let nobody = Application::new().await.agent.stage_import(1).await.expect_err("nobody is signed in");
        assert_eq!(nobody.code, FailureCode::Local(LocalCode::NotSignedIn));
    }

    #[tokio::test]
    async fn b70_a_commit_whose_answer_is_lost_or_early_is_sent_again_until_it_is_done() {
        let application = Application::signed_in().await;
        application.server.state().imports.faults =
            [CommitFault::StillCommitting, CommitFault::StillCommitting, CommitFault::AnswerLost].into();
        let committed = application.agent.commit_import(import(), mapping()).await.expect("it is done");
        assert_eq!(committed.state, ImportState::Committed);
        let body = json!({ "mapping": [{ "name": "Squat (Barbell)", "exercise_id": null }] });
        assert_eq!(application.server.state().imports.commits, vec![body; 4]);
        let listed = application.agent.list_imports(athlete()).await.expect("a list");
        assert_eq!(listed.iter().map(|it| (it.id, it.sessions)).collect::<Vec<_>>(), [(import(), 2)]);
    }

    #[tokio::test]
    async fn a_commit_that_takes_very_long_is_left_to_the_server() {
        let application = Application::signed_in().await;
        application.server.state().imports.faults = [CommitFault::StillCommitting; 100].into();
        let import = application.agent.commit_import(import(), mapping()).await.expect("it is on its way");
        assert_eq!(import.state, ImportState::Committing);
        assert_eq!(application.server.state().imports.commits.len(), MOST_REQUESTS as usize);
    }

    #[tokio::test]
    async fn b70_taking_back_is_done_once_although_its_answer_is_lost() {
        let application = Application::signed_in().await;
        application.agent.commit_import(import(), mapping()).await.expect("it is done");
        application.server.state().imports.loses_deletions = 1;
        application.agent.take_back_import(athlete(), import()).await.expect("it was taken back");
        assert!(application.agent.list_imports(athlete()).await.expect("a list").is_empty());
    }

    #[tokio::test]
    async fn b70_an_import_that_takes_long_to_take_back_is_asked_for_until_it_is_gone() {
        let application = Application::signed_in().await;
        application.agent.commit_import(import(), mapping()).await.expect("it is done");
        application.server.state().imports.slow_deletions = 2;
        application.agent.take_back_import(athlete(), import()).await.expect("it was taken back");
        assert_eq!(application.server.state().imports.slow_deletions, 0);
        assert!(application.agent.list_imports(athlete()).await.expect("a list").is_empty());
    }

    #[tokio::test]
    async fn whoever_may_not_know_of_an_import_is_not_told_that_it_is_taken_back() {
        let application = Application::signed_in().await;
        application.agent.commit_import(import(), mapping()).await.expect("it is done");
        application.server.state().imports.is_out_of_reach = true;
        let refused = application.agent.take_back_import(athlete(), import()).await.expect_err("it is not theirs");
        assert_eq!(refused.code, FailureCode::Server(ProblemCode::NotFound));
    }
}
