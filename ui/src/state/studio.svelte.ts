/**
 * The studio's place: its people, the one who is open, and what is half typed about them. It outlives the view, so that
 * nothing typed and no invitation is lost by looking elsewhere; it ends with the sign-in.
 */
import type { Person, User, UserId, UserPage } from '../bridge/bridge';
import { byName } from '../words/names';
import { actsAbout, type PersonAct } from '../words/person-acts';
import { Action } from './action.svelte';
import type { App } from './app.svelte';
import { AuditLog } from './audit-log.svelte';
import { Invites } from './invites.svelte';
import { PersonState } from './person.svelte';
import { UserList } from './user-list.svelte';

/** What stands beside the list, or in its place. */
export type Beside = { at: 'person'; person: PersonState } | { at: 'invite' } | { at: 'log' } | null;

export class StudioState {
  readonly list: UserList;
  readonly invites: Invites;
  readonly log: AuditLog;
  beside = $state.raw<Beside>(null);
  trainers = $state.raw<readonly Person[]>([]);
  /** Whoever was opened, with what is typed about them. */
  // eslint-disable-next-line svelte/prefer-svelte-reactivity
  readonly #people = new Map<UserId, PersonState>();
  readonly #me: UserId | undefined;

  constructor(readonly app: App) {
    this.list = new UserList(app);
    this.invites = new Invites(app, this);
    this.log = new AuditLog(app);
    this.#me = app.me?.id;
  }

  /** That of the person who is signed in. */
  static of(app: App): StudioState {
    const known = STUDIOS.get(app);
    if (known && known.#me === app.me?.id) return known;
    const studio = new StudioState(app);
    STUDIOS.set(app, studio);
    return studio;
  }

  /** Nothing of it is kept for the next person. */
  endWithSignIn(): void {
    if (this.app.me?.id !== this.#me) STUDIOS.delete(this.app);
  }

  /** Asks for everything anew. */
  async refresh(): Promise<void> {
    await Promise.all([this.list.ask(), this.askTrainers.run()]);
  }

  /** Asks again for what is shown, which another admin may have changed. What is typed about somebody stays as it is. */
  async lookAgain(): Promise<void> {
    const before = this.list.users;
    await this.list.lookAgain();
    if (this.list.users === before) return;
    for (const person of this.#people.values()) {
      const now = this.list.find(person.user.id);
      if (now && !person.isTyped && person.user.version < now.version) person.user = now;
    }
    await this.askTrainers.run();
  }

  readonly askTrainers = new Action(async () => {
    const trainers: User[] = [];
    let after: string | null = null;
    do {
      const query = { search: null, role: 'trainer' as const, status: null, after, limit: 100 };
      const page: UserPage = await this.app.call('list_users', { query });
      trainers.push(...page.users.filter(({ id }) => !trainers.some((known) => known.id === id)));
      after = page.next;
    } while (after !== null);
    this.trainers = byName(trainers.filter(({ status }) => status !== 'deactivated'));
  });

  open(user: User): void {
    const person = this.person(user);
    person.isAskingReset = false;
    this.beside = { at: 'person', person };
  }

  /** Somebody, with what is typed about them. */
  person(user: User): PersonState {
    const known = this.#people.get(user.id);
    if (known && !known.isTyped && known.user.version < user.version) known.user = user;
    const person =
      known ??
      new PersonState(
        this.app,
        user,
        (changed) => this.#changed(changed),
        (erased) => this.#erased(erased),
      );
    this.#people.set(user.id, person);
    return person;
  }

  /** What can be done about somebody's access. */
  actsAbout(user: User): readonly PersonAct[] {
    return actsAbout(user, user.id === this.#me, this.#people.get(user.id)?.invitation != null);
  }

  close(): void {
    this.beside = null;
  }

  /** Whether something is typed about a person that is not saved. */
  isTyped(id: UserId): boolean {
    return this.#people.get(id)?.isTyped ?? false;
  }

  #erased(user: User): void {
    this.#people.delete(user.id);
    this.list.remove(user.id);
    if (this.beside?.at === 'person' && this.beside.person.user.id === user.id) this.close();
    if (user.roles.includes('trainer')) void this.askTrainers.run();
  }

  #changed(user: User): void {
    this.list.put(user);
    if (user.roles.includes('trainer') || this.trainers.some(({ id }) => id === user.id))
      void this.askTrainers.run();
  }
}

const STUDIOS = new WeakMap<App, StudioState>();
