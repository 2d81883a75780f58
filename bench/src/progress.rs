//! What the numbers say of an athlete who has trained for five years, in a studio of ten thousand people: statistics,
//! charts, the export, and a large file of another tracker.

use std::time::{Duration, Instant};

use futures_util::{StreamExt, TryStreamExt};
use jiff::ToSpan;
use jiff::civil::{Date, date};
use serde_json::{Value, json};
use system_tests::{Account, Database, Desktop, Device, Percentiles, Place, Server, Window};

use crate::problem::{Problem, unexpected};
use crate::report::{Row, Section, milliseconds as words, times};
use crate::sizes::{self, megabytes};
use crate::studio::{add_people, milliseconds};
use crate::{import, machine};

/// People in the studio.
const PEOPLE: usize = 10_000;
/// Sessions of the athlete: three a week for five years.
const SESSIONS: u32 = 780;
/// Rounds of a session, and exercises of a round.
const ROUNDS: u32 = 4;
const EXERCISES: u32 = 2;
/// Exercises that are done in turn, beside the one that is done in every session.
const COMMON: u32 = 12;
/// Body weights, one on a day: the points of a chart.
const WEIGHTS: u32 = 1_000;
/// The day of the newest session and weight.
const NEWEST: Date = date(2026, 6, 30);
/// How many are entered at once.
const CONCURRENCY: usize = 8;
/// How often statistics are asked for, the export is taken, and the period of the charts is changed.
const QUERIES: usize = 1_000;
const EXPORTS: usize = 20;
const CHANGES: usize = 60;

/// Shows everything in the charts, and says after how many milliseconds the scripts were through, and after how many it was
/// painted.
const SHOW_ALL: &str = "
    const [done] = arguments;
    const select = document.querySelector('[data-testid=progress-period]');
    const { port1, port2 } = new MessageChannel();
    const begun = performance.now();
    let scripts;
    port1.onmessage = () => {
        if (scripts === undefined) {
            scripts = performance.now() - begun;
            requestAnimationFrame(() => port2.postMessage(null));
        } else done([scripts, performance.now() - begun]);
    };
    select.value = select.options[select.options.length - 1].value;
    select.dispatchEvent(new Event('change', { bubbles: true }));
    port2.postMessage(null);";
/// Shows the last weeks only.
const SHOW_WEEKS: &str = "
    const select = document.querySelector('[data-testid=progress-period]');
    select.value = select.options[0].value;
    select.dispatchEvent(new Event('change', { bubbles: true }));";

/// A trainer, and their athlete.
struct Setup {
    server: Server,
    trainer: Device,
    athlete: Device,
    athlete_id: String,
    exercises: Vec<Value>,
}

/// See the module; the statistics and the export also on `postgres`.
pub(crate) async fn section(postgres: Option<String>) -> Result<Section, Problem> {
    let before = machine::busy().await?;
    let setup = Setup::create(Database::Sqlite).await?;
    let mut rows = setup.stats_rows("SQLite").await?;
    rows.push(setup.export_row("SQLite").await?);
    rows.extend(setup.chart_rows().await?);
    rows.push(sizes::charts()?);
    rows.extend(setup.import_rows("SQLite").await?);
    drop(setup);
    if let Some(url) = postgres {
        let setup = Setup::create(Database::Postgres(url)).await?;
        rows.extend(setup.stats_rows("Postgres").await?);
        rows.push(setup.export_row("Postgres").await?);
        rows.extend(setup.import_rows("Postgres").await?);
    }
    let after = machine::busy().await?;
    let notes = vec![
        format!(
            "The athlete has {SESSIONS} sessions of {ROUNDS} rounds of {EXERCISES} exercises with effort, every tenth with pain, \
             and {WEIGHTS} body weights; {PEOPLE} people are in the database."
        ),
        "A chart's scripts are all that runs from the change of the period until nothing is left to run; WebKit says the time \
         in whole milliseconds. All charts of the page change with it."
            .to_owned(),
        machine::busy_note(before, after),
    ];
    Ok(Section { name: "progress", rows, notes })
}

