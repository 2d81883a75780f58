//! What has the keyboard is in sight: no stop of the Tab key lies outside the window, cut off, or behind something else.

use fantoccini::key::Key;

use crate::failure::Failure;
use crate::window::Window;

/// More stops than any view has.
const MOST_STOPS: usize = 150;

/// Whether the focused element, and the suggestion marked in it, is in sight; what hides it, otherwise.
const HIDDEN_BY: &str = "
    const focused = document.activeElement;
    if (!focused || focused === document.body) return null;
    const marked = document.getElementById(focused.getAttribute('aria-activedescendant') ?? '');
    const name = (it) => it.dataset.testid ?? it.getAttribute('aria-label') ?? it.outerHTML.slice(0, 120);
    const clipOf = (it) => {
        const clip = { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
        for (let parent = it.parentElement; parent; parent = parent.parentElement) {
            if (getComputedStyle(parent).overflow === 'visible') continue;
            const box = parent.getBoundingClientRect();
            clip.left = Math.max(clip.left, box.left);
            clip.top = Math.max(clip.top, box.top);
            clip.right = Math.min(clip.right, box.right);
            clip.bottom = Math.min(clip.bottom, box.bottom);
            if (parent.matches('dialog')) break;
        }
        return clip;
    };
    for (const it of marked ? [focused, marked] : [focused]) {
        if (it.matches('main, dialog')) continue;
        const box = it.getBoundingClientRect();
        const clip = clipOf(it);
        const round = (value) => Math.round(value * 10) / 10;
        const isCut = box.left < clip.left - 1 || box.right > clip.right + 1
            || box.top < clip.top - 1 || box.bottom > clip.bottom + 1;
        if (isCut)
            return `${name(it)} is cut off: ${[box.left, box.top, box.right, box.bottom].map(round)} within ${
                [clip.left, clip.top, clip.right, clip.bottom].map(round)}`;
        // A region of the body map does not fill its box.
        if (it instanceof SVGElement) continue;
        const xs = [box.left + 4, (box.left + box.right) / 2, box.right - 4];
        const ys = [box.top + 4, (box.top + box.bottom) / 2, box.bottom - 4];
        for (const x of xs) for (const y of ys) {
            const over = document.elementFromPoint(x, y);
            if (over && !it.contains(over) && !over.contains(it) && !it.labels?.[0]?.contains(over))
                return `${name(it)} is behind ${name(over)}`;
        }
    }
    return null;
";

impl Window {
    /// Presses Tab until the first stop comes again, and fails at a stop that is hidden.
    pub async fn assert_stops_in_sight(&self, what: &str) -> Result<(), Failure> {
        self.at_rest().await?;
        let forget = "document.activeElement?.blur(); delete window.firstStop; return true";
        self.run_script::<bool>(forget, Vec::new()).await?;
        for _ in 0..MOST_STOPS {
            self.press(&[Key::Tab]).await?;
            let script = "const at = document.activeElement;
                const isAgain = at === window.firstStop;
                window.firstStop ??= at === document.body ? undefined : at;
                return isAgain";
            if self.run_script::<bool>(script, Vec::new()).await? {
                return Ok(());
            }
            self.assert_not_hidden(what).await?;
        }
        Ok(())
    }

    /// Fails if what has the focus now, without a press of Tab, is hidden.
    pub async fn assert_focus_in_sight(&self, what: &str) -> Result<(), Failure> {
        self.at_rest().await?;
        self.assert_not_hidden(what).await
    }

    async fn assert_not_hidden(&self, what: &str) -> Result<(), Failure> {
        let hidden = self.run_script::<Option<String>>(HIDDEN_BY, Vec::new()).await?;
        assert_eq!(hidden, None, "the {}'s window, {what}", self.name());
        Ok(())
    }
}
