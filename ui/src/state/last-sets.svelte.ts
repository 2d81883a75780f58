/**
 * What an athlete did last with an exercise, from any time ago. What no session and no record here has is asked for, once.
 */
import { SvelteMap } from 'svelte/reactivity';

import type { ExerciseId, LastDone, UserId } from '../bridge/bridge';
import type { App } from './app.svelte';
import { lastOf } from '../trainer/last';

/** As many sets as are looked through for a working one. */
const MOST = 20;

export class LastSets {
  readonly #asked = new SvelteMap<string, LastDone | null>();

  constructor(readonly app: App) {}

  /** `null`: nothing, as far as is known. */
  of(athlete: UserId, exercise: ExerciseId): LastDone | null {
    return lastOf(this.app, athlete, exercise) ?? this.#asked.get(`${athlete}/${exercise}`) ?? null;
  }

  /** Asks for it if nothing is known. What is not answered can be asked again. */
  async ask(athlete: UserId, exercise: ExerciseId): Promise<void> {
    const key = `${athlete}/${exercise}`;
    if (this.#asked.has(key) || lastOf(this.app, athlete, exercise)) return;
    this.#asked.set(key, null);
    try {
      const sets = await this.app.call('list_sets', {
        athlete_id: athlete,
        exercise_id: exercise,
        limit: MOST,
      });
      const last = sets.find(({ kind }) => kind === 'working');
      if (last)
        this.#asked.set(key, { at: last.at, actual: last.actual, effort: last.feedback?.effort ?? null });
    } catch {
      this.#asked.delete(key);
    }
  }
}
