//! The people and exercises of every run.

use training::wire::{Account, Locale, Role, Studio};
use training::{Category, Exercise, ExerciseId, Field, Person, StudioId, UserId, WeightUnit};
use uuid::Uuid;

/// A trainer and two athletes of theirs.
pub(super) fn people() -> [Account; 3] {
    let studio = Studio { id: StudioId(Uuid::from_u128(7)), name: "Studio".to_owned(), time_zone: "UTC".to_owned() };
    let account = |number: u128, name: &str, role, trainer| {
        let id = UserId(Uuid::from_u128(number));
        Account {
            id,
            name: name.to_owned(),
            email: format!("{id}@example.com"),
            roles: vec![role],
            locale: Locale::De,
            weight_unit: WeightUnit::Kg,
            studio: studio.clone(),
            trainer,
            version: 1,
        }
    };
    let alva = account(1, "Alva", Role::Trainer, None);
    let trainer = Person { id: alva.id, name: alva.name.clone() };
    let mira = account(2, "Mira", Role::Athlete, Some(trainer.clone()));
    let jonas = account(3, "Jonas", Role::Athlete, Some(trainer));
    [alva, mira, jonas]
}

/// The exercise library.
pub(super) fn exercises() -> Vec<Exercise> {
    let exercise = |number: u128| Exercise {
        id: ExerciseId(Uuid::from_u128(100 + number)),
        name: format!("Übung {number}"),
        aliases: Vec::new(),
        category: Category::Legs,
        fields: vec![Field::Reps, Field::Weight],
        muscles: Vec::new(),
        cue: None,
        video: None,
        archived: false,
        version: 1,
    };
    (0..6).map(exercise).collect()
}
