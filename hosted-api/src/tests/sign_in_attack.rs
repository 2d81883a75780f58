//! Signing in while somebody guesses passwords, or keeps the server busy with it.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use training::wire::SignedIn;

use crate::access::Access;
use crate::accounts::Lane;
use crate::app::Timing;
use crate::http::BodyTiming;
use crate::openapi::operations;
use crate::router::table;
use crate::testing::{Reply, World, on_both_databases};

const ANYONE: Lane = Lane::Anyone { is_suspect: false };

/// A sign-in from a network, perhaps with a device token.
async fn sign_in(world: &World, network: &str, email: &str, password: &str, device_token: Option<&str>) -> Reply {
    let mut body = json!({ "email": email, "password": password, "device_name": "test" });
    if let Some(token) = device_token {
        body["device_token"] = json!(token);
    }
    world.post("/v1/auth/login").header("x-forwarded-for", network).json(&body).send().await
}

/// A wrong password, from a network.
async fn guess(world: &World, network: &str, email: &str) -> Reply {
    sign_in(world, network, email, "wrong password", None).await
}

/// Guesses until a device that is unknown has no tries left.
async fn use_up(world: &World, network: &str, email: &str) {
    let replies = join_all((0..11).map(|_| guess(world, network, email))).await;
    assert!(replies.iter().any(|reply| reply.status == 429));
}

