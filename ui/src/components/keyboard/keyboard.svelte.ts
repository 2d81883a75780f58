/** The on-screen keyboard for one field: which keys it shows, and what each does. */
import type { Locale } from '../../bridge/bridge';
import type { TextField, TouchTyping } from '../../state/touch-typing.svelte';
import type { Known } from '../../words/known';
import { enterMeaning, pressEnter, purposeOf, removeBackward, startsSentence, write } from './editing';
import { capital, type Key, type Layer, rowsOf } from './layouts';

/** How quickly Shift is pressed twice to lock capitals, in milliseconds. */
const DOUBLE_PRESS_MS = 350;

export class Keyboard {
  layer = $state<Layer>('letters');
  /** Capitals: none, for one letter, or until Shift is pressed again. */
  shift = $state<'off' | 'once' | 'locked'>('off');
  enter = $state.raw<ReturnType<typeof enterMeaning>>('done');
  #shiftedAt = -Infinity;

  readonly purpose = $derived.by(() => purposeOf(this.field()));
  readonly rows = $derived.by(() => rowsOf(this.layer, this.purpose, this.language()));

  constructor(
    readonly typing: TouchTyping,
    private readonly field: () => TextField,
    private readonly language: () => Known<Locale>,
  ) {}

  /** Begins anew, for another field. */
  begin(): void {
    this.layer = 'letters';
    this.shift = 'off';
    this.follow();
  }

  /** Looks at the field again: its text is another one, or its caret is elsewhere. */
  follow(): void {
    const field = this.field();
    this.enter = enterMeaning(field);
    if (this.shift !== 'locked') this.shift = startsSentence(field) ? 'once' : 'off';
  }

  /** What a key or one of its others writes now. */
  written(text: string): string {
    return this.shift === 'off' ? text : capital(text, this.language());
  }

  /** Presses a key; `text` is what was chosen instead of its own. */
  press(key: Key, text?: string): void {
    if (key.act === undefined) this.#write(text ?? key.text);
    else if (key.act === 'shift') this.#pressShift();
    else if (key.act === 'backspace') this.#edit(removeBackward);
    else if (key.act === 'enter') this.#pressEnter();
    else if (key.act === 'put-away') this.typing.putAway();
    else if (key.act !== 'gap') this.layer = key.act;
  }

  #write(text: string): void {
    this.#edit(() => {
      write(this.written(text));
    });
    this.#shiftedAt = -Infinity;
    // A sentence goes on in letters.
    if (text === ' ' && this.layer !== 'letters') this.layer = 'letters';
  }

  #pressShift(): void {
    const now = performance.now();
    const isDouble = now - this.#shiftedAt < DOUBLE_PRESS_MS;
    this.#shiftedAt = isDouble ? -Infinity : now;
    if (isDouble) this.shift = 'locked';
    else this.shift = this.shift === 'off' ? 'once' : 'off';
  }

  #pressEnter(): void {
    const isDone = this.typing.asOwnKey(() => pressEnter(this.field()));
    if (isDone) this.typing.putAway();
    else this.follow();
  }

  #edit(edit: () => void): void {
    // Whatever has taken the focus meanwhile: a key is for the field that is seen above it.
    if (document.activeElement !== this.field()) this.field().focus();
    edit();
    this.follow();
  }
}
