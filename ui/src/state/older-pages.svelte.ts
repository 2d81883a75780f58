/**
 * Entities of a kind that are older than those the core keeps: asked of the server page by page, for as long as somebody
 * looks. Whoever looks again sees as many as before, read anew: what happened meanwhile was not followed. What is asked
 * for while an answer is on its way is asked for after it.
 */
import { asFailure, type Failure } from '../bridge/bridge';

interface Page<T> {
  items: readonly T[];
  /** Where the next page begins; `null` after the last one. */
  next: string | null;
}

export class OlderPages<T extends { id: string }> {
  /** Newest page first. */
  items = $state.raw<readonly T[]>([]);
  /** Why older ones could not be read. */
  failure = $state.raw<Failure | null>(null);
  /** Whether there are older ones, or it is not known because nobody could be asked. */
  hasMore = $state(false);
  isAsking = $state(false);
  /** Whether somebody asked for them, so that a failure is theirs to know. */
  wasAsked = $state(false);
  /** Where the next page begins; `undefined` while the first has to be read. */
  #next = $state.raw<string | null | undefined>(undefined);
  /** Whether something happened that the answer on its way may not know. */
  #isOutdated = false;

  /** `ask` reads the page that begins after an entity; `first` says after which one the first page does. */
  constructor(
    readonly ask: (after: string | null) => Promise<Page<T>>,
    readonly first: () => string | null,
  ) {}

  /** Whether there was no answer yet. */
  get isUnread(): boolean {
    return this.#next === undefined;
  }

  /** Whether all of them are known. */
  get isWhole(): boolean {
    return this.#next === null;
  }

  /** Reads the next page, unless one is on its way. */
  async more(): Promise<void> {
    this.wasAsked = true;
    this.failure = null;
    await this.#read(this.items.length + 1);
  }

  /** Asks again what failed: the network is back. */
  resume(): void {
    if (this.failure) void this.refresh();
  }

  /** Reads as many again as there are; the first page, if there is none. */
  async refresh(): Promise<void> {
    this.#isOutdated = true;
    await this.#read(this.items.length);
  }

  put(item: T): void {
    this.#isOutdated = this.isAsking;
    this.items = [...this.items.filter(({ id }) => id !== item.id), item];
  }

  drop(id: string): void {
    this.#isOutdated = this.isAsking;
    this.items = this.items.filter((one) => one.id !== id);
  }

  /** Reads pages until there are this many, and again from the first one if they are outdated. */
  async #read(count: number): Promise<void> {
    if (this.isAsking) return;
    this.isAsking = true;
    try {
      await this.#pages(count);
      while (this.#isOutdated) await this.#pages(this.items.length);
      this.failure = null;
      this.wasAsked = false;
    } catch (thrown) {
      // What was read before stays. What is wrong with it is not known, so it is asked for again.
      this.failure = asFailure(thrown);
      this.#isOutdated = false;
      this.#next = undefined;
    } finally {
      this.hasMore = this.#next !== null;
      this.isAsking = false;
    }
  }

  async #pages(count: number): Promise<void> {
    const isAnew = this.#isOutdated || this.#next === undefined;
    this.#isOutdated = false;
    let next = isAnew ? undefined : this.#next;
    let items = isAnew ? [] : this.items;
    do {
      const page = await this.ask(next ?? this.first());
      items = [...items.filter(({ id }) => !page.items.some((one) => one.id === id)), ...page.items];
      next = page.next;
    } while (items.length < count && next !== null);
    this.items = items;
    this.#next = next;
  }
}
