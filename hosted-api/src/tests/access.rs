//! Who may use which route: every route of the table, tried by every kind of caller.
//!
//! The paths and methods are those of the table, so a new route is tried automatically; the bodies are written here. A
//! route whose path needs an id that this file lacks, or that is served without being in the table, fails the test.

use serde_json::{Value, json};
use training::Part;
use training::wire::Role;

use super::files;
use crate::access::Access;
use crate::openapi::operations;
use crate::router::{router, table};
use crate::testing::{Client, ReleaseBuilder, Reply, World, on_both_databases};
use crate::updates::{Channel, hash};

/// A caller's relation to the named session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Relation {
    Own(Part),
    /// Of the same studio, but of another session.
    SameStudio(Role),
    /// Of another studio.
    OtherStudio(Role),
}

/// The expected result.
#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    /// Any answer of the endpoint, except one about permission.
    Allowed,
    Forbidden,
    NotFound,
}

fn expected(access: Access, who: Relation) -> Outcome {
    let role = match who {
        Relation::Own(Part::Athlete) => Role::Athlete,
        Relation::Own(_) => Role::Trainer,
        Relation::SameStudio(role) | Relation::OtherStudio(role) => role,
    };
    match (access, who) {
        (Access::StudioOf, Relation::OtherStudio(_)) => Outcome::NotFound,
        // The device that is named is the athlete's, the upload the trainer's.
        (Access::Anyone | Access::SignedIn | Access::StudioOf, _)
        | (Access::Uploader | Access::TrainerOf, Relation::Own(Part::Trainer))
        | (
            Access::Participant | Access::AthleteAndTrainer | Access::AthleteAndTrainers | Access::Importer,
            Relation::Own(_),
        )
        | (Access::Owner, Relation::Own(Part::Athlete))
        | (Access::AdminOrThemself, Relation::Own(Part::Athlete) | Relation::SameStudio(Role::Admin)) => {
            Outcome::Allowed
        }
        (Access::TrainerOf, _) if role == Role::Trainer => Outcome::NotFound,
        (Access::HasRole(needed), _) if needed == role => Outcome::Allowed,
        (Access::ParticipantAs(needed), Relation::Own(part)) if needed == part => Outcome::Allowed,
        (Access::Uploader, _) if role == Role::Athlete => Outcome::Forbidden,
        (Access::OwnerWithRole(needed), _) if needed != role => Outcome::Forbidden,
        (Access::OwnerWithRole(_), Relation::Own(_)) => Outcome::Allowed,
        (Access::Owner | Access::OwnerWithRole(_) | Access::Uploader | Access::AdminOrThemself, _)
        | (Access::AdminOf, Relation::OtherStudio(Role::Admin)) => Outcome::NotFound,
        (Access::AdminOf, _) if role == Role::Admin => Outcome::Allowed,
        (Access::StaffOf, Relation::OtherStudio(_)) if role != Role::Athlete => Outcome::NotFound,
        (Access::Staff | Access::StaffOf, _) if role != Role::Athlete => Outcome::Allowed,
        (Access::Staff | Access::StaffOf | Access::AdminOf | Access::TrainerOf | Access::HasRole(_), _)
        | (Access::ParticipantAs(_), Relation::Own(_)) => Outcome::Forbidden,
        (
            Access::Participant
            | Access::ParticipantAs(_)
            | Access::AthleteAndTrainer
            | Access::AthleteAndTrainers
            | Access::Importer,
            _,
        ) => Outcome::NotFound,
    }
}

fn outcome(reply: &Reply) -> Outcome {
    match reply.status.as_u16() {
        403 => Outcome::Forbidden,
        404 => Outcome::NotFound,
        401 => panic!("a signed-in person is asked to sign in: {reply:?}"),
        500.. => panic!("the server failed: {reply:?}"),
        _ => Outcome::Allowed,
    }
}

