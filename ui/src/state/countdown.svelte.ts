/**
 * A countdown for an exercise by time. What is left is computed from the instant it began, so it is right after the window
 * lay in the background.
 */
import { m } from '../paraglide/messages';
import type { App } from './app.svelte';

export class Countdown {
  #endsAt = $state<number | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly app: App,
    /** How long it is. One that runs keeps the length it began with. */
    readonly seconds: () => number,
  ) {}

  get isRunning(): boolean {
    return this.#endsAt !== null;
  }

  /** What is left in whole seconds; all of it while it does not run. */
  get left(): number {
    if (this.#endsAt === null) return this.seconds();
    return Math.max(0, Math.ceil((this.#endsAt - this.app.clock.now) / 1000));
  }

  start(): void {
    const length = this.seconds() * 1000;
    this.#endsAt = this.app.clock.at() + length;
    this.#timer = setTimeout(() => {
      this.#endsAt = null;
      this.app.sounds.play('rest-over');
      this.app.announcements.speak(m.countdown_over());
    }, length);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#endsAt = null;
  }
}
