//! Which release an installation is offered.

use std::collections::BTreeMap;

use semver::Version;
use serde_json::{Value, json};

use crate::config::Config;
use crate::server::start;
use crate::store::TestDatabase;
use crate::testing::{ReleaseBuilder, Reply, World, on_both_databases};
use crate::updates::{Change, Channel, Percent, Publication, artefacts_directory, change, hash, publish_release};

fn version(text: &str) -> Version {
    text.parse().expect("a version")
}

fn percent(percent: u8) -> Percent {
    Percent::new(percent).expect("a percentage")
}

/// The update check of an installation from the Debian package, with these headers.
async fn check_for_update(world: &World, channel: &str, current: &str, headers: &[(&str, &str)]) -> Reply {
    let call = world.call("GET", &format!("/v1/updates/{channel}/linux/x86_64/deb/{current}"));
    headers.iter().fold(call, |call, (name, value)| call.header(name, value)).send().await
}

/// The version it is offered; none if there is no update.
async fn offered_version(world: &World, channel: &str, current: &str, bucket: Option<u8>) -> Option<String> {
    let bucket = bucket.map(|bucket| bucket.to_string());
    let headers: Vec<(&str, &str)> = bucket.iter().map(|bucket| ("ringside-rollout-bucket", bucket.as_str())).collect();
    let reply = check_for_update(world, channel, current, &headers).await;
    match reply.status.as_u16() {
        204 => {
            assert!(reply.text.is_empty());
            None
        }
        _ => Some(reply.ok()["version"].as_str().expect("a version").to_owned()),
    }
}

async fn publish(world: &World, publication: &Publication) {
    world.publish(publication).await.expect("it is published");
}

