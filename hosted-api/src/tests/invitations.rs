//! Invitations: what a code opens, once, and what it does not.

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::clock;
use crate::testing::{Client, Reply, World, on_both_databases};

const PASSWORD: &str = "correct horse";
/// How many claims are made at once.
const CLAIMS: usize = 100;

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

async fn look(world: &World, code: &str) -> Reply {
    world.post("/v1/invitations/look").json(&json!({ "code": code })).send().await
}

async fn claim(world: &World, code: &str, password: &str) -> Reply {
    let body = json!({ "code": code, "password": password, "device_name": "My desk" });
    world.post("/v1/invitations/claim").json(&body).send().await
}

/// Everything of a refusal but the request's id.
fn without_id(reply: &Reply) -> (u16, Value) {
    let mut body = reply.body();
    body["request_id"] = Value::Null;
    (reply.status.as_u16(), body)
}

async fn login(world: &World, email: &str, password: &str) -> Reply {
    let body = json!({ "email": email, "password": password, "device_name": "x" });
    world.post("/v1/auth/login").json(&body).send().await
}

async fn path_of(admin: &Client, mailbox: &str) -> String {
    let found = admin.get(&format!("/v1/users?q={mailbox}@")).send().await.ok();
    format!("/v1/users/{}", text(&found["users"][0]["id"]))
}

