//! Which athletes are there, as their trainers are told. When somebody has gone is tested beside `feed::Attendance`, on
//! virtual time.

use serde_json::json;

use crate::testing::on_both_databases;

on_both_databases! {
    async fn b60_a_trainer_is_told_who_is_there_right_after_hello_and_who_comes(world: World) {
        let (mara, tobias, jonas) =
            (world.sign_in("mara").await, world.sign_in("tobias").await, world.sign_in("jonas").await);
        let _streams = [mara.stream(None).await, mara.stream(None).await];
        let mut watching = jonas.stream(None).await;
        watching.expect("hello").await;
        let there = watching.presence().await;
        assert_eq!((&there["athlete_id"], &there["online"]), (&json!(mara.id), &json!(true)));
        assert!(there["since"].is_string());

        let cursor = tobias.cursor().await;
        tobias.get(&format!("/v1/feed?after={cursor}")).send().await.ok();
        let comes = watching.presence().await;
        assert_eq!((&comes["athlete_id"], &comes["online"]), (&json!(tobias.id), &json!(true)), "a poll counts as well");
    }

    async fn nobody_but_the_assigned_trainer_is_told(world: World) {
        let (mara, ines, tobias) =
            (world.sign_in("mara").await, world.sign_in("ines").await, world.sign_in("tobias").await);
        let elsewhere = world.sign_in_elsewhere("jonas").await;
        let mut streams = Vec::new();
        for client in [&ines, &tobias, &elsewhere, &mara, &world.sign_in("admin").await] {
            let mut stream = client.stream(None).await;
            stream.expect("hello").await;
            streams.push(stream);
        }
        // What comes next for each is an event, and not who is there.
        let rui = world.sign_in("rui").await;
        let _there = rui.stream(None).await;
        let told = streams[0].presence().await;
        assert_eq!(told["athlete_id"], json!(rui.id), "the first that ines is told, and hers");
        world.app.hub.drain();
        for stream in &mut streams {
            // A comment only keeps it alive.
            let last = loop {
                if let Some(message) = stream.next_of_any_kind().await.expect("a message before its end") {
                    break message;
                }
            };
            assert_eq!(last.event, "bye");
        }
    }

    async fn a_new_trainer_is_told_after_the_reset(world: World) {
        let (mara, ines, admin) =
            (world.sign_in("mara").await, world.sign_in("ines").await, world.sign_in("admin").await);
        let _there = mara.stream(None).await;
        let mut watching = ines.stream(None).await;
        watching.expect("hello").await;
        let path = format!("/v1/users/{}", mara.id);
        let version = admin.get(&path).send().await.ok()["version"].clone();
        let body = json!({ "trainer_id": ines.id });
        admin.call("PATCH", &path).if_match(&version).json(&body).send().await.ok();
        watching.expect("athlete-changed").await;
        watching.expect("reset").await;
        let mut watching = ines.stream(Some(&ines.cursor().await)).await;
        watching.expect("hello").await;
        assert_eq!(watching.presence().await["athlete_id"], json!(mara.id));
    }
}
