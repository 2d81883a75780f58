//! The rules for people, one by one and as properties.

use proptest::prelude::*;
use training::people::{
    AuditAct, ChangeUser, Circumstances, CreateUser, OpenSession, User, UserChange, UserStatus, change, create,
};
use training::wire::{Locale, Role};
use training::{FieldCode, Part, Person, Refusal, SessionStatus, Timestamp, UserId};
use uuid::Uuid;

fn id(number: u128) -> UserId {
    UserId(Uuid::from_u128(number))
}

fn at() -> Timestamp {
    Timestamp::from_millisecond(0).expect("an instant")
}

fn person(number: u128) -> Person {
    Person { id: id(number), name: format!("Person {number}") }
}

fn user(roles: &[Role]) -> User {
    User {
        id: id(1),
        name: "Ada".to_owned(),
        email: "ada@studio.example".to_owned(),
        roles: roles.to_vec(),
        locale: Locale::De,
        trainer: None,
        status: UserStatus::Active,
        last_seen_at: None,
        invited_at: None,
        version: 3,
    }
}

fn draft() -> CreateUser {
    CreateUser {
        name: " Ada ".to_owned(),
        email: " Ada@Studio.Example ".to_owned(),
        roles: vec![Role::Athlete],
        locale: None,
        trainer_id: None,
    }
}

fn findings(refusal: Refusal) -> Vec<(String, FieldCode)> {
    refusal.into_fields().into_iter().map(|field| (field.pointer, field.code)).collect()
}

/// Nothing stands in the way.
fn favourable() -> Circumstances {
    Circumstances { has_other_admin: true, has_password: true, ..Circumstances::default() }
}

#[test]
fn b35_a_person_is_created_as_invited_with_a_tidy_name_and_address() {
    let made = create(id(1), &draft(), Locale::Pt, &Circumstances::default()).expect("nothing stands against it");
    assert_eq!((made.name.as_str(), made.email.as_str()), ("Ada", "ada@studio.example"));
    assert_eq!((made.status, made.locale, made.version), (UserStatus::Invited, Locale::Pt, 1));
    let spoken = CreateUser { locale: Some(Locale::En), ..draft() };
    assert_eq!(create(id(1), &spoken, Locale::Pt, &favourable()).expect("allowed").locale, Locale::En);
}

#[test]
fn all_findings_about_a_person_are_reported_at_once() {
    let wrong = CreateUser {
        name: "x".repeat(101),
        email: "nobody".to_owned(),
        roles: vec![Role::Admin, Role::Admin],
        locale: None,
        trainer_id: Some(id(7)),
    };
    let refusal = create(id(1), &wrong, Locale::De, &Circumstances::default()).expect_err("it is wrong");
    assert!(!refusal.depends_on_state(), "some of it is wrong whatever the state is");
    let expected = [
        ("/name", FieldCode::TooLong),
        ("/email", FieldCode::Invalid),
        ("/roles/1", FieldCode::Duplicate),
        ("/trainer_id", FieldCode::UnknownReference),
    ];
    assert_eq!(findings(refusal), expected.map(|(pointer, code)| (pointer.to_owned(), code)));
    let empty = CreateUser { name: " ".to_owned(), email: String::new(), roles: Vec::new(), ..draft() };
    let refusal = create(id(1), &empty, Locale::De, &Circumstances::default()).expect_err("it is empty");
    assert!(findings(refusal).iter().all(|(_, code)| *code == FieldCode::Required));
}

#[test]
fn an_address_belongs_to_one_person() {
    let taken = Circumstances { is_email_taken: true, ..favourable() };
    assert_eq!(create(id(1), &draft(), Locale::De, &taken), Err(Refusal::EmailTaken));
    let body = ChangeUser { email: Some("other@studio.example".to_owned()), ..ChangeUser::default() };
    assert_eq!(change(&user(&[Role::Athlete]), 3, &body, &taken), Err(Refusal::EmailTaken));
}

