/**
 * When the button that had the keyboard is replaced by what its act has brought, the keyboard goes on nearby instead of
 * falling to the top of the window.
 */
import { tick } from 'svelte';
import type { Attachment } from 'svelte/attachments';

/** Watches `element`; whenever it was given another `state`, a focus that fell out of it goes to its first button. */
export function keepFocus(state: unknown): Attachment<HTMLElement> {
  return (element) => {
    void state;
    if (!HAD.has(element)) {
      element.addEventListener('focusin', () => HAD.set(element, true));
      element.addEventListener('focusout', (event) => HAD.set(element, event.relatedTarget === null));
      HAD.set(element, false);
    }
    void tick().then(() => {
      const isLost = document.activeElement === null || document.activeElement === document.body;
      if (HAD.get(element) && isLost) element.querySelector<HTMLElement>('button:not(:disabled)')?.focus();
    });
  };
}

/** Whether the focus was in an element last. An element that is removed with the focus in it says nothing. */
const HAD = new WeakMap<HTMLElement, boolean>();
