//! Updates: when the core checks, downloads and installs, and what the person is told. Real downloads and installations
//! are tested in `update.rs`.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use ringside_core::ThisMachine;
use ringside_core::bridge::{
    Failure as CallFailure, FailureCode, LocalCode, SessionCalls, Update, UpdateCalls, UpdateProblem, View,
};
use ringside_core::updates::{Notes, Question, Release, Updater};
use ringside_core::{Agent, Options};
use ringside_core::{Channel, HeadlessUpdates};
use system_tests::{Failure, IN_TIME, Person, Server, core_options};
use tempfile::TempDir;
use tokio::sync::watch;
use training::{PlannedExercise, RoundPlan, RoundStatus, Values};

/// A mock of the packages and the installer. It does what it is told to next.
#[derive(Default)]
struct MadeUp {
    current: Mutex<String>,
    offered: Mutex<Option<Release>>,
    /// The one server that offers it; `None`: every server.
    offered_by: Mutex<Option<String>>,
    fetching: Mutex<Vec<UpdateProblem>>,
    installing: Mutex<Vec<UpdateProblem>>,
    asked: watch::Sender<Vec<Channel>>,
    installed: AtomicUsize,
    restarted: watch::Sender<bool>,
}

impl MadeUp {
    fn offering(version: &str) -> Arc<Self> {
        let made_up = Self::default();
        made_up.set_current("0.1.0");
        made_up.offer(Some(version));
        Arc::new(made_up)
    }

    fn set_current(&self, version: &str) {
        version.clone_into(&mut lock(&self.current));
    }

    fn offer(&self, version: Option<&str>) {
        let release = |version: &str| Release {
            version: version.parse().expect("a version"),
            notes: notes(),
            manifest: serde_json::Value::Null,
        };
        *lock(&self.offered) = version.map(release);
    }

    async fn has_restarted(&self) {
        within("a restart", self.restarted.subscribe().wait_for(|restarted| *restarted)).await.expect("it is there");
        self.restarted.send_replace(false);
    }

    async fn was_asked(&self, times: usize) {
        let asked = |asked: &Vec<Channel>| asked.len() == times;
        within("being asked", self.asked.subscribe().wait_for(asked)).await.expect("it is there");
    }

    fn times_asked(&self) -> usize {
        self.asked.borrow().len()
    }

    fn times_installed(&self) -> usize {
        self.installed.load(Ordering::SeqCst)
    }
}

/// Awaits `coming` with a time-out that fails the test.
async fn within<T>(what: &str, coming: impl Future<Output = T>) -> T {
    let late = |_late| panic!("{what} does not come");
    tokio::time::timeout(IN_TIME, coming).await.unwrap_or_else(late)
}

/// Polls until `is_so`.
async fn until(what: &str, is_so: impl Fn() -> bool) {
    let mut look = tokio::time::interval(std::time::Duration::from_millis(20));
    let looking = async {
        while !is_so() {
            look.tick().await;
        }
    };
    within(what, looking).await;
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Updater for MadeUp {
    fn current(&self) -> semver::Version {
        lock(&self.current).parse().expect("a version")
    }

    fn check(&self, question: Question) -> BoxFuture<'_, Result<Option<Release>, UpdateProblem>> {
        self.asked.send_modify(|asked| asked.push(question.source.channel));
        let server = question.source.server.to_string();
        let is_theirs = lock(&self.offered_by).as_ref().is_none_or(|it| *it == server);
        let offered = lock(&self.offered).clone().filter(|_| is_theirs);
        async move { Ok(offered) }.boxed()
    }

    fn download<'a>(
        &'a self,
        _: &'a Release,
        progress: &'a (dyn Fn(u64, Option<u64>) + Send + Sync),
    ) -> BoxFuture<'a, Result<Vec<u8>, UpdateProblem>> {
        async move {
            progress(3, Some(7));
            lock(&self.fetching).pop().map_or(Ok(b"package".to_vec()), Err)
        }
        .boxed()
    }

    fn install(&self, _: &Release, package: &[u8]) -> Result<(), UpdateProblem> {
        assert_eq!(package, b"package");
        self.installed.fetch_add(1, Ordering::SeqCst);
        lock(&self.installing).pop().map_or(Ok(()), Err)
    }

    fn restart(&self) {
        self.restarted.send_replace(true);
    }
}