#[test]
fn b35_nobody_trains_themselves_and_who_trains_is_a_trainer() {
    let both = user(&[Role::Athlete, Role::Trainer]);
    let assign = |trainer: Option<Person>, to: u128| {
        let body = ChangeUser { trainer_id: Some(Some(id(to))), ..ChangeUser::default() };
        change(&both, 3, &body, &Circumstances { trainer, ..favourable() })
    };
    let refused = [("/trainer_id".to_owned(), FieldCode::UnknownReference)];
    assert_eq!(findings(assign(Some(person(1)), 1).expect_err("themselves")), refused);
    assert_eq!(findings(assign(None, 2).expect_err("no trainer")), refused);
    let assigned = assign(Some(person(2)), 2).expect("a trainer");
    assert_eq!(assigned.trained_by(), Some(id(2)));
    let clear = ChangeUser { trainer_id: Some(None), ..ChangeUser::default() };
    assert_eq!(change(&assigned, 4, &clear, &favourable()).expect("allowed").trainer, None);
}

#[test]
fn b35_the_last_active_admin_stays_one() {
    let admin = user(&[Role::Admin, Role::Trainer]);
    let alone = Circumstances { has_other_admin: false, ..favourable() };
    let deactivate = ChangeUser { active: Some(false), ..ChangeUser::default() };
    let demote = ChangeUser { roles: Some(vec![Role::Trainer]), ..ChangeUser::default() };
    for body in [&deactivate, &demote] {
        assert_eq!(change(&admin, 3, body, &alone), Err(Refusal::LastAdmin));
        assert!(change(&admin, 3, body, &favourable()).is_ok());
        let invited = User { status: UserStatus::Invited, ..admin.clone() };
        assert!(change(&invited, 3, body, &alone).is_ok(), "who can't sign in yet is not the last one who can");
    }
    let rename = ChangeUser { name: Some("Eva".to_owned()), ..ChangeUser::default() };
    assert!(change(&admin, 3, &rename, &alone).is_ok());
}

#[test]
fn a_trainer_with_athletes_stays_one() {
    let trainer = user(&[Role::Trainer]);
    let leads = Circumstances { has_athletes: true, ..favourable() };
    let deactivate = ChangeUser { active: Some(false), ..ChangeUser::default() };
    let demote = ChangeUser { roles: Some(vec![Role::Athlete]), ..ChangeUser::default() };
    let promote = ChangeUser { roles: Some(vec![Role::Admin, Role::Trainer]), ..ChangeUser::default() };
    for body in [&deactivate, &demote] {
        assert_eq!(change(&trainer, 3, body, &leads), Err(Refusal::HasAthletes));
        assert!(change(&trainer, 3, body, &favourable()).is_ok());
    }
    assert!(change(&trainer, 3, &promote, &leads).is_ok());
}

#[test]
fn the_invitation_of_a_deactivated_person_is_gone() {
    let invited = User { status: UserStatus::Invited, invited_at: Some(at()), ..user(&[Role::Athlete]) };
    let deactivate = ChangeUser { active: Some(false), ..ChangeUser::default() };
    assert_eq!(change(&invited, 3, &deactivate, &favourable()).expect("allowed").invited_at, None);
    let rename = ChangeUser { name: Some("Eva".to_owned()), ..ChangeUser::default() };
    assert_eq!(change(&invited, 3, &rename, &favourable()).expect("allowed").invited_at, Some(at()));
}

#[test]
fn a_reactivated_person_has_the_status_they_had() {
    let gone = User { status: UserStatus::Deactivated, ..user(&[Role::Athlete]) };
    let back = ChangeUser { active: Some(true), ..ChangeUser::default() };
    for (has_password, status) in [(true, UserStatus::Active), (false, UserStatus::Invited)] {
        let circumstances = Circumstances { has_password, ..favourable() };
        assert_eq!(change(&gone, 3, &back, &circumstances).expect("allowed").status, status);
    }
    let invited = User { status: UserStatus::Invited, ..user(&[Role::Athlete]) };
    assert_eq!(change(&invited, 3, &back, &favourable()).expect("allowed").status, UserStatus::Invited);
}

