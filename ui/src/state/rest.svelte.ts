/**
 * The rest after a round. What is left is computed from the instant the round was completed, by the server's clock, so
 * it is right after the window slept, lay in the background or was reloaded.
 */
import type { Round } from '../bridge/bridge';
import type { Clock } from './clock.svelte';
import type { Shelf } from './shelf';

interface Stored {
  /** What was added, in milliseconds. */
  extra: number;
  /** Since when it is held, by the server's clock. */
  heldAt: number | null;
  ended: boolean;
}

const MORE_MS = 15_000;

export class RestTimer {
  #stored = $state.raw<Stored>({ extra: 0, heldAt: null, ended: false });
  readonly #end: number | null;
  readonly #clock: Clock;
  readonly #shelf: Shelf;
  readonly #key: string;

  constructor(
    round: Pick<Round, 'id' | 'completed_at' | 'rest_after_s'>,
    clock: Clock,
    shelf: Shelf,
    prefix: string,
  ) {
    this.#clock = clock;
    this.#shelf = shelf;
    this.#key = `${prefix}${round.id}`;
    this.#end =
      round.completed_at === null || round.rest_after_s === null
        ? null
        : Date.parse(round.completed_at) + round.rest_after_s * 1000;
    const kept = shelf.get(this.#key);
    if (typeof kept === 'object' && kept !== null) this.#stored = { ...this.#stored, ...kept };
  }

  /** What is left, in milliseconds; 0 when it is over or there was none. */
  get left(): number {
    if (this.#end === null || this.#stored.ended) return 0;
    return Math.max(0, this.#end + this.#stored.extra - (this.#stored.heldAt ?? this.#clock.now));
  }

  /** What is left in whole seconds, as a countdown shows it: 1 until the very end. */
  get seconds(): number {
    return Math.ceil(this.left / 1000);
  }

  get isHeld(): boolean {
    return this.#stored.heldAt !== null;
  }

  /** Whether the athlete ended it before its time. */
  get wasEnded(): boolean {
    return this.#stored.ended;
  }

  hold(): void {
    if (!this.isHeld) this.#change({ heldAt: this.#clock.at() });
  }

  resume(): void {
    const { extra, heldAt } = this.#stored;
    if (heldAt !== null) this.#change({ extra: extra + this.#clock.at() - heldAt, heldAt: null });
  }

  /** Fifteen seconds longer. */
  more(): void {
    this.#change({ extra: this.#stored.extra + MORE_MS });
  }

  end(): void {
    this.#change({ ended: true });
  }

  #change(change: Partial<Stored>): void {
    this.#stored = { ...this.#stored, ...change };
    this.#shelf.put(this.#key, this.#stored);
  }
}
