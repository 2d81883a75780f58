/**
 * The studio's people as a list: what is searched, the pages asked for so far. An answer to what is no longer asked is
 * passed over, and typing waits for none.
 */
import {
  asFailure,
  type Failure,
  type Role,
  type User,
  type UserId,
  type UserPage,
  type UserStatus,
} from '../bridge/bridge';
import type { Known } from '../words/known';
import type { App } from './app.svelte';

/** How long typing pauses before the server is asked, in milliseconds. */
export const PAUSE_MS = 150;
const PAGE = 100;

export class UserList {
  users = $state.raw<readonly User[]>([]);
  failure = $state.raw<Failure | null>(null);
  /** Whether an answer has come. */
  isLoaded = $state(false);
  isAsking = $state(false);
  #search = $state('');
  #role = $state<Known<Role> | null>(null);
  #status = $state<Known<UserStatus> | null>(null);
  #next = $state.raw<string | null>(null);
  /** Counts what was asked: only the last answer is taken. */
  #asked = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly app: App) {}

  /** Whether there are more than are shown. */
  readonly hasMore = $derived.by(() => this.#next !== null);
  /** Whether everybody is meant. */
  readonly isWhole = $derived.by(
    () => this.#search.trim() === '' && this.#role === null && this.#status === null,
  );

  get search(): string {
    return this.#search;
  }
  set search(search: string) {
    this.#search = search;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.ask(), PAUSE_MS);
  }

  get role(): Known<Role> | null {
    return this.#role;
  }
  set role(role: Known<Role> | null) {
    this.#role = role;
    void this.ask();
  }

  get status(): Known<UserStatus> | null {
    return this.#status;
  }
  set status(status: Known<UserStatus> | null) {
    this.#status = status;
    void this.ask();
  }

  /** Asks for the first page. */
  ask(): Promise<void> {
    return this.#ask(null);
  }

  /** Asks for the next page, unless an answer is on its way. */
  async more(): Promise<void> {
    if (this.#next !== null && !this.isAsking) await this.#ask(this.#next);
  }

  /**
   * Asks again for the pages that are shown. Nobody asked for it, so it shows neither that it asks nor that it failed, and
   * whatever is asked for meanwhile comes first.
   */
  async lookAgain(): Promise<void> {
    if (!this.isLoaded || this.isAsking || this.#timer !== undefined) return;
    const [asked, shown] = [this.#asked, this.users];
    const users: User[] = [];
    let next: string | null = null;
    try {
      do {
        const page: UserPage = await this.#page(next);
        // Whoever was changed here meanwhile may be in the answer as they were.
        if (asked !== this.#asked || shown !== this.users) return;
        users.push(...page.users.filter(({ id }) => !users.some((known) => known.id === id)));
        next = page.next;
      } while (next !== null && users.length < shown.length);
    } catch {
      return;
    }
    if (!isSameList(shown, users)) this.users = users;
    this.#next = next;
    this.failure = null;
  }

  /** Shows a person as they are now. */
  put(user: User): void {
    this.users = this.users.map((one) => (one.id === user.id ? user : one));
  }

  /** Shows a person no more. */
  remove(gone: UserId): void {
    this.users = this.users.filter(({ id }) => id !== gone);
  }

  find(id: UserId): User | undefined {
    return this.users.find((user) => user.id === id);
  }

  async #ask(after: string | null): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const asked = ++this.#asked;
    this.isAsking = true;
    try {
      const { users, next } = await this.#page(after);
      if (asked !== this.#asked) return;
      // Whoever was renamed between two pages may be in both.
      const isNew = ({ id }: User) => this.find(id) === undefined;
      this.users = after === null ? users : [...this.users, ...users.filter(isNew)];
      this.#next = next;
      this.failure = null;
      this.isLoaded = true;
    } catch (thrown) {
      if (asked === this.#asked) this.failure = asFailure(thrown);
    } finally {
      if (asked === this.#asked) this.isAsking = false;
    }
  }

  #page(after: string | null): Promise<UserPage> {
    const search = this.#search.trim() || null;
    const query = { search, role: this.#role, status: this.#status, after, limit: PAGE };
    return this.app.call('list_users', { query });
  }
}

/** Whether two lists show the same: a version does not say when somebody was last seen. */
function isSameList(one: readonly User[], other: readonly User[]): boolean {
  const isSame = (user: User, i: number) => {
    const known = other[i];
    return (
      known?.id === user.id &&
      known.version === user.version &&
      known.status === user.status &&
      known.last_seen_at === user.last_seen_at
    );
  };
  return one.length === other.length && one.every(isSame);
}
