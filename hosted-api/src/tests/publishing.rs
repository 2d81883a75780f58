//! Publishing releases: as a whole or not at all, and never with changed contents.

use std::path::PathBuf;

use futures_util::future::join_all;

use crate::testing::{ReleaseBuilder, World, on_both_databases};
use crate::updates::{Change, Channel, Percent, Publication, change, hash};

const DEB: &str = "Ringside_0.2.0_amd64.deb";
const APP: &str = "Ringside_universal.app.tar.gz";
const MSI: &str = "Ringside_0.2.0_x64_en-US.msi";

fn files(world: &World) -> Vec<String> {
    let files = std::fs::read_dir(world.artefacts()).expect("the directory is there");
    let names = files.map(|file| file.expect("a file").file_name().into_string().expect("a name"));
    // The mark of the directory is no artefact.
    let mut names: Vec<String> = names.filter(|name| name != "directory-id").collect();
    names.sort();
    names
}

/// The stored releases with their notes, and artefacts with their platforms.
async fn stored(world: &World) -> Vec<String> {
    let mut tx = world.app.store.read().await.expect("it is read");
    let mut stored = Vec::new();
    for row in tx.releases().await.expect("there are releases") {
        let release = &row.release;
        let (channel, version) = (release.channel.word(), &release.version);
        stored.push(format!("{channel} {version} {} {:?}", release.rollout.get(), row.notes));
        let artefacts = tx.artefacts_of(version).await.expect("there are artefacts");
        let here = artefacts.into_iter().filter(|(channel, _)| *channel == release.channel);
        stored.extend(here.map(|(_, artefact)| format!("{channel} {version} {} {}", artefact.platform, artefact.hash)));
    }
    stored
}

/// Asserts that it is refused without changing anything; returns the message for the operator.
async fn refused(world: &World, publication: &Publication) -> String {
    let before = (stored(world).await, files(world));
    let error = world.publish(publication).await.expect_err("it is refused");
    assert_eq!((stored(world).await, files(world)), before, "{error}");
    let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
    format!("{error}{cause}")
}

