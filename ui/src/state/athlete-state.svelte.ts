/** What the athlete's window shows: which session, which round, and which stage of them. */
import type { Round, Session } from '../bridge/bridge';
import type { App } from './app.svelte';
import { Cancellation } from './cancellation.svelte';
import { StoredMap } from './stored-map.svelte';
import type { RestTimer } from './rest';
import { asStoredEntries, RoundEntries, type StoredEntries } from './round-entries';
import { hasEnded, isOut, lastCompleted } from './session';

export type Stage =
  'loading' | 'start' | 'waiting' | 'between' | 'round' | 'feedback' | 'rest' | 'completed' | 'cancelled';

export class AthleteState {
  readonly app: App;
  readonly cancellation: Cancellation;
  /** A round that was out was recalled; shown until the next one arrives. */
  recalled = $state(false);
  #watched = $state<string | null>(null);
  readonly #entries: StoredMap<StoredEntries>;

  constructor(app: App) {
    this.app = app;
    this.cancellation = new Cancellation(app);
    this.#entries = new StoredMap(app.store, this.#key('entries.'), asStoredEntries);
    const watched = app.store.get(this.#key('watched'));
    this.#watched = typeof watched === 'string' ? watched : null;
  }

  /** The person's own sessions; a trainer's others are not among them. */
  readonly sessions = $derived.by(() =>
    this.app.sessions.filter((session) => this.app.partIn(session) === 'athlete'),
  );
  readonly open = $derived.by(() => this.app.ownOpenSession);
  /** The session that ended while it was followed here, until its end was seen. */
  readonly ended = $derived(
    this.open
      ? undefined
      : this.sessions.find((session) => session.id === this.#watched && hasEnded(session)),
  );
  readonly round = $derived(this.open?.rounds.find(isOut));
  readonly lastCompleted = $derived(this.open && lastCompleted(this.open));
  /** The rest that runs, whether or not the next round is here. */
  readonly rest = $derived.by(() => {
    const rest = this.lastCompleted && this.restAfter(this.lastCompleted);
    return rest && rest.left > 0 ? rest : undefined;
  });
  readonly stage = $derived.by((): Stage => {
    if (this.app.view?.loaded === false) return 'loading';
    if (this.open?.status === 'waiting') return 'waiting';
    if (this.round) {
      return this.round.status === 'active' && this.entriesOf(this.round).stage === 'feedback'
        ? 'feedback'
        : 'round';
    }
    if (this.open) return this.rest ? 'rest' : 'between';
    if (this.ended) return this.ended.status === 'completed' ? 'completed' : 'cancelled';
    return 'start';
  });

  /** Remembers the open session, so that its end is shown even if the window is closed when it comes. */
  follow(): void {
    if (!this.open || this.#watched === this.open.id) return;
    this.#watched = this.open.id;
    this.app.store.put(this.#key('watched'), this.open.id);
  }

  /** The end was seen: back to the start. */
  leave(): void {
    this.#watched = null;
    this.app.store.drop(this.#key('watched'));
  }

  entriesOf(round: Pick<Round, 'id' | 'session_id'>): RoundEntries {
    return new RoundEntries(round, this.#entries);
  }

  restAfter(round: Round): RestTimer {
    return this.app.rests.after(round);
  }

  /** What was entered for rounds of a session that was cancelled before it could be sent. */
  unsentEntriesOf(session: Session): StoredEntries[] {
    if (session.status !== 'cancelled') return [];
    const all = this.#entries.entries.map(([, entries]) => entries);
    return all.filter(
      ({ session_id, feedback }) => session_id === session.id && Object.keys(feedback).length > 0,
    );
  }

  /** Deletes what no longer matters: entries the server has, and those of sessions that are no longer listed. */
  tidy(): void {
    if (!this.app.view?.loaded) return;
    for (const [id, { session_id }] of this.#entries.entries) {
      const session = this.sessions.find((known) => known.id === session_id);
      const round = session?.rounds.find((known) => known.id === id);
      if (!session || session.status === 'completed' || round?.status === 'completed') this.#entries.drop(id);
    }
    this.app.rests.keepOnly(this.open?.rounds ?? []);
  }

  #key(name: string): string {
    return `${this.app.view?.profile ?? ''}.${this.app.me?.id ?? ''}.${name}`;
  }
}