on_both_databases! {
    async fn an_update_has_the_form_tauris_updater_reads(world: World) {
        let builder = ReleaseBuilder::new();
        let artefact = ("Ringside_0.2.0_amd64.deb", b"the package".as_slice());
        let publication = builder.publication(Channel::Stable, "0.2.0", &[artefact]);
        let before = crate::clock::now();
        publish(&world, &publication).await;
        let reply = check_for_update(&world, "stable", "0.1.0", &[]).await;
        let update = reply.ok();
        let signature = std::fs::read_to_string(&publication.files[0]).expect("the signature is there");
        let url = format!("{}/v1/artefacts/{}/{}", world.base, hash(artefact.1), artefact.0);
        let pub_date: training::Timestamp = serde_json::from_value(update["pub_date"].clone()).expect("an instant");
        assert!((before..=crate::clock::now()).contains(&pub_date));
        assert_eq!(update, json!({
            "version": "0.2.0", "notes": "New in 0.2.0", "notes_by_language": { "en": "New in 0.2.0" },
            "pub_date": update["pub_date"], "url": url, "signature": signature,
        }));
        assert_eq!(reply.header("cache-control"), "no-store, no-transform");
        assert_eq!(reply.header("vary"), "Accept-Language, Ringside-Rollout-Bucket");
        assert_eq!(world.http.get(url).send().await.expect("it answers").bytes().await.expect("bytes"), artefact.1);
    }

    async fn a_disk_image_can_be_downloaded_and_is_never_offered_as_an_update(world: World) {
        let builder = ReleaseBuilder::new();
        let files: [(&str, &[u8]); 2] =
            [("Ringside_0.2.0_aarch64.dmg", b"image"), ("Ringside_aarch64.app.tar.gz", b"archive")];
        publish(&world, &builder.publication(Channel::Stable, "0.2.0", &files)).await;
        let page = world.call("GET", "/download").header("accept-language", "en").send().await;
        for text in ["Ringside_0.2.0_aarch64.dmg", "macOS (.dmg)", "macOS (.app.tar.gz)"] {
            assert!(page.text.contains(text), "{text} in {}", page.text);
        }
        let check = async |bundle: &str| {
            world.call("GET", &format!("/v1/updates/stable/darwin/aarch64/{bundle}/0.1.0")).send().await
        };
        assert_eq!((check("dmg").await.status.as_u16(), check("app").await.status.as_u16()), (204, 200));
    }

    async fn only_newer_versions_are_offered(world: World) {
        assert_eq!(offered_version(&world, "stable", "0.1.0", Some(0)).await, None, "nothing is published");
        let builder = ReleaseBuilder::new();
        for released in ["0.9.0", "0.10.0", "0.2.0"] {
            publish(&world, &builder.deb(Channel::Stable, released)).await;
        }
        for (current, expected) in
            [("0.1.0", Some("0.10.0")), ("0.10.0", None), ("0.10.0%2Bbuild.5", None), ("0.11.0-beta.1", None)]
        {
            assert_eq!(offered_version(&world, "stable", current, None).await.as_deref(), expected, "{current}");
        }
        for elsewhere in ["linux/x86_64/rpm", "linux/aarch64/deb", "windows/x86_64/nsis", "linux/x86_64/unknown"] {
            let reply = world.call("GET", &format!("/v1/updates/stable/{elsewhere}/0.1.0")).send().await;
            assert_eq!(reply.status, 204, "{elsewhere}");
        }
    }

    async fn a_halted_release_is_offered_to_nobody_until_it_is_resumed(world: World) {
        let builder = ReleaseBuilder::new();
        for released in ["0.2.0", "0.3.0"] {
            publish(&world, &builder.deb(Channel::Stable, released)).await;
        }
        let store = &world.app.store;
        let halted = change(store, Channel::Stable, &version("0.3.0"), Change::Halt).await.expect("it is halted");
        assert!(halted.halted && halted.rollout == Percent::ALL);
        assert_eq!(offered_version(&world, "stable", "0.1.0", Some(0)).await.as_deref(), Some("0.2.0"));
        assert_eq!(offered_version(&world, "stable", "0.2.0", Some(0)).await, None);
        change(store, Channel::Stable, &version("0.3.0"), Change::Resume).await.expect("it is resumed");
        assert_eq!(offered_version(&world, "stable", "0.2.0", None).await.as_deref(), Some("0.3.0"));
        let unknown = change(store, Channel::Beta, &version("0.3.0"), Change::Halt).await.expect_err("it is elsewhere");
        assert_eq!(unknown.to_string(), "there is no version 0.3.0 on the channel beta");
    }

    async fn a_growing_rollout_keeps_the_installations_it_reached(world: World) {
        let builder = ReleaseBuilder::new();
        let publication = Publication { rollout: Some(percent(10)), ..builder.deb(Channel::Stable, "0.2.0") };
        publish(&world, &publication).await;
        let world = &world;
        let reached = || async move {
            let mut reached = Vec::new();
            for bucket in 0..100 {
                if offered_version(world, "stable", "0.1.0", Some(bucket)).await.is_some() {
                    reached.push(bucket);
                }
            }
            reached
        };
        assert_eq!(reached().await, (0..10).collect::<Vec<u8>>());
        assert_eq!(reached().await, (0..10).collect::<Vec<u8>>(), "the same again");
        assert_eq!(offered_version(world, "stable", "0.1.0", None).await, None, "who does not say where they are waits");
        for (further, last) in [(35, 34), (100, 99)] {
            let to = Change::Rollout(percent(further));
            change(&world.app.store, Channel::Stable, &version("0.2.0"), to).await.expect("it goes on");
            assert_eq!(reached().await, (0..=last).collect::<Vec<u8>>());
        }
        assert!(offered_version(world, "stable", "0.1.0", None).await.is_some());
    }

    async fn a_required_release_is_offered_first(world: World) {
        let builder = ReleaseBuilder::new();
        publish(&world, &builder.deb(Channel::Stable, "0.5.0")).await;
        let requires = Some(version("0.5.0"));
        publish(&world, &Publication { requires, ..builder.deb(Channel::Stable, "0.9.0") }).await;
        for (current, expected) in [("0.1.0", Some("0.5.0")), ("0.5.0", Some("0.9.0")), ("0.9.0", None)] {
            assert_eq!(offered_version(&world, "stable", current, None).await.as_deref(), expected, "{current}");
        }
    }

    async fn beta_installations_are_offered_stable_releases_too(world: World) {
        let builder = ReleaseBuilder::new();
        publish(&world, &builder.deb(Channel::Beta, "0.3.0-beta.1")).await;
        publish(&world, &builder.deb(Channel::Stable, "0.2.0")).await;
        assert_eq!(offered_version(&world, "stable", "0.1.0", None).await.as_deref(), Some("0.2.0"));
        assert_eq!(offered_version(&world, "beta", "0.1.0", None).await.as_deref(), Some("0.3.0-beta.1"));
        publish(&world, &builder.deb(Channel::Stable, "0.3.0")).await;
        assert_eq!(offered_version(&world, "beta", "0.3.0-beta.1", None).await.as_deref(), Some("0.3.0"));
    }

    async fn release_notes_follow_the_accept_language_header(world: World) {
        let notes = ["de", "en", "pt"].map(|language| (language.to_owned(), format!("in {language}")));
        let builder = ReleaseBuilder::new();
        let publication = Publication { notes: notes.into(), ..builder.deb(Channel::Stable, "0.2.0") };
        publish(&world, &publication).await;
        for (accepted, expected) in
            [("de-AT,de;q=0.9,en;q=0.8", "in de"), ("fr, pt-BR;q=0.5", "in pt"), ("fr", "in en"), ("*", "in en")]
        {
            let reply = check_for_update(&world, "stable", "0.1.0", &[("accept-language", accepted)]).await;
            assert_eq!(reply.ok()["notes"], expected, "{accepted}");
        }
        assert_eq!(check_for_update(&world, "stable", "0.1.0", &[]).await.ok()["notes"], "in en");
        // For a release without English notes, another language is better than none.
        let notes = BTreeMap::from([("pt".to_owned(), "só em português".to_owned())]);
        let builder = ReleaseBuilder::new();
        publish(&world, &Publication { notes, ..builder.deb(Channel::Stable, "0.3.0") }).await;
        let reply = check_for_update(&world, "stable", "0.1.0", &[("accept-language", "de")]).await;
        assert_eq!(reply.ok()["notes"], "só em português");
    }

    async fn malformed_update_checks_are_problems(world: World) {
        let builder = ReleaseBuilder::new();
        publish(&world, &builder.deb(Channel::Stable, "0.2.0")).await;
        for bucket in ["100", "-1", "ten", "1,2", ""] {
            let reply = check_for_update(&world, "stable", "0.1.0", &[("ringside-rollout-bucket", bucket)]).await;
            assert_eq!((reply.status.as_u16(), reply.code().as_str()), (400, "invalid-parameter"), "{bucket:?}");
        }
        for (channel, current, status, code) in [
            ("nightly", "0.1.0", 404, "not-found"),
            ("Stable", "0.1.0", 404, "not-found"),
            ("stable", "latest", 400, "invalid-parameter"),
            ("stable", "0.1", 400, "invalid-parameter"),
            ("stable", "v0.1.0", 400, "invalid-parameter"),
        ] {
            let reply = check_for_update(&world, channel, current, &[]).await;
            assert_eq!((reply.status.as_u16(), reply.code().as_str()), (status, code), "{channel} {current}");
        }
        let reply = check_for_update(&world, "stable", "0.1.0", &[("host", "me@elsewhere")]).await;
        assert_eq!((reply.status.as_u16(), reply.code().as_str()), (400, "invalid-parameter"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_update_is_downloaded_from_the_public_address() {
    let (database, place) = (TestDatabase::sqlite(), tempfile::tempdir().expect("a directory"));
    let builder = ReleaseBuilder::new();
    let publication = builder.deb(Channel::Stable, "0.2.0");
    publish_release(&database.url(), &artefacts_directory(place.path()), &publication).await.expect("it is published");
    let config = Config {
        data_dir: Some(place.path().to_owned()),
        public_url: Some("https://ringside.example/api".parse().expect("an address")),
        ..Config::local(database.url())
    };
    let without = Config { data_dir: None, ..config.clone() };
    let ask = |config: Config| async {
        let running = start(config).await.expect("it starts");
        let url = format!("http://{}/v1/updates/stable/linux/x86_64/deb/0.1.0", running.addr);
        let reply = reqwest::get(url).await.expect("it answers");
        let (status, text) = (reply.status(), reply.text().await.expect("a text"));
        running.shutdown().await;
        (status, text)
    };
    let (status, update) = ask(config).await;
    assert_eq!(status, 200);
    let update: Value = serde_json::from_str(&update).expect("an update");
    let url = format!("https://ringside.example/api/v1/artefacts/{}/Ringside_0.2.0_amd64.deb", hash(b"0.2.0"));
    assert_eq!(update["url"], url);
    assert_eq!(
        ask(without).await,
        (reqwest::StatusCode::NO_CONTENT, String::new()),
        "what has no place is not offered"
    );
    database.remove().await;
}