#[test]
fn a_change_of_an_older_version_is_refused_and_none_at_all_changes_nothing() {
    let before = user(&[Role::Athlete, Role::Trainer]);
    let rename = ChangeUser { name: Some("Eva".to_owned()), ..ChangeUser::default() };
    assert_eq!(change(&before, 2, &rename, &favourable()), Err(Refusal::VersionMismatch));
    assert_eq!(change(&before, 3, &rename, &favourable()).expect("allowed").version, 4);
    for nothing in [
        ChangeUser::default(),
        ChangeUser { name: Some(" Ada ".to_owned()), active: Some(true), ..ChangeUser::default() },
        ChangeUser { roles: Some(vec![Role::Trainer, Role::Athlete]), ..ChangeUser::default() },
    ] {
        assert_eq!(change(&before, 3, &nothing, &favourable()), Ok(before.clone()));
    }
}

#[test]
fn a_change_says_whom_it_concerns() {
    let before = User { trainer: Some(person(2)), ..user(&[Role::Athlete]) };
    let after = |edit: &dyn Fn(&mut User)| {
        let mut after = before.clone();
        edit(&mut after);
        after
    };
    let reassigned = after(&|user| user.trainer = Some(person(3)));
    let change = UserChange { before: &before, after: &reassigned };
    assert_eq!(change.handover(), (Some(id(2)), Some(id(3))));
    assert_eq!((change.acts(), change.changes_own_audience()), (vec![AuditAct::TrainerChanged], true));

    let gone = after(&|user| user.status = UserStatus::Deactivated);
    let change = UserChange { before: &before, after: &gone };
    assert_eq!(change.handover(), (Some(id(2)), None));
    assert_eq!((change.acts(), change.deactivates()), (vec![AuditAct::UserDeactivated], true));
    let back = UserChange { before: &gone, after: &before };
    assert_eq!((back.handover(), back.changes_own_audience()), ((None, Some(id(2))), true));

    let renamed = after(&|user| user.name = "Eva".to_owned());
    let change = UserChange { before: &before, after: &renamed };
    assert_eq!((change.staying_trainer(), change.handover()), (Some(id(2)), (None, None)));
    assert!(!change.changes_own_audience() && !change.concerns_athletes());

    let promoted = after(&|user| user.roles = vec![Role::Trainer]);
    let change = UserChange { before: &before, after: &promoted };
    assert_eq!((change.handover(), change.acts()), ((Some(id(2)), None), vec![AuditAct::RolesChanged]));
}

#[test]
fn b35_an_open_session_ends_when_one_of_its_people_can_t_take_their_part_any_more() {
    use OpenSession::{Cancelled, HandedTo, Kept};
    use SessionStatus::{Active, Waiting};
    let before = User { trainer: Some(person(2)), ..user(&[Role::Athlete, Role::Trainer]) };
    let deactivated = User { status: UserStatus::Deactivated, ..before.clone() };
    let no_athlete = User { roles: vec![Role::Trainer], ..before.clone() };
    let no_trainer = User { roles: vec![Role::Athlete], ..before.clone() };
    let reassigned = User { trainer: Some(person(3)), ..before.clone() };
    let unassigned = User { trainer: None, ..before.clone() };
    let renamed = User { name: "Eva".to_owned(), ..before.clone() };
    for (after, part, status, expected) in [
        (&deactivated, Part::Athlete, Waiting, Cancelled),
        (&deactivated, Part::Athlete, Active, Cancelled),
        (&deactivated, Part::Trainer, Active, Cancelled),
        (&no_athlete, Part::Athlete, Waiting, Cancelled),
        (&no_athlete, Part::Athlete, Active, Cancelled),
        (&no_athlete, Part::Trainer, Active, Kept),
        (&no_trainer, Part::Trainer, Active, Cancelled),
        (&no_trainer, Part::Athlete, Active, Kept),
        (&reassigned, Part::Athlete, Waiting, HandedTo(id(3))),
        (&reassigned, Part::Athlete, Active, Kept),
        (&reassigned, Part::Trainer, Waiting, Kept),
        (&unassigned, Part::Athlete, Waiting, Cancelled),
        (&unassigned, Part::Athlete, Active, Kept),
        (&renamed, Part::Athlete, Waiting, Kept),
        (&renamed, Part::Trainer, Active, Kept),
    ] {
        let change = UserChange { before: &before, after };
        assert_eq!(change.open_session(part, status), expected, "{after:?} {part:?} {status:?}");
    }
}

