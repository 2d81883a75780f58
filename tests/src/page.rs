//! What a person does in a window: reading, clicking, typing. Elements are found by their `data-testid`.

use std::time::{Duration, Instant};

use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::elements::Element;
use fantoccini::{Locator, key::Key};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::window::Window;

/// More than the tab stops of any view.
const MAX_TABS: usize = 120;
/// The polling interval.
const POLL_INTERVAL: Duration = Duration::from_millis(15);

/// How an element is named in a selector: `"tick"`, or with more, `"round-card[data-number='1']"`.
pub(crate) fn selector(name: &str) -> String {
    let (id, rest) = name.find(['[', ' ', ':']).map_or((name, ""), |at| name.split_at(at));
    format!("[data-testid='{id}']{rest}")
}

/// Rendered and not hidden, so that a person can see it.
pub(crate) const IS_SHOWN: &str =
    "const shown = (it) => it.checkVisibility({ visibilityProperty: true, opacityProperty: false });";

impl Window {
    /// Runs `script` in the page and returns its result.
    pub async fn run_script<T: DeserializeOwned>(&self, script: &str, arguments: Vec<Value>) -> Result<T, Failure> {
        let answer = self.run_command(self.client.execute(script, arguments)).await?;
        serde_json::from_value(answer).map_err(Failure::Answer)
    }

    /// Runs `script` in the page and returns what it passes to the function that is its argument.
    pub async fn run_script_async<T: DeserializeOwned>(&self, script: &str) -> Result<T, Failure> {
        let answer = self.run_command(self.client.execute_async(script, Vec::new())).await?;
        serde_json::from_value(answer).map_err(Failure::Answer)
    }

    /// Waits until `script` returns something other than `null` and `false`.
    pub async fn until<T: DeserializeOwned>(
        &self,
        what: &str,
        script: &str,
        arguments: Vec<Value>,
    ) -> Result<T, Failure> {
        let deadline = Instant::now() + self.timeout;
        let mut is_last = false;
        loop {
            let answer = self.run_command(self.client.execute(script, arguments.clone())).await?;
            if !matches!(answer, Value::Null | Value::Bool(false)) {
                return serde_json::from_value(answer).map_err(Failure::Answer);
            }
            if is_last {
                let screen = self.run_script("return document.body.innerText", Vec::new()).await?;
                return Err(Failure::Timeout { window: self.name().to_owned(), what: what.to_owned(), screen });
            }
            // This check may have been the first after the machine stalled, so check once more.
            is_last = Instant::now() > deadline;
            tokio::time::sleep(POLL_INTERVAL).await;
        }
    }

    /// Waits until the element called `name` is shown, and returns it.
    pub async fn find(&self, name: &str) -> Result<Element, Failure> {
        let css = selector(name);
        // The first that is shown: a hidden view may contain one of the same name. Counted from one, because 0 means
        // "not yet"; in one script, because the element may be gone at the next call.
        let script =
            format!("{IS_SHOWN} return [...document.querySelectorAll(arguments[0])].findIndex(shown) + 1 || null");
        let index = self.until::<usize>(name, &script, vec![json!(css)]).await? - 1;
        let mut found = self.run_command(self.client.find_all(Locator::Css(&css))).await?;
        if index < found.len() {
            Ok(found.swap_remove(index))
        } else {
            self.run_command(self.client.find(Locator::Css(&css))).await
        }
    }

    /// Waits until no element called `name` is shown.
    pub async fn wait_until_gone(&self, name: &str) -> Result<(), Failure> {
        let script = format!("{IS_SHOWN} return ![...document.querySelectorAll(arguments[0])].some(shown)");
        self.until::<Value>(&format!("{name} to disappear"), &script, vec![json!(selector(name))]).await?;
        Ok(())
    }

    /// Whether an element called `name` is shown now.
    pub async fn shows(&self, name: &str) -> Result<bool, Failure> {
        let script = format!("{IS_SHOWN} return [...document.querySelectorAll(arguments[0])].some(shown)");
        self.run_script(&script, vec![json!(selector(name))]).await
    }

