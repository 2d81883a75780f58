/**
 * An athlete's past sessions as a list: what is looked for, the pages asked for so far. They are asked of the server and
 * never stored here. An answer to what is no longer asked is passed over.
 */
import { asFailure, type ExerciseId, type Failure, type SessionSummary, type UserId } from '../bridge/bridge';
import { dayStart } from '../words/local-time';
import type { App } from './app.svelte';
import type { Arrival } from './core-state.svelte';
import { hasEnded } from './session';

const PAGE = 30;

export class PastSessions {
  sessions = $state.raw<readonly SessionSummary[]>([]);
  failure = $state.raw<Failure | null>(null);
  /** Whether an answer has come. */
  isLoaded = $state(false);
  isAsking = $state(false);
  #exercise = $state<ExerciseId | null>(null);
  #from = $state('');
  #to = $state('');
  #next = $state.raw<string | null>(null);
  /** Counts what was asked: only the last answer is taken. */
  #asked = 0;

  constructor(
    readonly app: App,
    readonly athlete: UserId,
  ) {}

  /** Whether there are more than are shown. */
  readonly hasMore = $derived.by(() => this.#next !== null);
  /** Whether all of them are meant. */
  readonly isWhole = $derived.by(() => this.#exercise === null && this.#from === '' && this.#to === '');

  /** Only sessions in which this was done. */
  get exercise(): ExerciseId | null {
    return this.#exercise;
  }
  set exercise(exercise: ExerciseId | null) {
    this.#exercise = exercise;
    void this.ask();
  }

  /** The first day, as a date input has it; empty: from the beginning. */
  get from(): string {
    return this.#from;
  }
  set from(from: string) {
    this.#from = from;
    void this.ask();
  }

  /** The last day. */
  get to(): string {
    return this.#to;
  }
  set to(to: string) {
    this.#to = to;
    void this.ask();
  }

  /** Follows what happens to this athlete's sessions; returns a function that ends it. */
  follow(): () => void {
    void this.ask();
    return this.app.onArrival(({ session }: Arrival) => {
      if (session.athlete.id === this.athlete && hasEnded(session)) void this.ask();
    });
  }

  /** Asks for the first page. */
  ask(): Promise<void> {
    return this.#ask(null);
  }

  /** Asks for the next page, unless an answer is on its way. */
  async more(): Promise<void> {
    if (this.#next !== null && !this.isAsking) await this.#ask(this.#next);
  }

  async #ask(before: string | null): Promise<void> {
    const asked = ++this.#asked;
    this.isAsking = true;
    try {
      const { sessions, next } = await this.app.call('list_sessions', {
        athlete_id: this.athlete,
        query: {
          status: 'ended',
          before,
          limit: PAGE,
          from: dayStart(this.#from),
          to: dayStart(this.#to, 1),
          exercise_id: this.#exercise,
        },
      });
      if (asked !== this.#asked) return;
      const isNew = ({ id }: SessionSummary) => !this.sessions.some((known) => known.id === id);
      this.sessions = before === null ? sessions : [...this.sessions, ...sessions.filter(isNew)];
      this.#next = next;
      this.failure = null;
      this.isLoaded = true;
    } catch (thrown) {
      if (asked === this.#asked) this.failure = asFailure(thrown);
    } finally {
      if (asked === this.#asked) this.isAsking = false;
    }
  }
}