fn plan(view: &View) -> RoundPlan {
    let exercise = PlannedExercise {
        id: None,
        exercise_id: view.documents.exercises[0].id,
        planned: Values::default(),
        trainer_notes: None,
    };
    RoundPlan { is_final: false, rest_after_s: None, exercises: vec![exercise] }
}

fn disk() -> TempDir {
    tempfile::tempdir().expect("a temporary directory")
}

fn notes() -> Notes {
    [("de", "schneller"), ("en", "faster")].map(|(language, new)| (language.to_owned(), new.to_owned())).into()
}

fn ready(version: &str) -> Update {
    Update::Ready { version: version.to_owned(), notes: notes() }
}

fn is(update: Update) -> impl Fn(&View) -> bool {
    move |view| view.update == update
}

/// An athlete, and their trainer, for whom version 0.2.0 is ready to install.
async fn about_to_train(server: &Server, updater: &Arc<MadeUp>) -> Result<(Person, Person), Failure> {
    let athlete = Person::signed_in(server.url(), server.first("athlete")?).await;
    let trainer = Person::that_updates(disk(), server.url(), Arc::clone(updater) as _).await;
    trainer.sign_in(server.first("trainer")?).await;
    trainer.sees("it is ready", is(ready("0.2.0"))).await;
    Ok((athlete, trainer))
}

#[tokio::test]
async fn what_is_offered_is_fetched_and_waits_for_the_person() -> Result<(), Failure> {
    let server = Server::start()?;
    let updater = MadeUp::offering("0.2.0");
    let person = Person::that_updates(disk(), server.url(), Arc::clone(&updater) as _).await;
    person.sees("it is ready", is(ready("0.2.0"))).await;
    assert_eq!(updater.times_installed(), 0);
    person.agent.install_update().await.expect("nothing stands against it");
    updater.has_restarted().await;
    assert_eq!(person.view().update, Update::Installing { version: "0.2.0".to_owned() });
    // The next process may open the profile although this one has not quite ended.
    let home = person.home();
    home.open(&"test".parse().expect("a profile")).expect("it was given free");
    Ok(())
}

#[tokio::test]
async fn what_is_ready_is_installed_at_the_next_start_and_then_said() -> Result<(), Failure> {
    let server = Server::start()?;
    let updater = MadeUp::offering("0.2.0");
    let person = Person::that_updates(disk(), server.url(), Arc::clone(&updater) as _).await;
    person.sees("it is ready", is(ready("0.2.0"))).await;
    let person = Person::that_updates(person.close(), server.url(), Arc::clone(&updater) as _).await;
    updater.has_restarted().await;
    updater.set_current("0.2.0");
    updater.offer(None);
    let person = Person::that_updates(person.close(), server.url(), Arc::clone(&updater) as _).await;
    let installed = Update::Installed { version: "0.2.0".to_owned(), notes: notes() };
    person.sees("what is new", is(installed)).await;
    let person = Person::that_updates(person.close(), server.url(), updater as _).await;
    person.sees("nothing newer", is(Update::Newest)).await;
    Ok(())
}

#[tokio::test]
async fn what_could_not_be_installed_is_said_and_not_tried_at_every_start() -> Result<(), Failure> {
    let server = Server::start()?;
    let updater = MadeUp::offering("0.2.0");
    let person = Person::that_updates(disk(), server.url(), Arc::clone(&updater) as _).await;
    person.sees("it is ready", is(ready("0.2.0"))).await;
    lock(&updater.installing).push(UpdateProblem::NotInstalled);
    let person = Person::that_updates(person.close(), server.url(), Arc::clone(&updater) as _).await;
    let failed = Update::Failed { version: Some("0.2.0".to_owned()), code: UpdateProblem::NotInstalled };
    person.sees("that it failed", is(failed.clone())).await;
    updater.was_asked(3).await;
    assert_eq!(person.view().update, failed, "asking for something newer does not hide it");
    assert_eq!(updater.times_installed(), 1);
    let person = Person::that_updates(person.close(), server.url(), Arc::clone(&updater) as _).await;
    person.sees("that it failed", is(failed)).await;
    assert_eq!(updater.times_installed(), 1);
    person.agent.install_update().await.expect("a person may try");
    updater.has_restarted().await;
    Ok(())
}

