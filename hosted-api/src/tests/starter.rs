//! What a new studio begins with, whichever command created it.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use training::Exercise;
use training::wire::Locale;

use crate::starter::Starter;
use crate::studio::{NewStudio, create_studio};
use crate::testing::{Client, World, on_both_databases};
use crate::updates::PublicUrl;

const PASSWORD: &str = "three words long";

/// Creates a studio in this language; returns its admin.
async fn created_in(world: &World, locale: Locale) -> Client {
    let (name, email) = (format!("New in {locale:?}"), format!("ada-{locale:?}@new.example").to_lowercase());
    let studio = NewStudio {
        name: &name,
        admin_email: &email,
        admin_name: "Ada",
        admin_password: Some(PASSWORD),
        locale,
        time_zone: Some("Europe/Berlin"),
    };
    let url: PublicUrl = "https://studio.example".parse().expect("an address");
    create_studio(world.database(), &studio, &url).await.expect("nothing stands against it");
    world.sign_in_with(&email, PASSWORD).await
}

async fn library(client: &Client) -> Vec<Exercise> {
    let listed = client.get("/v1/exercises").send().await.ok()["exercises"].clone();
    serde_json::from_value(listed).expect("exercises")
}

/// What people see of an exercise.
fn seen(exercise: &Exercise) -> String {
    let mut exercise: Value = serde_json::to_value(exercise).expect("an exercise");
    exercise["id"] = json!(null);
    exercise.to_string()
}

on_both_databases! {
    async fn b53_a_new_studio_begins_with_the_starter_library_in_its_language(world: World) {
        let starter = Starter::read().expect("it can be read");
        for locale in [Locale::De, Locale::Pt, Locale::En] {
            let library = library(&created_in(&world, locale).await).await;
            let expected: BTreeSet<String> = starter.library(locale).iter().map(seen).collect();
            assert_eq!(library.iter().map(seen).collect::<BTreeSet<_>>(), expected);
            assert_eq!(library.len(), expected.len(), "and each of them once");
        }
    }

    async fn the_demo_studio_begins_with_the_starter_library(world: World) {
        let library = library(&world.sign_in("jonas").await).await;
        let expected = Starter::read().expect("it can be read").library(Locale::De);
        assert_eq!(library.len(), expected.len());
        let names: Vec<&str> = library.iter().map(|exercise| exercise.name.as_str()).collect();
        for name in ["Bankdrücken", "Farmers Walk", "Klimmzüge", "Kniebeugen", "Kreuzheben", "Laufband", "Plank"] {
            assert!(names.contains(&name), "{name}");
        }
    }

    async fn a_starter_exercise_is_edited_like_any_other(world: World) {
        let trainer = world.sign_in("jonas").await;
        let squat = library(&trainer).await.into_iter().find(|exercise| exercise.name == "Kniebeugen").expect("it is there");
        let draft = json!({ "name": "Kniebeugen tief", "category": "legs", "fields": ["reps"] });
        let edit = trainer.call("PUT", &format!("/v1/exercises/{}", squat.id)).if_match(&json!(squat.version));
        assert_eq!(edit.json(&draft).send().await.ok()["version"], 2);
        let taken = json!({ "name": "KREUZHEBEN", "category": "back", "fields": ["reps"] });
        assert_eq!(trainer.post("/v1/exercises").json(&taken).send().await.code(), "name-taken");
    }
}
