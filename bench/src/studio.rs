//! The studio's place of an admin, with a thousand people in it, the search among ten thousand at the API, an exercise's
//! video in the athlete's window, and the window of somebody who is deactivated.

use std::time::{Duration, Instant};

use futures_util::{StreamExt, TryStreamExt};
use serde_json::{Value, json};
use system_tests::{Desktop, Device, Percentiles, Place, Server, Stage, Window, latency, video};

use crate::problem::Problem;
use crate::report::{Row, Section, times};

/// People in the studio while its window is measured, and while the search is.
const SHOWN: usize = 1_000;
const SEARCHED: usize = 10_000;
/// How many are added at once.
const CONCURRENCY: usize = 16;
/// How often the place is opened, and how many searches are timed.
const OPENINGS: usize = 30;
const SEARCHES: usize = 1_000;
/// Releases that are timed.
const RELEASES: usize = 60;
/// People who are deactivated with their window open.
const DEACTIVATIONS: usize = 8;

/// Names are combined from these, so that a search finds few, many or nobody.
const FIRST: [&str; 20] = [
    "Anna", "Özlem", "Jürgen", "Zoë", "João", "Inês", "Mia", "Leon", "Élodie", "Søren", "Łukasz", "Noor", "Tomás",
    "Rui", "Sofia", "Björn", "Chloé", "Ivo", "Håkon", "Aylin",
];
const LAST: [&str; 25] = [
    "Müller",
    "Şahin",
    "Ferreira",
    "Gonçalves",
    "Lindqvist",
    "Weiß",
    "Brandt",
    "Novák",
    "Costa",
    "Öztürk",
    "Schäfer",
    "Visser",
    "Araújo",
    "Krämer",
    "Berger",
    "Falk",
    "Haddad",
    "Vogt",
    "Sommer",
    "Teixeira",
    "Ångström",
    "Dvořák",
    "Hohenstein",
    "Carvalho",
    "Lindner",
];
/// What admins type: parts of names and addresses, with and without accents, and what nobody is called.
const SEARCHED_FOR: [&str; 8] = ["ozl", "mul", "joao", "a", "schäfer", "p123@", "straße", "lind"];

/// Opens the place from the trainings, and says after how many milliseconds a hundred rows are painted.
const OPEN: &str = "
    const [done] = arguments;
    const begun = performance.now();
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => done(performance.now() - begun);
    const look = () => {
        if (document.querySelectorAll('[data-testid=person-row]').length >= 100) port2.postMessage(null);
        else requestAnimationFrame(look);
    };
    document.querySelector('[data-testid=open-studio]').click();
    requestAnimationFrame(look);";
/// Records for each key how long it takes until the next frame is painted, in `window.blocked`.
const RECORD_TYPING: &str = "
    window.blocked = [];
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => window.blocked.push(performance.now() - data);
    addEventListener('keydown', () => {
        const begun = performance.now();
        requestAnimationFrame(() => port2.postMessage(begun));
    }, true);";

/// See the module.
pub(crate) async fn section() -> Result<Section, Problem> {
    let server = Server::start()?;
    let admin = Device::sign_in(&server, server.first("admin")?).await?;
    println!("A studio of {SHOWN} people in a window");
    add_people(&admin, server.accounts().len()..SHOWN).await?;
    let mut rows = window_rows(&server, &admin).await?;
    println!("Searching in {SEARCHED} people");
    add_people(&admin, SHOWN..SEARCHED).await?;
    rows.push(search_row(&admin).await?);
    rows.push(video_row().await?);
    rows.push(deactivation_row().await?);
    Ok(Section { name: "studio", rows, notes: Vec::new() })
}

async fn video_row() -> Result<Row, Problem> {
    println!("{RELEASES} releases of a round with a video");
    let stage = Stage::set().await?;
    // Leaves a round released whose video is on the athlete's disk.
    video::play_story(&stage, async |_, _| Ok(())).await?;
    let measured = latency::measure_to_first_frame(&stage, RELEASES).await?;
    let what = "click on “release” to the first frame of the video in the athlete's window, from its disk";
    Ok(times(what, &measured, "p50 ≤ 150 ms"))
}