on_both_databases! {
    async fn guessing_locks_out_neither_known_devices_nor_other_networks(world: World) {
        let (email, password) = (world.email("mara"), world.password());
        let first: SignedIn = sign_in(&world, "192.0.2.1", &email, password, None).await.read();
        let token = first.device_token.clone().expect("a device token");
        use_up(&world, "198.51.100.66", &email).await;
        assert_eq!(sign_in(&world, "198.51.100.66", &email, password, None).await.code(), "too-many-attempts");
        let known = sign_in(&world, "198.51.100.66", &email, password, Some(&token)).await;
        assert_eq!(known.status, 200, "{known:?}");
        assert_eq!(known.ok()["device_token"], json!(token), "it stays the same");
        assert_eq!(sign_in(&world, "192.0.2.1", &email, password, None).await.status, 200);
        // A device that is signed in can change the password.
        let change = json!({ "current_password": password, "new_password": "something better" });
        let client = world.client(first);
        assert_eq!(client.post("/v1/me/password").json(&change).send().await.status, 204);
    }

    async fn a_device_token_works_for_its_own_account_with_limited_tries(world: World) {
        let (mara, tobias) = (world.email("mara"), world.email("tobias"));
        let first = sign_in(&world, "192.0.2.1", &mara, world.password(), None).await.ok();
        let token = first["device_token"].as_str().expect("a device token");
        use_up(&world, "192.0.2.1", &tobias).await;
        let of_another = sign_in(&world, "192.0.2.1", &tobias, world.password(), Some(token)).await;
        assert_eq!(of_another.code(), "too-many-attempts");
        let made_up = sign_in(&world, "192.0.2.1", &tobias, world.password(), Some("rsd_made-up")).await;
        assert_eq!(made_up.code(), "too-many-attempts");
        let guesses = join_all((0..11).map(|_| sign_in(&world, "192.0.2.2", &mara, "wrong password", Some(token)))).await;
        assert_eq!(guesses.iter().filter(|reply| reply.status == 429).count(), 1, "whoever has the token may guess as little");
        assert_eq!(sign_in(&world, "192.0.2.3", &mara, world.password(), None).await.status, 200);
    }

    async fn a_device_token_signs_nobody_in_and_is_stored_as_a_hash(world: World) {
        let first = sign_in(&world, "192.0.2.1", &world.email("mara"), world.password(), None).await.ok();
        let token = first["device_token"].as_str().expect("a device token");
        assert_eq!(world.call("GET", "/v1/me").bearer(token).send().await.code(), "token-invalid");
        let refresh = world.post("/v1/auth/refresh").json(&json!({ "refresh_token": token })).send().await;
        assert_eq!(refresh.code(), "token-invalid");
        assert_eq!(world.app.store.known_device_of(token).await.expect("it reads"), None, "not in the clear");
        let refreshed = world.post("/v1/auth/refresh").json(&json!({ "refresh_token": first["refresh_token"] })).send();
        assert!(refreshed.await.ok().get("device_token").is_none(), "only a sign-in says it");
    }

    async fn an_account_knows_its_last_twenty_devices(world: World) {
        let email = world.email("mara");
        let mut tokens = Vec::new();
        for _ in 0..21 {
            let reply = sign_in(&world, "192.0.2.1", &email, world.password(), None).await.ok();
            tokens.push(reply["device_token"].as_str().expect("a device token").to_owned());
        }
        let mut known = 0;
        for token in &tokens {
            known += usize::from(world.app.store.known_device_of(&crate::accounts::hash(token)).await.expect("it reads").is_some());
        }
        assert_eq!(known, 20);
        let last = crate::accounts::hash(&tokens[20]);
        assert!(world.app.store.known_device_of(&last).await.expect("it reads").is_some());
    }

    async fn a_full_queue_answers_503_and_affects_neither_known_devices_nor_signed_in_people(world: World) {
        let (email, password) = (world.email("mara"), world.password());
        let first: SignedIn = sign_in(&world, "192.0.2.1", &email, password, None).await.read();
        let token = first.device_token.clone().expect("a device token");
        let full = world.app.passwords.fill(ANYONE).await;
        for somebody in [email.as_str(), "nobody@studio-one.example"] {
            let refused = sign_in(&world, "192.0.2.1", somebody, password, None).await;
            assert_eq!((refused.status.as_u16(), refused.code().as_str()), (503, "busy"), "{somebody}");
            assert_eq!(refused.header("retry-after"), "1");
        }
        assert_eq!(sign_in(&world, "192.0.2.1", &email, password, Some(&token)).await.status, 200);
        let change = json!({ "current_password": password, "new_password": "something better" });
        assert_eq!(world.client(first).post("/v1/me/password").json(&change).send().await.status, 204);
        drop(full);
        assert_eq!(sign_in(&world, "192.0.2.1", &email, "something better", None).await.status, 200);
    }

    async fn a_network_with_many_failures_gets_429_but_right_passwords_still_work(world: World) {
        let network = "198.51.100.66";
        for round in 0..10 {
            let replies = join_all((0..10).map(|number| {
                let email = format!("nobody-{round}-{number}@nowhere.example");
                let world = &world;
                async move { guess(world, network, &email).await }
            }))
            .await;
            assert!(replies.iter().all(|reply| reply.code() == "wrong-credentials"));
        }
        // Some were regained while this test ran, one every three seconds.
        let told = loop {
            let replies = join_all((0..10).map(|_| {
                let email = format!("nobody-{}@nowhere.example", uuid::Uuid::now_v7());
                let world = &world;
                async move { guess(world, network, &email).await }
            }))
            .await;
            if let Some(reply) = replies.into_iter().find(|reply| reply.status == 429) {
                break reply;
            }
        };
        assert_eq!(told.code(), "too-many-attempts");
        assert!(told.header("retry-after").parse::<u32>().is_ok_and(|seconds| (1..=3).contains(&seconds)));
        assert_eq!(sign_in(&world, network, &world.email("mara"), world.password(), None).await.status, 200);
        assert_eq!(guess(&world, "192.0.2.1", "nobody@nowhere.example").await.code(), "wrong-credentials");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn servers_of_one_postgres_count_attempts_together() {
    World::on_postgres(|world| async move {
        let (there, running) = world.second_server(Timing::default()).await;
        let (email, password, network) = (world.email("mara"), world.password(), "198.51.100.66");
        // All at once: the first is regained after thirty seconds.
        let server_of = |turn: u32| if turn.is_multiple_of(2) { &world } else { &there };
        for reply in join_all((0..10).map(|turn| guess(server_of(turn), network, &email))).await {
            assert_eq!(reply.code(), "wrong-credentials");
        }
        for server in [&world, &there] {
            let refused = sign_in(server, network, &email, password, None).await;
            assert_eq!(refused.code(), "too-many-attempts");
            assert!(refused.header("retry-after").parse::<u32>().is_ok_and(|seconds| (1..=30).contains(&seconds)));
        }
        assert_eq!(sign_in(&there, "192.0.2.1", &email, password, None).await.status, 200, "another network");
        running.shutdown().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attempts_given_back_by_one_server_are_there_at_the_others() {
    World::on_postgres(|world| async move {
        let (there, running) = world.second_server(Timing::default()).await;
        let (email, network) = (world.email("mara"), "198.51.100.66");
        for _ in 0..2 {
            let guesses = join_all((0..8).map(|_| guess(&world, network, &email))).await;
            assert!(guesses.iter().all(|reply| reply.code() == "wrong-credentials"), "{guesses:?}");
            assert_eq!(sign_in(&there, network, &email, world.password(), None).await.status, 200);
        }
        running.shutdown().await;
    })
    .await;
}

/// Each is counted in two rows, and anybody may make some.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn made_up_sign_ins_do_not_fill_the_table_that_servers_share() {
    World::on_postgres(|world| async move {
        let (network, began) = ("198.51.100.66", Instant::now());
        for round in 0..5 {
            let world = &world;
            let guesses = (0..100).map(|number| async move {
                guess(world, network, &format!("nobody-{round}-{number}@nowhere.example")).await
            });
            let replies = join_all(guesses).await;
            assert!(replies.iter().all(|reply| matches!(reply.status.as_u16(), 401 | 429)));
        }
        let regained = i64::try_from(began.elapsed().as_secs() / 3 + 1).expect("not long");
        let rows = world.app.store.shared_limits().await;
        assert!(rows <= 2 * (100 + regained), "{rows}");
        // What is not counted there is counted here: nobody may guess for that, and a right password still works.
        use_up(&world, network, &world.email("tobias")).await;
        assert_eq!(sign_in(&world, network, &world.email("mara"), world.password(), None).await.status, 200);
        let later = crate::clock::after(crate::clock::now(), Duration::from_mins(10));
        world.app.store.compact_shared_limits(later).await.expect("it compacts");
        assert_eq!(world.app.store.shared_limits().await, 0);
    })
    .await;
}

/// Made-up addresses need no hash, so however many come at once, whoever has a password is not behind them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_hundred_bogus_sign_ins_do_not_delay_a_real_one() {
    let never = Duration::from_hours(1);
    let timing = Timing { failed_sign_in_after: never, response_timeout: never, ..Timing::default() };
    World::with_timing(timing, |world| async move {
        let email = |number: u32| format!("nobody-{number}@nowhere.example");
        let made_up: Vec<_> = (0..500)
            .map(|number| {
                let world = world.clone();
                tokio::spawn(async move { guess(&world, "198.51.100.66", &email(number)).await })
            })
            .collect();
        let right = sign_in(&world, "198.51.100.66", &world.email("mara"), world.password(), None).await;
        assert_eq!(right.status, 200, "{right:?}");
        assert!(!made_up.iter().any(tokio::task::JoinHandle::is_finished), "they all wait");
        for guess in made_up {
            guess.abort();
        }
    })
    .await;
}

/// When an answer comes shows nothing: neither whether there is an account, nor whether work was done for it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn failed_sign_ins_all_take_the_same_time() {
    let timing = Timing { failed_sign_in_after: Duration::from_secs(2), ..Timing::default() };
    World::with_timing(timing, |world| async move {
        for email in [world.email("mara"), "nobody@nowhere.example".to_owned()] {
            let began = Instant::now();
            assert_eq!(guess(&world, "192.0.2.1", &email).await.code(), "wrong-credentials");
            assert!(began.elapsed() >= Duration::from_secs(2), "{email}");
        }
    })
    .await;
}

/// Half of a request to `path`, whose body says that it is `length` bytes long.
async fn stalled(world: &World, path: &str, length: usize) -> TcpStream {
    let mut socket = TcpStream::connect(world.base.trim_start_matches("http://")).await.expect("it connects");
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{{"
    );
    socket.write_all(head.as_bytes()).await.expect("it is taken");
    socket
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stalled_anonymous_body_times_out() {
    let timing = BodyTiming { anonymous: Duration::from_millis(50), ..BodyTiming::default() };
    World::waiting_for_bodies(timing, |world| async move {
        for path in paths_for_anyone() {
            let mut socket = stalled(&world, &path, 8000).await;
            let mut answer = vec![0; 64];
            let read = tokio::time::timeout(Duration::from_secs(90), socket.read(&mut answer)).await;
            let read = read.expect("it does not wait for the rest").expect("it is answered");
            assert!(answer[..read].starts_with(b"HTTP/1.1 408 "), "{path}: {}", String::from_utf8_lossy(&answer));
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn anonymous_bodies_are_limited_to_16_kib() {
    World::on_sqlite(|world| async move {
        for path in paths_for_anyone() {
            for size in [17_000, 500_000] {
                let body = json!({ "email": "x".repeat(size) });
                let reply = world.post(&path).json(&body).send().await;
                assert_eq!((reply.status.as_u16(), reply.code().as_str()), (413, "payload-too-large"), "{path}");
            }
        }
    })
    .await;
}

/// The paths of all routes that take a body from anyone.
fn paths_for_anyone() -> Vec<String> {
    let of_anyone = table().into_iter().filter(|(access, _)| matches!(access, Access::Anyone));
    let paths: Vec<String> = of_anyone
        .flat_map(|(_, routes)| {
            let with_body = operations(&routes.1).filter(|(_, _, operation)| operation.request_body.is_some());
            with_body.map(|(path, _, _)| path.clone()).collect::<Vec<_>>()
        })
        .collect();
    assert!(paths.contains(&"/v1/auth/login".to_owned()), "{paths:?}");
    paths
}
