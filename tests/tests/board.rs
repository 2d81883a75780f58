//! The board in a trainer's real window, with eight athletes at work, each on a core of their own.

use fantoccini::key::Key;
use futures_util::future::join_all;
use serde_json::json;
use system_tests::{Desktop, Failure, Group, Place, Proxy, Server, Trainee, Window, screenshot_on_failure};
use training::Region;

/// The tiles' sessions, in their order.
const ORDER: &str = "return [...document.querySelectorAll('[data-testid=tile]')].map((tile) => tile.dataset.session)";
/// Where the tile of a session is.
const POSITION: &str = "const tile = document.querySelector(`[data-testid=tile][data-session='${arguments[0]}']`);
    const { x, y, width, height } = tile.getBoundingClientRect();
    return [x, y, width, height]";

/// Eight athletes in sessions with a round out, the last of them behind a network of their own, and their trainer's window
/// with the board on screen.
struct Fixture {
    _server: Server,
    network: Proxy,
    group: Group,
    _desktop: Desktop,
    window: Window,
}

impl Fixture {
    async fn new() -> Result<Self, Failure> {
        let server = Server::start()?;
        let network = Proxy::in_front_of(server.url()).await?;
        let own = network.url();
        let mut addresses = vec![server.url(); 7];
        addresses.push(&own);
        let group = Group::at_work(&server, &addresses, 2).await?;
        let desktop = Desktop::start()?;
        desktop.sign_in("trainer", server.url(), server.first("trainer")?)?;
        let window = Window::open(&desktop, "trainer", server.url(), Place::LEFT).await?;
        window.find("link-state[data-state='live']").await?;
        window.focus(&desktop).await?;
        // No pointer comes near the tiles: under it, too, they would stay where they are.
        window.find("open-board").await?;
        window.type_text("b").await?;
        let is_whole = "return document.querySelectorAll('[data-testid=tile]').length === 8";
        window.until::<bool>("eight tiles", is_whole, Vec::new()).await?;
        Ok(Self { _server: server, network, group, _desktop: desktop, window })
    }

    async fn play(self, name: &str, scenario: impl AsyncFnOnce(&Self) -> Result<(), Failure>) -> Result<(), Failure> {
        screenshot_on_failure(&self.window, name, async {
            scenario(&self).await?;
            assert_eq!(self.window.console_problems()?, Vec::<String>::new());
            Ok(())
        })
        .await;
        self.window.close().await
    }

    async fn order(&self) -> Result<Vec<String>, Failure> {
        self.window.run_script(ORDER, Vec::new()).await
    }

    async fn position(&self, athlete: &Trainee) -> Result<[f64; 4], Failure> {
        self.window.run_script(POSITION, vec![json!(athlete.session)]).await
    }

    /// Opens the third athlete's session from their tile, by keyboard.
    async fn open_third(&self) -> Result<&Trainee, Failure> {
        let third = &self.group.athletes[2];
        self.window.type_text("3").await?;
        self.window.find(&tile(third, " [data-testid='open-tile']:focus")).await?;
        self.window.press(&[Key::Enter]).await?;
        self.window.wait_until_gone("tile").await?;
        self.window.find("session-menu").await?;
        Ok(third)
    }
}

