/**
 * The last training of an athlete, to be planned as it was. A window knows the last ended sessions of all its athletes
 * together, so that of one who was away for a while is asked for. What was entered afterwards counts by its day.
 */
import { SvelteMap, SvelteSet } from 'svelte/reactivity';

import type { Session, UserId } from '../bridge/bridge';
import { keptSession } from '../trainer/templates';
import type { App } from './app.svelte';
import { hasEnded, lastBegunFirst } from './session';

/** As many as are looked through for one in which something was done. */
const PAGE = 20;

export class LastTraining {
  readonly #asked = new SvelteMap<UserId, Session | null>();
  readonly #asking = new SvelteSet<UserId>();

  constructor(readonly app: App) {}

  /** The newest that is known; none: there is none, or it was not asked for yet. */
  of(athlete: UserId): Session | undefined {
    const asked = this.#asked.get(athlete);
    const known = this.#known(athlete).filter(({ id }) => id !== asked?.id);
    return lastBegunFirst([...known, ...(asked ? [asked] : [])])[0];
  }

  /** Whether an answer may still come. */
  isAsking(athlete: UserId): boolean {
    return this.#asking.has(athlete);
  }

  /** Whether the server said that there is none. */
  isNone(athlete: UserId): boolean {
    return this.#asked.get(athlete) === null && this.of(athlete) === undefined;
  }

  /** Asks for it, unless it is among what is known. Without an answer, what is known has to do. */
  async ask(athlete: UserId): Promise<void> {
    if (this.#asking.has(athlete) || this.#isCertain(athlete)) return;
    this.#asking.add(athlete);
    try {
      this.#asked.set(athlete, await this.#read(athlete));
    } catch {
      this.#asked.delete(athlete);
    } finally {
      this.#asking.delete(athlete);
    }
  }

  async #read(athlete: UserId): Promise<Session | null> {
    const { sessions } = await this.app.call('list_sessions', {
      athlete_id: athlete,
      query: { status: 'ended', limit: PAGE },
    });
    const last = lastBegunFirst(sessions).find(({ rounds }) => rounds.completed > 0);
    if (!last) return null;
    const known = this.app.sessions.find(({ id }) => id === last.id);
    return known ?? this.app.call('read_session', { session_id: last.id });
  }

  #known(athlete: UserId): Session[] {
    return this.app.trainerSessions.filter(
      (session) => session.athlete.id === athlete && hasEnded(session) && keptSession(session).length > 0,
    );
  }

  /** One that was led here is among the last of all, and with it everything newer. */
  #isCertain(athlete: UserId): boolean {
    return this.#known(athlete).some(({ recorded, imported }) => !recorded && !imported);
  }
}
