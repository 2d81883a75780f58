//! Signing in and staying signed in: tokens, their rotation, and what ends them.

use futures_util::future::join_all;
use serde_json::json;
use training::wire::SignedIn;

use crate::testing::{Client, Reply, World, on_both_databases};

async fn refresh(world: &World, token: &str) -> Reply {
    world.post("/v1/auth/refresh").json(&json!({ "refresh_token": token })).send().await
}

async fn refresh_under(world: &World, token: &str, key: &str) -> Reply {
    let request = world.post("/v1/auth/refresh").header("idempotency-key", key);
    request.json(&json!({ "refresh_token": token })).send().await
}

/// The client after a refresh.
async fn refreshed(world: &World, client: &Client) -> Client {
    let reply = refresh(world, &client.refresh).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    world.client(reply.read::<SignedIn>())
}

async fn status(client: &Client) -> u16 {
    client.get("/v1/me").send().await.status.as_u16()
}

on_both_databases! {
    async fn a_refresh_gives_a_new_pair(world: World) {
        let first = world.sign_in("mara").await;
        let second = refreshed(&world, &first).await;
        assert_ne!((&first.access, &first.refresh), (&second.access, &second.refresh));
        assert_eq!((status(&second).await, &second.id), (200, &first.id));
    }

    async fn a_lost_refresh_is_reissued_and_the_first_pair_used_invalidates_the_others(world: World) {
        let first = world.sign_in("mara").await;
        let lost = refreshed(&world, &first).await;
        let found = refreshed(&world, &first).await;
        let late = refreshed(&world, &first).await;
        assert_eq!(status(&found).await, 200);
        for other in [lost, late] {
            assert_eq!(status(&other).await, 401);
            assert_eq!(refresh(&world, &other.refresh).await.code(), "token-invalid");
        }
        assert_eq!(status(&found).await, 200);
    }

    async fn refreshing_a_pair_invalidates_its_siblings(world: World) {
        let first = world.sign_in("mara").await;
        let (lost, found) = (refreshed(&world, &first).await, refreshed(&world, &first).await);
        let next = refreshed(&world, &found).await;
        assert_eq!(refresh(&world, &lost.refresh).await.code(), "token-invalid");
        assert_eq!((status(&lost).await, status(&next).await), (401, 200));
    }

    async fn a_late_refresh_is_distinguished_from_a_copied_token_by_its_key(world: World) {
        let first = world.sign_in("mara").await;
        let second = world.client(refresh_under(&world, &first.refresh, "one-device").await.read());
        assert_eq!(status(&second).await, 200);
        let late = refresh_under(&world, &first.refresh, "one-device").await;
        assert_eq!((late.status.as_u16(), late.code().as_str()), (401, "token-invalid"));
        assert_eq!(status(&second).await, 200, "nobody is signed out");
        assert_eq!(refresh_under(&world, &first.refresh, "somebody-else").await.code(), "token-reused");
        assert_eq!(status(&second).await, 401);
    }

    async fn late_duplicates_of_every_refresh_attempt_are_harmless(world: World) {
        let first = world.sign_in("mara").await;
        let keys = ["before-the-restart", "after-the-restart"];
        refresh_under(&world, &first.refresh, keys[0]).await;
        let second = world.client(refresh_under(&world, &first.refresh, keys[1]).await.read());
        assert_eq!(status(&second).await, 200);
        for key in keys {
            assert_eq!(refresh_under(&world, &first.refresh, key).await.code(), "token-invalid");
        }
        let third = refreshed(&world, &second).await;
        assert_eq!(status(&third).await, 200);
        assert_eq!(refresh_under(&world, &first.refresh, keys[0]).await.code(), "token-invalid", "or later still");
        assert_eq!(status(&third).await, 200);
    }

    async fn a_reused_refresh_token_signs_out_its_device(world: World) {
        let first = world.sign_in("mara").await;
        let elsewhere = world.sign_in("mara").await;
        let second = refreshed(&world, &first).await;
        let mut stream = second.stream(None).await;
        stream.expect("hello").await;
        let reused = refresh(&world, &first.refresh).await;
        assert_eq!((reused.status.as_u16(), reused.code().as_str()), (401, "token-reused"));
        assert_eq!(stream.expect("bye").await.data["reason"], "signed-out");
        assert_eq!((status(&first).await, status(&second).await), (401, 401));
        assert_eq!(refresh(&world, &second.refresh).await.status, 401);
        assert_eq!(status(&elsewhere).await, 200, "another device is another family");
    }

    async fn invalid_refresh_tokens_do_not_take_the_writer(world: World) {
        let (signed_out, inactive) = (world.sign_in("mara").await, world.sign_in("tobias").await);
        assert_eq!(signed_out.post("/v1/auth/logout").send().await.status, 204);
        world.app.store.set_active(&inactive.id, false).await;
        // On SQLite nobody else can write now, so an answer shows that nothing waited for it.
        let writing = world.app.store.write().await.expect("it begins");
        for token in ["rsr_made-up", "", &signed_out.refresh, &inactive.refresh] {
            let reply = refresh(&world, token).await;
            assert_eq!((reply.status.as_u16(), reply.code().as_str()), (401, "token-invalid"));
        }
        assert_eq!(world.call("GET", "/v1/me").bearer("rsa_made-up").send().await.code(), "token-invalid");
        drop(writing);
    }

    async fn concurrent_refreshes_leave_one_valid_pair(world: World) {
        let first = world.sign_in("mara").await;
        let replies = join_all((0..8).map(|_| refresh(&world, &first.refresh))).await;
        let pairs = replies.iter().filter(|reply| reply.status == 200).map(|reply| world.client(reply.read()));
        let statuses = join_all(pairs.collect::<Vec<_>>().iter().map(status)).await;
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    }

    async fn b02_a_wrong_password_and_an_unknown_address_are_indistinguishable(world: World) {
        for email in [world.email("mara"), "nobody@studio-one.example".to_owned(), "a\u{0}b".to_owned(), "x".repeat(7000)] {
            let body = json!({ "email": email, "password": "wrong password", "device_name": "test" });
            let reply = world.post("/v1/auth/login").json(&body).send().await;
            assert_eq!((reply.status.as_u16(), reply.code().as_str()), (401, "wrong-credentials"), "{email:?}");
            assert!(reply.body().get("fields").is_none_or(|fields| fields == &json!([])));
        }
    }

    async fn b45_sign_in_attempts_are_throttled(world: World) {
        let body = json!({ "email": world.email("mara"), "password": "wrong password", "device_name": "test" });
        let guess = || world.post("/v1/auth/login").json(&body).send();
        let replies = join_all((0..11).map(|_| guess())).await;
        let slowed: Vec<&Reply> = replies.iter().filter(|reply| reply.status == 429).collect();
        assert_eq!(slowed.len(), 1);
        assert_eq!(slowed[0].code(), "too-many-attempts");
        assert!(slowed[0].header("retry-after").parse::<u32>().is_ok_and(|seconds| (1..=30).contains(&seconds)));
        assert_eq!(status(&world.sign_in("tobias").await).await, 200, "nobody else is slowed down");
    }

    async fn b03_signing_out_ends_one_device_or_all(world: World) {
        let [phone, desk, tablet] = [world.sign_in("mara").await, world.sign_in("mara").await, world.sign_in("mara").await];
        assert_eq!(phone.post("/v1/auth/logout").send().await.status, 204);
        assert_eq!((status(&phone).await, status(&desk).await, status(&tablet).await), (401, 200, 200));
        let mut stream = tablet.stream(None).await;
        stream.expect("hello").await;
        let everywhere = desk.post("/v1/auth/logout").json(&json!({ "everywhere": true })).send().await;
        assert_eq!(everywhere.status, 204);
        assert_eq!(stream.expect("bye").await.data["reason"], "signed-out");
        assert_eq!((status(&desk).await, status(&tablet).await), (401, 401));
    }

    async fn b03_a_changed_password_ends_every_other_device(world: World) {
        let (here, there) = (world.sign_in("mara").await, world.sign_in("mara").await);
        let change = |current: &str, new: &str| {
            here.post("/v1/me/password").json(&json!({ "current_password": current, "new_password": new })).send()
        };
        let finding = |pointer: &str, code: &str| vec![(pointer.to_owned(), code.to_owned())];
        assert_eq!(change("not it", "long enough").await.findings(), finding("/current_password", "wrong-password"));
        assert_eq!(change(world.password(), "short").await.findings(), finding("/new_password", "too-short"));
        assert_eq!(status(&there).await, 200);
        assert_eq!(change(world.password(), "a new password").await.status, 204);
        assert_eq!((status(&here).await, status(&there).await), (200, 401));
        let sign_in = |password: &str| {
            let body = json!({ "email": world.email("mara"), "password": password, "device_name": "test" });
            world.post("/v1/auth/login").json(&body).send()
        };
        assert_eq!(sign_in(world.password()).await.status, 401);
        assert_eq!(sign_in("a new password").await.status, 200);
    }
}
