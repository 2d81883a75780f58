/** The rests of whoever is here: those of an athlete's own rounds, which they may hold, extend or end. */
import type { Round, RoundId, Session } from '../bridge/bridge';
import type { CoreState } from './core-state.svelte';
import { asStoredRest, RestTimer, type StoredRest } from './rest';
import { lastCompleted } from './session';
import { StoredMap } from './stored-map.svelte';

export class OwnRests {
  #prefix = '';
  #map: StoredMap<StoredRest>;

  constructor(readonly core: CoreState) {
    this.#map = $state.raw(this.#read());
  }

  /** Takes those of another person once somebody else is here. */
  follow(): void {
    if (this.#prefix !== this.#prefixNow()) this.#map = this.#read();
  }

  after(round: Pick<Round, 'id' | 'completed_at' | 'rest_after_s'>): RestTimer {
    return new RestTimer(round, this.core.clock, this.#map);
  }

  /** What is left of the rest that a session is in, in whole seconds; 0 when there is none. */
  secondsIn(session: Session): number {
    const last = lastCompleted(session);
    return last ? this.after(last).seconds : 0;
  }

  /** Forgets those of all rounds but these. */
  keepOnly(rounds: readonly { id: RoundId }[]): void {
    for (const [id] of this.#map.entries) if (!rounds.some((round) => round.id === id)) this.#map.drop(id);
  }

  #read(): StoredMap<StoredRest> {
    this.#prefix = this.#prefixNow();
    return new StoredMap(this.core.store, this.#prefix, asStoredRest);
  }

  #prefixNow(): string {
    return `${this.core.view?.profile ?? ''}.${this.core.me?.id ?? ''}.rest.`;
  }
}