on_both_databases! {
    async fn publishing_a_release_again_changes_nothing(world: World) {
        let builder = ReleaseBuilder::new();
        let mut publication = builder.publication(Channel::Stable, "0.2.0", &[(DEB, b"deb"), (APP, b"app")]);
        let platforms = ["linux-x86_64-deb", "darwin-aarch64-app", "darwin-x86_64-app"];
        let first = world.publish(&publication).await.expect("it is published");
        assert_eq!((first.added.len(), first.rollout), (3, Percent::ALL));
        assert!(platforms.iter().all(|platform| first.added.iter().any(|added| added == platform)));
        let (rows, kept) = (stored(&world).await, files(&world));
        let mut hashes = [hash(b"deb"), hash(b"app")];
        hashes.sort();
        assert_eq!(kept, hashes);
        publication.files.reverse();
        let again = world.publish(&publication).await.expect("it is published");
        assert_eq!((again.added.len(), stored(&world).await, files(&world)), (0, rows, kept));
    }

    async fn published_artefacts_are_not_replaced(world: World) {
        let builder = ReleaseBuilder::new();
        let first = builder.publication(Channel::Beta, "0.2.0", &[(DEB, b"deb")]);
        world.publish(&Publication { rollout: Percent::new(10), ..first }).await.expect("it is published");
        // Also together with new artefacts, and on another channel.
        for channel in [Channel::Beta, Channel::Stable] {
            let other = builder.publication(channel, "0.2.0", &[(MSI, b"msi"), (DEB, b"another deb")]);
            let why = refused(&world, &other).await;
            assert!(why.contains("0.2.0 was published for linux-x86_64-deb with other bytes"), "{why}");
        }
        let more = builder.publication(Channel::Beta, "0.2.0", &[(MSI, b"msi")]);
        let requires = Publication { requires: Some("0.1.0".parse().expect("a version")), ..more.clone() };
        assert!(refused(&world, &requires).await.contains("was published with no --requires"));
        let added = world.publish(&more).await.expect("a platform more");
        assert_eq!((added.added, added.rollout.get()), (vec!["windows-x86_64-msi".to_owned()], 10));
        let same = builder.publication(Channel::Stable, "0.2.0", &[(DEB, b"deb")]);
        assert_eq!(world.publish(&same).await.expect("the same on another channel").added, ["linux-x86_64-deb"]);
    }

    async fn publishing_again_keeps_the_rollout(world: World) {
        let builder = ReleaseBuilder::new();
        let first = Publication { rollout: Percent::new(10), ..builder.deb(Channel::Stable, "0.2.0") };
        let new = world.publish(&first).await.expect("it is published");
        assert_eq!(new.rollout.get(), 10);
        let version = &first.version;
        // Raised, lowered and untouched; published with the same, a higher, a lower and no rollout.
        for percent in [50, 5, 10] {
            let rollout = Percent::new(percent).expect("a percentage");
            change(&world.app.store, Channel::Stable, version, Change::Rollout(rollout)).await.expect("it is there");
            for rollout_option in [Percent::new(10), Some(Percent::ALL), Percent::new(0), None] {
                let again = world.publish(&Publication { rollout: rollout_option, ..first.clone() }).await.expect("the same again");
                assert_eq!((again.added.len(), again.rollout), (0, rollout), "{rollout_option:?}");
            }
            assert!(stored(&world).await[0].starts_with(&format!("stable 0.2.0 {percent} ")));
        }
        change(&world.app.store, Channel::Stable, version, Change::Halt).await.expect("it is there");
        let more = builder.publication(Channel::Stable, "0.2.0", &[(MSI, b"msi")]);
        let added = world.publish(&Publication { rollout: Some(Percent::ALL), ..more }).await.expect("a platform more");
        assert_eq!((added.added.len(), added.rollout.get(), added.halted), (1, 10, true));
    }

    async fn the_required_version_of_a_release_cannot_change(world: World) {
        let builder = ReleaseBuilder::new();
        let bridge = Some("0.1.5".parse().expect("a version"));
        let first = Publication { requires: bridge.clone(), ..builder.deb(Channel::Stable, "0.2.0") };
        world.publish(&first).await.expect("it is published");
        world.publish(&first).await.expect("the same again");
        world.publish(&Publication { requires: None, ..first.clone() }).await.expect("it names no required version");
        let other = Publication { requires: Some("0.1.6".parse().expect("a version")), ..first };
        assert!(refused(&world, &other).await.contains("was published with --requires 0.1.5"));
    }

    async fn invalid_publications_store_nothing(world: World) {
        let builder = ReleaseBuilder::new();
        let good = builder.publication(Channel::Stable, "0.2.0", &[(DEB, b"deb")]);
        let with = |more: &[PathBuf]| Publication { files: [&good.files[..], more].concat(), ..good.clone() };
        // Each in a place of its own, because they have the same names.
        let places: [ReleaseBuilder; 5] = std::array::from_fn(|_| ReleaseBuilder::new());
        let of = |place: usize, name: &str, version: &str| with(&places[place].build(name, b"other", version));
        let signed = |place: usize, signature: &str| {
            with(&[places[place].file(APP, "app"), places[place].file(&format!("{APP}.sig"), signature)])
        };
        let unversioned = places[0].signer.sign_without_version(b"app");
        let away = PathBuf::from("nowhere").join(APP);
        let of_app = builder.signer.sign(APP, b"app", "0.2.0");
        for (publication, expected) in [
            (of(0, APP, "0.1.0"), "Ringside_universal.app.tar.gz can't be used: it was made for version 0.1.0"),
            (of(0, "Ringside.dmg", "0.2.0"), "Ringside.dmg does not say what the file is for; names that do are Ringside_"),
            (of(0, "Ringside_0.2.0_x64.deb", "0.2.0"), "are both for linux-x86_64-deb"),
            (with(&[places[0].file(MSI, "msi")]), "Ringside_0.2.0_x64_en-US.msi is not signed: Ringside_0.2.0_x64_en-US.msi.sig is"),
            (with(&[places[0].file("Other.deb.sig", "")]), "Other.deb is missing: only its signature, Other.deb.sig, is given"),
            (signed(1, "nonsense"), "no signature as"),
            (signed(2, &unversioned), "does not say which version"),
            (with(&[away, places[3].file(&format!("{APP}.sig"), &of_app)]), "nowhere/Ringside_universal.app.tar.gz was not found"),
            (with(&good.files[1..]), "Ringside_0.2.0_amd64.deb is given twice"),
            (Publication { files: Vec::new(), ..good.clone() }, "there is nothing to publish"),
            (Publication { notes: [].into(), ..good.clone() }, "a new release says what is new"),
            (Publication { public_key: Some("?".to_owned()), ..good.clone() }, "a public key is what"),
            (Publication { public_key: Some(places[4].signer.public_key()), ..good.clone() }, "does not belong to"),
            (Publication { requires: Some(good.version.clone()), ..good.clone() }, "0.2.0 can't require 0.2.0"),
        ] {
            let why = refused(&world, &publication).await;
            assert!(why.contains(expected), "{expected:?} in {why}");
        }
        assert_eq!((stored(&world).await.len(), files(&world).len()), (0, 0));
    }

    async fn a_file_named_as_another_version_is_not_published(world: World) {
        let builder = ReleaseBuilder::new();
        for name in [
            "Ringside_0.3.0_amd64.deb",
            "Ringside-0.3.0-1.x86_64.rpm",
            "Ringside_0.3.0_amd64.AppImage",
            "Ringside_0.3.0_x64-setup.exe",
        ] {
            let other = builder.publication(Channel::Stable, "0.2.0", &[(name, b"bytes")]);
            let expected = format!("{name} is named as version 0.3.0 and can't be published as 0.2.0");
            assert_eq!(refused(&world, &other).await, expected);
        }
    }

    async fn an_empty_signed_file_is_not_published(world: World) {
        let builder = ReleaseBuilder::new();
        let empty = builder.publication(Channel::Stable, "0.2.0", &[(APP, b"app"), (DEB, b"")]);
        assert_eq!(refused(&world, &empty).await, "Ringside_0.2.0_amd64.deb is empty");
    }

    async fn a_pre_release_is_not_published_on_stable(world: World) {
        let builder = ReleaseBuilder::new();
        let publication = builder.deb(Channel::Stable, "0.2.0-beta.1");
        assert!(refused(&world, &publication).await.contains("publish it with --channel beta"));
        world.publish(&Publication { channel: Channel::Beta, ..publication }).await.expect("it is published");
    }

    async fn a_missing_file_is_reported_before_a_wrong_name(world: World) {
        let builder = ReleaseBuilder::new();
        let files = vec![PathBuf::from("nowhere/Rinsgide.deb")];
        let misspelt = Publication { files, ..builder.deb(Channel::Stable, "0.2.0") };
        assert_eq!(refused(&world, &misspelt).await, "nowhere/Rinsgide.deb was not found");
    }

    async fn a_signature_without_its_file_is_refused(world: World) {
        let builder = ReleaseBuilder::new();
        let mut alone = builder.deb(Channel::Stable, "0.2.0");
        alone.files.retain(|file| file.extension().is_some_and(|extension| extension == "sig"));
        let expected = "Ringside_0.2.0_amd64.deb is missing: only its signature, Ringside_0.2.0_amd64.deb.sig, is given";
        assert_eq!(refused(&world, &alone).await, expected);
    }

    async fn a_file_changed_after_signing_is_not_published(world: World) {
        let builder = ReleaseBuilder::new();
        let publication = builder.publication(Channel::Stable, "0.2.0", &[(DEB, b"deb")]);
        builder.file(DEB, "something else");
        assert!(refused(&world, &publication).await.contains("does not belong to the file and the public key"));
        // Without the key the server can't tell; a desktop still can.
        world.publish(&Publication { public_key: None, ..publication }).await.expect("it is published");
    }

    async fn notes_can_be_changed_by_publishing_again(world: World) {
        let builder = ReleaseBuilder::new();
        let first = builder.deb(Channel::Stable, "0.2.0");
        world.publish(&first).await.expect("it is published");
        let notes = [("de".to_owned(), "Neu".to_owned())].into();
        world.publish(&Publication { notes, ..first.clone() }).await.expect("another language");
        let notes = [("en".to_owned(), "Mended".to_owned())].into();
        world.publish(&Publication { notes, ..first }).await.expect("other words");
        assert_eq!(stored(&world).await[0], "stable 0.2.0 100 {\"de\": \"Neu\", \"en\": \"Mended\"}");
    }

    async fn one_of_many_conflicting_concurrent_publications_succeeds(world: World) {
        let builders: Vec<ReleaseBuilder> = (0..4).map(|_| ReleaseBuilder::new()).collect();
        let different: Vec<Publication> = builders
            .iter()
            .enumerate()
            .map(|(n, builder)| builder.publication(Channel::Stable, "0.2.0", &[(DEB, format!("{n}").as_bytes())]))
            .collect();
        // Each of them twice: the same bytes are no contradiction.
        let all = join_all(different.iter().chain(&different).map(|publication| world.publish(publication))).await;
        let added: usize = all.iter().flatten().map(|published| published.added.len()).sum();
        assert_eq!((added, all.iter().filter(|published| published.is_ok()).count()), (1, 2));
        assert_eq!(stored(&world).await.len(), 2, "a release with one artefact");
    }
}