fn roles() -> impl Strategy<Value = Vec<Role>> {
    proptest::sample::subsequence(Role::ALL.to_vec(), 1..=Role::ALL.len())
}

fn changes() -> impl Strategy<Value = ChangeUser> {
    let trainer = prop_oneof![Just(None), Just(Some(None)), (1..5_u128).prop_map(|number| Some(Some(id(number))))];
    (any::<Option<bool>>(), proptest::option::of(roles()), trainer, proptest::option::of("[A-C]{1,3}")).prop_map(
        |(active, roles, trainer_id, name)| ChangeUser { name, roles, trainer_id, active, ..ChangeUser::default() },
    )
}

/// A studio of people 1 to 4, of whom the first is an admin.
fn studio() -> Vec<User> {
    (1..5)
        .map(|number| {
            let roles = match number {
                1 => vec![Role::Admin],
                2 => vec![Role::Trainer],
                _ => vec![Role::Athlete],
            };
            User { id: id(number), name: person(number).name, ..user(&roles) }
        })
        .collect()
}

/// A person as the server reads them: a trainer who can't train any more counts as none. That happens to somebody who was
/// deactivated while their trainer left.
fn as_stored(people: &[User], place: usize) -> User {
    let mut user = people[place].clone();
    let trains = |id| people.iter().any(|other| other.id == id && other.is(Role::Trainer) && !other.is_deactivated());
    user.trainer = user.trainer.filter(|trainer| trains(trainer.id));
    user
}

/// What the server would find out about a change of `who`.
fn circumstances(people: &[User], who: &User, body: &ChangeUser) -> Circumstances {
    let named = body.trainer_id.flatten();
    let trainer =
        people.iter().find(|other| Some(other.id) == named && other.is(Role::Trainer) && !other.is_deactivated());
    Circumstances {
        is_email_taken: false,
        trainer: trainer.map(|trainer| Person { id: trainer.id, name: trainer.name.clone() }),
        has_other_admin: people.iter().any(|other| other.id != who.id && other.is_active_admin()),
        has_athletes: people.iter().any(|other| other.trained_by() == Some(who.id)),
        has_password: true,
    }
}

proptest! {
    #[test]
    fn whatever_admins_try_the_studio_keeps_an_admin_and_every_athlete_a_trainer_who_trains(
        tries in proptest::collection::vec((0..4_usize, changes()), 1..40)
    ) {
        let mut people = studio();
        for (place, body) in tries {
            let before = as_stored(&people, place);
            let facts = circumstances(&people, &before, &body);
            if let Ok(after) = change(&before, before.version, &body, &facts) {
                prop_assert_eq!(after == before, after.version == before.version);
                people[place] = after;
            }
            prop_assert!(people.iter().any(User::is_active_admin));
            for athlete in (0..people.len()).map(|place| as_stored(&people, place)) {
                prop_assert!(!athlete.roles.is_empty());
                prop_assert_ne!(athlete.trained_by(), Some(athlete.id));
                if let Some(trainer) = athlete.trained_by() {
                    let trainer = people.iter().find(|other| other.id == trainer).expect("one of the studio");
                    prop_assert!(trainer.is(Role::Trainer) && !trainer.is_deactivated());
                }
            }
        }
    }
}
