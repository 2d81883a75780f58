/** What the athlete's window shows, out of what the core tells: which session, which round, and which stage of them. */
import { untrack } from 'svelte';

import type { Round, RoundId, Session } from '../bridge/bridge';
import type { App } from './app.svelte';
import { RestTimer } from './rest.svelte';
import { asStored, RoundEntries, type StoredEntries } from './round-entries.svelte';

export type Stage =
  'loading' | 'start' | 'waiting' | 'between' | 'round' | 'feedback' | 'rest' | 'completed' | 'cancelled';

export class Athlete {
  readonly app: App;
  /** A round that was out was taken back; said until the next one comes. */
  recalled = $state(false);
  #watched = $state<string | null>(null);
  // Plain maps: what they hold is reactive itself, and lives as long as this window.
  // eslint-disable-next-line svelte/prefer-svelte-reactivity
  readonly #entries = new Map<RoundId, RoundEntries>();
  // eslint-disable-next-line svelte/prefer-svelte-reactivity
  readonly #rests = new Map<RoundId, RestTimer>();

  constructor(app: App) {
    this.app = app;
    const kept = app.shelf.get(this.#key('watched'));
    this.#watched = typeof kept === 'string' ? kept : null;
  }

  /** The person's own sessions; a trainer's others are not among them. */
  readonly sessions = $derived.by(() =>
    this.app.sessions.filter(({ athlete }) => athlete.id === this.app.me?.id),
  );
  readonly open = $derived(this.sessions.find(isOpen));
  /** The session that ended while it was followed here, until its end was seen. */
  readonly ended = $derived(
    this.open
      ? undefined
      : this.sessions.find(({ id, ended_at }) => id === this.#watched && ended_at !== null),
  );
  readonly round = $derived(
    this.open?.rounds.find(({ status }) => status === 'released' || status === 'active'),
  );
  readonly lastCompleted = $derived(this.open?.rounds.findLast(({ status }) => status === 'completed'));
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

  /** Remembers the open session, so that its end is told even if it comes while the window is closed. */
  follow(): void {
    if (!this.open || this.#watched === this.open.id) return;
    this.#watched = this.open.id;
    this.app.shelf.put(this.#key('watched'), this.open.id);
  }

  /** The end was seen: back to the start. */
  leave(): void {
    this.#watched = null;
    this.app.shelf.drop(this.#key('watched'));
  }

  entriesOf(round: Pick<Round, 'id' | 'session_id'>): RoundEntries {
    return getOr(
      this.#entries,
      round.id,
      () => new RoundEntries(round, this.app.shelf, this.#key('entries.')),
    );
  }

  restAfter(round: Round): RestTimer {
    return getOr(
      this.#rests,
      round.id,
      () => new RestTimer(round, this.app.clock, this.app.shelf, this.#key('rest.')),
    );
  }

  /** What was entered for rounds of a session that was cancelled before it could be sent. */
  keptOf(session: Session): StoredEntries[] {
    if (session.status !== 'cancelled') return [];
    return this.#stored().filter(
      (entries) => entries.session_id === session.id && Object.keys(entries.feedback).length > 0,
    );
  }

  /** Forgets what no longer can matter: entries the server has, and those of sessions nobody lists any more. */
  tidy(): void {
    if (!this.app.view?.loaded) return;
    for (const { session_id, round_id } of this.#stored()) {
      const session = this.sessions.find(({ id }) => id === session_id);
      const round = session?.rounds.find(({ id }) => id === round_id);
      if (!session || session.status === 'completed' || round?.status === 'completed') {
        this.entriesOf({ id: round_id, session_id }).forget();
        this.#entries.delete(round_id);
      }
    }
    const rests = this.#key('rest.');
    for (const key of this.app.shelf.keys()) {
      const isOver = !this.open?.rounds.some(({ id }) => key === rests + id);
      if (key.startsWith(rests) && isOver) this.app.shelf.drop(key);
    }
  }

  #stored(): StoredEntries[] {
    const prefix = this.#key('entries.');
    const keys = this.app.shelf.keys().filter((key) => key.startsWith(prefix));
    return keys.map((key) => asStored(this.app.shelf.get(key))).filter((stored) => stored !== undefined);
  }

  #key(name: string): string {
    return `${this.app.view?.profile ?? ''}.${this.app.me?.id ?? ''}.${name}`;
  }
}

export function isOpen(session: Session): boolean {
  return session.status === 'waiting' || session.status === 'active';
}

function getOr<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    // Untracked: a rune made inside a derived would be that derived's own, and its changes would go unnoticed.
    value = untrack(make);
    map.set(key, value);
  }
  return value;
}
