//! A studio from nothing to its first training and beyond, by keyboard alone: every person in a window of their own, each
//! in another language.

use std::time::Duration;

use fantoccini::key::Key;
use ringside_core::bridge::AccountCalls;
use system_tests::{Desktop, Failure, IN_TIME, Person, Server, Window, screenshot_on_failure, video};

const PASSWORD: &str = "a fine long phrase";

/// Somebody's machine, with its window open.
struct Machine {
    desktop: Desktop,
    window: Window,
}

impl Machine {
    /// Opens the application with the link of an invitation, on a machine that has never seen the server, and claims it.
    async fn claim(profile: &str, link: &str) -> Result<Self, Failure> {
        let desktop = Desktop::start()?;
        let window = Window::open_for_link(&desktop, profile, None, &deep_link(link)).await?;
        let machine = Self { desktop, window };
        machine.window.view("claim").await?;
        machine.window.focus(&machine.desktop).await?;
        machine.window.find("new-password:focus").await?;
        machine.expect_no_barriers().await?;
        machine.set_password().await?;
        Ok(machine)
    }

    /// Types the new password twice.
    async fn set_password(&self) -> Result<(), Failure> {
        self.window.type_text(PASSWORD).await?;
        self.window.press(&[Key::Tab]).await?;
        self.window.type_text(PASSWORD).await?;
        self.window.press(&[Key::Enter]).await
    }

    async fn speaks(&self, language: &str) -> Result<(), Failure> {
        let script = "return document.documentElement.lang === arguments[0]";
        self.window.until::<bool>(&format!("the language {language}"), script, vec![language.into()]).await.map(drop)
    }

    async fn expect_no_barriers(&self) -> Result<(), Failure> {
        let violations = self.window.violations().await?;
        assert!(violations.is_empty(), "{}: {violations:#?}", self.window.name());
        Ok(())
    }

    /// Chooses an option of the select called `name` with the arrow keys.
    async fn choose(&self, name: &str, option: &str) -> Result<(), Failure> {
        self.window.tab_to(name).await?;
        let steps = "const it = document.activeElement;
            const wanted = [...it.options].findIndex(({ text }) => text.includes(arguments[0]));
            return wanted < 0 ? null : String(wanted - it.selectedIndex)";
        let what = format!("{option} among the options");
        let steps: String = self.window.until(&what, steps, vec![option.into()]).await?;
        let steps: isize = steps.parse().expect("the page counts");
        let key = if steps < 0 { Key::Up } else { Key::Down };
        self.window.press(&vec![key; steps.unsigned_abs()]).await?;
        let script = "return document.activeElement.selectedOptions[0].text.includes(arguments[0])";
        self.window.until::<bool>(&format!("{option} to be chosen"), script, vec![option.into()]).await.map(drop)
    }
}

/// An admin's window.
impl Machine {
    /// Fills in the form for one person and returns the link of their invitation.
    async fn invite(&self, person: &Invited) -> Result<String, Failure> {
        let window = &self.window;
        window.find("invite-name:focus").await?;
        window.type_text(person.name).await?;
        window.press(&[Key::Tab]).await?;
        window.type_text(person.email).await?;
        if let Some((off, on)) = person.roles {
            window.press_space_on(&format!("role-of-{off}")).await?;
            window.press_space_on(&format!("role-of-{on}")).await?;
        }
        self.choose("person-language", person.language).await?;
        window.press_space_on("send-invite").await?;
        window.wait_for_text("invited", person.name).await?;
        window.find("invite-name:focus").await?;
        window.text("invitation-link").await
    }

    /// Opens the person called `name`, found by typing.
    async fn open(&self, name: &str) -> Result<(), Failure> {
        let window = &self.window;
        window.tab_to("search-people").await?;
        window.press_with(Key::Control, 'a').await?;
        window.type_text(&name.to_lowercase()).await?;
        let is_alone = "const rows = document.querySelectorAll('[data-testid=person-row]');
            return rows.length === 1 && rows[0].innerText.includes(arguments[0])";
        window.until::<bool>(&format!("only {name}"), is_alone, vec![name.into()]).await?;
        window.press(&[Key::Down]).await?;
        window.press(&[Key::Enter]).await?;
        window.find("person-name:focus").await.map(drop)
    }
}

struct Invited {
    name: &'static str,
    email: &'static str,
    /// The role to take away, and the one to give instead.
    roles: Option<(&'static str, &'static str)>,
    /// As their language is called in the admin's window.
    language: &'static str,
}

