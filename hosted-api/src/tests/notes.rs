//! Notes and journals: who may read and write them, what is refused, who receives the events, and that no athlete does.

use serde_json::{Value, json};
use training::notes::{JournalLimits, MAX_PRIVATE_TEXT_CHARS};

use crate::testing::{Client, Reply, on_both_databases};

/// What is private, so that it can be looked for.
const SECRET: &str = "left shoulder, no overhead";

async fn save(trainer: &Client, session: &str, version: u64, text: &str) -> Reply {
    let call = trainer.call("PUT", &format!("/v1/sessions/{session}/note")).if_match(&json!(version));
    call.json(&json!({ "text": text })).send().await
}

fn journal(athlete: &Client) -> String {
    format!("/v1/athletes/{}/journal", athlete.id)
}

async fn write(trainer: &Client, athlete: &Client, text: &str, pinned: bool) -> Value {
    trainer.post(&journal(athlete)).json(&json!({ "text": text, "pinned": pinned })).send().await.created()
}

fn path(entry: &Value) -> String {
    format!("/v1/journal/{}", entry["id"].as_str().expect("an id"))
}

fn edit(trainer: &Client, entry: &Value, version: u64, text: &str) -> impl Future<Output = Reply> + use<> {
    trainer.call("PUT", &path(entry)).if_match(&json!(version)).json(&json!({ "text": text })).send()
}

fn texts(list: &Value) -> Vec<&str> {
    list.as_array().expect("a list").iter().map(|entry| entry["text"].as_str().expect("a text")).collect()
}

