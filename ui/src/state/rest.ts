/**
 * The rest after a round. What is left is computed from the instant the round was completed, by the server's clock, so
 * it is right after the window slept, lay in the background or was reloaded.
 */
import type { Round } from '../bridge/bridge';
import type { Clock } from './clock.svelte';
import type { StoredMap } from './stored-map.svelte';

export interface StoredRest {
  /** What was added, in milliseconds. */
  extra: number;
  /** Since when it is held, by the server's clock. */
  heldAt: number | null;
  ended: boolean;
}

const MORE_MS = 15_000;
const UNTOUCHED: StoredRest = { extra: 0, heldAt: null, ended: false };

export class RestTimer {
  readonly #round: Pick<Round, 'id' | 'completed_at' | 'rest_after_s'>;
  readonly #clock: Clock;
  readonly #map: StoredMap<StoredRest>;

  constructor(
    round: Pick<Round, 'id' | 'completed_at' | 'rest_after_s'>,
    clock: Clock,
    map: StoredMap<StoredRest>,
  ) {
    this.#round = round;
    this.#clock = clock;
    this.#map = map;
  }

  get #stored(): StoredRest {
    return this.#map.get(this.#round.id) ?? UNTOUCHED;
  }

  /** When it ends unless something is changed, by the server's clock; `null` when there is none. */
  get #end(): number | null {
    const { completed_at, rest_after_s } = this.#round;
    return completed_at === null || rest_after_s === null
      ? null
      : Date.parse(completed_at) + rest_after_s * 1000;
  }

  /** What is left, in milliseconds; 0 when it is over or there was none. */
  get left(): number {
    const end = this.#end;
    const { extra, heldAt, ended } = this.#stored;
    if (end === null || ended) return 0;
    // What is over stays over, so nothing has to follow the clock any more.
    if (end + extra <= (heldAt ?? this.#clock.at())) return 0;
    return end + extra - (heldAt ?? this.#clock.now);
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
  extend(): void {
    this.#change({ extra: this.#stored.extra + MORE_MS });
  }

  end(): void {
    this.#change({ ended: true });
  }

  #change(change: Partial<StoredRest>): void {
    this.#map.put(this.#round.id, { ...this.#stored, ...change });
  }
}

/** What was stored, if it has the shape of a rest. */
export function asStoredRest(stored: unknown): StoredRest | undefined {
  const isRest =
    typeof stored === 'object' &&
    stored !== null &&
    'extra' in stored &&
    typeof stored.extra === 'number' &&
    'heldAt' in stored &&
    'ended' in stored;
  return isRest ? (stored as StoredRest) : undefined;
}