const TRAINER: Invited = Invited {
    name: "Inês Carvalho",
    email: "ines@studio.example",
    roles: Some(("athlete", "trainer")),
    language: "Português",
};
const ATHLETE: Invited = Invited {
    name: "Zoë Müller",
    email: "zoe@studio.example",
    roles: Some(("trainer", "athlete")),
    language: "English",
};
const OTHER: Invited = Invited { name: "Tom Öz", email: "tom@studio.example", roles: None, language: "Deutsch" };

/// What opens when the link of an invitation is followed: its page leads there.
fn deep_link(link: &str) -> String {
    let (server, code) = link.split_once("/join#").unwrap_or_default();
    format!("ringside://claim/{code}?server={server}")
}

fn create_studio(server: &Server) -> Result<String, Failure> {
    let printed = server.run(&[
        "admin",
        "create-studio",
        "--name",
        "Studio Nord",
        "--email",
        "ada@studio.example",
        "--admin-name",
        "Ada Nord",
        "--locale",
        "de",
    ])?;
    Ok(printed.lines().next().unwrap_or_default().trim().to_owned())
}

#[tokio::test]
async fn b46_a_studio_goes_from_one_link_to_its_first_training_by_keyboard_in_three_languages() -> Result<(), Failure> {
    let server = Server::start_empty()?;
    let admin = Machine::claim("admin", &create_studio(&server)?).await?;
    screenshot_on_failure(
        &admin.window,
        "studio-admin",
        Box::pin(async {
            admin.window.view("studio").await?;
            admin.speaks("de").await?;
            admin.window.find("person-row").await?;
            admin.expect_no_barriers().await?;

            admin.window.type_text("n").await?;
            let [to_trainer, to_athlete, to_other] =
                [admin.invite(&TRAINER).await?, admin.invite(&ATHLETE).await?, admin.invite(&OTHER).await?];
            admin.expect_no_barriers().await?;
            admin.window.press(&[Key::Escape]).await?;

            let trainer = Machine::claim("trainer", &to_trainer).await?;
            screenshot_on_failure(
                &trainer.window,
                "studio-trainer",
                Box::pin(async {
                    trainer.window.view("trainer").await?;
                    trainer.speaks("pt").await?;
                    let other = Machine::claim("other", &to_other).await?;
                    screenshot_on_failure(&other.window, "studio-other", other.window.view("start")).await;
                    let athlete = Machine::claim("athlete", &to_athlete).await?;
                    screenshot_on_failure(&athlete.window, "studio-athlete", train(&admin, &trainer, &athlete)).await;
                    screenshot_on_failure(&other.window, "studio-other-out", deactivate(&admin, &other)).await;
                    reset(&admin, &athlete).await
                }),
            )
            .await;
            Ok(())
        }),
    )
    .await;
    Ok(())
}

/// Counts the keys that are pressed from now on, but for what is typed into a text.
const COUNT_KEYS: &str = "window.pressed = 0;
    const texts = 'textarea, input:not([type=checkbox], [type=radio])';
    const isTyped = ({ key, ctrlKey, target }) => key.length === 1 && !ctrlKey && target.matches(texts);
    addEventListener('keydown', (event) => {
        if (!isTyped(event) && !['Shift', 'Control'].includes(event.key)) window.pressed += 1;
    }, true)";
/// The most that a studio of eleven people may cost its admin.
const KEYS: u32 = 60;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b46_an_admin_has_a_trainer_and_ten_athletes_within_sixty_keystrokes() -> Result<(), Failure> {
    let server = Server::start_empty()?;
    let admin = Machine::claim("admin", &create_studio(&server)?).await?;
    let window = &admin.window;
    screenshot_on_failure(
        window,
        "studio-keystrokes",
        Box::pin(async {
            window.view("studio").await?;
            window.find("person-row").await?;
            window.run_script::<()>(COUNT_KEYS, Vec::new()).await?;
            window.type_text("n").await?;
            window.find("invite-name:focus").await?;
            window.press_with(Key::Shift, Key::Tab).await?;
            window.press(&[Key::Right]).await?;
            window.tab_to("invite-lines").await?;
            let athletes: Vec<String> = (0..10)
                .map(|number| format!("Anna {number}; anna{number}@studio.example;; {}", TRAINER.name))
                .collect();
            let pasted_lines = format!("{}; {}; trainer\n{}", TRAINER.name, TRAINER.email, athletes.join("\n"));
            // Pasted from a list: a single chord.
            let paste = "return document.execCommand('insertText', false, arguments[0])";
            assert!(window.run_script::<bool>(paste, vec![pasted_lines.into()]).await?);
            let pasted = 1;
            window.press_space_on("send-invites").await?;
            let are_made = "return document.querySelectorAll('[data-testid=invitation-card]').length === 11";
            window.until::<bool>("eleven invitations", are_made, Vec::new()).await?;
            let pressed: u32 = window.run_script("return window.pressed", Vec::new()).await?;
            // Those of the claim before: from the password to its repetition, and to send it.
            let keys = pressed + pasted + 2;
            println!("{keys} keystrokes");
            assert!(keys <= KEYS, "{keys} keystrokes");

            let read =
                "return [...document.querySelectorAll('[data-testid=invitation-link]')].map((it) => it.textContent)";
            let links: Vec<String> = window.run_script(read, Vec::new()).await?;
            for link in links {
                let (address, code) = link.trim().split_once("/join#").unwrap_or_default();
                let person = Person::open(address).await;
                let claimed = person.agent.claim_invitation(code.to_owned(), None, PASSWORD.to_owned()).await;
                let account = claimed.expect("the link is right");
                assert_eq!(account.trainer.is_some(), account.name != TRAINER.name, "{}", account.name);
            }
            Ok(())
        }),
    )
    .await;
    Ok(())
}