    /// Waits until the view called `name` is on screen.
    pub async fn view(&self, name: &str) -> Result<(), Failure> {
        self.find(&format!("view[data-view='{name}']")).await.map(drop)
    }

    /// Waits until the element called `name` is shown, enabled and at rest under the pointer, and clicks on it.
    ///
    /// A driver aims at the element's position at the time of the call: if it still moves, the click misses it.
    pub async fn click(&self, name: &str) -> Result<(), Failure> {
        let usable = format!("{name}:not(:disabled):not([aria-disabled='true'])");
        let script = format!(
            "{IS_SHOWN} const it = [...document.querySelectorAll(arguments[0])].find(shown);
            if (!it) return false;
            it.scrollIntoView({{ block: 'nearest' }});
            const {{ x, y, width, height }} = it.getBoundingClientRect();
            const place = [x, y, width, height].join();
            const still = it.lastPlace === place;
            it.lastPlace = place;
            const under = document.elementFromPoint(x + width / 2, y + height / 2);
            return still && it.contains(under);"
        );
        let what = format!("{name} to stop moving, with nothing in front of it");
        self.until::<Value>(&what, &script, vec![json!(selector(&usable))]).await?;
        let element = self.find(&usable).await?;
        // The driver's pointer does not know of a page's scale, and would miss.
        if self.run_script("return Math.abs(outerWidth / innerWidth - 1) > 0.1", Vec::new()).await? {
            let click = "arguments[0].focus();
                return arguments[0].dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }))";
            let element = serde_json::to_value(element).map_err(Failure::Answer)?;
            return self.run_script::<bool>(click, vec![element]).await.map(drop);
        }
        self.run_command(element.click()).await
    }

    /// Waits until no animation is running, except endless ones.
    pub async fn at_rest(&self) -> Result<(), Failure> {
        let script = "const ends = (animation) => animation.effect?.getComputedTiming().endTime !== Infinity;
            return !document.getAnimations().some(ends)";
        self.until::<Value>("the animations to end", script, Vec::new()).await.map(drop)
    }

    /// Waits until the page's current content is painted: the frame after the next one begins when the next is done.
    pub async fn painted(&self) -> Result<(), Failure> {
        let begin = "window.painted = false; const then = (next) => requestAnimationFrame(next); \
                     then(() => then(() => { window.painted = true; })); return true";
        self.run_script::<bool>(begin, Vec::new()).await?;
        self.until::<bool>("a frame to be painted", "return window.painted === true", Vec::new()).await.map(drop)
    }

    /// Waits for the input called `name` and replaces its content by typing `text`.
    pub async fn fill(&self, name: &str, text: &str) -> Result<(), Failure> {
        let input = self.find(name).await?;
        self.run_command(input.clear()).await?;
        self.run_command(input.send_keys(text)).await
    }

    /// Waits until the element called `name` is shown with `text` somewhere in it.
    pub async fn wait_for_text(&self, name: &str, text: &str) -> Result<(), Failure> {
        let script = format!(
            "{IS_SHOWN} return [...document.querySelectorAll(arguments[0])]
                .some((it) => shown(it) && it.innerText.includes(arguments[1]))"
        );
        self.until::<Value>(&format!("{name} to show {text:?}"), &script, vec![json!(selector(name)), json!(text)])
            .await?;
        Ok(())
    }

    /// Makes the page record the text of elements called `name` while they are shown: one that disappears by itself may
    /// be gone before the test looks.
    pub async fn record_texts(&self, name: &str) -> Result<(), Failure> {
        let script = format!(
            "{IS_SHOWN} const [css] = arguments;
            const recorded = new Set();
            const look = () => {{
                for (const it of document.querySelectorAll(css)) if (shown(it)) recorded.add(it.innerText);
            }};
            (window.recorded ??= {{}})[css] = recorded;
            new MutationObserver(look).observe(
                document.body,
                {{ childList: true, subtree: true, characterData: true, attributes: true }},
            );
            look();"
        );
        self.run_script(&script, vec![json!(selector(name))]).await
    }

    /// Waits until an element called `name` was shown with `text` somewhere in it, at any time since recording began.
    pub async fn wait_for_recorded_text(&self, name: &str, text: &str) -> Result<(), Failure> {
        let script = "return [...window.recorded[arguments[0]]].some((text) => text.includes(arguments[1]))";
        let what = format!("{name} to have shown {text:?}");
        self.until::<bool>(&what, script, vec![json!(selector(name)), json!(text)]).await.map(drop)
    }

    /// The text of the element called `name`.
    pub async fn text(&self, name: &str) -> Result<String, Failure> {
        self.run_command(self.find(name).await?.text()).await
    }

    /// The value of the input called `name`.
    pub async fn value(&self, name: &str) -> Result<String, Failure> {
        Ok(self.run_command(self.find(name).await?.prop("value")).await?.unwrap_or_default())
    }

    /// The attribute `attribute` of the element called `name`.
    pub async fn attribute(&self, name: &str, attribute: &str) -> Result<Option<String>, Failure> {
        self.run_command(self.find(name).await?.attr(attribute)).await
    }

    /// Presses and releases keys in turn, in the focused element.
    pub async fn press(&self, keys: &[Key]) -> Result<(), Failure> {
        let presses = keys.iter().map(|key| char::from(*key));
        self.keys(presses.flat_map(|value| [KeyAction::Down { value }, KeyAction::Up { value }])).await
    }

    /// Presses `key` while holding `held`.
    pub async fn press_with(&self, held: Key, key: impl Into<char>) -> Result<(), Failure> {
        let (held, value) = (char::from(held), key.into());
        let chord = [KeyAction::Down { value: held }, KeyAction::Down { value }, KeyAction::Up { value }];
        self.keys(chord.into_iter().chain([KeyAction::Up { value: held }])).await
    }

    /// Types `text` into the focused element.
    pub async fn type_text(&self, text: &str) -> Result<(), Failure> {
        self.keys(text.chars().flat_map(|value| [KeyAction::Down { value }, KeyAction::Up { value }])).await
    }

    /// Moves the focus with the Tab key to the element called `name`: forward to the last stop, then back.
    pub async fn tab_to(&self, name: &str) -> Result<(), Failure> {
        self.find(name).await?;
        self.run_script::<()>("delete window.lastFocused", Vec::new()).await?;
        let script = "const focused = document.activeElement;
            const moved = focused !== window.lastFocused;
            window.lastFocused = focused;
            return [focused?.matches(arguments[0]) && focused.matches(':focus-visible'), moved]";
        let mut on = true;
        for _ in 0..MAX_TABS {
            let (there, moved): (bool, bool) = self.run_script(script, vec![json!(selector(name))]).await?;
            if there {
                return Ok(());
            }
            on &= moved;
            if on {
                self.press(&[Key::Tab]).await?;
            } else {
                self.press_with(Key::Shift, Key::Tab).await?;
            }
        }
        let screen = self.run_script("return document.activeElement?.outerHTML ?? ''", Vec::new()).await?;
        Err(Failure::Timeout { window: self.name().to_owned(), what: format!("{name} to take the focus"), screen })
    }

    /// Moves the focus to the element called `name` with the Tab key and presses it with the space bar.
    pub async fn press_space_on(&self, name: &str) -> Result<(), Failure> {
        self.tab_to(name).await?;
        self.type_text(" ").await
    }

    async fn keys(&self, actions: impl IntoIterator<Item = KeyAction>) -> Result<(), Failure> {
        let keyboard = actions.into_iter().fold(KeyActions::new("keyboard".to_owned()), KeyActions::then);
        self.run_command(self.client.perform_actions(keyboard)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_selector_may_contain_more_than_the_test_id() {
        assert_eq!(selector("tick"), "[data-testid='tick']");
        assert_eq!(selector("round-card[data-number='1']"), "[data-testid='round-card'][data-number='1']");
        assert_eq!(selector("tick:not(:disabled)"), "[data-testid='tick']:not(:disabled)");
    }
}