/// The session everything is tried on.
struct Fixture {
    session: String,
    round: Value,
    plan: Value,
    /// Somebody whom an admin has invited, and their code.
    invited: String,
    code: String,
    /// A device of the athlete's, for each of the two routes that end one, and whose it is.
    devices: [String; 2],
    athlete: String,
    /// An upload of the trainer's, a video of the studio, and a template that the trainer does not share.
    upload: String,
    video: String,
    template: String,
    /// An entry of the trainer's journal about the athlete.
    entry: String,
    /// A file of the athlete's that was read.
    import: String,
    /// A weight of the athlete's.
    weight: String,
}

/// The artefact published on it.
const ARTEFACT: (&str, &[u8]) = ("Ringside_9.0.0_amd64.deb", b"bytes");

/// A file of another tracker.
const FILE: &str = "Date,Exercise,Category,Weight (kgs),Reps\n2026-01-05,Bench,Chest,60,8\n";

impl Fixture {
    async fn set_up(world: &World, athlete: &Client, trainer: &Client, session: String) -> Self {
        let builder = ReleaseBuilder::new();
        let publication = builder.publication(Channel::Stable, "9.0.0", &[ARTEFACT]);
        world.publish(&publication).await.expect("it is published");
        let round = trainer.released(&session).await;
        // Already started, so that no permitted caller can recall, delete or start it, and the fixture stays as it is.
        let start = format!("/v1/rounds/{}/start", round["id"].as_str().expect("an id"));
        athlete.post(&start).send().await.ok();
        let (invited, code) = world.invited("Stage", "stage@studio-one.example").await;
        let mut devices = [String::new(), String::new()];
        for device in &mut devices {
            let known = athlete.device_ids().await;
            world.sign_in("mara").await;
            *device = athlete.device_ids().await.into_iter().find(|id| !known.contains(id)).expect("the new one");
        }
        let upload =
            files::begin(trainer, b"more", "video/mp4").await.created()["id"].as_str().expect("an id").to_owned();
        let exercise = files::with_video(trainer).await;
        let video = exercise["video"]["id"].as_str().expect("an id").to_owned();
        let (plan, owner) = (trainer.plan().await, athlete);
        let athlete = owner.id.clone();
        let draft = json!({ "name": "Legs", "rounds": [plan] });
        let template = trainer.post("/v1/templates").json(&draft).send().await.created();
        let template = template["id"].as_str().expect("an id").to_owned();
        let entry = trainer.post(&format!("/v1/athletes/{athlete}/journal")).json(&json!({ "text": "Knee" }));
        let entry = entry.send().await.created()["id"].as_str().expect("an id").to_owned();
        let weight = owner.post(&format!("/v1/athletes/{athlete}/weights")).json(&json!({ "weight_kg": 71.5 }));
        let weight = weight.send().await.created()["id"].as_str().expect("an id").to_owned();
        let import = owner.post(&format!("/v1/athletes/{athlete}/imports")).body(FILE).send().await.created();
        let import = import["id"].as_str().expect("an id").to_owned();
        Self { session, round, plan, invited, code, devices, athlete, upload, video, template, entry, import, weight }
    }

    /// The path with the fixture's ids in it.
    fn path(&self, template: &str) -> String {
        let text = |value: &Value| value.as_str().expect("an id").to_owned();
        let id = match template.split('/').nth(2) {
            Some("rounds") => text(&self.round["id"]),
            Some("uploads") => self.upload.clone(),
            Some("templates") => self.template.clone(),
            Some("videos") => self.video.clone(),
            Some("exercises") => text(&self.round["exercises"][0]["exercise_id"]),
            Some("athletes") => self.athlete.clone(),
            Some("journal") => self.entry.clone(),
            Some("imports") => self.import.clone(),
            Some("weights") => self.weight.clone(),
            Some("users") if template.contains("devices") || template.contains("export") => self.athlete.clone(),
            Some("users") => self.invited.clone(),
            _ => self.session.clone(),
        };
        let mut path = template.replace("{id}", &id).replace("{item_id}", &text(&self.round["exercises"][0]["id"]));
        for (name, value) in [
            ("{exercise_id}", self.round["exercises"][0]["exercise_id"].as_str().expect("an id")),
            ("{device_id}", self.devices[usize::from(template.starts_with("/v1/me/"))].as_str()),
            ("{channel}", "stable"),
            ("{target}", "linux"),
            ("{arch}", "x86_64"),
            ("{bundle}", "deb"),
            ("{current_version}", "0.1.0"),
            ("{sha256}", &hash(ARTEFACT.1)),
            ("{file_name}", ARTEFACT.0),
        ] {
            path = path.replace(name, value);
        }
        assert!(!path.contains('{'), "this test has no id for {template}");
        path
    }