/// How long a deactivated person's window still shows what was theirs.
async fn deactivation_row() -> Result<Row, Problem> {
    println!("{DEACTIVATIONS} people are deactivated");
    let server = Server::start()?;
    let desktop = Desktop::start()?;
    let admin = Device::sign_in(&server, server.first("admin")?).await?;
    let athletes = server.accounts().iter().filter(|account| account.roles == ["athlete"]).take(DEACTIVATIONS);
    let mut took = Vec::with_capacity(DEACTIVATIONS);
    for (number, athlete) in athletes.enumerate() {
        let profile = format!("athlete-{number}");
        desktop.sign_in(&profile, server.url(), athlete)?;
        let window = Window::open(&desktop, &profile, server.url(), Place::LEFT).await?;
        window.find("link-state[data-state='live']").await?;
        let user = admin.get(&format!("/v1/users?q={}", athlete.email)).await?["users"][0].clone();
        let begun = Instant::now();
        let path = format!("/v1/users/{}", text(&user["id"]));
        admin.patch(&path, &user["version"], json!({"active": false})).await?;
        window.view("sign-in").await?;
        took.push(begun.elapsed());
        window.close().await?;
    }
    let what = "from the admin's request to the deactivated person's window at the sign-in";
    Ok(times(what, &Percentiles::from_iter(took), "all ≤ 1 s"))
}

/// Adds athletes without a trainer.
pub(crate) async fn add_people(admin: &Device, numbers: std::ops::Range<usize>) -> Result<(), Problem> {
    let adding = numbers.map(|number| async move {
        let name = format!("{} {}", FIRST[number % FIRST.len()], LAST[number / FIRST.len() % LAST.len()]);
        let body = json!({"name": name, "email": format!("p{number}@crowd.example"), "roles": ["athlete"]});
        admin.post_with("/v1/users", body).await.map(drop)
    });
    Ok(futures_util::stream::iter(adding).buffered(CONCURRENCY).try_collect().await?)
}

async fn search_row(admin: &Device) -> Result<Row, Problem> {
    let mut took = Vec::with_capacity(SEARCHES);
    for number in 0..SEARCHES {
        let path = format!("/v1/users?limit=100&q={}", SEARCHED_FOR[number % SEARCHED_FOR.len()]);
        let begun = Instant::now();
        admin.get(&path).await?;
        took.push(begun.elapsed());
    }
    let what = format!("`GET /v1/users?q=…` in {SEARCHED} people, connection included");
    Ok(times(what, &Percentiles::from_iter(took), "p99 ≤ 50 ms"))
}

async fn window_rows(server: &Server, admin: &Device) -> Result<Vec<Row>, Problem> {
    // A trainer who is also an admin comes to the place from their trainings.
    let trainer = server.first("trainer")?;
    let found = admin.get(&format!("/v1/users?q={}", trainer.email)).await?["users"][0].clone();
    admin
        .patch(&format!("/v1/users/{}", text(&found["id"])), &found["version"], json!({"roles": ["trainer", "admin"]}))
        .await?;
    let desktop = Desktop::start()?;
    desktop.sign_in("admin", server.url(), trainer)?;
    let window = Window::open(&desktop, "admin", server.url(), Place::LEFT).await?;
    window.view("trainer").await?;
    let mut opened = Vec::with_capacity(OPENINGS);
    for _ in 0..=OPENINGS {
        window.at_rest().await?;
        opened.push(milliseconds(window.run_script_async(OPEN).await?));
        window.click("open-today").await?;
        window.wait_until_gone("person-row").await?;
    }
    let first = opened.remove(0);
    window.run_script_async::<f64>(OPEN).await?;
    let all = "const rows = document.querySelectorAll('[data-testid=person-row]');
        rows[rows.length - 1].scrollIntoView();
        return rows.length >= arguments[0]";
    window.until::<bool>("everybody in the table", all, vec![json!(SHOWN)]).await?;
    window.click("search-people").await?;
    window.run_script::<()>(RECORD_TYPING, Vec::new()).await?;
    for text in ["özl", "anna m", "p12"] {
        window.fill("search-people", text).await?;
        let is_answered = "return document.querySelector('[role=table][aria-busy]') === null";
        window.until::<bool>("an answer", is_answered, Vec::new()).await?;
    }
    let blocked: Vec<f64> = window.run_script("return window.blocked", Vec::new()).await?;
    window.close().await?;
    let rows = [
        (format!("studio of {SHOWN}: from the click to the first time the table is painted"), vec![first], "≤ 200 ms"),
        (format!("studio of {SHOWN}: the same again"), opened, "≤ 200 ms"),
        (
            format!("studio of {SHOWN}: from a key in the search, with everybody in the table, to the next frame"),
            blocked.into_iter().map(milliseconds).collect(),
            "all ≤ 50 ms",
        ),
    ];
    Ok(rows.into_iter().map(|(what, took, goal)| times(what, &Percentiles::from_iter(took), goal)).collect())
}

pub(crate) fn milliseconds(time: f64) -> Duration {
    Duration::from_secs_f64(time / 1000.0)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
