//! The simulated world: a server, machines, and the faults that are injected.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use ringside_core::bridge::AccountCalls;
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep};

use super::activity::use_machine;
use super::condition::NetworkCondition;
use super::convergence::unrecovered;
use super::final_checks::check_outcomes;
use super::fixtures::{exercises, people};
use super::machine::Machine;
use super::network::Link;
use super::other_version::Version;
use super::results::Tally;
use super::server::Server;
use super::trace::Trace;
use crate::people::SimulatedPerson;

/// How long faults are injected.
const FAULT_PHASE_S: std::ops::Range<u64> = 30..240;
/// How long recovery may take once faults stop. The longest wait is for a silent stream to time out, followed by a
/// back-off.
const RECOVERY_TIMEOUT: Duration = Duration::from_secs(150);

/// See the module.
pub(super) struct World {
    random: StdRng,
    pub(super) server: Arc<Server>,
    pub(super) machines: Vec<Arc<Mutex<Machine>>>,
    pub(super) trace: Arc<Trace>,
    pub(super) tally: Tally,
}

impl World {
    pub(super) fn new(seed: u64, verbose: bool, disks: &Path) -> Self {
        let mut random = StdRng::seed_from_u64(seed);
        let mut fork = || StdRng::seed_from_u64(random.random());
        let trace = Arc::new(Trace::new(verbose));
        let [trainer, mira, jonas] = people();
        let (trainer_id, mira_id, jonas_id) = (trainer.id, mira.id, jonas.id);
        let version = Version::of_seed(seed);
        let server = Arc::new(Server::new(vec![trainer, mira, jonas], exercises(), fork(), version));
        let machines = [
            ("the trainer's desk", trainer_id),
            ("the trainer's laptop", trainer_id),
            ("Mira's studio", mira_id),
            ("Mira's home", mira_id),
            ("Jonas' studio", jonas_id),
        ];
        let machines = machines.into_iter().enumerate().map(|(number, (name, person))| {
            let link = Arc::new(Link::new(name, Arc::clone(&server), fork(), Arc::clone(&trace)));
            let disk = disks.join(number.to_string());
            Arc::new(Mutex::new(Machine::new(
                name,
                person,
                link,
                Arc::clone(&server),
                Arc::clone(&trace),
                disk,
                fork(),
            )))
        });
        let machines = machines.collect();
        Self { random, server, machines, trace, tally: Tally::default() }
    }

    pub(super) async fn run(&mut self) -> Result<(), String> {
        for machine in &self.machines {
            let mut machine = machine.lock().await;
            machine.open().await;
            let email = format!("{}@example.com", machine.person);
            let agent = machine.agent().expect("it was just opened");
            // The server may already be slow.
            while agent.sign_in(email.clone(), "secret".to_owned()).await.is_err() {}
        }
        let until = Instant::now() + Duration::from_secs(self.random.random_range(FAULT_PHASE_S));
        let mut activities = Vec::new();
        for machine in &self.machines {
            let person = SimulatedPerson::new(machine.lock().await.person, self.random.random(), 1, true);
            activities.push(tokio::spawn(use_machine(Arc::clone(machine), person, until)));
        }
        while Instant::now() < until {
            sleep(Duration::from_millis(self.random.random_range(50..4_000))).await;
            self.inject_fault().await;
            self.check().await?;
        }
        for activity in activities {
            let crashes = activity.await.map_err(|error| format!("a person's task failed: {error}"))?;
            self.tally.crashes += crashes;
        }
        self.recover().await
    }

    async fn inject_fault(&mut self) {
        self.tally.faults += 1;
        let number = self.random.random_range(0..self.machines.len());
        let machine = Arc::clone(&self.machines[number]);
        match self.random.random_range(0..100) {
            0..60 => {
                // Usually one network, sometimes the whole studio's.
                let condition = NetworkCondition::ALL[self.random.random_range(0..NetworkCondition::ALL.len())];
                let condition = if self.random.random_ratio(1, 3) { NetworkCondition::Normal } else { condition };
                if self.random.random_ratio(1, 5) {
                    for machine in &self.machines {
                        machine.lock().await.link.set(condition);
                    }
                } else {
                    machine.lock().await.link.set(condition);
                }
            }
            60..75 => machine.lock().await.link.break_connections(),
            75..82 => {
                let time = Duration::from_secs(self.random.random_range(5..7_200));
                machine.lock().await.sleep(time);
            }
            82..92 => {
                if self.server.is_up() && self.random.random_ratio(1, 2) {
                    self.server.drain();
                }
                self.trace.log(|| "the server stops, or starts".to_owned());
                self.server.toggle();
            }
            92..97 => {
                let keep = self.random.random_range(0..10);
                self.trace.log(|| format!("the feeds are compacted to {keep}"));
                self.server.compact(keep);
            }
            _ => {
                self.trace.log(|| "the server is restored from a copy".to_owned());
                if self.server.is_up() {
                    self.server.toggle();
                }
                self.server.restore();
            }
        }
    }

    async fn check(&self) -> Result<(), String> {
        for machine in &self.machines {
            if let Some(fault) = machine.lock().await.check() {
                return Err(fault);
            }
        }
        Ok(())
    }

    /// Stops all faults: soon everything must be right.
    async fn recover(&mut self) -> Result<(), String> {
        self.trace.log(|| "faults end".to_owned());
        if !self.server.is_up() {
            self.server.toggle();
        }
        for machine in &self.machines {
            machine.lock().await.link.set(NetworkCondition::Normal);
        }
        let until = Instant::now() + RECOVERY_TIMEOUT;
        loop {
            self.check().await?;
            match unrecovered(&self.server, &self.machines).await {
                None => break,
                Some(what) if Instant::now() >= until => return Err(format!("it does not recover: {what}")),
                Some(_) => sleep(Duration::from_millis(500)).await,
            }
        }
        check_outcomes(&self.server, &self.machines, &mut self.tally).await
    }
}
