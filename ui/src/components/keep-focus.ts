/**
 * When the button that had the keyboard is replaced by what its act has brought, the focus moves to
 * something nearby instead of the top of the window.
 */
import { tick } from 'svelte';
import type { Attachment } from 'svelte/attachments';

import { isFocusLost } from './focus';

/** Watches `element`; whenever it was given another `state`, a focus that fell out of it goes to its first button. */
export function keepFocus(state: unknown): Attachment<HTMLElement> {
  return (element) => {
    void state;
    if (!hadFocus.has(element)) {
      element.addEventListener('focusin', () => hadFocus.set(element, true));
      element.addEventListener('focusout', (event) => hadFocus.set(element, event.relatedTarget === null));
      hadFocus.set(element, false);
    }
    void tick().then(() => {
      if (hadFocus.get(element) && isFocusLost())
        element.querySelector<HTMLElement>('button:not(:disabled)')?.focus();
    });
  };
}

/** Whether the focus was in an element last. An element that is removed with the focus in it says nothing. */
const hadFocus = new WeakMap<HTMLElement, boolean>();
