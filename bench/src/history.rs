//! An athlete's history: their page in the trainer's window, and the search at the API.

use std::ops::Range;
use std::time::Instant;

use futures_util::{StreamExt, TryStreamExt};
use serde_json::{Value, json};
use system_tests::{Desktop, Device, Percentiles, Place, Server, Window};

use crate::memory;
use crate::problem::Problem;
use crate::process::proportional_set_size;
use crate::report::{Row, times};
use crate::sizes::megabytes;
use crate::studio::milliseconds;

/// Sessions of the athlete who is opened, and of each of the others.
const SESSIONS: u32 = 1_000;
/// How many athletes have as many.
const ATHLETES: usize = 2;
/// How many are entered at once.
const CONCURRENCY: usize = 8;
/// Rounds of a session, and exercises of a round.
const ROUNDS: u32 = 4;
const EXERCISES: u32 = 2;
/// Exercises that are done in turn; another one is done in every 250th session only.
const COMMON: u32 = 12;
const RARE_INTERVAL: u32 = 250;
/// The year of the newest session.
const NEWEST_YEAR: u32 = 2025;
/// How often the page is opened, and how many searches of each kind are timed.
const OPENINGS: usize = 30;
const REPETITIONS: usize = 4;
const SEARCHES: usize = 1_000;
/// A page of the window.
const PAGE: usize = 30;

/// Opens the page of the athlete whose id is put in, and says after how many milliseconds its first page of sessions is
/// painted.
const OPEN: &str = "
    const [done] = arguments;
    const begun = performance.now();
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => done(performance.now() - begun);
    const look = () => {
        if (document.querySelectorAll('[data-testid=past-session]').length >= PAGE) port2.postMessage(null);
        else requestAnimationFrame(look);
    };
    document.querySelector(`[data-testid=athlete][data-athlete='ATHLETE']`).click();
    requestAnimationFrame(look);";

/// A trainer, and the ids of their athletes: those with a history, and one without.
struct Setup {
    server: Server,
    trainer: Device,
    athletes: Vec<String>,
    newcomer: String,
    exercises: Vec<Value>,
}

/// See the module.
pub(crate) async fn rows() -> Result<Vec<Row>, Problem> {
    println!("{ATHLETES} athletes with {SESSIONS} sessions each");
    let setup = Setup::create().await?;
    let mut rows = setup.window_rows().await?;
    rows.extend(setup.search_rows().await?);
    Ok(rows)
}

impl Setup {
    async fn create() -> Result<Self, Problem> {
        let server = Server::start()?;
        let trainer = Device::sign_in(&server, server.first("trainer")?).await?;
        let snapshot = trainer.snapshot().await?;
        let ids = snapshot["athletes"].as_array().into_iter().flatten().map(|athlete| text(&athlete["id"]).to_owned());
        let mut athletes: Vec<String> = ids.collect();
        if athletes.len() <= ATHLETES {
            return Err(Problem::Unexpected("a trainer with too few athletes".to_owned()));
        }
        athletes.truncate(ATHLETES + 1);
        let newcomer = athletes.remove(ATHLETES);
        let exercises = snapshot["exercises"].as_array().into_iter().flatten().map(|exercise| exercise["id"].clone());
        let exercises: Vec<Value> = exercises.take(COMMON as usize + 1).collect();
        let setup = Self { server, trainer, athletes, newcomer, exercises };
        for athlete in &setup.athletes {
            setup.enter_sessions(athlete, 0..SESSIONS).await?;
        }
        Ok(setup)
    }

    async fn enter_sessions(&self, athlete: &str, numbers: Range<u32>) -> Result<(), Problem> {
        let path = &format!("/v1/athletes/{athlete}/sessions");
        let entering = numbers
            .rev()
            .map(|number| async move { self.trainer.post_with(path, self.record(number)).await.map(drop) });
        Ok(futures_util::stream::iter(entering).buffered(CONCURRENCY).try_collect().await?)
    }

    /// A session of an hour; number 0 is the newest.
    fn record(&self, number: u32) -> Value {
        let day = day(number);
        let is_rare = number.is_multiple_of(RARE_INTERVAL);
        let exercise = |round: u32, place: u32| {
            let common = (number + round * EXERCISES + place) % COMMON;
            let which = if is_rare && round + place == 0 { COMMON } else { common };
            json!({"exercise_id": self.exercises[which as usize], "actual": {"weight_kg": 60 + common, "reps": 8}})
        };
        let rounds: Vec<Value> = (0..ROUNDS)
            .map(|round| json!({"exercises": (0..EXERCISES).map(|place| exercise(round, place)).collect::<Vec<_>>()}))
            .collect();
        json!({"started_at": format!("{day}T17:00:00Z"), "ended_at": format!("{day}T18:00:00Z"), "rounds": rounds})
    }

