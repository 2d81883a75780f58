/**
 * Whether somebody types by touch, and into which field: one that a finger led to, on a machine whose real keyboard
 * nobody has used lately. The system's own on-screen keyboard comes first: where it is shown, there is no field here.
 */
import { SystemKeyboard } from './system-keyboard';

export type TextField = HTMLInputElement | HTMLTextAreaElement;

/** For how long after a key of a real keyboard a touch is no sign that there is none, in milliseconds. */
export const KEYBOARD_IN_USE_MS = 60_000;
/** For how long the system's keyboard is waited for where it came before. */
export const SYSTEM_KEYBOARD_MS = 1_000;
/** How long after a touch a mouse may be that touch: WebKitGTK before 2.52 knows no pointers of type `touch`. */
const EMULATED_MOUSE_MS = 1_000;

/** What is written into. A day or a colour is chosen. */
const WRITTEN = new Set(['text', 'search', 'email', 'url', 'tel', 'password', 'number', 'textarea']);

export class TouchTyping {
  /** The field that somebody types into by touch; `null` while nobody does. */
  field = $state.raw<TextField | null>(null);
  /** Whether a finger was what pointed last. Whoever makes this was called by one. */
  #isTouch = true;
  #touchedAt = performance.now();
  /** A press of the mouse, also of an emulated one: nothing may move before it hits what it was meant for. */
  #isPressed = false;
  /** The field for which the keyboard was put away. */
  #putAway: TextField | null = null;
  /** When a key of a real keyboard was pressed last. */
  #keyAt = -Infinity;
  #isOwnKey = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #system = new SystemKeyboard();

  /** `lastKey`: the key that was pressed last, before there was anything to hear it. */
  constructor(lastKey?: KeyboardEvent) {
    if (lastKey && isOfRealKeyboard(lastKey)) this.#keyAt = lastKey.timeStamp;
  }

  /** Puts the keyboard away until a field is touched again. */
  putAway(): void {
    this.#putAway = this.field;
    this.field = null;
  }

  /** Runs `dispatch`, whose key events are those of the on-screen keyboard. */
  asOwnKey<T>(dispatch: () => T): T {
    this.#isOwnKey = true;
    try {
      return dispatch();
    } finally {
      this.#isOwnKey = false;
    }
  }

  /** Watches the window until the answered function is called. */
  start(): () => void {
    const stopped = new AbortController();
    const { signal } = stopped;
    const on = <T extends keyof DocumentEventMap>(type: T, hear: (event: DocumentEventMap[T]) => void) => {
      document.addEventListener(type, hear, { capture: true, passive: true, signal });
    };
    on('touchstart', this.#touched);
    on('touchend', this.#touched);
    on('pointerdown', this.#pointed);
    on('mousedown', () => (this.#isPressed = true));
    for (const type of ['mouseup', 'dragend', 'pointercancel'] as const) on(type, this.#released);
    on('click', this.#clicked);
    on('focusin', this.#settleSoon);
    on('focusout', this.#settleSoon);
    on('keydown', this.#keyed);
    this.#system.watch(() => this.#isTouch && focusedField() !== null, this.#systemChanged, signal);
    this.#settleSoon();
    return () => {
      stopped.abort();
      clearTimeout(this.#timer);
      this.field = null;
    };
  }

  readonly #touched = (event: TouchEvent): void => {
    this.#touchedAt = performance.now();
    if (event.type === 'touchstart') this.#isTouch = true;
  };

  readonly #pointed = (event: PointerEvent): void => {
    // Whoever uses the on-screen keyboard with a mouse wants it, too.
    if (event.target instanceof Element && event.target.closest('[data-screen-keyboard]')) return;
    if (event.pointerType === 'touch') this.#touchedAt = performance.now();
    this.#isTouch = performance.now() - this.#touchedAt < EMULATED_MOUSE_MS;
    this.#settleSoon();
  };

  readonly #released = (): void => {
    this.#isPressed = false;
    this.#settleSoon();
  };

  readonly #clicked = ({ target }: Event): void => {
    if (target !== this.#putAway) return;
    this.#putAway = null;
    this.#settleSoon();
  };

  readonly #keyed = (event: KeyboardEvent): void => {
    if (this.#isOwnKey || !isOfRealKeyboard(event)) return;
    this.#keyAt = performance.now();
    this.#settle();
  };

  readonly #systemChanged = (): void => {
    // Whoever put the system's keyboard away does not want ours in its place.
    if (!this.#system.isShown) this.#putAway = focusedField();
    this.#settle();
  };

  /** Once the events that belong together are over: a focus that goes from one field to another leaves the first. */
  readonly #settleSoon = (): void => {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (!this.#isPressed) this.#settle();
    });
  };

  #settle(): void {
    clearTimeout(this.#timer);
    const field = focusedField();
    if (field !== this.#putAway) this.#putAway = null;
    const isUnused = performance.now() - this.#keyAt >= KEYBOARD_IN_USE_MS;
    const isWanted = this.#isTouch && isUnused && field !== this.#putAway && !this.#system.isShown;
    if (!isWanted) this.field = null;
    else if (this.#system.isExpected && this.field === null && field !== null) this.#waitForSystem();
    else this.field = field;
  }

  #waitForSystem(): void {
    this.#timer = setTimeout(() => {
      this.#system.isExpected = false;
      this.#settle();
    }, SYSTEM_KEYBOARD_MS);
  }
}

/** Whether an element is a field that can be written into. */
export function isTextField(element: Element | null): element is TextField {
  if (!(element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement)) return false;
  return WRITTEN.has(element.type) && !element.readOnly && !element.disabled && element.inputMode !== 'none';
}

/** Whether a key is of a keyboard to write with: a machine without one may have keys for its sound or its screen. */
function isOfRealKeyboard({ key }: KeyboardEvent): boolean {
  return key.length === 1 || /^(Arrow|Back|Dead|Del|Enter|Proc|Tab)/.test(key);
}

function focusedField(): TextField | null {
  const focused = document.activeElement;
  return isTextField(focused) ? focused : null;
}
