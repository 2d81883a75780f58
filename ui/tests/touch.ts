/** Fingers for tests: on fields of a window, and on the keys of the on-screen keyboard. */
import { vi } from 'vitest';

import type { Window } from './window';

// jsdom neither edits by commands nor knows what is where. These edit as a web view does: what is selected is replaced,
// the field's length is kept, and an `input` says so. That a real web view does is tested in real windows.
document.execCommand = (command, _, text = '') => {
  const field = document.activeElement as HTMLInputElement | HTMLTextAreaElement;
  // Of an address jsdom tells no selection, so it is written at its end.
  const [from, to] = [field.selectionStart ?? field.value.length, field.selectionEnd ?? field.value.length];
  const isDelete = command === 'delete';
  const kept = field.value.length - (to - from);
  if (!isDelete && field.maxLength >= 0 && kept + text.length > field.maxLength) return false;
  const before = [...field.value.slice(0, from)];
  if (isDelete && from === to) before.pop();
  const written = before.join('') + (isDelete ? '' : text);
  field.value = written + field.value.slice(to);
  if (field.selectionStart !== null) field.setSelectionRange(written.length, written.length);
  field.dispatchEvent(new InputEvent('input', { bubbles: true }));
  return true;
};

// Nor does it know popovers; what is one is on screen.
HTMLElement.prototype.showPopover = () => undefined;

let under: Element | null = null;
document.elementFromPoint = () => under;

type Pointer = 'touch' | 'mouse' | 'pen';

/** An event of a pointer, which jsdom has no class for. */
export function point(element: Element, type: string, pointerType: Pointer = 'touch', pointerId = 1): Event {
  const event = Object.assign(new MouseEvent(type, { bubbles: true, cancelable: true }), {
    pointerType,
    pointerId,
  });
  element.dispatchEvent(event);
  return event;
}

/** Lets what waits for the end of the events happen, also a keyboard that is being loaded. */
export async function settled(window: Window): Promise<void> {
  for (let i = 0; i < 3; i++) {
    await window.settle();
    if (vi.isFakeTimers()) await vi.advanceTimersByTimeAsync(1);
    else await new Promise((go) => setTimeout(go));
  }
  await window.settle();
}

/** Touches something: the pointer, the mouse it is followed by, the focus that this moves, the click. */
export async function touch(window: Window, testid: string, pointerType: Pointer = 'touch'): Promise<void> {
  const element = window.find(testid);
  point(element, 'pointerdown', pointerType);
  point(element, 'pointerup', pointerType);
  element.dispatchEvent(new MouseEvent('mousedown', { bubbles: true }));
  if (element.matches('input, textarea')) element.focus();
  else (document.activeElement as HTMLElement | null)?.blur();
  element.dispatchEvent(new MouseEvent('mouseup', { bubbles: true }));
  element.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, detail: 1 }));
  await settled(window);
}

export const isShown = (window: Window): boolean => window.has('screen-keys');

/** The key with this name or text. */
export function key(name: string): HTMLElement {
  const buttons = [...document.querySelectorAll<HTMLElement>('[data-key] > button')];
  const element = buttons.find(({ dataset }) => dataset['testid'] === `key-${name}`);
  if (!element) throw new Error(`no key ${name} among ${keys().join(' ')}`);
  return element;
}

/** What stands on the keys. */
export function keys(): string[] {
  return [...document.querySelectorAll('[data-key] > button')].map((one) => one.textContent.trim());
}

/** Presses keys, one after the other. */
export async function tap(window: Window, ...names: string[]): Promise<void> {
  for (const name of names) {
    point(key(name), 'pointerdown');
    point(key(name), 'pointerup');
    await settled(window);
  }
}

/** Slides the finger to an element, or to nothing. */
export function slideTo(element: Element | null): void {
  under = element;
  point(document.body, 'pointermove');
}
