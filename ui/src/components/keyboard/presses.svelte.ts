/**
 * Fingers on the keys. A key writes as the finger leaves it. What a held key offers instead is chosen by sliding to it,
 * or by another press. Backspace acts at once, and goes on while it is held.
 *
 * Touch events are heard beside pointers: WebKitGTK before 2.52 reports a finger as a mouse, and only once it has left.
 * A finger that comes as both is heard as a pointer.
 */
import type { Attachment } from 'svelte/attachments';

import type { Key } from './layouts';

/** After how long a held key offers its others, or Backspace goes on, in milliseconds. */
export const HOLD_MS = 400;
/** How quickly Backspace goes on, in milliseconds. */
export const REPEAT_MS = 70;

/** A key that is held, or that still offers its others. */
export interface Held {
  readonly key: Key;
  /** The finger on it; `null` once it has left. */
  readonly finger: string | null;
  /** Whether its others are shown. */
  readonly isOpen: boolean;
  /** Which of the others the finger is on. */
  readonly chosen: string | null;
}

export class Presses {
  held = $state.raw<Held | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #hasTouchPointers = false;

  /** `keyOf` finds the key an element belongs to. */
  constructor(
    private readonly keyOf: (element: Element) => Key | undefined,
    private readonly press: (key: Key, text?: string) => void,
  ) {}

  /** Hears the fingers on a keyboard. */
  readonly listen: Attachment<HTMLElement> = (keyboard) => {
    const stopped = new AbortController();
    this.#hearPointers(keyboard, stopped.signal);
    this.#hearTouches(keyboard, stopped.signal);
    return () => {
      stopped.abort();
      this.release();
    };
  };

  /** Lets go of everything, and writes nothing. */
  release(): void {
    clearTimeout(this.#timer);
    this.held = null;
  }

  #hearPointers(keyboard: HTMLElement, signal: AbortSignal): void {
    const finger = ({ pointerId }: PointerEvent) => `pointer ${String(pointerId)}`;
    const pressed = (event: PointerEvent) => {
      event.preventDefault();
      if (event.pointerType === 'touch') this.#hasTouchPointers = true;
      if (event.button === 0) this.#begin(finger(event), event.target as Element);
    };
    keyboard.addEventListener('pointerdown', pressed, { signal });
    // The focus stays in the field.
    keyboard.addEventListener('mousedown', (event) => event.preventDefault(), { signal });
    window.addEventListener('pointermove', (event) => this.#move(finger(event), event), { signal });
    window.addEventListener('pointerup', (event) => this.#end(finger(event)), { signal });
    window.addEventListener('pointercancel', (event) => this.#cancel(finger(event)), { signal });
  }

  #hearTouches(keyboard: HTMLElement, signal: AbortSignal): void {
    type Hear = (finger: string, touch: Touch) => void;
    const on = (type: 'touchstart' | 'touchmove' | 'touchend' | 'touchcancel', hear: Hear) => {
      const each = (event: TouchEvent) => {
        // So that no mouse comes of it.
        event.preventDefault();
        if (this.#hasTouchPointers) return;
        for (const touch of event.changedTouches) hear(`touch ${String(touch.identifier)}`, touch);
      };
      keyboard.addEventListener(type, each, { signal, passive: false });
    };
    on('touchstart', (finger, { target }) => {
      this.#begin(finger, target as Element);
    });
    on('touchmove', (finger, touch) => {
      this.#move(finger, touch);
    });
    on('touchend', (finger) => {
      this.#end(finger);
    });
    on('touchcancel', (finger) => {
      this.#cancel(finger);
    });
  }

  #begin(finger: string, element: Element): void {
    const before = this.held;
    const chosen = otherAt(element);
    if (before?.isOpen && chosen !== null) {
      this.held = { ...before, finger, chosen };
      return;
    }
    this.release();
    // Two thumbs: the first key is written before the second.
    if (before && before.finger !== null && !before.isOpen) this.#write(before.key);
    const key = this.keyOf(element);
    if (!key) return;
    this.held = { key, finger, isOpen: false, chosen: null };
    if (key.act === 'backspace') this.press(key);
    this.#timer = setTimeout(() => {
      this.#holds(key);
    }, HOLD_MS);
  }

  #holds(key: Key): void {
    if (key.act === 'backspace') {
      this.press(key);
      this.#timer = setTimeout(() => {
        this.#holds(key);
      }, REPEAT_MS);
    } else if (this.held && key.act === undefined && key.others.length > 0) {
      this.held = { ...this.held, isOpen: true };
    }
  }

  #move(finger: string, { clientX, clientY }: { clientX: number; clientY: number }): void {
    if (!this.held?.isOpen || this.held.finger !== finger) return;
    const chosen = otherAt(document.elementFromPoint(clientX, clientY));
    if (chosen !== this.held.chosen) this.held = { ...this.held, chosen };
  }

  #end(finger: string): void {
    const { held } = this;
    if (held?.finger !== finger) return;
    if (held.isOpen && held.chosen === null) {
      // Its others stay, for whoever would rather press than slide.
      this.held = { ...held, finger: null };
      return;
    }
    this.release();
    if (held.chosen !== null) this.press(held.key, held.chosen);
    else this.#write(held.key);
  }

  #cancel(finger: string): void {
    if (this.held?.finger === finger) this.release();
  }

  #write(key: Key): void {
    if (key.act !== 'backspace') this.press(key);
  }
}

/** Which of a key's others an element is. */
function otherAt(element: Element | null): string | null {
  return element?.closest<HTMLElement>('[data-other]')?.dataset['other'] ?? null;
}
