/**
 * Time by the server's clock. Durations on screen are always computed from instants, never counted down, so they are
 * right after a window slept or lay in the background.
 */
import { createSubscriber } from 'svelte/reactivity';

const TICK_MS = 250;

export class Clock {
  /** What to add to this machine's clock to get the server's, in milliseconds. */
  offset = $state(0);
  readonly #ticking: () => void;

  constructor(readonly machine: () => number = Date.now) {
    this.#ticking = createSubscriber((update) => {
      const timer = setInterval(update, TICK_MS);
      return () => {
        clearInterval(timer);
      };
    });
  }

  /** The server's time in milliseconds, at this moment. */
  at(): number {
    return this.machine() + this.offset;
  }

  /** The same, but reactive, for something on screen. */
  get now(): number {
    this.#ticking();
    return this.at();
  }
}
