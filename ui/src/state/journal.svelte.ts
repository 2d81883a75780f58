/**
 * The journal about an athlete: the newest and the pinned entries are known here, also without a network; older ones are
 * asked for. Deleting one can be undone. What is half typed is kept, also when its entry is deleted elsewhere.
 */
import {
  asFailure,
  type Cause,
  type EntityRef,
  type Failure,
  type JournalEntry,
  type JournalEntryId,
  type UserId,
} from '../bridge/bridge';
import { m } from '../paraglide/messages';
import type { App } from './app.svelte';
import type { Drafts } from './drafts';
import { EditedText, NO_TEXT, textDrafts, type TextDraft } from './edited-text.svelte';
import { undoBy } from './undo';

const NEW = 'new';

export class Journal {
  /** Why older ones could not be read. */
  failure = $state.raw<Failure | null>(null);
  /** Whether there are older ones, or it is not known because nobody could be asked. */
  hasMore = $state(false);
  isAsking = $state(false);
  readonly #drafts: Drafts<TextDraft>;
  #older = $state.raw<readonly JournalEntry[]>([]);
  /** Where the next page begins; `undefined` before the first was read. */
  #next = $state.raw<string | null | undefined>(undefined);
  #removed = $state.raw<readonly JournalEntryId[]>([]);

  constructor(
    readonly app: App,
    readonly athlete: UserId,
  ) {
    this.#drafts = textDrafts(app, 'journal-entry');
  }

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
  /** Deleted entries of which an edit is half typed here. */
  readonly abandoned = $derived.by((): readonly JournalEntryId[] => {
    const isWhole = this.#next === null;
    const typed = this.#drafts.idsOf(`${this.athlete}.`).map((id) => id.slice(this.athlete.length + 1));
    const isGone = (id: string) => id !== NEW && !this.entries.some((entry) => entry.id === id);
    return typed.filter((id) => isGone(id) && (isWhole || this.#removed.includes(id)));
  });

  /** An entry as it is edited here; `null`: a new one. */
  text(id: JournalEntryId | null): EditedText {
    const draft = this.#draftId(id);
    return new EditedText(this.app, {
      kind: 'journal-entry',
      id: id ?? NEW,
      draft,
      known: () => this.entries.find((entry) => entry.id === id) ?? this.#drafts.get(draft)?.base ?? NO_TEXT,
      send: (text) => (id === null ? this.#create(text) : this.#edit(id, text)),
    });
  }

  /** Reads what is older, if anything is, and follows what happens to it; returns a function that ends it. */
  follow(): () => void {
    void this.#read(1);
    return this.app.onRemoval((entity, cause) => {
      this.#forget(entity, cause);
    });
  }

  /** Reads the next page, unless one is on its way. */
  async more(): Promise<void> {
    this.failure = null;
    const failure = await this.#read(this.#older.length + 1);
    this.failure = failure;
  }

  /** Deletes an entry, with what is half typed in it; for ten seconds that can be undone. */
  async remove(entry: JournalEntry): Promise<void> {
    await this.app.call('delete_journal_entry', { entry_id: entry.id, version: entry.version });
    this.#older = this.#older.filter(({ id }) => id !== entry.id);
    const draft = this.#drafts.get(this.#draftId(entry.id));
    this.#drafts.drop(this.#draftId(entry.id));
    this.app.announcements.offerUndo(m.journal_deleted, () => {
      if (draft) this.#drafts.put(this.#draftId(entry.id), draft);
      void undoBy(this.app, async () => {
        this.#take([await this.app.call('restore_journal_entry', { entry })]);
      });
    });
  }

  /** Writes what was typed into a deleted entry as a new one. */
  async keepAbandoned(id: JournalEntryId): Promise<void> {
    const draft = this.#drafts.get(this.#draftId(id));
    if (draft) await this.#create(draft);
    this.#drafts.drop(this.#draftId(id));
  }

  #create({ text, pinned }: Pick<TextDraft, 'text' | 'pinned'>): Promise<JournalEntry> {
    return this.app.call('create_journal_entry', { athlete_id: this.athlete, text, pinned });
  }

  async #edit(entry_id: JournalEntryId, { text, pinned, version }: TextDraft['base']): Promise<void> {
    const edited = await this.app.call('edit_journal_entry', { entry_id, version, text, pinned });
    this.#older = this.#older.map((one) => (one.id === edited.id ? edited : one));
  }

  #forget({ kind, id }: EntityRef, cause: Cause | null): void {
    if (kind !== 'journal-entry') return;
    if (cause?.event === 'journal-removed') {
      this.#removed = [...this.#removed, id];
      this.#older = this.#older.filter((one) => one.id !== id);
    }
    // It was changed, and is one of those that are not kept.
    else if (this.#older.some((one) => one.id === id)) void this.#reread();
  }

  /** Reads as many again as there are. */
  async #reread(): Promise<void> {
    const count = this.#older.length;
    this.#next = undefined;
    const before = this.#older;
    if (await this.#read(count, true)) this.#older = before;
  }

  /** Reads pages until there are this many older ones; returns why that failed. */
  async #read(count: number, isAgain = false): Promise<Failure | null> {
    if (this.isAsking) return null;
    this.isAsking = true;
    let isFirst = isAgain;
    try {
      do {
        const after = this.#next ?? this.#oldest?.id ?? null;
        const page = await this.app.call('list_journal', { athlete_id: this.athlete, after });
        if (isFirst) this.#older = [];
        isFirst = false;
        this.#take(page.entries);
        this.#next = page.next;
      } while (this.#older.length < count && this.#next !== null);
      this.hasMore = this.#next !== null;
      return null;
    } catch (thrown) {
      this.hasMore = true;
      return asFailure(thrown);
    } finally {
      this.isAsking = false;
    }
  }

  /** Pages begin after it: of the entries known here, the pinned ones may be from any time. */
  get #oldest(): JournalEntry | undefined {
    const byAge = (a: JournalEntry, b: JournalEntry) => Date.parse(a.at) - Date.parse(b.at);
    return this.#known.filter(({ pinned }) => !pinned).toSorted(byAge)[0];
  }

  #take(entries: readonly JournalEntry[]): void {
    const others = this.#older.filter(({ id }) => !entries.some((entry) => entry.id === id));
    this.#older = [...others, ...entries];
  }

  #draftId(id: JournalEntryId | null): string {
    return `${this.athlete}.${id ?? NEW}`;
  }
}
