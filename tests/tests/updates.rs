//! Updates: when the core checks, downloads and installs, and what the person is told. Real downloads and installations
//! are tested in `update.rs`.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use ringside_core::ThisMachine;
use ringside_core::bridge::{
    Failure as CallFailure, FailureCode, LocalCode, Notes, SessionCalls, Update, UpdateCalls, UpdateProblem, View,
};
use ringside_core::updates::{Question, Release, Updater};
use ringside_core::{Agent, Options};
use ringside_core::{Channel, HeadlessUpdates};
use system_tests::{Failure, IN_TIME, Person, Server, core_options};
use tempfile::TempDir;
use tokio::sync::watch;
use training::{PlannedExercise, RoundPlan, RoundStatus, Values};

/// A mock of the packages and the installer, with configurable results.
#[derive(Default)]
struct UpdaterMock {
    current: Mutex<String>,
    offered: Mutex<Option<Release>>,
    /// The only server that offers it. `None`: every server offers it.
    offered_by: Mutex<Option<String>>,
    download_failures: Mutex<Vec<UpdateProblem>>,
    install_failures: Mutex<Vec<UpdateProblem>>,
    /// The channel of each check.
    checks: watch::Sender<Vec<Channel>>,
    installations: AtomicUsize,
    restarted: watch::Sender<bool>,
}

impl UpdaterMock {
    fn offering(version: &str) -> Arc<Self> {
        let updater = Self::default();
        updater.set_current("0.1.0");
        updater.offer(Some(version));
        Arc::new(updater)
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

    async fn wait_for_restart(&self) {
        within("a restart", self.restarted.subscribe().wait_for(|restarted| *restarted)).await.expect("it is there");
        self.restarted.send_replace(false);
    }

    async fn wait_for_checks(&self, count: usize) {
        let checked = |checks: &Vec<Channel>| checks.len() == count;
        within("a check", self.checks.subscribe().wait_for(checked)).await.expect("it is there");
    }

    fn checks(&self) -> usize {
        self.checks.borrow().len()
    }

    fn installations(&self) -> usize {
        self.installations.load(Ordering::SeqCst)
    }
}

/// Awaits `event` with a time limit that fails the test.
async fn within<T>(what: &str, event: impl Future<Output = T>) -> T {
    let timed_out = |_elapsed| panic!("timed out waiting for {what}");
    tokio::time::timeout(IN_TIME, event).await.unwrap_or_else(timed_out)
}

/// Polls until `is_so`.
async fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let mut interval = tokio::time::interval(std::time::Duration::from_millis(20));
    let polling = async {
        while !is_so() {
            interval.tick().await;
        }
    };
    within(what, polling).await;
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Updater for UpdaterMock {
    fn current(&self) -> semver::Version {
        lock(&self.current).parse().expect("a version")
    }

    fn check(&self, question: Question) -> BoxFuture<'_, Result<Option<Release>, UpdateProblem>> {
        self.checks.send_modify(|checks| checks.push(question.source.channel));
        let server = question.source.server.to_string();
        let offers = lock(&self.offered_by).as_ref().is_none_or(|it| *it == server);
        let offered = lock(&self.offered).clone().filter(|_| offers);
        async move { Ok(offered) }.boxed()
    }

    fn download<'a>(
        &'a self,
        _: &'a Release,
        progress: &'a (dyn Fn(u64, Option<u64>) + Send + Sync),
    ) -> BoxFuture<'a, Result<Vec<u8>, UpdateProblem>> {
        async move {
            progress(3, Some(7));
            lock(&self.download_failures).pop().map_or(Ok(b"package".to_vec()), Err)
        }
        .boxed()
    }

    fn install(&self, _: &Release, package: &[u8]) -> Result<(), UpdateProblem> {
        assert_eq!(package, b"package");
        self.installations.fetch_add(1, Ordering::SeqCst);
        lock(&self.install_failures).pop().map_or(Ok(()), Err)
    }

    fn restart(&self) {
        self.restarted.send_replace(true);
    }
}

fn plan(view: &View) -> RoundPlan {
    let exercise = PlannedExercise::new(view.documents.exercises[0].id, Values::default());
    RoundPlan { is_final: false, rest_after_s: None, exercises: vec![exercise] }
}

