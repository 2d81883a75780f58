//! Filling a database with a demo studio.

use serde::Serialize;
use training::wire::{Locale, Role};
use training::{Category, Exercise, ExerciseId, Field, UserId};
use uuid::Uuid;

use crate::clock;
use crate::starter::Starter;
use crate::store::{DatabaseUrl, NewStudioRow, NewUser, Store, StoreError, Tx};
use crate::studio::{StudioError, acceptable_name, add_studio, hash, unless_taken};

/// A demo studio that was filled.
#[derive(Debug, Serialize)]
pub struct Seeded {
    /// Its name.
    pub studio: String,
    /// Everybody who can sign in.
    pub accounts: Vec<SeededAccount>,
}

/// Somebody of a demo studio.
#[derive(Debug, Serialize)]
pub struct SeededAccount {
    /// Their address.
    pub email: String,
    /// Their password.
    pub password: String,
    /// Their name.
    pub name: String,
    /// What they are.
    pub roles: Vec<Role>,
}

/// Fills a database with a demo studio: an admin, two trainers, three athletes of the first and one of the second, the
/// starter library. All share one password, which is obviously for demonstration.
///
/// # Errors
/// [`StudioError::Exists`] when a studio of that name exists; nothing is changed then.
pub async fn seed_demo(database: &DatabaseUrl, studio: &str) -> Result<Seeded, StudioError> {
    let studio = &acceptable_name(studio)?;
    let store = Store::connect(database).await?;
    let seeded = fill(&store, studio).await?;
    store.close().await;
    Ok(seeded)
}

/// Fills an open store with a demo studio.
pub(crate) async fn fill(store: &Store, studio: &str) -> Result<Seeded, StudioError> {
    let starter = Starter::read()?;
    let hash = hash(PASSWORD).await?;
    let mut tx = store.write().await?;
    let row = NewStudioRow { name: studio, locale: Locale::default(), time_zone: &clock::time_zone() };
    let id = add_studio(&mut tx, &row, clock::now()).await?;
    let mut accounts = Vec::with_capacity(PEOPLE.len());
    let mut ids: Vec<UserId> = Vec::with_capacity(PEOPLE.len());
    for person in &PEOPLE {
        let email = format!("{}@{}.example", person.mailbox, host(studio));
        let user = NewUser {
            id: UserId(Uuid::now_v7()),
            studio: id,
            email: &email,
            name: person.name,
            password_hash: Some(&hash),
            roles: &[person.role],
            locale: Locale::default(),
            trainer: person.trainer.map(|place| ids[place]),
        };
        unless_taken(tx.add_user(&user, clock::now()).await, studio)?;
        ids.push(user.id);
        let (password, name) = (PASSWORD.to_owned(), person.name.to_owned());
        accounts.push(SeededAccount { email, password, name, roles: vec![person.role] });
    }
    tx.add_exercises(id, &starter.library(row.locale)).await?;
    tx.commit().await?;
    Ok(Seeded { studio: studio.to_owned(), accounts })
}

/// Adds an exercise with nothing but a name and its inputs to a library.
pub(crate) async fn add_exercise(
    tx: &mut Tx,
    studio: training::StudioId,
    name: &str,
    category: Category,
    fields: &[Field],
) -> Result<(), StoreError> {
    let exercise = Exercise {
        id: ExerciseId(Uuid::now_v7()),
        name: name.to_owned(),
        aliases: Vec::new(),
        category,
        fields: fields.to_vec(),
        muscles: Vec::new(),
        cue: None,
        video: None,
        archived: false,
        version: 1,
    };
    tx.add_exercise(studio, &exercise).await
}

/// The studio's name as a host: letters and digits in lower case, anything else a hyphen.
fn host(studio: &str) -> String {
    let plain: String =
        studio.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    let parts: Vec<&str> = plain.split('-').filter(|part| !part.is_empty()).collect();
    if parts.is_empty() { "studio".to_owned() } else { parts.join("-") }
}

const PASSWORD: &str = "ringside-demo";

struct DemoPerson {
    mailbox: &'static str,
    name: &'static str,
    role: Role,
    /// Their trainer's place in the list.
    trainer: Option<usize>,
}

const PEOPLE: [DemoPerson; 7] = [
    DemoPerson { mailbox: "admin", name: "Karin Vogt", role: Role::Admin, trainer: None },
    DemoPerson { mailbox: "jonas", name: "Jonas Berger", role: Role::Trainer, trainer: None },
    DemoPerson { mailbox: "ines", name: "Inês Carvalho", role: Role::Trainer, trainer: None },
    DemoPerson { mailbox: "mara", name: "Mara Lindner", role: Role::Athlete, trainer: Some(1) },
    DemoPerson { mailbox: "tobias", name: "Tobias Falk", role: Role::Athlete, trainer: Some(1) },
    DemoPerson { mailbox: "leonie", name: "Leonie Krämer", role: Role::Athlete, trainer: Some(1) },
    DemoPerson { mailbox: "rui", name: "Rui Teixeira", role: Role::Athlete, trainer: Some(2) },
];
