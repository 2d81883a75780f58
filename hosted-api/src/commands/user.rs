//! Adding and changing people: admins only.

use serde::{Deserialize, Serialize};
use training::people::{
    AuditAct, ChangeUser, Circumstances, CreateUser, InvitedUser, OpenSession, User, UserChange, address, change,
    create,
};
use training::wire::{Account, Role};
use training::{
    Athlete, EntityRef, Event, Part, Person, ProblemCode, Refusal, StudioId, Timestamp, UserId, apply,
    cancel_for_studio,
};
use uuid::Uuid;

use super::invitation::{issue, issue_again};
use super::records::announce_records;
use super::template::rename_owner;
use super::{Answer, Command, CommandContext, CommandError, EventsByPerson, Outcome};
use crate::clock;
use crate::http::{ApiError, Caller, IfMatch};
use crate::store::{NewUser, SessionRow, StoreError, Tx, UserRow, invited_at};
use crate::updates::PublicUrl;

/// Adds a person, with an invitation.
pub(crate) struct AddUser {
    pub(crate) body: CreateUser,
    /// Where the invitation leads.
    pub(crate) url: PublicUrl,
}

/// Changes a person, based on the version it names.
pub(crate) struct EditUser(pub(crate) UserId, pub(crate) IfMatch, pub(crate) ChangeUser);

/// The answer to adding a person as it is stored: without the code.
#[derive(Serialize, Deserialize)]
struct StoredAnswer {
    user: User,
    invitation_id: Uuid,
}

impl Command for AddUser {
    fn authorise(&self, caller: &Caller) -> Result<(), ApiError> {
        caller.must_be(Role::Admin)
    }

    async fn perform(self, tx: &mut Tx, context: &CommandContext) -> Result<Outcome, CommandError> {
        let (studio, at) = (context.caller.account.studio.id, clock::now());
        tx.lock_studio(studio).await?;
        let mut id = UserId(context.new_id());
        if tx.knows_user(id).await? {
            // Only happens if a client chose its key to collide.
            id = UserId(Uuid::now_v7());
        }
        let circumstances = Circumstances {
            is_email_taken: owner(tx, &self.body.email).await?.is_some(),
            trainer: named_trainer(tx, studio, self.body.trainer_id).await?,
            ..Circumstances::default()
        };
        let mut user = create(id, &self.body, tx.studio_locale(studio).await?, &circumstances)?;
        tx.add_user(&row(&user, studio), at).await.map_err(unless_taken)?;
        let issued = issue(tx, &user, false, &self.url, at).await?;
        user.invited_at = Some(invited_at(issued.id)?);
        tx.record(Some(studio), Some(&context.caller.person()), AuditAct::UserInvited, &(&user).into(), at).await?;
        let mut by_person = EventsByPerson::default();
        if let Some(trainer) = user.trained_by() {
            by_person.add(trainer, athlete_changed(tx, user.id, at).await?);
            by_person.reset(trainer, at);
        }
        let stored = StoredAnswer { user: user.clone(), invitation_id: issued.id };
        let version = Some(user.version);
        let sent = InvitedUser { user, invitation: issued.invitation };
        let (stored, sent) = (Answer::created(&stored, version)?, Answer::created(&sent, version)?);
        Ok(Outcome::with_secret(stored, sent, by_person))
    }

    async fn perform_again(
        self,
        tx: &mut Tx,
        context: &CommandContext,
        answer: Answer,
    ) -> Result<Answer, CommandError> {
        let Some(StoredAnswer { user, invitation_id }) = answer.read()? else { return Ok(answer) };
        let studio = context.caller.account.studio.id;
        let invitation = issue_again(tx, studio, user.id, invitation_id, &self.url).await?;
        let version = Some(user.version);
        Ok(Answer::created(&InvitedUser { user, invitation }, version)?)
    }
}

impl Command for EditUser {
    fn authorise(&self, caller: &Caller) -> Result<(), ApiError> {
        caller.must_be(Role::Admin)
    }

    async fn perform(self, tx: &mut Tx, context: &CommandContext) -> Result<Outcome, CommandError> {
        let Self(id, version, body) = self;
        let (studio, at) = (context.caller.account.studio.id, clock::now());
        // So that two admins can't remove each other at once.
        tx.lock_studio(studio).await?;
        let UserRow { user: before, has_password, .. } = tx.user(studio, id).await?.ok_or(Refusal::NotFound)?;
        let new_email = body.email.as_deref();
        let circumstances = Circumstances {
            is_email_taken: match new_email {
                Some(email) => owner(tx, email).await?.is_some_and(|owner| owner != id),
                None => false,
            },
            trainer: named_trainer(tx, studio, body.trainer_id.flatten()).await?,
            has_other_admin: tx.has_other_admin(studio, id).await?,
            has_athletes: !tx.athletes_of(id, at).await?.is_empty(),
            has_password,
        };
        let after = change(&before, version.version()?, &body, &circumstances)?;
        let answer = Answer::changed(&after, Some(after.version))?;
        if after == before {
            return Ok(Outcome::new(answer, EventsByPerson::default()));
        }
        let change = UserChange { before: &before, after: &after };
        let (_, by_person) = store_change(tx, studio, &context.caller.person(), change, at).await?;
        Ok(Outcome::new(answer, by_person))
    }
}

