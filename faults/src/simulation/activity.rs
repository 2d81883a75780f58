//! What a person does at a machine, while its application may crash at any moment.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use rand::Rng;
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep};

use super::machine::{Machine, Outcome};
use crate::people::SimulatedPerson;

/// Lets a person act at a machine until `until`; returns how often its application crashed.
pub(super) async fn use_machine(machine: Arc<Mutex<Machine>>, mut person: SimulatedPerson, until: Instant) -> u64 {
    let mut crashes = 0;
    while Instant::now() < until {
        sleep(Duration::from_millis(person.random().random_range(20..6_000))).await;
        let mut here = machine.lock().await;
        if !here.is_running() || person.random().random_ratio(1, 25) {
            crashes += 1;
            here.crash().await;
            drop(here);
            sleep(Duration::from_millis(person.random().random_range(0..4_000))).await;
            machine.lock().await.open().await;
            continue;
        }
        let (Some(view), Some(agent), Some(crash_signal)) = (here.view(), here.agent(), here.crash_signal()) else {
            continue;
        };
        if person.random().random_ratio(1, 20) {
            here.crash_after(person.random().random_range(1..6));
        }
        let acts = person.release_to_group(&view).unwrap_or_else(|| vec![person.next(&view)]);
        let keys = here.keys().len();
        drop(here);
        // Those of a group are done at once, and none waits for the others.
        let performed = join_all(acts.iter().map(|act| act.clone().perform(Arc::clone(&agent))));
        let mut acting = tokio::spawn(performed);
        let outcomes = tokio::select! {
            biased;
            acted = &mut acting => acted.unwrap_or_default().into_iter().map(Outcome::from).collect(),
            () = crash_signal.wait_for(|crashed| crashed) => {
                acting.abort();
                acting.await.ok();
                Vec::new()
            }
        };
        machine.lock().await.record(acts, keys, outcomes);
    }
    let mut here = machine.lock().await;
    if !here.is_running() {
        crashes += 1;
        here.crash().await;
        here.open().await;
    }
    here.crash_after(0);
    crashes
}
