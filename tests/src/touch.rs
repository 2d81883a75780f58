//! Fingers on a window, as a screen without a keyboard has them.
//!
//! The events are made by a script: a virtual display has no touch device, and the driver reports each of its pointers
//! as a mouse.

use fantoccini::elements::Element;
use serde_json::json;

use crate::failure::Failure;
use crate::page::{IS_SHOWN, selector};
use crate::window::Window;

/// What a web view makes of a short touch: the pointer, and if nobody prevented it the mouse, which moves the focus.
const TOUCH: &str = "const [it] = arguments;
    const { x, y, width, height } = it.getBoundingClientRect();
    const at = { bubbles: true, cancelable: true, clientX: x + width / 2, clientY: y + height / 2, detail: 1 };
    const finger = { ...at, pointerType: 'touch', pointerId: 7 };
    const isFree = it.dispatchEvent(new PointerEvent('pointerdown', finger));
    it.dispatchEvent(new PointerEvent('pointerup', finger));
    if (isFree) {
        it.dispatchEvent(new MouseEvent('mousedown', at));
        it.focus();
        it.dispatchEvent(new MouseEvent('mouseup', at));
    }
    return it.dispatchEvent(new MouseEvent('click', at));";

impl Window {
    /// Waits until the element called `name` is at rest with nothing in front of it, and touches it.
    pub async fn touch(&self, name: &str) -> Result<(), Failure> {
        let script = format!(
            "{IS_SHOWN} const it = [...document.querySelectorAll(arguments[0])].find(shown);
            if (!it) return false;
            const {{ x, y, width, height }} = it.getBoundingClientRect();
            const place = [x, y, width, height].join();
            const still = it.lastPlace === place;
            it.lastPlace = place;
            return still && it.contains(document.elementFromPoint(x + width / 2, y + height / 2));"
        );
        self.until::<bool>(&format!("{name} to be touched"), &script, vec![json!(selector(name))]).await?;
        let element: Element = self.find(name).await?;
        let element = serde_json::to_value(element).map_err(Failure::Answer)?;
        self.run_script::<bool>(TOUCH, vec![element]).await.map(drop)
    }

    /// Writes `text` with the on-screen keyboard, into the field that has the focus.
    pub async fn type_by_touch(&self, text: &str) -> Result<(), Failure> {
        self.find("screen-keys").await?;
        for character in text.chars() {
            let key =
                if character == ' ' { "key-space".to_owned() } else { format!("key-{}", character.to_lowercase()) };
            if !self.shows(&key).await? {
                let other = if character.is_alphabetic() { "key-letters" } else { "key-symbols" };
                self.touch(other).await?;
            }
            if character.is_uppercase() {
                self.touch("key-shift").await?;
            }
            self.touch(&key).await?;
        }
        Ok(())
    }

    /// Whether the element that has the focus is seen: as a whole, and with nothing in front of it.
    pub async fn shows_focus(&self) -> Result<bool, Failure> {
        let script = "const it = document.activeElement;
            const { left, right, top, bottom } = it.getBoundingClientRect();
            const corners = [[left + 6, top + 6], [right - 6, bottom - 6]];
            return corners.every(([x, y]) => document.elementFromPoint(x, y) === it)";
        self.run_script(script, Vec::new()).await
    }
}