/// An athlete's tile, and what is wanted of it.
fn tile(Trainee { session, .. }: &Trainee, rest: &str) -> String {
    format!("tile[data-session='{session}']{rest}")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b60_the_board_follows_eight_athletes_who_tick_at_the_same_time() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    fixture
        .play("board-ticks", async |Fixture { group, window, .. }| {
            let athletes = &group.athletes;
            for athlete in athletes {
                window.find(&tile(athlete, "[data-activity='out']")).await?;
            }
            group.begin().await;
            for place in 0..2 {
                let ticking = athletes.iter().map(async |athlete| {
                    let round = athlete.round().await;
                    athlete.tick(&round, round.exercises[place].id, true).await;
                });
                join_all(ticking).await;
                for athlete in athletes {
                    window.wait_for_text(&tile(athlete, "[data-activity='begun']"), athlete.name).await?;
                    window.wait_for_text(&tile(athlete, ""), &format!("{} von 2", place + 1)).await?;
                }
            }
            assert!(window.violations().await?.is_empty());
            window.assert_stops_in_sight("the board").await
        })
        .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b60_an_athlete_whose_line_is_lost_is_shown_so_until_they_are_back() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    fixture
        .play("board-line-lost", async |Fixture { group, network, window, .. }| {
            let (last, others) = group.athletes.split_last().expect("there are eight");
            last.person.go_offline(network).await;
            // What they do meanwhile comes when they are back.
            group.begin().await;
            let round = last.round().await;
            last.tick(&round, round.exercises[0].id, true).await;
            let lost_line = tile(last, " [data-testid='line-lost']");
            window.wait_for_text(&lost_line, "Keine Verbindung").await?;
            for athlete in others {
                assert!(!window.shows(&tile(athlete, " [data-testid='line-lost']")).await?, "{}", athlete.name);
            }
            window.find(&tile(last, "[data-activity='out']")).await?;
            last.person.go_online(network).await;
            window.wait_until_gone(&lost_line).await?;
            window.wait_for_text(&tile(last, "[data-activity='begun']"), "1 von 2").await
        })
        .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b60_a_tile_that_has_the_focus_stays_while_another_athlete_reports_pain() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    fixture
        .play("board-focus", async |fixture| {
            let Fixture { group, window, .. } = fixture;
            let [first, .., hurt, _] = &group.athletes[..] else { panic!("there are eight") };
            window.type_text("1").await?;
            let focused = tile(first, " [data-testid='open-tile']:focus");
            window.find(&focused).await?;
            let (order, position) = (fixture.order().await?, fixture.position(first).await?);
            group.begin().await;
            hurt.complete(&[Region::LeftKnee]).await;
            window.wait_for_text(&tile(hurt, "[data-activity='pain']"), "Schmerz").await?;
            window.painted().await?;
            window.find(&focused).await?;
            assert_eq!((fixture.order().await?, fixture.position(first).await?), (order, position));

            // Once nobody is in the board, whoever needs the trainer comes first.
            window.press(&[Key::Escape]).await?;
            let is_first = "return document.querySelector('[data-testid=tile]')?.dataset.session === arguments[0]";
            window.until::<bool>("the pain to come first", is_first, vec![json!(hurt.session)]).await.map(drop)
        })
        .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b60_a_tile_opens_its_session_and_escape_leads_back_to_it() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    fixture
        .play("board-session", async |fixture| {
            let window = &fixture.window;
            let third = fixture.open_third().await?;
            let is_theirs = "return [...document.querySelectorAll('h2')].some((it) => it.innerText === arguments[0])";
            window.until::<bool>("their session", is_theirs, vec![json!(third.name)]).await?;
            window.press(&[Key::Escape]).await?;
            window.find(&tile(third, " [data-testid='open-tile']:focus")).await.map(drop)
        })
        .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b60_escape_in_a_note_or_a_menu_closes_only_that_and_not_the_session() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    fixture
        .play("board-escape", async |fixture| {
            let window = &fixture.window;
            let third = fixture.open_third().await?;
            window.type_text("m").await?;
            window.find("note-text:focus").await?;
            window.press(&[Key::Escape]).await?;
            window.wait_until_gone("note-text").await?;
            window.painted().await?;
            assert!(!window.shows("tile").await?, "the note alone is closed");

            window.click("session-menu").await?;
            window.find("cancel-session").await?;
            window.press(&[Key::Escape]).await?;
            window.wait_until_gone("cancel-session").await?;
            window.painted().await?;
            assert!(!window.shows("tile").await?, "the menu alone is closed");

            window.press(&[Key::Escape]).await?;
            window.find(&tile(third, " [data-testid='open-tile']:focus")).await.map(drop)
        })
        .await
}
