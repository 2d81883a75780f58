/**
 * What the numbers say of an athlete, as long as somebody looks. They are asked of the server and never stored here. They
 * are asked for again when something happens to one of the athlete's sessions or weights, and when the core sent everything
 * anew: while an answer is on its way once more after it, however much happens meanwhile. What was read before stays until
 * there is something newer.
 */
import { asFailure, type ExerciseId, type Failure, type Stats, type UserId } from '../bridge/bridge';
import type { App } from './app.svelte';

/** How far back something is shown: twelve weeks, a year, everything. */
export const PERIODS = ['weeks', 'year', 'all'] as const;
export type Period = (typeof PERIODS)[number];

export class AthleteStats {
  /** What is looked at: since when, and which exercise if one was chosen. */
  period = $state<Period>('weeks');
  exercise = $state<ExerciseId | null>(null);
  /** What is known; nothing until the first answer. */
  stats = $state.raw<Stats | null>(null);
  /** Why it is not newer. */
  failure = $state.raw<Failure | null>(null);
  /** When it was read, in milliseconds. */
  readAt = $state<number | null>(null);
  isAsking = $state(false);
  /** Whether something happened that the answer on its way may not know. */
  #isOutdated = false;

  constructor(
    readonly app: App,
    readonly athlete: UserId,
  ) {}

  /** Asks, and asks again whenever there may be something new, until the returned function is called. */
  follow(): () => void {
    void this.refresh();
    const ends = [
      this.app.onReload(() => void this.refresh()),
      this.app.onArrival(({ session }) => {
        if (session.athlete.id === this.athlete) void this.refresh();
      }),
      this.app.onChange(({ kind, entity }) => {
        if (kind === 'weight' && entity.athlete_id === this.athlete) void this.refresh();
      }),
      // Whose it was is not known any more.
      this.app.onRemoval(({ kind }, cause) => {
        if (kind === 'weight' && cause) void this.refresh();
      }),
    ];
    return () => {
      for (const end of ends) end();
    };
  }

  /** Asks again what failed: the network is back. */
  resume(): void {
    if (this.failure) void this.refresh();
  }

  /** Asks again, after the answer that is on its way if there is one. */
  async refresh(): Promise<void> {
    this.#isOutdated = true;
    if (this.isAsking) return;
    this.isAsking = true;
    while (this.#isOutdated) {
      this.#isOutdated = false;
      await this.#ask();
    }
    this.isAsking = false;
  }

  async #ask(): Promise<void> {
    try {
      const query = { timezone: Intl.DateTimeFormat().resolvedOptions().timeZone };
      this.stats = await this.app.call('athlete_stats', { athlete_id: this.athlete, query });
      this.readAt = this.app.clock.at();
      this.failure = null;
    } catch (thrown) {
      this.failure = asFailure(thrown);
    }
  }
}