impl Setup {
    async fn create(database: Database) -> Result<Self, Problem> {
        println!("{PEOPLE} people, and an athlete with {SESSIONS} sessions and {WEIGHTS} weights");
        let server = Server::start_on(database)?;
        let trainer = Device::sign_in(&server, server.first("trainer")?).await?;
        let athlete = Device::sign_in(&server, server.first("athlete")?).await?;
        let athlete_id = text(&athlete.get("/v1/me").await?["id"]).to_owned();
        let library = trainer.get("/v1/exercises").await?;
        let exercises = library["exercises"].as_array().into_iter().flatten().map(|exercise| exercise["id"].clone());
        let exercises = exercises.take(COMMON as usize + 1).collect();
        let setup = Self { server, trainer, athlete, athlete_id, exercises };
        let admin = Device::sign_in(&setup.server, setup.server.first("admin")?).await?;
        add_people(&admin, setup.server.accounts().len()..PEOPLE).await?;
        let sessions = (0..SESSIONS).rev().map(|number| setup.record(number)).collect::<Result<Vec<_>, _>>()?;
        setup.enter("sessions", sessions).await?;
        let weights = (0..WEIGHTS).rev().map(weight).collect::<Result<Vec<_>, _>>()?;
        setup.enter("weights", weights).await?;
        Ok(setup)
    }

    async fn enter(&self, what: &str, bodies: Vec<Value>) -> Result<(), Problem> {
        let path = &format!("/v1/athletes/{}/{what}", self.athlete_id);
        let entering = bodies.into_iter().map(|body| async move { self.athlete.post_with(path, body).await.map(drop) });
        Ok(futures_util::stream::iter(entering).buffered(CONCURRENCY).try_collect().await?)
    }

    /// A session of an hour; number 0 is the newest.
    fn record(&self, number: u32) -> Result<Value, Problem> {
        // Seven days for three sessions.
        let day = days_before(number * 7 / 3)?;
        let has_pain = number.is_multiple_of(10);
        let exercise = |round: u32, place: u32| {
            let common = 1 + (number + round * EXERCISES + place) % COMMON;
            let which = if round + place == 0 { 0 } else { common };
            let weight_kg = 60 + which + (SESSIONS - number) / 20;
            let pain = has_pain && round == 0;
            json!({
                "exercise_id": self.exercises[which as usize],
                "planned": {"weight_kg": weight_kg, "reps": 8, "effort": 7},
                "actual": {"weight_kg": weight_kg, "reps": 8},
                "feedback": {"effort": 6 + number % 4, "pain": pain, "pain_regions": if pain { vec!["left_knee"] } else { vec![] }},
            })
        };
        let rounds: Vec<Value> = (0..ROUNDS)
            .map(|round| json!({"exercises": (0..EXERCISES).map(|place| exercise(round, place)).collect::<Vec<_>>()}))
            .collect();
        Ok(json!({"started_at": format!("{day}T17:00:00Z"), "ended_at": format!("{day}T18:00:00Z"), "rounds": rounds}))
    }

    async fn stats_rows(&self, database: &str) -> Result<Vec<Row>, Problem> {
        let path = format!("/v1/athletes/{}/stats?timezone=Europe/Berlin", self.athlete_id);
        let all = format!("`GET /v1/athletes/…/stats` over {SESSIONS} sessions on {database}, connection included");
        let one = |number: usize| format!("&exercise_id={}", text(&self.exercises[number % self.exercises.len()]));
        Ok(vec![
            self.stats_row(all, |_| path.clone()).await?,
            self.stats_row("the same of one exercise".to_owned(), |number| path.clone() + &one(number)).await?,
        ])
    }

    async fn stats_row(&self, what: String, path: impl Fn(usize) -> String) -> Result<Row, Problem> {
        let mut took = Vec::with_capacity(QUERIES);
        for number in 0..QUERIES {
            let begun = Instant::now();
            let stats = self.trainer.get(&path(number)).await?;
            took.push(begun.elapsed());
            for series in ["e1rm", "effort", "volume", "weights"] {
                if stats[series].as_array().is_none_or(Vec::is_empty) {
                    return Err(Problem::Unexpected(format!("statistics without {series}")));
                }
            }
        }
        Ok(times(what, &Percentiles::from_iter(took), "p99 ≤ 50 ms"))
    }

