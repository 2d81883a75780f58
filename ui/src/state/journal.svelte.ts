/**
 * The journal about an athlete: the newest and the pinned entries are known here, also without a network; older ones are
 * asked for. Deleting one can be undone.
 */
import { asFailure, type Failure, type JournalEntry, type UserId } from '../bridge/bridge';
import { m } from '../paraglide/messages';
import { Action } from './action.svelte';
import type { App } from './app.svelte';

export class Journal {
  failure = $state.raw<Failure | null>(null);
  #older = $state.raw<readonly JournalEntry[]>([]);
  /** Where the next page begins; `undefined` before the first was asked for. */
  #next = $state.raw<string | null | undefined>(undefined);

  constructor(
    readonly app: App,
    readonly athlete: UserId,
  ) {}

  readonly #known = $derived.by(() =>
    (this.app.view?.journal_entries ?? []).filter(({ athlete_id }) => athlete_id === this.athlete),
  );
  /** The pinned ones first, then from the newest on. */
  readonly entries = $derived.by((): readonly JournalEntry[] => {
    const older = this.#older.filter(({ id }) => !this.#known.some((entry) => entry.id === id));
    return [...this.#known, ...older].sort(
      (a, b) => Number(b.pinned) - Number(a.pinned) || Date.parse(b.at) - Date.parse(a.at),
    );
  });
  readonly pinned = $derived.by(() => this.entries.filter(({ pinned }) => pinned));
  /** Whether there may be older ones. */
  readonly hasMore = $derived.by(() => this.#next !== null && this.#known.length > 0);

  async more(): Promise<void> {
    this.failure = null;
    try {
      const after = this.#next ?? null;
      const { entries, next } = await this.app.call('list_journal', { athlete_id: this.athlete, after });
      const isNew = ({ id }: JournalEntry) => !this.#older.some((known) => known.id === id);
      this.#older = [...this.#older, ...entries.filter(isNew)];
      this.#next = next;
    } catch (thrown) {
      this.failure = asFailure(thrown);
    }
  }

  readonly add = new Action((text: string, pinned: boolean) =>
    this.app.call('create_journal_entry', { athlete_id: this.athlete, text, pinned }),
  );

  readonly edit = new Action(async (entry: JournalEntry, text: string, pinned: boolean) => {
    const { id: entry_id, version } = entry;
    const edited = await this.app.call('edit_journal_entry', { entry_id, version, text, pinned });
    this.#older = this.#older.map((one) => (one.id === edited.id ? edited : one));
  });

  readonly remove = new Action(async (entry: JournalEntry) => {
    await this.app.call('delete_journal_entry', { entry_id: entry.id, version: entry.version });
    this.#older = this.#older.filter(({ id }) => id !== entry.id);
    this.app.announcements.offerUndo(
      () => m.journal_deleted(),
      () => void this.#restore.run(entry),
    );
  });

  readonly #restore = new Action((entry: JournalEntry) => this.app.call('restore_journal_entry', { entry }));
}
