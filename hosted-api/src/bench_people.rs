//! Bulk creation of people for benchmarks: signing them in one by one would cost a password hash each.

use std::time::Duration;

use training::wire::{Locale, Role};
use training::{Category, Field, StudioId, UserId};
use uuid::Uuid;

use crate::accounts::{Lifetimes, NewTokens};
use crate::clock;
use crate::seed::add_exercise;
use crate::store::{DatabaseUrl, NewStudioRow, NewUser, Store, StoreError, Tx};
use crate::studio::StudioError;

/// How many people are added in one transaction.
const TRANSACTION_BATCH: usize = 500;

/// The tokens of one person. Deliberately without `Debug`: they must not get into a log.
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

/// Adds a studio with one exercise and `pairs` of people, whose access tokens last for `access_lifetime`.
///
/// # Errors
/// [`StudioError`] when the database fails, or has such people already.
pub async fn seed_bench_people(
    database: &DatabaseUrl,
    pairs: usize,
    access_lifetime: Duration,
) -> Result<Vec<Pair>, StudioError> {
    let store = Store::connect(database).await?;
    let mut tx = store.write().await?;
    let studio = tx.add_studio(&NewStudioRow { name: "Crowd", locale: Locale::default(), time_zone: "UTC" }).await?;
    add_exercise(&mut tx, studio, "Kniebeugen", Category::Legs, &[Field::Weight, Field::Reps]).await?;
    let mut seeded = Vec::with_capacity(pairs);
    for number in 0..pairs {
        let (id, trainer) = add(&mut tx, studio, number, None, access_lifetime).await?;
        let (_, athlete) = add(&mut tx, studio, number, Some(id), access_lifetime).await?;
        seeded.push(Pair { trainer, athlete });
        if seeded.len() % TRANSACTION_BATCH == 0 {
            tx.commit().await?;
            tx = store.write().await?;
        }
    }
    tx.commit().await?;
    store.close().await;
    Ok(seeded)
}

/// Gives the trainer with this address `count` more athletes, each signed in for `access_lifetime`.
///
/// # Errors
/// [`StudioError`] when the database fails, nobody has that address, or this was done before.
pub async fn seed_athletes(
    database: &DatabaseUrl,
    trainer_email: &str,
    count: usize,
    access_lifetime: Duration,
) -> Result<Vec<Tokens>, StudioError> {
    let store = Store::connect(database).await?;
    let found = store.find_sign_in(trainer_email).await?;
    let trainer = found.ok_or(StudioError::Unacceptable("nobody has this address"))?.account()?;
    let mut tx = store.write().await?;
    let mut athletes = Vec::with_capacity(count);
    for number in 0..count {
        let (_, tokens) = add(&mut tx, trainer.studio.id, number, Some(trainer.id), access_lifetime).await?;
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
    access_lifetime: Duration,
) -> Result<(UserId, Tokens), StoreError> {
    let (name, role) = if trainer.is_none() { ("Trainer", Role::Trainer) } else { ("Athlete", Role::Athlete) };
    let id = UserId(Uuid::now_v7());
    let person = NewUser {
        id,
        studio,
        email: &format!("{}-{number}@crowd.example", name.to_lowercase()),
        name: &format!("{name} {number}"),
        // Nobody can sign in with a password they don't have.
        password_hash: None,
        roles: &[role],
        locale: Locale::default(),
        trainer,
    };
    let now = clock::now();
    tx.add_user(&person, now).await?;
    let tokens = NewTokens::random();
    tx.add_device(id, "bench", now, &tokens.stored(now, Lifetimes { access: access_lifetime, ..Lifetimes::default() }))
        .await?;
    Ok((id, Tokens { access: tokens.access, refresh: tokens.refresh }))
}