/// The athlete is given the trainer, who adds an exercise and trains them with it.
async fn train(admin: &Machine, trainer: &Machine, athlete: &Machine) -> Result<(), Failure> {
    athlete.speaks("en").await?;
    athlete.window.view("start").await?;
    // Without a trainer there is nobody to train with; with one there is, at once.
    athlete.window.wait_until_gone("start-session").await?;
    admin.open(ATHLETE.name).await?;
    admin.choose("person-trainer", TRAINER.name).await?;
    admin.expect_no_barriers().await?;
    admin.window.press_space_on("save-person").await?;
    athlete.window.find("start-session").await?;

    let window = &trainer.window;
    open_library(window).await?;
    window.type_text("n").await?;
    window.find("exercise-name:focus").await?;
    window.type_text("Caixote da Inês").await?;
    window.press(&[Key::Enter]).await?;
    window.wait_for_text("exercise-row", "Caixote da Inês").await?;
    window.tab_to("library-search").await?;
    window.type_text("caixote da").await?;
    let is_alone = "return document.querySelectorAll('[data-testid=exercise-row]').length === 1";
    window.until::<bool>("only that exercise", is_alone, Vec::new()).await?;
    window.tab_to("exercise-row").await?;
    window.press(&[Key::Enter]).await?;
    video::choose_here(window).await?;
    trainer.expect_no_barriers().await?;
    window.press_space_on("open-today").await?;
    window.view("trainer").await?;

    athlete.window.press_space_on("start-session").await?;
    window.find("session-row[data-status='waiting']").await?;
    window.type_text("1").await?;
    window.find("join-session").await?;
    window.type_text("j").await?;
    window.find("session-row[data-status='active']").await?;
    window.type_text("n").await?;
    window.find("exercise-search:focus").await?;
    window.type_text("caixote da 10@6").await?;
    window.find("exercise-option").await?;
    window.press(&[Key::Enter]).await?;
    window.find("plan-item").await?;
    window.press_with(Key::Control, Key::Enter).await?;
    athlete.window.view("round").await?;
    athlete.window.wait_for_text("view", "Caixote da Inês").await?;
    video::plays(&athlete.window).await?;
    athlete.expect_no_barriers().await
}

/// Goes to the library by its keys, which count only if the second one follows soon.
async fn open_library(window: &Window) -> Result<(), Failure> {
    let mut interval = tokio::time::interval(Duration::from_secs(2));
    let opening = async {
        loop {
            interval.tick().await;
            if window.shows("view[data-view='library']").await? {
                return Ok(());
            }
            window.type_text("gl").await?;
        }
    };
    tokio::time::timeout(IN_TIME, opening).await.expect("the library opens")
}

/// The window of whoever is deactivated is at the sign-in.
async fn deactivate(admin: &Machine, other: &Machine) -> Result<(), Failure> {
    admin.open(OTHER.name).await?;
    admin.window.press_space_on("deactivate-person").await?;
    other.window.view("sign-in").await
}

/// A reset ends the person's other sign-ins when its link is claimed.
async fn reset(admin: &Machine, athlete: &Machine) -> Result<(), Failure> {
    admin.open(ATHLETE.name).await?;
    admin.window.press_space_on("reset-password").await?;
    admin.window.press_space_on("confirm-reset").await?;
    let link = admin.window.text("invitation-link").await?;
    let elsewhere = Machine::claim("elsewhere", &link).await?;
    elsewhere.window.view("round").await?;
    athlete.window.view("sign-in").await
}
