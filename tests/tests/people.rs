//! A studio's people: invitations, and what an admin changes, in the windows of those it is about.

use ringside_core::bridge::{AccountCalls, FailureCode, LinkState, PeopleCalls, SignedOut, UserQuery};
use system_tests::{Failure, Person, Server};
use training::ProblemCode;
use training::people::{ChangeUser, CreateUser, InvitationPurpose, InvitedUser, User, UserStatus};
use training::wire::Role;

const PASSWORD: &str = "a fine long phrase";

/// The admin of a studio.
struct Fixture {
    server: Server,
    admin: Person,
}

impl Fixture {
    async fn new() -> Result<Self, Failure> {
        let server = Server::start()?;
        let admin = Person::signed_in(server.url(), server.first("admin")?).await;
        Ok(Self { server, admin })
    }

    async fn invite(&self, name: &str, role: Role) -> InvitedUser {
        let user = CreateUser {
            name: name.to_owned(),
            email: "zoe@example.org".to_owned(),
            roles: vec![role],
            locale: None,
            trainer_id: None,
        };
        self.admin.agent.add_user(user).await.expect("the address is free")
    }

    /// Somebody on a machine of their own, who has claimed their invitation.
    async fn joined(&self, name: &str, role: Role) -> (Person, User) {
        let invited = self.invite(name, role).await;
        let person = Person::open(self.server.url()).await;
        let claimed = person.agent.claim_invitation(invited.invitation.code, None, PASSWORD.to_owned()).await;
        claimed.expect("the code is right");
        person.is(LinkState::Live).await;
        (person, self.find(name).await)
    }

    /// The person as the admin finds them.
    async fn find(&self, name: &str) -> User {
        let query = UserQuery { search: Some(name.to_lowercase()), ..UserQuery::default() };
        self.admin.agent.list_users(query).await.expect("an admin may").users.remove(0)
    }

    async fn change(&self, user: &User, change: ChangeUser) -> User {
        self.admin.agent.change_user(user.id, user.version, change).await.expect("it is the newest version")
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b46_whoever_is_invited_sets_a_password_and_is_signed_in() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    let invited = fixture.invite("Zoë", Role::Athlete).await;
    assert_eq!(invited.user.status, UserStatus::Invited);
    let (person, code) = (Person::open(fixture.server.url()).await, invited.invitation.code);
    let preview = person.agent.look_at_invitation(code.clone(), None).await.expect("it is valid");
    assert_eq!((preview.name.as_str(), preview.purpose), ("Zoë", InvitationPurpose::Invite));
    let account = person.agent.claim_invitation(code, None, PASSWORD.to_owned()).await.expect("it is valid");
    assert_eq!(account.id, invited.user.id);
    person.is(LinkState::Live).await;
    assert_eq!(fixture.find("Zoë").await.status, UserStatus::Active);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b47_an_invitation_works_once() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    let code = fixture.invite("Zoë", Role::Athlete).await.invitation.code;
    let (first, second) = (Person::open(fixture.server.url()).await, Person::open(fixture.server.url()).await);
    first.agent.claim_invitation(code.clone(), None, PASSWORD.to_owned()).await.expect("it is valid");
    let refused = second.agent.claim_invitation(code, None, PASSWORD.to_owned()).await.expect_err("it is used");
    assert_eq!(refused.code, FailureCode::Server(ProblemCode::NotFound));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_invitation_points_the_profile_to_its_server() -> Result<(), Failure> {
    let (fixture, other) = (Fixture::new().await?, Server::start()?);
    let code = fixture.invite("Zoë", Role::Athlete).await.invitation.code;
    let person = Person::open(other.url()).await;
    let server = Some(fixture.server.url().to_owned());
    person.agent.look_at_invitation(code.clone(), server.clone()).await.expect("asked of its own server");
    person.agent.claim_invitation(code, server, PASSWORD.to_owned()).await.expect("it is valid there");
    person.sees("the other server", |view| view.server == fixture.server.url()).await;
    person.is(LinkState::Live).await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_claim_leaves_the_profile_with_its_server() -> Result<(), Failure> {
    let (fixture, own) = (Fixture::new().await?, Server::start()?);
    let code = fixture.invite("Zoë", Role::Athlete).await.invitation.code;
    let person = Person::open(own.url()).await;
    let server = Some(fixture.server.url().to_owned());
    person.agent.claim_invitation(code, server, "password".to_owned()).await.expect_err("it is too common");
    assert_eq!(person.shown.borrow().as_ref().expect("a view").server, own.url());
    person
        .agent
        .sign_in(own.first("athlete")?.email.clone(), own.first("athlete")?.password.clone())
        .await
        .expect("it is still the same server");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b50_a_new_athlete_appears_in_their_trainer_s_list_at_once() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    let trainer = Person::signed_in(fixture.server.url(), fixture.server.first("trainer")?).await;
    let trainer_id = trainer.shown.borrow().as_ref().and_then(|view| view.account.me.as_ref()).expect("signed in").id;
    let (_athlete, user) = fixture.joined("Zoë", Role::Athlete).await;
    fixture.change(&user, ChangeUser { trainer_id: Some(Some(trainer_id)), ..ChangeUser::default() }).await;
    trainer.sees("the athlete", |view| view.documents.athletes.iter().any(|athlete| athlete.name == "Zoë")).await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b50_whoever_is_deactivated_is_signed_out_at_once() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    let (person, user) = fixture.joined("Zoë", Role::Athlete).await;
    fixture.change(&user, ChangeUser { active: Some(false), ..ChangeUser::default() }).await;
    person.sees("the sign-in", |view| view.signed_out == Some(SignedOut::ByServer)).await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b51_a_sign_in_on_another_device_can_be_ended() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    let here = Person::signed_in(fixture.server.url(), fixture.server.first("athlete")?).await;
    let before = here.agent.list_my_devices().await.expect("one's own");
    let there = Person::signed_in(fixture.server.url(), fixture.server.first("athlete")?).await;
    let devices = here.agent.list_my_devices().await.expect("one's own");
    let other = devices.iter().find(|device| !before.contains(device)).expect("there is another");
    here.agent.end_my_device(other.id.to_string()).await.expect("one's own");
    there.sees("the sign-in", |view| view.signed_out == Some(SignedOut::ByServer)).await;
    here.is(LinkState::Live).await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_based_on_an_older_version_is_refused() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    let before = fixture.invite("Zoë", Role::Athlete).await.user;
    let renamed = ChangeUser { name: Some("Zoé".to_owned()), ..ChangeUser::default() };
    fixture.change(&before, renamed).await;
    let change = ChangeUser { name: Some("Zoe".to_owned()), ..ChangeUser::default() };
    let refused = fixture.admin.agent.change_user(before.id, before.version, change).await.expect_err("it is older");
    assert_eq!(refused.code, FailureCode::Server(ProblemCode::VersionMismatch));
    Ok(())
}