on_both_databases! {
    async fn b31_a_note_is_saved_read_and_cleared(world: World) {
        let (session, _, trainer) = world.session().await;
        let path = format!("/v1/sessions/{session}/note");
        let blank = trainer.get(&path).send().await;
        assert_eq!(blank.header("etag"), "\"0\"");
        assert_eq!(blank.ok(), json!({ "session_id": session, "text": "", "version": 0 }));

        let saved = save(&trainer, &session, 0, " Knie\n ok ").await;
        assert_eq!(saved.header("etag"), "\"1\"");
        let first = json!({ "session_id": session, "text": " Knie\n ok ", "version": 1 });
        assert_eq!((saved.ok(), trainer.get(&path).send().await.ok()), (first.clone(), first.clone()));
        assert_eq!(save(&trainer, &session, 1, " Knie\n ok ").await.ok(), first, "the same is no change");

        trainer.post(&format!("/v1/sessions/{session}/cancel")).send().await.ok();
        assert_eq!(save(&trainer, &session, 1, "").await.ok()["version"], 2, "also after the end");
    }

    async fn b67_a_note_on_another_version_is_refused_and_changes_nothing(world: World) {
        let (session, _, trainer) = world.session().await;
        let path = format!("/v1/sessions/{session}/note");
        let without = trainer.call("PUT", &path).json(&json!({ "text": "x" })).send().await;
        assert_eq!((without.status.as_u16(), without.code().as_str()), (428, "version-missing"));
        save(&trainer, &session, 0, "first").await.ok();
        let second = save(&trainer, &session, 0, "second").await;
        assert_eq!((second.status.as_u16(), second.code().as_str()), (412, "version-mismatch"));
        assert_eq!(trainer.get(&path).send().await.ok()["text"], "first");
        let unknown = save(&trainer, &uuid::Uuid::now_v7().to_string(), 7, "x").await;
        assert_eq!(unknown.code(), "not-found", "goes before both");
    }

    async fn b67_a_note_is_received_by_the_trainers_other_devices_and_nobody_else(world: World) {
        let (session, athlete, trainer) = world.session().await;
        let before = athlete.cursor().await;
        let mut other = trainer.stream(Some(&trainer.cursor().await)).await;
        other.expect("hello").await;
        let note = save(&trainer, &session, 0, SECRET).await.ok();
        assert_eq!(other.expect("note-saved").await.data["note"], note);
        assert_eq!(trainer.get("/v1/snapshot").send().await.ok()["notes"], json!([note]));
        for reply in [
            athlete.get(&format!("/v1/feed?after={before}")).send().await,
            athlete.get("/v1/snapshot").send().await,
            athlete.get(&format!("/v1/sessions/{session}")).send().await,
            athlete.get(&format!("/v1/sessions/{session}/note")).send().await,
            save(&athlete, &session, 0, "mine").await,
            save(&athlete, &session, 1, "mine").await,
        ] {
            assert!(!reply.text.contains(SECRET) && !reply.text.contains("note-saved"), "{reply:?}");
        }
        assert_eq!(athlete.cursor().await, before, "there is nothing to wonder about either");
        assert_eq!(save(&athlete, &session, 9, "mine").await.code(), "not-your-part", "whatever the version");
    }

    async fn a_note_stays_with_the_trainer_of_its_session(world: World) {
        let (session, athlete, trainer) = world.session().await;
        save(&trainer, &session, 0, SECRET).await.ok();
        trainer.post(&format!("/v1/sessions/{session}/cancel")).send().await.ok();
        let ines = world.sign_in("ines").await;
        world.assign(&athlete, &ines).await;
        assert_eq!(save(&trainer, &session, 1, "still mine").await.ok()["version"], 2);
        assert_eq!(texts(&trainer.get("/v1/snapshot").send().await.ok()["notes"]), ["still mine"]);
        assert_eq!(ines.get("/v1/snapshot").send().await.ok()["notes"], json!([]));
        assert_eq!(ines.get(&format!("/v1/sessions/{session}/note")).send().await.code(), "not-found");
        assert_eq!(save(&ines, &session, 2, "x").await.code(), "not-found");
    }

    async fn four_thousand_and_one_characters_are_said_and_nothing_is_cut(world: World) {
        let (session, athlete, trainer) = world.session().await;
        let longest = "👩‍🔬".repeat(MAX_PRIVATE_TEXT_CHARS);
        assert_eq!(save(&trainer, &session, 0, &longest).await.ok()["text"], longest);
        assert_eq!(write(&trainer, &athlete, &longest, false).await["text"], longest);
        let over = longest.clone() + "x";
        let too_long = [("/text".to_owned(), "too-long".to_owned())];
        assert_eq!(save(&trainer, &session, 1, &over).await.findings(), too_long);
        let refused = trainer.post(&journal(&athlete)).json(&json!({ "text": over })).send().await;
        assert_eq!(refused.findings(), too_long);
        assert_eq!(trainer.get(&format!("/v1/sessions/{session}/note")).send().await.ok()["text"], longest);
    }

    async fn b31_an_entry_of_a_journal_is_written_edited_and_deleted(world: World) {
        let (athlete, trainer) = (world.sign_in("mara").await, world.sign_in("jonas").await);
        let mut other = trainer.stream(Some(&trainer.cursor().await)).await;
        other.expect("hello").await;
        let reply = trainer.post(&journal(&athlete)).json(&json!({ "text": SECRET, "pinned": true })).send().await;
        assert_eq!(reply.header("etag"), "\"1\"");
        let made = reply.created();
        assert_eq!((&made["athlete_id"], &made["version"]), (&json!(athlete.id), &json!(1)));
        assert_eq!(made["by"], json!({ "id": trainer.id, "name": "Jonas Berger" }));
        assert_eq!(other.expect("journal-saved").await.data["journal_entry"], made);

        let edited = edit(&trainer, &made, 1, "right shoulder").await.ok();
        assert_eq!((&edited["text"], &edited["pinned"]), (&json!("right shoulder"), &json!(false)));
        assert_eq!((&edited["version"], &edited["at"]), (&json!(2), &made["at"]));
        assert_eq!(other.expect("journal-saved").await.data["journal_entry"], edited);
        assert_eq!(edit(&trainer, &made, 2, "right shoulder").await.ok(), edited, "the same is no change");

        let delete = |version: u64| trainer.call("DELETE", &path(&made)).if_match(&json!(version)).send();
        assert_eq!(delete(1).await.code(), "version-mismatch");
        assert_eq!(delete(2).await.status, 204);
        assert_eq!(other.expect("journal-removed").await.data["journal_entry"], json!({ "id": made["id"] }));
        assert_eq!(delete(2).await.code(), "not-found");
        assert_eq!(trainer.get(&journal(&athlete)).send().await.ok()["journal_entries"], json!([]));
    }

    async fn b68_a_deleted_entry_is_recreated_as_it_was(world: World) {
        let (athlete, trainer) = (world.sign_in("mara").await, world.sign_in("jonas").await);
        let made = write(&trainer, &athlete, SECRET, false).await;
        assert_eq!(edit(&trainer, &made, 0, SECRET).await.code(), "version-mismatch", "it is there");
        trainer.call("DELETE", &path(&made)).if_match(&json!(1)).send().await;
        assert_eq!(edit(&trainer, &made, 1, SECRET).await.code(), "not-found");
        let without = trainer.call("PUT", &path(&made)).json(&json!({ "text": SECRET })).send().await;
        assert_eq!(without.code(), "not-found", "goes before the version");
        let again = edit(&trainer, &made, 0, SECRET).await.created();
        let mut expected = made.clone();
        expected["version"] = json!(2);
        assert_eq!(again, expected, "by whom and when it was written");
        let unknown = json!({ "id": uuid::Uuid::now_v7() });
        assert_eq!(edit(&trainer, &unknown, 0, SECRET).await.code(), "not-found", "there never was one");
    }

    async fn b67_two_devices_that_edit_one_entry_do_not_overwrite_each_other(world: World) {
        let (athlete, trainer) = (world.sign_in("mara").await, world.sign_in("jonas").await);
        let other = world.sign_in("jonas").await;
        let made = write(&trainer, &athlete, "knee", false).await;
        let replies = tokio::join!(edit(&trainer, &made, 1, "left knee"), edit(&other, &made, 1, "right knee"));
        let mut statuses = [replies.0.status.as_u16(), replies.1.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412]);
    }

    async fn a_command_under_its_key_is_done_once_and_answered_only_to_who_may_still_send_it(world: World) {
        let (session, athlete, trainer) = world.session().await;
        let key = uuid::Uuid::now_v7();
        let made = || trainer.post(&journal(&athlete)).key(&key.to_string()).json(&json!({ "text": SECRET })).send();
        let (first, again) = (made().await, made().await);
        assert_eq!((first.created(), first.created()["id"].clone()), (again.created(), json!(key)));
        assert_eq!(again.header("idempotency-replayed"), "true");
        let note = || {
            let call = trainer.call("PUT", &format!("/v1/sessions/{session}/note")).if_match(&json!(0));
            call.key("note").json(&json!({ "text": SECRET })).send()
        };
        assert_eq!((note().await.ok(), note().await.ok()["version"].clone()), (note().await.ok(), json!(1)));

        world.assign(&athlete, &world.sign_in("ines").await).await;
        assert_eq!(made().await.code(), "not-found", "somebody else's journal now");
        assert_eq!(note().await.ok()["version"], 1, "an active session stays with who leads it");
    }

    async fn a_journal_goes_to_the_new_trainer_and_leaves_the_old_one(world: World) {
        let (athlete, trainer, ines) =
            (world.sign_in("mara").await, world.sign_in("jonas").await, world.sign_in("ines").await);
        let made = write(&trainer, &athlete, SECRET, true).await;
        let after_removal = {
            let mut stream = trainer.stream(Some(&trainer.cursor().await)).await;
            stream.expect("hello").await;
            world.assign(&athlete, &ines).await;
            stream.expect("athlete-removed").await;
            stream.expect("reset").await;
            trainer.get("/v1/snapshot").send().await.ok()
        };
        assert_eq!(after_removal["journal_entries"], json!([]));
        assert_eq!(ines.get("/v1/snapshot").send().await.ok()["journal_entries"], json!([made]));
        assert_eq!(texts(&ines.get(&journal(&athlete)).send().await.ok()["journal_entries"]), [SECRET]);
        for refused in [
            trainer.get(&journal(&athlete)).send().await,
            trainer.post(&journal(&athlete)).json(&json!({ "text": "x" })).send().await,
            edit(&trainer, &made, 1, "x").await,
            edit(&trainer, &made, 9, "x").await,
            trainer.call("DELETE", &path(&made)).if_match(&json!(1)).send().await,
        ] {
            assert_eq!(refused.code(), "not-found");
        }
        let edited = edit(&ines, &made, 1, "better").await.ok();
        assert_eq!(edited["by"]["id"], trainer.id, "who wrote it stays");
    }

    async fn an_athlete_never_receives_a_journal(world: World) {
        let (athlete, trainer) = (world.sign_in("mara").await, world.sign_in("jonas").await);
        let before = athlete.cursor().await;
        let made = write(&trainer, &athlete, SECRET, true).await;
        edit(&trainer, &made, 1, SECRET).await.ok();
        for reply in [
            athlete.get(&format!("/v1/feed?after={before}")).send().await,
            athlete.get("/v1/snapshot").send().await,
            athlete.get(&journal(&athlete)).send().await,
            athlete.post(&journal(&athlete)).json(&json!({ "text": "x" })).send().await,
            edit(&athlete, &made, 2, "x").await,
            athlete.call("DELETE", &path(&made)).if_match(&json!(2)).send().await,
        ] {
            assert!(!reply.text.contains(SECRET) && !reply.text.contains("journal-"), "{reply:?}");
            assert!(reply.status == 200 || reply.code() == "role-forbidden", "{reply:?}");
        }
        assert_eq!(athlete.cursor().await, before);
        // Not even as somebody who is a trainer too: nobody is their own.
        world.app.store.set_roles(&athlete.id, "[\"athlete\",\"trainer\"]").await;
        assert_eq!(athlete.get(&journal(&athlete)).send().await.code(), "not-found");
        assert!(!athlete.get("/v1/snapshot").send().await.text.contains(SECRET));
    }

    async fn a_journal_comes_in_pages_newest_first(world: World) {
        let (athlete, trainer) = (world.sign_in("mara").await, world.sign_in("jonas").await);
        let mut all = Vec::new();
        for number in 0..5 {
            all.insert(0, write(&trainer, &athlete, &format!("#{number}"), false).await);
        }
        // One that a page ended with may be deleted meanwhile.
        let first = trainer.get(&format!("{}?limit=2", journal(&athlete))).send().await.ok();
        let next = first["next"].as_str().expect("there are more").to_owned();
        trainer.call("DELETE", &path(&all[1])).if_match(&json!(1)).send().await;
        let second = trainer.get(&format!("{}?limit=2&after={next}", journal(&athlete))).send().await.ok();
        assert_eq!(texts(&second["journal_entries"]), ["#2", "#1"]);
        let next = second["next"].as_str().expect("there is one more");
        let last = trainer.get(&format!("{}?limit=2&after={next}", journal(&athlete))).send().await.ok();
        assert_eq!((texts(&last["journal_entries"]), &last["next"]), (vec!["#0"], &Value::Null));
        for query in ["?limit=0", "?limit=101", "?after=x", "?pinned=true"] {
            let refused = trainer.get(&format!("{}{query}", journal(&athlete))).send().await;
            assert_eq!(refused.code(), "invalid-parameter", "{query}");
        }
    }

    async fn a_snapshot_has_the_pinned_entries_and_the_last_twenty_of_each_athlete(world: World) {
        let (athlete, trainer) = (world.sign_in("mara").await, world.sign_in("jonas").await);
        let tobias = world.sign_in("tobias").await;
        write(&trainer, &athlete, "pinned", true).await;
        write(&trainer, &tobias, "of another", false).await;
        for number in 0..=JournalLimits::LAST_ENTRIES {
            write(&trainer, &athlete, &format!("#{number}"), false).await;
        }
        let entries = trainer.get("/v1/snapshot").send().await.ok()["journal_entries"].clone();
        let mut expected: Vec<String> = (1..=JournalLimits::LAST_ENTRIES).rev().map(|number| format!("#{number}")).collect();
        expected.extend(["of another".to_owned(), "pinned".to_owned()]);
        assert_eq!(texts(&entries), expected);
    }

    async fn a_snapshot_leaves_out_old_entries_about_who_does_not_train_when_they_are_too_large(world: World) {
        let (_, athlete, trainer) = world.session().await;
        let tobias = world.sign_in("tobias").await;
        let long = "👩🏽‍🔬".repeat(MAX_PRIVATE_TEXT_CHARS);
        let mut all = Vec::new();
        for (about, count, pinned) in [(&athlete, 30, true), (&tobias, 5, true), (&athlete, 20, false), (&tobias, 20, false)] {
            for _ in 0..count {
                all.push(write(&trainer, about, &long, pinned).await["id"].clone());
            }
        }
        let entries = trainer.get("/v1/snapshot").send().await.ok()["journal_entries"].clone();
        let kept: Vec<Value> = entries.as_array().expect("a list").iter().rev().map(|entry| entry["id"].clone()).collect();
        assert!(entries.to_string().len() <= JournalLimits::MAX_SNAPSHOT_BYTES);
        assert!(kept.len() > 60 && kept.len() < all.len(), "{}", kept.len());
        // The oldest of those about whoever does not train.
        all.drain(55..55 + (all.len() - kept.len()));
        assert_eq!(kept, all);
        let page = trainer.get(&format!("{}?limit=100", journal(&tobias))).send().await.ok();
        assert_eq!(page["journal_entries"].as_array().map(Vec::len), Some(25), "the list has them all");
    }

    async fn a_journal_has_at_most_fifty_pinned_entries(world: World) {
        let (athlete, trainer) = (world.sign_in("mara").await, world.sign_in("jonas").await);
        for _ in 0..JournalLimits::MAX_PINNED {
            write(&trainer, &athlete, "knee", true).await;
        }
        let refused = trainer.post(&journal(&athlete)).json(&json!({ "text": "knee", "pinned": true })).send().await;
        assert_eq!((refused.status.as_u16(), refused.code().as_str()), (409, "journal-full"));
        write(&trainer, &athlete, "not pinned", false).await;
        write(&trainer, &world.sign_in("tobias").await, "of another", true).await;
    }
}
