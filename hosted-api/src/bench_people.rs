//! Bulk creation of people for benchmarks: signing them in one by one would cost a password hash each.

use std::time::Duration;

use training::wire::Role;
use training::{Category, Field, StudioId, UserId};

use crate::accounts::NewTokens;
use crate::clock;
use crate::seed::{SeedError, add_exercise};
use crate::store::{DatabaseUrl, NewUser, Store, StoreError, Tx};

/// How many people are added in one transaction.
const TOGETHER: usize = 500;
/// Not the hash of any password: nobody can sign in with one.
const NO_PASSWORD: &str = "";

/// Somebody's tokens. Deliberately without `Debug`: they must not get into a log.
#[derive(Clone)]
pub struct Tokens {
    /// Valid for the requested time.
    pub access: String,
    /// Valid for the usual time.
    pub refresh: String,
}

/// A trainer and their only athlete, each signed in on one device.
#[derive(Clone)]
pub struct Pair {
    /// The trainer's.
    pub trainer: Tokens,
    /// The athlete's.
    pub athlete: Tokens,
}

/// Adds a studio with one exercise and `pairs` of people, whose access tokens last for `signed_in_for`.
///
/// # Errors
/// [`SeedError`] when the database fails, or has a crowd already.
pub async fn seed_bench_people(
    database: &DatabaseUrl,
    pairs: usize,
    signed_in_for: Duration,
) -> Result<Vec<Pair>, SeedError> {
    let store = Store::connect(database).await?;
    let mut tx = store.write().await?;
    let studio = tx.add_studio("Crowd").await?;
    add_exercise(&mut tx, studio, "Kniebeugen", Category::Legs, &[Field::Weight, Field::Reps]).await?;
    let mut crowd = Vec::with_capacity(pairs);
    for number in 0..pairs {
        let (id, trainer) = add(&mut tx, studio, number, None, signed_in_for).await?;
        let (_, athlete) = add(&mut tx, studio, number, Some(id), signed_in_for).await?;
        crowd.push(Pair { trainer, athlete });
        if crowd.len() % TOGETHER == 0 {
            tx.commit().await?;
            tx = store.write().await?;
        }
    }
    tx.commit().await?;
    store.close().await;
    Ok(crowd)
}

/// Gives the trainer with this address `count` more athletes, each signed in for `signed_in_for`.
///
/// # Errors
/// [`SeedError`] when the database fails, nobody has that address, or this was done before.
pub async fn seed_athletes(
    database: &DatabaseUrl,
    trainer_email: &str,
    count: usize,
    signed_in_for: Duration,
) -> Result<Vec<Tokens>, SeedError> {
    let store = Store::connect(database).await?;
    let found = store.find_sign_in(trainer_email).await?;
    let trainer = found.ok_or(SeedError::Unacceptable("nobody has this address"))?.account()?;
    let mut tx = store.write().await?;
    let mut athletes = Vec::with_capacity(count);
    for number in 0..count {
        let (_, tokens) = add(&mut tx, trainer.studio.id, number, Some(trainer.id), signed_in_for).await?;
        athletes.push(tokens);
    }
    tx.commit().await?;
    store.close().await;
    Ok(athletes)
}

/// Adds a trainer, or a trainer's athlete, and signs them in.
async fn add(
    tx: &mut Tx,
    studio: StudioId,
    number: usize,
    trainer: Option<UserId>,
    signed_in_for: Duration,
) -> Result<(UserId, Tokens), StoreError> {
    let (name, role) = if trainer.is_none() { ("Trainer", Role::Trainer) } else { ("Athlete", Role::Athlete) };
    let person = NewUser {
        studio,
        email: &format!("{}-{number}@crowd.example", name.to_lowercase()),
        name: &format!("{name} {number}"),
        password_hash: NO_PASSWORD,
        roles: &[role],
        trainer,
    };
    let now = clock::now();
    let id = tx.add_user(&person, now).await?;
    let tokens = NewTokens::random();
    tx.add_device(id, "bench", now, &tokens.stored(now, signed_in_for)).await?;
    Ok((id, Tokens { access: tokens.access, refresh: tokens.refresh }))
}
