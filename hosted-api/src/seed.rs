//! Filling a database: a studio with its first admin, or a whole demo studio.

use serde::Serialize;
use training::wire::Role;
use training::{Category, Exercise, ExerciseId, Field, FieldCode};
use uuid::Uuid;

use crate::accounts::{self, Lane, Passwords, check_new_password, is_valid_email, normalised_email};
use crate::clock;
use crate::store::{DatabaseUrl, NewUser, Store, StoreError, Tx};

/// A studio to create, with its first admin.
#[derive(Clone, Copy)]
pub struct NewStudio<'a> {
    /// Its name, which must be unique.
    pub name: &'a str,
    /// The address the admin signs in with.
    pub admin_email: &'a str,
    /// The admin's name.
    pub admin_name: &'a str,
    /// The admin's password, 8 to 200 characters, not a common one, without name and address.
    pub admin_password: &'a str,
}

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

/// Why a studio could not be created.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Its name or an address is taken.
    #[error("a studio named {0:?}, or somebody with one of its e-mail addresses, exists already")]
    Exists(String),
    /// A name, an address or a password is not acceptable.
    #[error("{0}")]
    Unacceptable(&'static str),
    /// A password could not be hashed.
    #[error("a password could not be hashed")]
    Password(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Creates a studio with its first admin.
///
/// # Errors
/// [`SeedError`] when a value is not acceptable or already taken.
pub async fn create_studio(database: &DatabaseUrl, studio: &NewStudio<'_>) -> Result<(), SeedError> {
    let email = normalised_email(studio.admin_email);
    let name = |typed: &str| {
        accounts::name(typed)
            .map_err(|_| SeedError::Unacceptable("a name needs 1 to 100 characters, some of them visible"))
    };
    let (name, admin_name) = (name(studio.name)?, name(studio.admin_name)?);
    if !email.contains('@') || !is_valid_email(&email) {
        return Err(SeedError::Unacceptable("an e-mail address looks like name@studio.example"));
    }
    check_new_password(studio.admin_password, &admin_name, &email).map_err(|code| {
        SeedError::Unacceptable(match code {
            FieldCode::TooCommon => "this password is one of the most common ones, which are guessed first",
            FieldCode::ContainsName => "a password must not contain the person's name or address",
            _ => "a password needs 8 to 200 characters",
        })
    })?;
    let hash = hash(studio.admin_password).await?;
    let store = Store::connect(database).await?;
    let mut tx = store.write().await?;
    let id = unless_taken(tx.add_studio(&name).await, studio.name)?;
    let admin = NewUser {
        studio: id,
        email: &email,
        name: &admin_name,
        password_hash: &hash,
        roles: &[Role::Admin],
        trainer: None,
    };
    unless_taken(tx.add_user(&admin, clock::now()).await, studio.name)?;
    tx.commit().await?;
    store.close().await;
    Ok(())
}

/// Fills a database with a demo studio: an admin, two trainers, three athletes of the first and one of the second,
/// a dozen exercises. All share one password, which is obviously for demonstration.
///
/// # Errors
/// [`SeedError::Exists`] when a studio of that name exists; nothing is changed then.
pub async fn seed_demo(database: &DatabaseUrl, studio: &str) -> Result<Seeded, SeedError> {
    let studio = &accounts::name(studio)
        .map_err(|_| SeedError::Unacceptable("a studio's name needs 1 to 100 characters, some of them visible"))?;
    let store = Store::connect(database).await?;
    let seeded = fill(&store, studio).await?;
    store.close().await;
    Ok(seeded)
}

/// Fills an open store with a demo studio.
pub(crate) async fn fill(store: &Store, studio: &str) -> Result<Seeded, SeedError> {
    let hash = hash(PASSWORD).await?;
    let mut tx = store.write().await?;
    let id = unless_taken(tx.add_studio(studio).await, studio)?;
    let mut accounts = Vec::with_capacity(PEOPLE.len());
    let mut ids = Vec::with_capacity(PEOPLE.len());
    for person in &PEOPLE {
        let email = format!("{}@{}.example", person.mailbox, host(studio));
        let user = NewUser {
            studio: id,
            email: &email,
            name: person.name,
            password_hash: &hash,
            roles: &[person.role],
            trainer: person.trainer.map(|place| ids[place]),
        };
        ids.push(unless_taken(tx.add_user(&user, clock::now()).await, studio)?);
        let (password, name) = (PASSWORD.to_owned(), person.name.to_owned());
        accounts.push(SeededAccount { email, password, name, roles: vec![person.role] });
    }
    add_library(&mut tx, id).await?;
    tx.commit().await?;
    Ok(Seeded { studio: studio.to_owned(), accounts })
}

async fn add_library(tx: &mut Tx, studio: training::StudioId) -> Result<(), StoreError> {
    for (name, category, fields) in LIBRARY {
        add_exercise(tx, studio, name, category, fields).await?;
    }
    Ok(())
}

/// Adds an exercise of ours to a library.
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

async fn hash(password: &str) -> Result<String, SeedError> {
    let passwords = Passwords::new().map_err(|error| SeedError::Password(Box::new(error)))?;
    passwords.hash(password.to_owned(), Lane::SignedIn).await.map_err(|error| SeedError::Password(Box::new(error)))
}

fn unless_taken<T>(result: Result<T, StoreError>, studio: &str) -> Result<T, SeedError> {
    result.map_err(
        |error| {
            if error.is_duplicate() { SeedError::Exists(studio.to_owned()) } else { SeedError::Store(error) }
        },
    )
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

const LIBRARY: [(&str, Category, &[Field]); 12] = {
    use Field::{Distance, Effort, Notes, Reps, Time, Weight};
    [
        ("Bankdrücken", Category::Chest, &[Weight, Reps, Effort, Notes]),
        ("Beinpresse", Category::Legs, &[Weight, Reps, Effort]),
        ("Bizepscurls", Category::Arms, &[Weight, Reps]),
        ("Farmers Walk", Category::Own, &[Weight, Distance, Effort, Notes]),
        ("Klimmzüge", Category::Back, &[Reps, Effort, Notes]),
        ("Kniebeugen", Category::Legs, &[Weight, Reps, Effort, Notes]),
        ("Kreuzheben", Category::Back, &[Weight, Reps, Effort, Notes]),
        ("Laufband", Category::Cardio, &[Distance, Time, Effort]),
        ("Plank", Category::Core, &[Time, Effort]),
        ("Rudergerät", Category::Cardio, &[Distance, Time]),
        ("Russian Twist", Category::Core, &[Weight, Reps, Notes]),
        ("Schulterdrücken", Category::Shoulders, &[Weight, Reps, Effort, Notes]),
    ]
};
