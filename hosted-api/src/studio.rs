//! Creating a studio with its first admin, and inviting people from the command line.

use training::people::{AuditAct, AuditKind, AuditSubject, Invitation, address, display_name};
use training::wire::{Locale, Role};
use training::{FieldCode, StudioId, Timestamp, UserId};
use uuid::Uuid;

use crate::accounts::{Lane, Passwords, check_new_password};
use crate::clock;
use crate::commands::invite;
use crate::starter::{Starter, StarterError};
use crate::store::{DatabaseUrl, NewStudioRow, NewUser, Store, StoreError, Tx};
use crate::updates::PublicUrl;

/// Why a studio could not be created, or somebody in it not be invited.
#[derive(Debug, thiserror::Error)]
pub enum StudioError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Its name or an address is taken.
    #[error("a studio named {0:?}, or somebody with one of its e-mail addresses, exists already")]
    Exists(String),
    /// A name, an address or a password is not acceptable.
    #[error("{0}")]
    Unacceptable(&'static str),
    /// A link would sign somebody out whom nobody said to sign out.
    #[error(
        "{0} has a password already, so this would be a link to set another: it signs them out on every device at once, and \
         works for one day. Say --reset if you mean that"
    )]
    HasPassword(String),
    /// The exercises it would begin with can't be read.
    #[error(transparent)]
    Starter(#[from] StarterError),
    /// A password could not be hashed.
    #[error("a password could not be hashed")]
    Password(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// A studio to create, with its first admin.
#[derive(Clone, Copy)]
pub struct NewStudio<'a> {
    /// Its name, which must be unique.
    pub name: &'a str,
    /// The address the admin signs in with.
    pub admin_email: &'a str,
    /// The admin's name.
    pub admin_name: &'a str,
    /// The admin's password, 8 to 200 characters, not a common one, without name and address; without one they are
    /// invited and set it themselves.
    pub admin_password: Option<&'a str>,
    /// The studio's language, and the admin's.
    pub locale: Locale,
    /// The studio's time zone, by its name in the IANA database; this machine's if absent.
    pub time_zone: Option<&'a str>,
}

/// What was created.
pub struct CreatedStudio {
    /// The admin's invitation, unless they have a password.
    pub invitation: Option<Invitation>,
    /// Whether there was no other studio in the database.
    pub is_first: bool,
}

/// Creates a studio with its first admin and the starter library.
///
/// # Errors
/// [`StudioError`] when a value is not acceptable or already taken.
pub async fn create_studio(
    database: &DatabaseUrl,
    studio: &NewStudio<'_>,
    url: &PublicUrl,
) -> Result<CreatedStudio, StudioError> {
    let email = address(studio.admin_email.trim())
        .map_err(|_| StudioError::Unacceptable("an e-mail address looks like name@studio.example"))?;
    let time_zone = studio.time_zone.map_or_else(clock::time_zone, str::to_owned);
    check(studio, &email, &time_zone)?;
    let starter = Starter::read()?;
    let hash = match studio.admin_password {
        Some(password) => Some(hash(password).await?),
        None => None,
    };
    let (studio_name, admin_name) = (acceptable_name(studio.name)?, acceptable_name(studio.admin_name)?);
    let (name, at) = (studio_name.as_str(), clock::now());
    let store = Store::connect(database).await?;
    let is_first = store.studio_ids().await?.is_empty();
    let mut tx = store.write().await?;
    let row = NewStudioRow { name, locale: studio.locale, time_zone: &time_zone };
    let id = add_studio(&mut tx, &row, at).await?;
    let admin = NewUser {
        id: UserId(Uuid::now_v7()),
        studio: id,
        email: &email,
        name: &admin_name,
        password_hash: hash.as_deref(),
        roles: &[Role::Admin],
        locale: studio.locale,
        trainer: None,
    };
    unless_taken(tx.add_user(&admin, at).await, name)?;
    tx.add_exercises(id, &starter.library(studio.locale)).await?;
    let invitation = match hash {
        Some(_) => None,
        None => Some(invitation(&mut tx, id, admin.id, url).await?),
    };
    tx.commit().await?;
    store.close().await;
    Ok(CreatedStudio { invitation, is_first })
}

/// Gives the person with this address a new invitation; one who has a password, if `may_reset`, a link to set another.
///
/// # Errors
/// [`StudioError`] when there is nobody with the address, they are deactivated, or they have a password and it may not be
/// reset.
pub async fn invite_person(
    database: &DatabaseUrl,
    email: &str,
    may_reset: bool,
    url: &PublicUrl,
) -> Result<Invitation, StudioError> {
    let unknown = || {
        StudioError::Unacceptable(
            "nobody has this address; an admin adds people in the application, in the place Studio",
        )
    };
    let email = address(email.trim()).map_err(|_| unknown())?;
    let store = Store::connect_existing(database).await?;
    let mut tx = store.write().await?;
    let owner = tx.owner_of(&email).await?;
    let (user, studio) = owner.ok_or_else(unknown)?;
    tx.lock_studio(studio).await?;
    if !may_reset && tx.user(studio, user).await?.is_some_and(|row| row.has_password && !row.user.is_deactivated()) {
        return Err(StudioError::HasPassword(email));
    }
    let invitation = invitation(&mut tx, studio, user, url).await?;
    tx.commit().await?;
    store.close().await;
    Ok(invitation)
}

/// Adds a studio, and says so in its audit log.
pub(crate) async fn add_studio(tx: &mut Tx, row: &NewStudioRow<'_>, at: Timestamp) -> Result<StudioId, StudioError> {
    let id = unless_taken(tx.add_studio(row).await, row.name)?;
    let on = AuditSubject { kind: AuditKind::Studio, id: id.to_string(), name: row.name.to_owned() };
    tx.record(Some(id), None, AuditAct::StudioCreated, &on, at).await?;
    Ok(id)
}

/// The name of a studio or a person, as it is kept.
pub(crate) fn acceptable_name(typed: &str) -> Result<String, StudioError> {
    display_name(typed).map_err(|_| StudioError::Unacceptable("a name needs 1 to 100 characters, some of them visible"))
}

/// Tokens end with this; streams of a running server end with their next keep-alive.
async fn invitation(tx: &mut Tx, studio: StudioId, user: UserId, url: &PublicUrl) -> Result<Invitation, StudioError> {
    let row = tx.user(studio, user).await?.filter(|row| !row.user.is_deactivated());
    let row = row.ok_or(StudioError::Unacceptable("the person is deactivated"))?;
    let (issued, _) = invite(tx, studio, None, &row, url, clock::now()).await?;
    Ok(issued.invitation)
}

fn check(studio: &NewStudio<'_>, email: &str, time_zone: &str) -> Result<(), StudioError> {
    if let Some(password) = studio.admin_password {
        check_new_password(password, studio.admin_name, email).map_err(|code| {
            StudioError::Unacceptable(match code {
                FieldCode::TooCommon => "this password is one of the most common ones, which are guessed first",
                FieldCode::ContainsName => "a password must not contain the person's name or address",
                _ => "a password needs 8 to 200 characters",
            })
        })?;
    }
    if !clock::is_time_zone(time_zone) {
        return Err(StudioError::Unacceptable("a time zone has a name like Europe/Berlin"));
    }
    Ok(())
}

/// The hash of a password, for a command that hashes one.
pub(crate) async fn hash(password: &str) -> Result<String, StudioError> {
    Passwords::new()
        .hash(password.to_owned(), Lane::SignedIn)
        .await
        .map_err(|error| StudioError::Password(Box::new(error)))
}

/// Says that a name or an address is taken, where that is why it failed.
pub(crate) fn unless_taken<T>(result: Result<T, StoreError>, studio: &str) -> Result<T, StudioError> {
    result.map_err(|error| {
        if error.is_duplicate() { StudioError::Exists(studio.to_owned()) } else { StudioError::Store(error) }
    })
}