#[tokio::test]
async fn nothing_is_asked_or_installed_in_the_middle_of_a_session() -> Result<(), Failure> {
    let server = Server::start()?;
    let updater = MadeUp::offering("0.2.0");
    let (athlete, trainer) = about_to_train(&server, &updater).await?;
    let session = athlete.agent.start_session().await.expect("none is open");
    trainer.agent.join_session(session.id).await.expect("it waits");

    let refused: CallFailure = trainer.agent.install_update().await.expect_err("not now");
    assert_eq!(refused.code, FailureCode::Local(LocalCode::InSession));
    let asked = updater.times_asked();
    updater.offer(Some("0.3.0"));
    trainer.agent.check_for_update().await.expect("it is heard");
    // During the session the core does not check; when it is over, it does.
    let plan = plan(&trainer.view());
    trainer.agent.add_round(session.id, plan, true).await.expect("no other is out");
    athlete.sees_round(RoundStatus::Released).await;
    assert_eq!(updater.times_asked(), asked);
    trainer.agent.cancel_session(session.id, None).await.expect("it goes on");
    trainer.sees("the newest is ready", is(ready("0.3.0"))).await;
    assert_eq!(updater.times_installed(), 0);
    Ok(())
}

#[tokio::test]
async fn what_is_no_longer_offered_is_not_installed() -> Result<(), Failure> {
    let server = Server::start()?;
    let updater = MadeUp::offering("0.2.0");
    let person = Person::that_updates(disk(), server.url(), Arc::clone(&updater) as _).await;
    person.sees("it is ready", is(ready("0.2.0"))).await;
    updater.offer(None);
    // Also if the rollout was halted while the application was closed.
    let person = Person::that_updates(person.close(), server.url(), Arc::clone(&updater) as _).await;
    person.sees("nothing newer", is(Update::Newest)).await;
    assert_eq!(updater.times_installed(), 0);
    updater.offer(Some("0.2.0"));
    person.agent.check_for_update().await.expect("it is heard");
    person.sees("it is ready", is(ready("0.2.0"))).await;
    updater.offer(None);
    person.agent.check_for_update().await.expect("it is heard");
    person.sees("nothing newer", is(Update::Newest)).await;
    let person = Person::that_updates(person.close(), server.url(), Arc::clone(&updater) as _).await;
    person.sees("nothing newer", is(Update::Newest)).await;
    assert_eq!(updater.times_installed(), 0);
    Ok(())
}

#[tokio::test]
async fn a_package_that_breaks_off_is_fetched_again_and_one_that_is_not_what_was_signed_is_not() -> Result<(), Failure>
{
    let server = Server::start()?;
    let updater = MadeUp::offering("0.2.0");
    lock(&updater.fetching).push(UpdateProblem::Interrupted);
    let person = Person::that_updates(disk(), server.url(), Arc::clone(&updater) as _).await;
    person.sees("it is ready", is(ready("0.2.0"))).await;

    lock(&updater.fetching).push(UpdateProblem::BadSignature);
    let other = Person::that_updates(disk(), server.url(), Arc::clone(&updater) as _).await;
    let failed = Update::Failed { version: Some("0.2.0".to_owned()), code: UpdateProblem::BadSignature };
    other.sees("that it failed", is(failed)).await;
    other.agent.check_for_update().await.expect("it is heard");
    other.sees("it is ready", is(ready("0.2.0"))).await;
    Ok(())
}

