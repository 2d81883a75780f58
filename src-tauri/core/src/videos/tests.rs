//! Fetching videos, from servers good and bad.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::*;
use crate::api::Api;
use crate::bridge::VideoPart;
use crate::environment::Environment;
use crate::files::system_time;
use crate::mock_server::{Manner, MockMachine, MockServer, ServedVideo, bytes, video};
use crate::vault::Vault;

/// Larger than two pieces.
const SIZE: usize = 2_500_000;

struct Fixture {
    server: Arc<MockServer>,
    environment: Arc<dyn Environment>,
    api: Api,
    store: VideoStore,
    home: tempfile::TempDir,
}

impl Fixture {
    async fn new(video: ServedVideo) -> Self {
        let server = Arc::new(MockServer::default());
        let machine = MockMachine { server: Arc::clone(&server), free_bytes: u64::MAX };
        server.state().video = Some(video);
        let environment: Arc<dyn Environment> = Arc::new(machine);
        let vault = Vault::in_memory();
        vault.write("refresh").await;
        let api = Api::new("http://127.0.0.1:1".parse().expect("an address"), vault, Arc::clone(&environment));
        let home = tempfile::tempdir().expect("a temporary directory");
        let store = VideoStore::new(home.path().join("videos"), LIMIT_BYTES);
        Self { server, environment, api: api.expect("a client"), store, home }
    }

    async fn fetch(&self, size: usize) -> Result<(), FetchError> {
        let video = video(size as u64);
        let fetch = Fetch {
            api: &self.api,
            environment: &self.environment,
            store: &self.store,
            video: &video,
            part: VideoPart::Video,
            displaced: Displaced::LeastRecentlyUsed,
            yields_to: None,
        };
        fetch.run().await
    }

    fn kept(&self) -> Option<Vec<u8>> {
        let file = VideoFile::new(self.api.server(), video(0).id, VideoPart::Video);
        self.store.read(&file, system_time(self.environment.now())).expect("readable")
    }

    fn files(&self) -> usize {
        let Ok(servers) = std::fs::read_dir(self.home.path().join("videos")) else { return 0 };
        servers.map(|server| std::fs::read_dir(server.expect("readable").path()).expect("a directory").count()).sum()
    }
}

#[tokio::test]
async fn a_video_is_fetched_whole_whether_or_not_the_server_serves_ranges() {
    for manner in [Manner::Ranges, Manner::Whole] {
        for tag in [ServedVideo::new(bytes(SIZE)).tag, Some("other".to_owned()), None] {
            let fixture = Fixture::new(ServedVideo { bytes: bytes(SIZE), tag, manner }).await;
            fixture.fetch(SIZE).await.expect("it is there");
            assert_eq!(fixture.kept(), Some(bytes(SIZE)), "{manner:?}");
            assert_eq!(fixture.files(), 1, "nothing is left beside it");
        }
    }
}

#[tokio::test]
async fn a_fetch_goes_on_where_the_one_before_was_cut() {
    let served = ServedVideo::new(bytes(SIZE));
    let fixture = Fixture::new(ServedVideo { manner: Manner::BreaksAfter(1_500_000), ..served.clone() }).await;
    assert!(matches!(fixture.fetch(SIZE).await, Err(FetchError::Api(_))));
    assert_eq!(fixture.kept(), None, "only a whole one is a video");
    fixture.server.state().video = Some(served);
    fixture.fetch(SIZE).await.expect("it is there");
    assert_eq!(fixture.kept(), Some(bytes(SIZE)));
    assert_eq!(fixture.server.served.load(Ordering::Relaxed), SIZE as u64, "nothing was fetched twice");
}

#[tokio::test]
async fn a_fetch_begins_anew_when_the_server_has_something_else_by_now() {
    let old = ServedVideo { manner: Manner::BreaksAfter(1_000_000), ..ServedVideo::new(vec![1; SIZE]) };
    let fixture = Fixture::new(old).await;
    fixture.fetch(SIZE).await.expect_err("the connection breaks");
    fixture.server.state().video = Some(ServedVideo::new(bytes(SIZE)));
    fixture.fetch(SIZE).await.expect("it is there");
    assert_eq!(fixture.kept(), Some(bytes(SIZE)));
    assert_eq!(fixture.files(), 1);
}

#[tokio::test]
async fn a_body_without_an_end_is_given_up_and_leaves_nothing() {
    let endless = ServedVideo { manner: Manner::Endless, ..ServedVideo::new(Vec::new()) };
    let fixture = Fixture::new(endless).await;
    assert!(matches!(fixture.fetch(SIZE).await, Err(FetchError::NotAsAnnounced)));
    assert_eq!(fixture.kept(), None);
}

#[tokio::test]
async fn what_is_not_as_announced_is_given_up_and_leaves_nothing() {
    let good = ServedVideo::new(bytes(SIZE));
    let longer = ServedVideo::new(bytes(SIZE + 1));
    let shorter = ServedVideo::new(bytes(SIZE - 1));
    let other_content = ServedVideo { bytes: vec![7; SIZE], ..good };
    for served in [longer, shorter, other_content] {
        let fixture = Fixture::new(served).await;
        assert!(matches!(fixture.fetch(SIZE).await, Err(FetchError::NotAsAnnounced)));
        assert_eq!((fixture.kept(), fixture.files()), (None, 0));
    }
}

#[tokio::test]
async fn a_video_that_is_being_fetched_elsewhere_is_not_fetched_at_the_same_time() {
    let fixture = Fixture::new(ServedVideo::new(bytes(SIZE))).await;
    let file = VideoFile::new(fixture.api.server(), video(0).id, VideoPart::Video);
    let tag = ServedVideo::new(bytes(SIZE)).tag.expect("a tag");
    let elsewhere = fixture.store.partial(&file, &tag).expect("writable").expect("nobody else");
    assert!(matches!(fixture.fetch(SIZE).await, Err(FetchError::Busy)));
    drop(elsewhere);
    fixture.fetch(SIZE).await.expect("it is there");
}