    async fn window_rows(&self) -> Result<Vec<Row>, Problem> {
        let desktop = Desktop::start()?;
        desktop.sign_in("trainer", self.server.url(), self.server.first("trainer")?)?;
        let window = Window::open(&desktop, "trainer", self.server.url(), Place::LEFT).await?;
        window.view("trainer").await?;
        window.click("open-athletes").await?;
        window.find("athlete").await?;
        let open = OPEN.replace("PAGE", &PAGE.to_string()).replace("ATHLETE", &self.athletes[0]);
        let newcomer = format!("athlete[data-athlete='{}']", self.newcomer);
        let mut opened = Vec::with_capacity(OPENINGS * REPETITIONS);
        let mut sizes = vec![web_process(&window).await?];
        for _ in 0..REPETITIONS {
            for _ in 0..OPENINGS {
                window.click(&newcomer).await?;
                window.wait_until_gone("past-session").await?;
                window.at_rest().await?;
                opened.push(milliseconds(window.run_script_async(&open).await?));
            }
            sizes.push(web_process(&window).await?);
        }
        window.close().await?;
        let first = opened.remove(0);
        let sizes: Vec<String> = sizes.into_iter().map(megabytes).collect();
        let what = format!("athlete with {SESSIONS} sessions: from the click to their first page of history painted");
        Ok(vec![
            times(what, &Percentiles::from_iter([first]), "≤ 150 ms"),
            times("the same again", &Percentiles::from_iter(opened), "p99 ≤ 150 ms"),
            Row {
                what: format!("memory of the web process before, and after each {OPENINGS} openings"),
                figure: sizes.join(", "),
                goal: "flat",
            },
        ])
    }

    async fn search_rows(&self) -> Result<Vec<Row>, Problem> {
        let by_exercise =
            |number: u32| format!("exercise_id={}", text(&self.exercises[(number % (COMMON + 1)) as usize]));
        let by_date = |number: u32| format!("from={}T00:00:00Z&to={}T00:00:00Z", day(number + 90), day(number));
        let of_all = format!("in {SESSIONS} sessions of an athlete, {} of the studio", SESSIONS as usize * ATHLETES);
        Ok(vec![
            self.search_row(
                format!("`GET /v1/athletes/…/sessions` by exercise {of_all}, connection included"),
                by_exercise,
            )
            .await?,
            self.search_row("the same by date".to_owned(), by_date).await?,
            self.search_row("the same by both".to_owned(), |number| {
                format!("{}&{}", by_exercise(number), by_date(number))
            })
            .await?,
        ])
    }

    async fn search_row(&self, what: String, query: impl Fn(u32) -> String) -> Result<Row, Problem> {
        let mut took = Vec::with_capacity(SEARCHES);
        let mut found = 0;
        for number in (0..SESSIONS).cycle().take(SEARCHES) {
            let path =
                format!("/v1/athletes/{}/sessions?status=ended&limit={PAGE}&{}", self.athletes[0], query(number));
            let begun = Instant::now();
            let page = self.trainer.get(&path).await?;
            took.push(begun.elapsed());
            found += page["sessions"].as_array().map_or(0, Vec::len);
        }
        if found == 0 {
            return Err(Problem::Unexpected(format!("nothing was found: {what}")));
        }
        Ok(times(what, &Percentiles::from_iter(took), "p99 ≤ 50 ms"))
    }
}

/// The day of a session, which exists in each month: every earlier one is the day before, up to the 28th.
fn day(number: u32) -> String {
    let (month, day) = (number / 28, 28 - number % 28);
    format!("{}-{:02}-{day:02}", NEWEST_YEAR - month / 12, 12 - month % 12)
}

/// The memory of the window's page, once the application is idle.
async fn web_process(window: &Window) -> Result<u64, Problem> {
    memory::at_rest(window.driver_id(), "ringside").await?;
    proportional_set_size(window.from_outside().page().await?)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_sessions_are_on_one_day() {
        let days: Vec<String> = (0..SESSIONS).map(day).collect();
        assert!(days.is_sorted_by(|one, next| one > next));
        assert_eq!(
            (days[0].as_str(), days[28].as_str(), days[336].as_str()),
            ("2025-12-28", "2025-11-28", "2024-12-28")
        );
    }
}