#[tokio::test]
async fn the_configuration_says_which_releases_are_wanted() -> Result<(), Failure> {
    let server = Server::start()?;
    let updater = MadeUp::offering("0.2.0");
    let disk = disk();
    std::fs::write(disk.path().join("config.json"), r#"{ "updates": { "channel": "beta" } }"#).expect("writable");
    let person = Person::that_updates(disk, server.url(), Arc::clone(&updater) as _).await;
    person.sees("it is ready", is(ready("0.2.0"))).await;
    assert_eq!(*updater.asked.borrow(), [Channel::Beta]);
    Ok(())
}

#[tokio::test]
async fn what_one_server_offers_is_kept_although_another_window_s_server_has_nothing() -> Result<(), Failure> {
    let (server, other) = (Server::start()?, Server::start()?);
    let updater = MadeUp::offering("0.3.0");
    let person = Person::that_updates(disk(), server.url(), Arc::clone(&updater) as _).await;
    person.sees("it is ready", is(ready("0.3.0"))).await;
    let theirs = server.url().parse::<ringside_core::ServerUrl>().expect("an address").to_string();
    *lock(&updater.offered_by) = Some(theirs);
    lock(&updater.installing).push(UpdateProblem::NotInstalled);
    // At start-up this window's server is not asked whether the other server still offers it.
    let person = Person::that_updates(person.close(), other.url(), Arc::clone(&updater) as _).await;
    let failed = Update::Failed { version: Some("0.3.0".to_owned()), code: UpdateProblem::NotInstalled };
    person.sees("that it was tried", is(failed)).await;
    updater.was_asked(3).await;
    person.agent.check_for_update().await.expect("it is heard");
    updater.was_asked(4).await;
    person.agent.install_update().await.expect("it is still there");
    updater.has_restarted().await;
    Ok(())
}

#[tokio::test]
async fn nothing_is_installed_while_somebody_trains_in_another_window() -> Result<(), Failure> {
    let server = Server::start()?;
    let updater = MadeUp::offering("0.2.0");
    let person = Person::that_updates(disk(), server.url(), Arc::clone(&updater) as _).await;
    person.sees("it is ready", is(ready("0.2.0"))).await;
    let disk = person.close();
    let other = std::fs::File::create(disk.path().join("updates/.training")).expect("writable");
    other.lock_shared().expect("nobody installs");
    let person = Person::that_updates(disk, server.url(), Arc::clone(&updater) as _).await;
    person.sees("it is ready", is(ready("0.2.0"))).await;
    person.agent.install_update().await.expect("a person may try");
    let failed = Update::Failed { version: Some("0.2.0".to_owned()), code: UpdateProblem::TrainsElsewhere };
    person.sees("why it is not", is(failed)).await;
    assert_eq!(updater.times_installed(), 0);
    // A process being started may have inherited the handle, so closing it here may leave it locked.
    other.unlock().expect("it is locked");
    person.agent.install_update().await.expect("now it is");
    updater.has_restarted().await;
    Ok(())
}

#[tokio::test]
async fn a_session_in_one_window_keeps_every_other_from_installing() -> Result<(), Failure> {
    let server = Server::start()?;
    let updater = MadeUp::offering("0.2.0");
    let (athlete, trainer) = about_to_train(&server, &updater).await?;
    let others = std::fs::File::create(trainer.home().path().join("updates/.training")).expect("writable");
    let session = athlete.agent.start_session().await.expect("none is open");
    trainer.agent.join_session(session.id).await.expect("it waits");
    // The lock tells an installer that somebody is training, and then that nobody is.
    let is_free = || others.try_lock().is_ok_and(|()| others.unlock().is_ok());
    until("that somebody trains", || !is_free()).await;
    trainer.agent.cancel_session(session.id, None).await.expect("it goes on");
    until("that nobody trains", is_free).await;
    Ok(())
}

#[tokio::test]
async fn an_application_that_can_t_open_its_profile_comes_by_the_version_that_can() -> Result<(), Failure> {
    let server = Server::start()?;
    let updater = MadeUp::offering("0.2.0");
    let disk = disk();
    // A file in place of the profiles' directory.
    std::fs::write(disk.path().join("profiles"), "").expect("writable");
    let options = Options {
        server: Some(server.url().parse().expect("an address")),
        updater: Some(Arc::clone(&updater) as _),
        ..core_options(&disk, Arc::new(ThisMachine), Arc::new(|_| {}))
    };
    let opened = Agent::open(options.clone()).await.map(drop);
    assert_eq!(opened.expect_err("it can't be").code, FailureCode::Local(LocalCode::DataDirectory));
    let work = HeadlessUpdates::begin(&options);
    until("a package", || disk.path().join("updates/next/release.json").exists()).await;
    assert_eq!(updater.times_installed(), 0, "not before the next start");
    drop(work);
    let work = HeadlessUpdates::begin(&options);
    updater.has_restarted().await;
    drop(work);
    Ok(())
}

#[tokio::test]
async fn two_windows_of_one_installation_fetch_it_once_and_neither_is_stuck() -> Result<(), Failure> {
    let server = Server::start()?;
    let updater = MadeUp::offering("0.2.0");
    let disk = disk();
    let held = disk.path().join("updates");
    std::fs::create_dir(&held).expect("writable");
    let lock = std::fs::File::create(held.join(".lock")).expect("writable");
    lock.lock().expect("nobody has it");
    let person = Person::that_updates(disk, server.url(), Arc::clone(&updater) as _).await;
    updater.was_asked(1).await;
    person.sees("that nothing is known", is(Update::Unknown)).await;
    lock.unlock().expect("it is locked");
    person.agent.check_for_update().await.expect("it is heard");
    person.sees("it is ready", is(ready("0.2.0"))).await;
    Ok(())
}