fn data_directory() -> TempDir {
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
async fn trainer_with_update(server: &Server, updater: &Arc<UpdaterMock>) -> Result<(Person, Person), Failure> {
    let athlete = Person::signed_in(server.url(), server.first("athlete")?).await;
    let trainer = Person::with_updater(data_directory(), server.url(), Arc::clone(updater) as _).await;
    trainer.sign_in(server.first("trainer")?).await;
    trainer.sees("it is ready", is(ready("0.2.0"))).await;
    Ok((athlete, trainer))
}

#[tokio::test]
async fn an_offered_update_is_downloaded_and_installed_on_request() -> Result<(), Failure> {
    let server = Server::start()?;
    let updater = UpdaterMock::offering("0.2.0");
    let person = Person::with_updater(data_directory(), server.url(), Arc::clone(&updater) as _).await;
    person.sees("it is ready", is(ready("0.2.0"))).await;
    assert_eq!(updater.installations(), 0);
    person.agent.install_update().await.expect("nothing stands against it");
    updater.wait_for_restart().await;
    assert_eq!(person.view().update, Update::Installing { version: "0.2.0".to_owned() });
    // The next process may open the profile although this one has not quite ended.
    let home = person.home();
    home.open(&"test".parse().expect("a profile")).expect("it was given free");
    Ok(())
}

#[tokio::test]
async fn a_downloaded_update_is_installed_at_the_next_start_and_its_notes_are_shown() -> Result<(), Failure> {
    let server = Server::start()?;
    let updater = UpdaterMock::offering("0.2.0");
    let person = Person::with_updater(data_directory(), server.url(), Arc::clone(&updater) as _).await;
    person.sees("it is ready", is(ready("0.2.0"))).await;
    let person = Person::with_updater(person.close(), server.url(), Arc::clone(&updater) as _).await;
    updater.wait_for_restart().await;
    updater.set_current("0.2.0");
    updater.offer(None);
    let person = Person::with_updater(person.close(), server.url(), Arc::clone(&updater) as _).await;
    let installed = Update::Installed { version: "0.2.0".to_owned(), notes: notes() };
    person.sees("what is new", is(installed)).await;
    let person = Person::with_updater(person.close(), server.url(), updater as _).await;
    person.sees("nothing newer", is(Update::Newest)).await;
    Ok(())
}

#[tokio::test]
async fn a_failed_installation_is_reported_and_not_retried_at_every_start() -> Result<(), Failure> {
    let server = Server::start()?;
    let updater = UpdaterMock::offering("0.2.0");
    let person = Person::with_updater(data_directory(), server.url(), Arc::clone(&updater) as _).await;
    person.sees("it is ready", is(ready("0.2.0"))).await;
    lock(&updater.install_failures).push(UpdateProblem::NotInstalled);
    let person = Person::with_updater(person.close(), server.url(), Arc::clone(&updater) as _).await;
    let failed = Update::Failed { version: Some("0.2.0".to_owned()), code: UpdateProblem::NotInstalled };
    person.sees("that it failed", is(failed.clone())).await;
    updater.wait_for_checks(3).await;
    assert_eq!(person.view().update, failed, "a check does not hide it");
    assert_eq!(updater.installations(), 1);
    let person = Person::with_updater(person.close(), server.url(), Arc::clone(&updater) as _).await;
    person.sees("that it failed", is(failed)).await;
    assert_eq!(updater.installations(), 1);
    person.agent.install_update().await.expect("a person may try");
    updater.wait_for_restart().await;
    Ok(())
}

#[tokio::test]
async fn nothing_is_checked_or_installed_during_a_session() -> Result<(), Failure> {
    let server = Server::start()?;
    let updater = UpdaterMock::offering("0.2.0");
    let (athlete, trainer) = trainer_with_update(&server, &updater).await?;
    let session = athlete.agent.start_session().await.expect("none is open");
    trainer.join(session.id).await;

    let refused: CallFailure = trainer.agent.install_update().await.expect_err("not now");
    assert_eq!(refused.code, FailureCode::Local(LocalCode::InSession));
    let checks = updater.checks();
    updater.offer(Some("0.3.0"));
    trainer.agent.check_for_update().await.expect("a check can be requested at any time");
    // During the session the core does not check; when it is over, it does.
    let plan = plan(&trainer.view());
    trainer.agent.add_round(session.id, plan, true).await.expect("no other is out");
    athlete.sees_round(RoundStatus::Released).await;
    assert_eq!(updater.checks(), checks);
    trainer.agent.cancel_session(session.id, None).await.expect("it goes on");
    trainer.sees("the newest is ready", is(ready("0.3.0"))).await;
    assert_eq!(updater.installations(), 0);
    Ok(())
}

#[tokio::test]
async fn a_withdrawn_update_is_not_installed() -> Result<(), Failure> {
    let server = Server::start()?;
    let updater = UpdaterMock::offering("0.2.0");
    let person = Person::with_updater(data_directory(), server.url(), Arc::clone(&updater) as _).await;
    person.sees("it is ready", is(ready("0.2.0"))).await;
    updater.offer(None);
    // Also if the rollout was halted while the application was closed.
    let person = Person::with_updater(person.close(), server.url(), Arc::clone(&updater) as _).await;
    person.sees("nothing newer", is(Update::Newest)).await;
    assert_eq!(updater.installations(), 0);
    updater.offer(Some("0.2.0"));
    person.agent.check_for_update().await.expect("a check can be requested at any time");
    person.sees("it is ready", is(ready("0.2.0"))).await;
    updater.offer(None);
    person.agent.check_for_update().await.expect("a check can be requested at any time");
    person.sees("nothing newer", is(Update::Newest)).await;
    let person = Person::with_updater(person.close(), server.url(), Arc::clone(&updater) as _).await;
    person.sees("nothing newer", is(Update::Newest)).await;
    assert_eq!(updater.installations(), 0);
    Ok(())
}

#[tokio::test]
async fn an_interrupted_download_is_repeated_and_one_with_a_wrong_signature_is_not() -> Result<(), Failure> {
    let server = Server::start()?;
    let updater = UpdaterMock::offering("0.2.0");
    lock(&updater.download_failures).push(UpdateProblem::Interrupted);
    let person = Person::with_updater(data_directory(), server.url(), Arc::clone(&updater) as _).await;
    person.sees("it is ready", is(ready("0.2.0"))).await;

    lock(&updater.download_failures).push(UpdateProblem::BadSignature);
    let other = Person::with_updater(data_directory(), server.url(), Arc::clone(&updater) as _).await;
    let failed = Update::Failed { version: Some("0.2.0".to_owned()), code: UpdateProblem::BadSignature };
    other.sees("that it failed", is(failed)).await;
    other.agent.check_for_update().await.expect("a check can be requested at any time");
    other.sees("it is ready", is(ready("0.2.0"))).await;
    Ok(())
}

#[tokio::test]
async fn the_configuration_selects_the_channel() -> Result<(), Failure> {
    let server = Server::start()?;
    let updater = UpdaterMock::offering("0.2.0");
    let directory = data_directory();
    std::fs::write(directory.path().join("config.json"), r#"{ "updates": { "channel": "beta" } }"#).expect("writable");
    let person = Person::with_updater(directory, server.url(), Arc::clone(&updater) as _).await;
    person.sees("it is ready", is(ready("0.2.0"))).await;
    assert_eq!(*updater.checks.borrow(), [Channel::Beta]);
    Ok(())
}

#[tokio::test]
async fn an_update_of_one_server_is_kept_although_the_server_of_another_window_offers_none() -> Result<(), Failure> {
    let (server, other) = (Server::start()?, Server::start()?);
    let updater = UpdaterMock::offering("0.3.0");
    let person = Person::with_updater(data_directory(), server.url(), Arc::clone(&updater) as _).await;
    person.sees("it is ready", is(ready("0.3.0"))).await;
    let offering = server.url().parse::<ringside_core::ServerUrl>().expect("an address").to_string();
    *lock(&updater.offered_by) = Some(offering);
    lock(&updater.install_failures).push(UpdateProblem::NotInstalled);
    // At start-up this window's server is not asked whether the other server still offers it.
    let person = Person::with_updater(person.close(), other.url(), Arc::clone(&updater) as _).await;
    let failed = Update::Failed { version: Some("0.3.0".to_owned()), code: UpdateProblem::NotInstalled };
    person.sees("that it was tried", is(failed)).await;
    updater.wait_for_checks(3).await;
    person.agent.check_for_update().await.expect("a check can be requested at any time");
    updater.wait_for_checks(4).await;
    person.agent.install_update().await.expect("it is still there");
    updater.wait_for_restart().await;
    Ok(())
}

#[tokio::test]
async fn nothing_is_installed_while_somebody_trains_in_another_window() -> Result<(), Failure> {
    let server = Server::start()?;
    let updater = UpdaterMock::offering("0.2.0");
    let person = Person::with_updater(data_directory(), server.url(), Arc::clone(&updater) as _).await;
    person.sees("it is ready", is(ready("0.2.0"))).await;
    let directory = person.close();
    let other = std::fs::File::create(directory.path().join("updates/.training")).expect("writable");
    other.lock_shared().expect("nobody installs");
    let person = Person::with_updater(directory, server.url(), Arc::clone(&updater) as _).await;
    person.sees("it is ready", is(ready("0.2.0"))).await;
    person.agent.install_update().await.expect("a person may try");
    let failed = Update::Failed { version: Some("0.2.0".to_owned()), code: UpdateProblem::TrainsElsewhere };
    person.sees("why it is not installed", is(failed)).await;
    assert_eq!(updater.installations(), 0);
    // A process being started may have inherited the handle, so closing it here may leave it locked.
    other.unlock().expect("it is locked");
    person.agent.install_update().await.expect("now it is");
    updater.wait_for_restart().await;
    Ok(())
}

#[tokio::test]
async fn a_session_in_one_window_prevents_installation_in_every_other() -> Result<(), Failure> {
    let server = Server::start()?;
    let updater = UpdaterMock::offering("0.2.0");
    let (athlete, trainer) = trainer_with_update(&server, &updater).await?;
    let others = std::fs::File::create(trainer.home().path().join("updates/.training")).expect("writable");
    let session = athlete.agent.start_session().await.expect("none is open");
    trainer.join(session.id).await;
    // The lock tells an installer that somebody is training, and then that nobody is.
    let is_free = || others.try_lock().is_ok_and(|()| others.unlock().is_ok());
    wait_until("that somebody trains", || !is_free()).await;
    trainer.agent.cancel_session(session.id, None).await.expect("it goes on");
    wait_until("that nobody trains", is_free).await;
    Ok(())
}

#[tokio::test]
async fn an_application_that_cannot_open_its_profile_still_updates_itself() -> Result<(), Failure> {
    let server = Server::start()?;
    let updater = UpdaterMock::offering("0.2.0");
    let directory = data_directory();
    // A file in place of the profiles' directory.
    std::fs::write(directory.path().join("profiles"), "").expect("writable");
    let options = Options {
        server: Some(server.url().parse().expect("an address")),
        updater: Some(Arc::clone(&updater) as _),
        ..core_options(&directory, Arc::new(ThisMachine::default()), Arc::new(|_| {}))
    };
    let opened = Agent::open(options.clone()).await.map(drop);
    assert_eq!(opened.expect_err("it can't be").code, FailureCode::Local(LocalCode::DataDirectory));
    let work = HeadlessUpdates::begin(&options);
    wait_until("a package", || directory.path().join("updates/next/release.json").exists()).await;
    assert_eq!(updater.installations(), 0, "not before the next start");
    drop(work);
    let work = HeadlessUpdates::begin(&options);
    updater.wait_for_restart().await;
    drop(work);
    Ok(())
}

#[tokio::test]
async fn two_windows_of_one_installation_download_an_update_once() -> Result<(), Failure> {
    let server = Server::start()?;
    let updater = UpdaterMock::offering("0.2.0");
    let directory = data_directory();
    let parent = directory.path().join("updates");
    std::fs::create_dir(&parent).expect("writable");
    let lock = std::fs::File::create(parent.join(".lock")).expect("writable");
    lock.lock().expect("nobody has it");
    let person = Person::with_updater(directory, server.url(), Arc::clone(&updater) as _).await;
    updater.wait_for_checks(1).await;
    person.sees("that nothing is known", is(Update::Unknown)).await;
    lock.unlock().expect("it is locked");
    person.agent.check_for_update().await.expect("a check can be requested at any time");
    person.sees("it is ready", is(ready("0.2.0"))).await;
    Ok(())
}