on_both_databases! {
    async fn b46_whoever_is_invited_sets_their_own_password_and_is_signed_in(world: World) {
        let admin = world.sign_in("admin").await;
        let body = json!({ "name": "Ada", "email": "ada@studio-one.example", "roles": ["athlete"], "locale": "en" });
        let made = admin.post("/v1/users").json(&body).send().await.created();
        let invitation = &made["invitation"];
        let code = text(&invitation["code"]);
        assert_eq!(invitation["purpose"], "invite");
        assert_eq!(text(&invitation["link"]), format!("{}/join#{code}", world.base));
        let server = world.base.replace(':', "%3A").replace('/', "%2F");
        assert_eq!(text(&invitation["deep_link"]), format!("ringside://claim/{code}?server={server}"));
        assert_eq!(login(&world, "ada@studio-one.example", "").await.code(), "wrong-credentials");

        let seen = look(&world, &code.to_lowercase().replace('-', " ")).await.ok();
        assert_eq!((&seen["name"], &seen["email"]), (&json!("Ada"), &json!("ada@studio-one.example")));
        assert_eq!((&seen["studio"], &seen["locale"]), (&json!({ "name": "Studio One" }), &json!("en")));
        assert_eq!(seen["expires_at"], invitation["expires_at"]);

        let short = claim(&world, &code, "seven77").await;
        assert_eq!(short.findings(), [("/password".to_owned(), "too-short".to_owned())]);
        let claimed = claim(&world, &code, PASSWORD).await.ok();
        assert_eq!(claimed["user"]["email"], "ada@studio-one.example");
        let ada = world.client(serde_json::from_value(claimed).expect("tokens"));
        assert_eq!(ada.get("/v1/me").send().await.ok()["version"], 2);
        login(&world, "ada@studio-one.example", PASSWORD).await.ok();
        let user = admin.get(&format!("/v1/users/{}", ada.id)).send().await.ok();
        assert_eq!((&user["status"], &user["version"]), (&json!("active"), &json!(2)));
        assert!(user["last_seen_at"].is_string());
    }

    async fn b47_every_unusable_code_gets_the_same_answer(world: World) {
        let admin = world.sign_in("admin").await;
        let (used_id, used) = world.invited("Used", "used@x.example").await;
        claim(&world, &used, PASSWORD).await.ok();
        let (withdrawn_id, withdrawn) = world.invited("Withdrawn", "withdrawn@x.example").await;
        let path = format!("/v1/users/{withdrawn_id}/invitation");
        for _ in 0..2 {
            assert_eq!(admin.call("DELETE", &path).send().await.status, 204);
        }
        let (voided_id, voided) = world.invited("Voided", "voided@x.example").await;
        admin.post(&format!("/v1/users/{voided_id}/invitation")).send().await.created();
        let (gone_id, gone) = world.invited("Gone", "gone@x.example").await;
        let leave = admin.call("PATCH", &format!("/v1/users/{gone_id}")).if_match(&json!(1));
        leave.json(&json!({ "active": false })).send().await.ok();
        let (expired_id, expired) = world.invited("Expired", "expired@x.example").await;
        world.app.store.expire_invitation(&expired_id, clock::now()).await;
        let expected = without_id(&look(&world, "no code at all").await);
        assert_eq!(expected.0, 404);
        let long = "0".repeat(7_000);
        let unknown = "0000-0000-0000-0000-0000-0000-0000";
        for code in [unknown, "", "\u{0}", &long, &used, &withdrawn, &voided, &gone, &expired] {
            assert_eq!(without_id(&look(&world, code).await), expected, "{code:?}");
            assert_eq!(without_id(&claim(&world, code, PASSWORD).await), expected, "{code:?}");
        }
        assert_eq!(admin.get(&format!("/v1/users/{used_id}")).send().await.ok()["status"], "active");
    }

    async fn a_claim_with_a_common_password_is_refused_and_keeps_the_code(world: World) {
        let (_, code) = world.invited("Leonie", "l.kraemer@x.example").await;
        for (password, finding) in [
            ("password1", "too-common"),
            ("leonie-2026", "contains-name"),
            ("x-L.Kraemer-x", "contains-name"),
            ("seven77", "too-short"),
        ] {
            // More often than a code has tries: a refused password takes none.
            for _ in 0..4 {
                let refused = claim(&world, &code, password).await;
                assert_eq!(refused.findings(), [("/password".to_owned(), finding.to_owned())]);
            }
        }
        claim(&world, &code, PASSWORD).await.ok();
    }

    async fn a_device_that_claims_is_known_and_a_reset_forgets_none(world: World) {
        let admin = world.sign_in("admin").await;
        let (id, code) = world.invited("Ada", "ada@x.example").await;
        let claimed = claim(&world, &code, PASSWORD).await.ok();
        let token = text(&claimed["device_token"]);
        let sign_in = |password: &str| {
            let body = json!({
                "email": "ada@x.example", "password": password, "device_name": "x", "device_token": token
            });
            world.post("/v1/auth/login").json(&body).send()
        };
        assert_eq!(text(&sign_in(PASSWORD).await.ok()["device_token"]), token, "the account knows it");

        let reset = admin.post(&format!("/v1/users/{id}/invitation")).send().await.created();
        assert_eq!(text(&sign_in(PASSWORD).await.ok()["device_token"]), token, "also after a reset");
        let body = json!({
            "code": reset["code"], "password": "a new password", "device_name": "x", "device_token": token
        });
        let again = world.post("/v1/invitations/claim").json(&body).send().await.ok();
        assert_eq!(text(&again["device_token"]), token, "and a claim");
        assert_eq!(text(&sign_in("a new password").await.ok()["device_token"]), token);

        let (_, code) = world.invited("Bo", "bo@x.example").await;
        let body = json!({ "code": code, "password": PASSWORD, "device_name": "x", "device_token": token });
        let other = world.post("/v1/invitations/claim").json(&body).send().await.ok();
        assert_ne!(text(&other["device_token"]), token, "somebody else's token makes no device known");
    }

    async fn requests_about_invitations_are_limited_like_any_anonymous_one(world: World) {
        for path in ["/v1/invitations/look", "/v1/invitations/claim"] {
            let body = json!({ "code": "0".repeat(17_000), "password": PASSWORD, "device_name": "x" });
            let refused = world.post(path).json(&body).send().await;
            assert_eq!((refused.status.as_u16(), refused.code().as_str()), (413, "payload-too-large"));
        }
    }

    async fn admins_see_since_when_somebody_is_invited(world: World) {
        let admin = world.sign_in("admin").await;
        let body = json!({ "name": "Ada", "email": "ada@studio-one.example", "roles": ["athlete"] });
        let began = clock::now();
        let made = admin.post("/v1/users").json(&body).send().await.created();
        let invited_at = |user: &Value| user["invited_at"].as_str().map(|at| at.parse().expect("an instant"));
        let first: jiff::Timestamp = invited_at(&made["user"]).expect("they are invited");
        assert!((began.as_millisecond()..=clock::now().as_millisecond()).contains(&first.as_millisecond()));
        let path = path_of(&admin, "ada").await;
        admin.post(&format!("{path}/invitation")).send().await.created();
        let again = invited_at(&admin.get(&path).send().await.ok()).expect("they are invited");
        assert!(again >= first);
        admin.call("DELETE", &format!("{path}/invitation")).send().await;
        assert_eq!(invited_at(&admin.get(&path).send().await.ok()), None);
        let version = admin.get(&path).send().await.ok()["version"].clone();
        admin.post(&format!("{path}/invitation")).send().await.created();
        let deactivate = admin.call("PATCH", &path).if_match(&version).json(&json!({ "active": false }));
        assert_eq!(invited_at(&deactivate.send().await.ok()), None, "it ends with the person");
        let active = path_of(&admin, "mara").await;
        assert_eq!(invited_at(&admin.get(&active).send().await.ok()), None);
    }

    async fn an_invitation_is_replayed_only_to_an_admin(world: World) {
        let (admin, id) = (world.sign_in("admin").await, world.invited("Ada", "ada@x.example").await.0);
        let body = json!({ "name": "Bo", "email": "bo@x.example", "roles": ["athlete"] });
        let add = || admin.post("/v1/users").key("add").json(&body).send();
        let path = format!("/v1/users/{id}/invitation");
        let invite = || admin.post(&path).key("invite").send();
        add().await.created();
        invite().await.created();
        world.app.store.set_roles(&admin.id, "[\"trainer\"]").await;
        for refused in [add().await, invite().await] {
            assert_eq!(refused.code(), "role-forbidden");
        }
    }

    async fn of_many_claims_at_once_one_wins(world: World) {
        let (_, code) = world.invited("Ada", "ada@x.example").await;
        let passwords: Vec<String> = (0..CLAIMS).map(|number| format!("password {number}")).collect();
        let replies = join_all(passwords.iter().map(|password| claim(&world, &code, password))).await;
        let won: Vec<usize> = (0..CLAIMS).filter(|place| replies[*place].status == 200).collect();
        assert_eq!(won.len(), 1, "{replies:?}");
        for refused in replies.iter().filter(|reply| reply.status != 200) {
            match refused.status.as_u16() {
                404 => assert_eq!(refused.code(), "not-found"),
                429 => {
                    let told = refused.header("retry-after").parse::<u32>().expect("seconds");
                    assert_eq!((refused.code().as_str(), told > 0), ("too-many-attempts", true), "{refused:?}");
                }
                _ => panic!("{refused:?}"),
            }
        }
        login(&world, "ada@x.example", &passwords[won[0]]).await.ok();
    }

    async fn b47_a_reset_ends_every_sign_in_and_the_claim_every_other(world: World) {
        let admin = world.sign_in("admin").await;
        let (one, two) = (world.sign_in("mara").await, world.sign_in("mara").await);
        let mut stream = one.stream(Some(&one.cursor().await)).await;
        stream.expect("hello").await;
        let path = format!("{}/invitation", path_of(&admin, "mara").await);
        let reset = admin.post(&path).send().await.created();
        assert_eq!(reset["purpose"], "reset");
        assert_eq!(stream.expect("bye").await.data["reason"], "signed-out");
        for client in [&one, &two] {
            assert_eq!(client.get("/v1/me").send().await.code(), "token-invalid");
        }
        // Until it is claimed the password is still good, so that a reset that is taken back locks nobody out.
        let between = world.sign_in("mara").await;
        let expires = text(&reset["expires_at"]).parse::<jiff::Timestamp>().expect("an instant");
        let hours = (expires.as_second() - jiff::Timestamp::from(clock::now()).as_second()) / 3_600;
        assert!((23..=24).contains(&hours), "{hours}");

        let claimed = claim(&world, &text(&reset["code"]), PASSWORD).await.ok();
        assert_eq!(between.get("/v1/me").send().await.code(), "token-invalid");
        let mara = world.client(serde_json::from_value(claimed).expect("tokens"));
        assert_eq!(mara.device_ids().await.len(), 1);
        assert_eq!(login(&world, &world.email("mara"), world.password()).await.code(), "wrong-credentials");
    }

    async fn a_replayed_invitation_has_a_new_code_and_voids_the_one_before(world: World) {
        let admin = world.sign_in("admin").await;
        let body = json!({ "name": "Ada", "email": "ada@x.example", "roles": ["athlete"] });
        let add = || admin.post("/v1/users").key("add").json(&body).send();
        let (first, again) = (add().await, add().await);
        assert_eq!(again.header("idempotency-replayed"), "true");
        let (first, again) = (first.created(), again.created());
        assert_eq!(first["user"], again["user"]);
        let code = |answer: &Value| text(&answer["invitation"]["code"]);
        assert_ne!(code(&first), code(&again));
        assert_eq!(look(&world, &code(&first)).await.code(), "not-found");
        look(&world, &code(&again)).await.ok();

        let path = format!("/v1/users/{}/invitation", text(&first["user"]["id"]));
        let invite = || admin.post(&path).key("invite").send();
        let (third, fourth) = (invite().await.created(), invite().await.created());
        assert_eq!(look(&world, &code(&again)).await.code(), "not-found");
        assert_eq!(look(&world, &text(&third["code"])).await.code(), "not-found");
        assert_eq!(add().await.code(), "invitation-ended", "a later one is not voided by an earlier request");
        claim(&world, &text(&fourth["code"]), PASSWORD).await.ok();
        assert_eq!(invite().await.code(), "invitation-ended", "and a late copy resets nothing");
        login(&world, "ada@x.example", PASSWORD).await.ok();
        assert_eq!(world.app.store.stored_texts_with(&code(&first)).await, 0);
        assert_eq!(world.app.store.stored_texts_with(&text(&fourth["code"])).await, 0);
    }

    async fn a_replayed_invitation_keeps_its_expiry(world: World) {
        let admin = world.sign_in("admin").await;
        let body = json!({ "name": "Ada", "email": "ada@x.example", "roles": ["athlete"] });
        let add = || admin.post("/v1/users").key("add").json(&body).send();
        let made = add().await.created();
        let again = add().await.created();
        assert_eq!(again["invitation"]["expires_at"], made["invitation"]["expires_at"]);
        let id = text(&made["user"]["id"]);
        world.app.store.expire_invitation(&id, clock::now()).await;
        assert_eq!(add().await.code(), "invitation-ended");

        let path = format!("/v1/users/{id}/invitation");
        let invite = || admin.post(&path).key("invite").send();
        let code = text(&invite().await.created()["code"]);
        world.app.store.expire_invitation(&id, clock::now()).await;
        assert_eq!(invite().await.code(), "invitation-ended");
        assert_eq!(look(&world, &code).await.code(), "not-found", "and the code before stays expired");
    }

    async fn looking_at_an_invitation_is_not_limited(world: World) {
        let (_, code) = world.invited("Ada", "ada@x.example").await;
        for _ in 0..20 {
            look(&world, &code).await.ok();
        }
        let refused = world.post("/v1/invitations/claim").json(&json!({
            "code": code, "password": PASSWORD, "device_name": " "
        }));
        assert_eq!(refused.send().await.findings(), [("/device_name".to_owned(), "required".to_owned())]);
        claim(&world, &code, PASSWORD).await.ok();
    }
}