    /// A valid body for the endpoint; none if it takes none.
    fn body(&self, method: &str, template: &str) -> Option<Value> {
        match (method, template) {
            ("POST", "/v1/auth/login") => {
                Some(json!({ "email": "nobody@nowhere.example", "password": "?", "device_name": "x" }))
            }
            ("POST", "/v1/auth/refresh") => Some(json!({ "refresh_token": "none" })),
            ("PATCH", "/v1/me" | "/v1/users/{id}") => Some(json!({})),
            ("POST", "/v1/me/password") => Some(json!({ "current_password": "?", "new_password": "?" })),
            ("POST", "/v1/invitations/look") => Some(json!({ "code": self.code })),
            ("POST", "/v1/invitations/claim") => {
                Some(json!({ "code": self.code, "password": "?", "device_name": "x" }))
            }
            ("POST", "/v1/users") => {
                Some(json!({ "name": "Ada", "email": "ada@studio-one.example", "roles": ["athlete"] }))
            }
            // Not their name, so nobody is erased.
            ("POST", "/v1/users/{id}/erase") => Some(json!({ "confirm": "Nobody" })),
            ("POST", "/v1/sessions/{id}/rounds") | ("PUT", "/v1/rounds/{id}") => Some(self.plan.clone()),
            ("POST", "/v1/exercises") | ("PUT", "/v1/exercises/{id}") => {
                Some(json!({ "name": "Superman", "category": "back", "fields": ["reps"] }))
            }
            ("POST", "/v1/templates") | ("PUT", "/v1/templates/{id}") => {
                Some(json!({ "name": "Legs", "rounds": [self.plan] }))
            }
            ("POST", "/v1/uploads") => {
                Some(json!({ "size_bytes": 1, "sha256": hash(b"x"), "media_type": "video/mp4" }))
            }
            ("PUT", "/v1/exercises/{id}/video") => Some(json!({ "upload_id": self.upload })),
            ("PATCH", "/v1/rounds/{id}/exercises/{item_id}/actual") => Some(json!({ "actual": {} })),
            ("POST", "/v1/athletes/{id}/sessions") => Some(json!({
                "started_at": "2026-01-05T10:00:00Z",
                "ended_at": "2026-01-05T11:00:00Z",
                "rounds": [{ "exercises": [{ "exercise_id": self.round["exercises"][0]["exercise_id"], "actual": {} }] }],
            })),
            ("PUT", "/v1/sessions/{id}/note" | "/v1/journal/{id}") | ("POST", "/v1/athletes/{id}/journal") => {
                Some(json!({ "text": "Knee" }))
            }
            ("POST", "/v1/athletes/{id}/weights") | ("PUT", "/v1/weights/{id}") => Some(json!({ "weight_kg": 71.5 })),
            ("PUT", "/v1/rounds/{id}/exercises/{item_id}/log") => Some(json!({ "actual": null })),
            ("POST", "/v1/rounds/{id}/complete" | "/v1/rounds/{id}/late-feedback") => Some(json!({ "exercises": [] })),
            ("POST", "/v1/imports/{id}/commit") => Some(json!({ "mapping": [] })),
            _ => None,
        }
    }

    async fn attempt(&self, world: &World, who: Option<&Client>, method: &str, template: &str) -> Reply {
        let mut call = world.call(method, &self.path(template)).if_match(&json!(0));
        if let Some(client) = who {
            call = call.bearer(&client.access);
        }
        if (method, template) == ("POST", "/v1/athletes/{id}/imports") {
            call = call.body(FILE);
        } else if let Some(body) = self.body(method, template) {
            call = call.json(&body);
        }
        call.send().await
    }
}

