/** Whom the list of people shows: all of them, or those whose name was typed. The digits count what is shown. */
import type { Person, Session } from '../bridge/bridge';
import { nameFilter } from '../words/folding';
import { byName } from '../words/names';
import type { App } from './app.svelte';
import { isOpen, lastBegunFirst } from './session';

/** From how many people on a search is shown without being asked for. */
const MANY = 9;
/** How many ended sessions are shown. */
const MOST_ENDED = 5;

export class People {
  /** What is typed. */
  search = $state('');
  /** Set by the list: where the keyboard goes to search. */
  focusSearch: () => void = () => undefined;

  constructor(readonly app: App) {}

  readonly #isFound = $derived.by(() => nameFilter(this.search));
  readonly #athletes = $derived.by(() => byName<Person>(this.app.view?.athletes ?? []));

  readonly waiting = $derived.by(() => this.#found(this.app.waitingSessions));
  readonly running = $derived.by(() => this.#found(this.app.runningSessions));
  readonly ended = $derived.by(() =>
    this.#found(lastBegunFirst(this.app.trainerSessions.filter((session) => !isOpen(session)))).slice(
      0,
      MOST_ENDED,
    ),
  );
  /** The open sessions in the order in which they are shown. */
  readonly open = $derived.by((): readonly Session[] => [...this.waiting, ...this.running]);

  /** Those who have no open session. */
  readonly resting = $derived.by((): readonly Person[] => {
    const open = [...this.app.waitingSessions, ...this.app.runningSessions].map(({ athlete }) => athlete.id);
    return this.#athletes.filter((person) => !open.includes(person.id) && this.#isFound(person));
  });

  readonly hasSearch = $derived.by(() => {
    const open = this.app.waitingSessions.length + this.app.runningSessions.length;
    return this.search !== '' || open > MANY || (this.app.view?.athletes.length ?? 0) > MANY;
  });

  readonly isNobodyFound = $derived.by(
    () => this.search.trim() !== '' && this.open.length + this.ended.length + this.resting.length === 0,
  );

  #found(sessions: readonly Session[]): readonly Session[] {
    return sessions.filter(({ athlete }) => this.#isFound(athlete));
  }
}
