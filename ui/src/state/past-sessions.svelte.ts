/**
 * An athlete's past sessions as a list: what is looked for, the pages asked for so far. They are asked of the server and
 * never stored here. An answer to what is no longer asked is passed over.
 */
import { asFailure, type ExerciseId, type Failure, type SessionSummary, type UserId } from '../bridge/bridge';
import { dayStart } from '../words/local-time';
import type { App } from './app.svelte';
import { hasEnded } from './session';

const PAGE = 30;
/** The most that one answer holds. */
const MOST = 100;

export class PastSessions {
  sessions = $state.raw<readonly SessionSummary[]>([]);
  failure = $state.raw<Failure | null>(null);
  /** Whether an answer to what is looked for has come. */
  isLoaded = $state(false);
  isAsking = $state(false);
  /** The last session, whatever is looked for. */
  last = $state.raw<SessionSummary | null>(null);
  #exercise = $state<ExerciseId | null>(null);
  #from = $state('');
  #to = $state('');
  #next = $state.raw<string | null>(null);
  /** How many are to be shown, if there are as many. */
  #count = PAGE;
  /** Counts what was asked: only the last answer is taken. */
  #asked = 0;
  /** What failed is asked again. */
  #retry: () => Promise<void> = () => this.#show(PAGE);

  constructor(
    readonly app: App,
    readonly athlete: UserId,
  ) {}

  /** Whether there are more than are shown. */
  readonly hasMore = $derived.by(() => this.#next !== null);
  /** Whether all of them are meant. */
  readonly isWhole = $derived.by(() => this.#exercise === null && this.#from === '' && this.#to === '');
  /** The sessions that this device knows to have ended: when they change, the list may have changed. */
  readonly #ended = $derived.by(() =>
    this.app.sessions
      .filter((session) => session.athlete.id === this.athlete && hasEnded(session))
      .map(({ id, version }) => `${id} ${String(version)}`)
      .join(),
  );

  /** Only sessions in which this was done. */
  get exercise(): ExerciseId | null {
    return this.#exercise;
  }
  set exercise(exercise: ExerciseId | null) {
    this.#exercise = exercise;
    this.#begin();
  }

  /** The first day, as a date input has it; empty: from the beginning. */
  get from(): string {
    return this.#from;
  }
  set from(from: string) {
    this.#from = from;
    this.#begin();
  }

  /** The last day. */
  get to(): string {
    return this.#to;
  }
  set to(to: string) {
    this.#to = to;
    this.#begin();
  }

  /** What `refresh` follows: it changes with what happens to this athlete's sessions. */
  get changes(): string {
    return this.#ended;
  }

  /** Asks for the first page, or again for as many as are shown and one more, which may be new. */
  refresh(): Promise<void> {
    return this.#show(this.isLoaded ? Math.max(this.#count, this.sessions.length) + 1 : PAGE);
  }

  /** Asks again for what failed. */
  retry(): Promise<void> {
    return this.#retry();
  }

  /** Asks for the next page, unless an answer is on its way. */
  async more(): Promise<void> {
    const before = this.#next;
    if (before === null || this.isAsking) return;
    this.#retry = () => this.more();
    this.#count = this.sessions.length + PAGE;
    await this.#ask(async (isCurrent) => {
      const { sessions, next } = await this.#page(before, PAGE);
      if (!isCurrent()) return;
      const isNew = ({ id }: SessionSummary) => !this.sessions.some((known) => known.id === id);
      this.sessions = [...this.sessions, ...sessions.filter(isNew)];
      this.#next = next;
    });
  }

  /** Begins with what is looked for now: what was found before is not it. */
  #begin(): void {
    this.sessions = [];
    this.#next = null;
    this.isLoaded = false;
    this.#count = PAGE;
    void this.#show(PAGE);
  }

  /** Shows the newest ones, `count` of them if there are as many. */
  async #show(count: number): Promise<void> {
    this.#retry = () => this.#show(count);
    await this.#ask(async (isCurrent) => {
      const shown: SessionSummary[] = [];
      let next: string | null = null;
      do {
        const page = await this.#page(next, Math.min(count - shown.length, MOST));
        if (!isCurrent()) return;
        shown.push(...page.sessions);
        next = page.next;
        // One answer is enough, unless more are wanted than it may hold.
      } while (next !== null && count > MOST && shown.length < count);
      this.sessions = shown;
      this.#next = next;
      this.isLoaded = true;
      if (this.isWhole) this.last = shown[0] ?? null;
    });
  }

  async #ask(what: (isCurrent: () => boolean) => Promise<void>): Promise<void> {
    const asked = ++this.#asked;
    const isCurrent = (): boolean => asked === this.#asked;
    this.isAsking = true;
    try {
      await what(isCurrent);
      if (isCurrent()) this.failure = null;
    } catch (thrown) {
      if (isCurrent()) this.failure = asFailure(thrown);
    } finally {
      if (isCurrent()) this.isAsking = false;
    }
  }

  #page(before: string | null, limit: number) {
    return this.app.call('list_sessions', {
      athlete_id: this.athlete,
      query: {
        status: 'ended',
        before,
        limit,
        from: dayStart(this.#from),
        to: dayStart(this.#to, 1),
        exercise_id: this.#exercise,
      },
    });
  }
}