/// Stores a changed person, with everything that follows from it; returns their account, and who is told what.
pub(super) async fn store_change(
    tx: &mut Tx,
    studio: StudioId,
    by: &Person,
    change: UserChange<'_>,
    at: Timestamp,
) -> Result<(Account, EventsByPerson), CommandError> {
    let after = change.after;
    tx.save_user(after).await.map_err(unless_taken)?;
    for act in change.acts() {
        tx.record(Some(studio), Some(by), act, &after.into(), at).await?;
    }
    let mut by_person = EventsByPerson::default();
    let account = tx.account(after.id).await?;
    by_person.add(after.id, account_changed(account.clone(), at));
    if change.changes_own_audience() {
        by_person.reset(after.id, at);
    }
    // Sessions are locked before the records of their athlete.
    let in_sessions = update_open_sessions(tx, change, at).await?;
    let (from, to) = change.handover();
    if let Some(trainer) = from {
        // Whoever tells the trainer of a record has read whom to tell under this lock: nothing follows the removal.
        tx.lock_athlete_records(after.id).await?;
        by_person.add(trainer, Event::Removed { at, entity: EntityRef::of::<Athlete>(after.id) });
        by_person.reset(trainer, at);
    }
    if let Some(trainer) = to {
        by_person.add(trainer, athlete_changed(tx, after.id, at).await?);
        by_person.reset(trainer, at);
    }
    if let Some(trainer) = change.staying_trainer().filter(|_| change.renames()) {
        by_person.add(trainer, athlete_changed(tx, after.id, at).await?);
    }
    if change.concerns_athletes() {
        for athlete in tx.raise_athletes_of(after.id).await? {
            by_person.add(athlete, account_changed(tx.account(athlete).await?, at));
        }
    }
    if change.renames() {
        by_person.add_before_resets(rename_owner(tx, studio, after.id).await?);
    }
    by_person.add_before_resets(in_sessions);
    if change.deactivates() {
        tx.revoke_devices(after.id, None, at).await?;
        tx.end_invitation(after.id).await?;
        by_person.sign_out(after.id);
    }
    Ok((account, by_person))
}

/// That a person's account was changed, with the account as it is now.
fn account_changed(account: Account, at: Timestamp) -> Event {
    Event::AccountChanged { at, account: Box::new(account) }
}

/// What an athlete's trainer is told when the athlete's account was changed.
async fn athlete_changed(tx: &mut Tx, id: UserId, at: Timestamp) -> Result<Event, StoreError> {
    Ok(Event::Saved { at, document: tx.lock_athlete(id, at).await?.into() })
}

/// Cancels or hands over the person's open sessions, as the rules say.
async fn update_open_sessions(
    tx: &mut Tx,
    change: UserChange<'_>,
    at: Timestamp,
) -> Result<EventsByPerson, CommandError> {
    let (id, mut by_person) = (change.after.id, EventsByPerson::default());
    if !change.concerns_sessions() {
        return Ok(by_person);
    }
    for row in tx.lock_open_sessions(id).await? {
        let part = if row.athlete == id { Part::Athlete } else { Part::Trainer };
        match change.open_session(part, row.session.status) {
            OpenSession::Kept => {}
            OpenSession::HandedTo(trainer) => tx.hand_over_session(row.session.id, trainer).await?,
            OpenSession::Cancelled => cancel(tx, &row, at, &mut by_person).await?,
        }
    }
    Ok(by_person)
}

async fn cancel(
    tx: &mut Tx,
    row: &SessionRow,
    at: Timestamp,
    by_person: &mut EventsByPerson,
) -> Result<(), CommandError> {
    let event = cancel_for_studio(&row.session, at)?;
    let mut session = row.session.clone();
    apply(&mut session, &event, Part::Trainer);
    let exercises = tx.save_session(row, &session).await?;
    announce_records(tx, row.athlete, &exercises, at, by_person).await?;
    by_person.add_before_resets(EventsByPerson::of_session(row.athlete, row.trainer, std::slice::from_ref(&event)));
    Ok(())
}

fn row(user: &User, studio: StudioId) -> NewUser<'_> {
    NewUser {
        id: user.id,
        studio,
        email: &user.email,
        name: &user.name,
        password_hash: None,
        roles: &user.roles,
        locale: user.locale,
        trainer: user.trainer.as_ref().map(|trainer| trainer.id),
    }
}

/// Who has an address. One that can't be stored is not looked up.
async fn owner(tx: &mut Tx, typed: &str) -> Result<Option<UserId>, StoreError> {
    let Ok(email) = address(typed) else { return Ok(None) };
    Ok(tx.owner_of(&email).await?.map(|(user, _)| user))
}

async fn named_trainer(tx: &mut Tx, studio: StudioId, id: Option<UserId>) -> Result<Option<Person>, StoreError> {
    match id {
        Some(id) => tx.trainer(studio, id).await,
        None => Ok(None),
    }
}

/// Somebody of another studio may have got the address at this very moment.
fn unless_taken(error: StoreError) -> CommandError {
    if error.is_duplicate() { ApiError::new(ProblemCode::EmailTaken).into() } else { error.into() }
}