    async fn export_row(&self, database: &str) -> Result<Row, Problem> {
        let path = format!("/v1/users/{}/export", self.athlete_id);
        let (mut took, mut size) = (Vec::with_capacity(EXPORTS), 0);
        for _ in 0..EXPORTS {
            let begun = Instant::now();
            size = self.athlete.bytes(&path).await?.len();
            took.push(begun.elapsed());
        }
        let size = megabytes(size.try_into().unwrap_or(u64::MAX));
        Ok(times(format!("export of five years on {database}, a ZIP of {size}"), &Percentiles::from_iter(took), ""))
    }

    async fn chart_rows(&self) -> Result<Vec<Row>, Problem> {
        let desktop = Desktop::start()?;
        let trainer: &Account = self.server.first("trainer")?;
        desktop.sign_in("trainer", self.server.url(), trainer)?;
        let window = Window::open(&desktop, "trainer", self.server.url(), Place::LEFT).await?;
        window.view("trainer").await?;
        window.click("open-athletes").await?;
        window.click(&format!("athlete[data-athlete='{}']", self.athlete_id)).await?;
        window.click("tab-progress").await?;
        window.find("chart-weight").await?;
        let exercise = "const select = document.querySelector('[data-testid=progress-exercise]');
            select.value = arguments[0];
            select.dispatchEvent(new Event('change', { bubbles: true }))";
        window.run_script::<()>(exercise, vec![self.exercises[0].clone()]).await?;
        let (mut scripts, mut painted) = (Vec::with_capacity(CHANGES), Vec::with_capacity(CHANGES));
        for _ in 0..CHANGES {
            window.run_script::<()>(SHOW_WEEKS, Vec::new()).await?;
            window.at_rest().await?;
            let [script, paint]: [f64; 2] = window.run_script_async(SHOW_ALL).await?;
            scripts.push(milliseconds(script));
            painted.push(milliseconds(paint));
        }
        window.close().await?;
        let what = format!("charts of {WEIGHTS} weights and {SESSIONS} estimates: scripts until they are drawn");
        Ok(vec![
            times(what, &Percentiles::from_iter(scripts), "≤ 16 ms"),
            times("the same until they are painted", &Percentiles::from_iter(painted), ""),
        ])
    }

    /// Reads a file into a plan and stores it, for an athlete who has nothing yet.
    async fn import_rows(&self, database: &str) -> Result<Vec<Row>, Problem> {
        let file = import::strong(import::ROWS);
        let begun = Instant::now();
        let path = format!("/v1/athletes/{}/imports?unit=kg", self.athlete_id);
        let import = self.athlete.post_bytes(&path, file.into_bytes()).await?;
        let dry_run = begun.elapsed();
        let path = format!("/v1/imports/{}", text(&import["id"]));
        let begun = Instant::now();
        self.commit(&path).await?;
        let commit = begun.elapsed();
        let rows = import::ROWS;
        let row = |what: String, took: Duration, goal| Row { what, figure: words(took), goal };
        Ok(vec![
            row(
                format!("{rows} rows of another tracker on {database}: from its bytes to what would change"),
                dry_run,
                "≤ 1 s",
            ),
            row("the same until all of it is stored".to_owned(), commit, ""),
        ])
    }

    /// Commits an import. The server answers before all is stored if that takes long.
    async fn commit(&self, path: &str) -> Result<(), Problem> {
        loop {
            let import = self.athlete.post_with(&format!("{path}/commit"), json!({"mapping": []})).await?;
            if text(&import["state"]) == "committed" {
                return Ok(());
            }
        }
    }
}

fn weight(number: u32) -> Result<Value, Problem> {
    let grams = 80_000 + number % 17 * 100;
    Ok(json!({"weight_kg": f64::from(grams) / 1000.0, "at": format!("{}T06:00:00Z", days_before(number)?)}))
}

fn days_before(days: u32) -> Result<Date, Problem> {
    NEWEST.checked_sub(i64::from(days).days()).map_err(|error| unexpected(&error))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_are_three_a_week_for_five_years() {
        let days: Vec<Date> = (0..SESSIONS).map(|number| days_before(number * 7 / 3).expect("a day")).collect();
        assert!(days.is_sorted_by(|one, next| one > next));
        assert_eq!((days[0], days[3], days[779]), (NEWEST, date(2026, 6, 23), date(2021, 7, 9)));
    }
}