on_both_databases! {
    async fn every_route_admits_exactly_whom_the_table_names(world: World) {
        let (session, athlete, trainer) = world.session().await;
        let fixture = Fixture::set_up(&world, &athlete, &trainer, session).await;
        let people = [
            (Relation::Own(Part::Athlete), athlete),
            (Relation::Own(Part::Trainer), trainer),
            (Relation::SameStudio(Role::Athlete), world.sign_in("tobias").await),
            (Relation::SameStudio(Role::Trainer), world.sign_in("ines").await),
            (Relation::SameStudio(Role::Admin), world.sign_in("admin").await),
            (Relation::OtherStudio(Role::Athlete), world.sign_in_elsewhere("mara").await),
            (Relation::OtherStudio(Role::Trainer), world.sign_in_elsewhere("jonas").await),
            (Relation::OtherStudio(Role::Admin), world.sign_in_elsewhere("admin").await),
        ];
        for (access, routes) in table() {
            for (template, method, _) in operations(&routes.1) {
                // Everybody may sign out, and that would leave nobody to try the rest with.
                if template == "/v1/auth/logout" {
                    continue;
                }
                // What is permitted would end the fixture; it has its own tests.
                let ends = matches!(
                    (method, template.as_str()),
                    (_, "/v1/sessions/{id}/cancel") | ("DELETE", "/v1/imports/{id}" | "/v1/uploads/{id}")
                );
                for (relation, client) in &people {
                    if ends && matches!(relation, Relation::Own(_)) && expected(access, *relation) == Outcome::Allowed {
                        continue;
                    }
                    let reply = fixture.attempt(&world, Some(client), method, template).await;
                    if access == Access::Anyone {
                        assert!(!matches!(reply.status.as_u16(), 403 | 404), "{template}: {reply:?}");
                        continue;
                    }
                    let what = format!("{method} {template} by {relation:?}: {reply:?}");
                    assert_eq!(outcome(&reply), expected(access, *relation), "{what}");
                }
            }
        }
    }

    async fn every_other_route_requires_a_valid_token(world: World) {
        let (session, athlete, trainer) = world.session().await;
        let fixture = Fixture::set_up(&world, &athlete, &trainer, session).await;
        let signed_out = world.sign_in("tobias").await;
        assert_eq!(signed_out.post("/v1/auth/logout").send().await.status, 204);
        for (access, routes) in table() {
            for (template, method, _) in operations(&routes.1).filter(|_| access != Access::Anyone) {
                let without = fixture.attempt(&world, None, method, template).await;
                assert_eq!((without.status.as_u16(), without.code().as_str()), (401, "token-missing"), "{template}");
                let ended = fixture.attempt(&world, Some(&signed_out), method, template).await;
                assert_eq!((ended.status.as_u16(), ended.code().as_str()), (401, "token-invalid"), "{template}");
            }
        }
    }

    async fn a_draft_does_not_exist_for_the_athlete(world: World) {
        let (session, athlete, trainer) = world.session().await;
        let draft = trainer.draft(&session).await;
        let text = |value: &Value| value.as_str().expect("an id").to_owned();
        let (path, item) = (format!("/v1/rounds/{}", text(&draft["id"])), text(&draft["exercises"][0]["id"]));
        for act in ["release", "recall", "start"] {
            assert_eq!(athlete.post(&format!("{path}/{act}")).send().await.code(), "not-found", "{act}");
        }
        let (plan, reports) = (trainer.plan().await, Client::reports(&draft));
        let log = athlete.call("PUT", &format!("{path}/exercises/{item}/log")).json(&json!({ "actual": null }));
        for attempt in [
            athlete.call("PUT", &path).if_match(&draft["version"]).json(&plan),
            athlete.call("DELETE", &path).if_match(&draft["version"]),
            athlete.post(&format!("{path}/complete")).json(&reports),
            athlete.post(&format!("{path}/late-feedback")).json(&reports),
            log,
        ] {
            assert_eq!(attempt.send().await.code(), "not-found");
        }
        let read = athlete.get(&format!("/v1/sessions/{session}")).send().await.ok();
        assert_eq!(read["rounds"], json!([]));
        let snapshot = athlete.get("/v1/snapshot").send().await.ok();
        assert_eq!(snapshot["sessions"][0]["rounds"], json!([]));
    }

    async fn served_and_described_routes_are_the_same(world: World) {
        let (_, document) = router(&world.app);
        let described: Vec<(String, String)> = operations(&document.paths)
            .map(|(path, method, _)| (method.to_owned(), path.clone()))
            .collect();
        let served: Vec<(String, String)> = table()
            .iter()
            .flat_map(|(_, routes)| {
                operations(&routes.1)
                    .map(|(path, method, _)| (method.to_owned(), path.clone()))
                    .collect::<Vec<_>>()
            })
            .collect();
        for route in &served {
            assert!(described.contains(route), "{route:?} is missing from the description");
        }
        assert_eq!(described.len(), served.len());
        // For every method, a path of the description either lists it or answers 405.
        for (path, item) in &document.paths.paths {
            for (name, described) in [
                ("GET", item.get.is_some()),
                ("PUT", item.put.is_some()),
                ("POST", item.post.is_some()),
                ("PATCH", item.patch.is_some()),
                ("DELETE", item.delete.is_some()),
            ] {
                let concrete = path.replace("{id}", &uuid::Uuid::nil().to_string());
                let concrete = concrete.replace("{item_id}", &uuid::Uuid::nil().to_string());
                let concrete = concrete.replace("{device_id}", &uuid::Uuid::nil().to_string());
                let concrete = concrete.replace("{exercise_id}", &uuid::Uuid::nil().to_string());
                let status = world.call(name, &concrete).send().await.status;
                assert_eq!(status != 405, described, "{name} {path}");
            }
        }
        let published: Value = world.call("GET", "/openapi.json").send().await.ok();
        assert_eq!(published["paths"].as_object().map(serde_json::Map::len), Some(document.paths.paths.len()));
        assert_eq!(world.call("GET", "/docs/").send().await.status, 200);
    }

    async fn commands_describe_their_idempotency_key(world: World) {
        let published = world.call("GET", "/openapi.json").send().await.ok();
        let takes_a_key = |path: &str, method: &str| {
            let parameters = published["paths"][path][method]["parameters"].as_array().cloned().unwrap_or_default();
            parameters.iter().any(|parameter| parameter["name"] == "Idempotency-Key")
        };
        assert!(takes_a_key("/v1/sessions", "post") && takes_a_key("/v1/rounds/{id}", "delete"));
        assert!(!takes_a_key("/v1/sessions", "get") && !takes_a_key("/v1/auth/login", "post"));
    }

    async fn every_schema_reference_resolves(world: World) {
        let published = world.call("GET", "/openapi.json").send().await;
        let schemas = published.ok()["components"]["schemas"].clone();
        for reference in published.text.split("#/components/schemas/").skip(1) {
            let name = reference.split('"').next().unwrap_or_default();
            assert!(schemas.get(name).is_some(), "{name} is referred to and not described");
        }
    }
}

/// A handler that is described but not in the table would be served nowhere or, worse, by another router.
#[test]
fn every_handler_is_in_the_table() {
    let sources = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let read = |path: std::path::PathBuf| std::fs::read_to_string(path).expect("a source is readable");
    let entries = |directory: std::path::PathBuf| {
        std::fs::read_dir(directory).expect("a directory").map(|entry| entry.expect("an entry").path())
    };
    let files = entries(sources.join("endpoints")).filter(|path| path.is_dir()).flat_map(entries);
    let handlers: usize = files.map(|file| read(file).matches("#[utoipa::path(").count()).sum();
    let in_table: usize = table().iter().map(|(_, routes)| operations(&routes.1).count()).sum();
    assert_eq!(handlers, in_table);
    for file in ["router.rs", "openapi/mod.rs", "server.rs"] {
        assert!(!read(sources.join(file)).contains(".route("), "{file} has a route beside the table");
    }
}
