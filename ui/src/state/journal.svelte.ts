/**
 * The journal about an athlete: the newest and the pinned entries are known here, also without a network; older ones are
 * asked for. Deleting one can be undone. What is half typed is kept, also when its entry is deleted elsewhere.
 */
import type { Cause, EntityRef, JournalEntry, JournalEntryId, UserId } from '../bridge/bridge';
import { m } from '../paraglide/messages';
import type { App } from './app.svelte';
import type { Drafts } from './drafts';
import { EditedText, NO_TEXT, textDrafts, type TextDraft } from './edited-text.svelte';
import { OlderPages } from './older-pages.svelte';
import { undoBy } from './undo';

const NEW = 'new';

export class Journal {
  readonly older: OlderPages<JournalEntry>;
  readonly #drafts: Drafts<TextDraft>;
  #removed = $state.raw<readonly JournalEntryId[]>([]);

  constructor(
    readonly app: App,
    readonly athlete: UserId,
  ) {
    this.#drafts = textDrafts(app, 'journal-entry');
    this.older = new OlderPages(
      async (after) => {
        const { entries, next } = await app.call('list_journal', { athlete_id: athlete, after });
        return { items: entries, next };
      },
      () => this.#oldest?.id ?? null,
    );
  }

  readonly #known = $derived.by(() =>
    (this.app.view?.journal_entries ?? []).filter(({ athlete_id }) => athlete_id === this.athlete),
  );
  /** The pinned ones first, then from the newest on. */
  readonly entries = $derived.by((): readonly JournalEntry[] => {
    const older = this.older.items.filter(({ id }) => !this.#known.some((entry) => entry.id === id));
    return [...this.#known, ...older].sort(
      (a, b) => Number(b.pinned) - Number(a.pinned) || Date.parse(b.at) - Date.parse(a.at),
    );
  });
  /** Why there is nothing, or no more of it. */
  readonly failure = $derived.by(() =>
    this.older.wasAsked || this.entries.length === 0 ? this.older.failure : null,
  );
  /** Deleted entries of which an edit is half typed here. */
  readonly abandoned = $derived.by((): readonly JournalEntryId[] => {
    const typed = this.#drafts.idsOf(`${this.athlete}.`).map((id) => id.slice(this.athlete.length + 1));
    const isGone = (id: string) => id !== NEW && !this.entries.some((entry) => entry.id === id);
    return typed.filter((id) => isGone(id) && (this.older.isWhole || this.#removed.includes(id)));
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
    void this.older.refresh();
    const ends = [
      this.app.onReload(() => void this.older.refresh()),
      this.app.onRemoval((entity, cause) => {
        this.#forget(entity, cause);
      }),
    ];
    return () => {
      for (const end of ends) end();
    };
  }

  /** Deletes an entry, with what is half typed in it; for ten seconds that can be undone. */
  async remove(entry: JournalEntry): Promise<void> {
    await this.app.call('delete_journal_entry', { entry_id: entry.id, version: entry.version });
    this.older.drop(entry.id);
    const draft = this.#drafts.get(this.#draftId(entry.id));
    this.#drafts.drop(this.#draftId(entry.id));
    this.app.announcements.offerUndo(m.journal_deleted, () => {
      if (draft) this.#drafts.put(this.#draftId(entry.id), draft);
      void undoBy(this.app, async () => {
        this.older.put(await this.app.call('restore_journal_entry', { entry }));
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
    if (this.older.items.some(({ id }) => id === edited.id)) this.older.put(edited);
  }

  #forget({ kind, id }: EntityRef, cause: Cause | null): void {
    if (kind !== 'journal-entry') return;
    if (cause?.event === 'journal-removed') {
      this.#removed = [...this.#removed, id];
      this.older.drop(id);
    }
    // It was changed, or is one of those that are not kept any more.
    else void this.older.refresh();
  }

  /** Pages begin after it: of the entries known here, the pinned ones may be from any time. */
  get #oldest(): JournalEntry | undefined {
    const byAge = (a: JournalEntry, b: JournalEntry) => Date.parse(a.at) - Date.parse(b.at);
    return this.#known.filter(({ pinned }) => !pinned).toSorted(byAge)[0];
  }

  #draftId(id: JournalEntryId | null): string {
    return `${this.athlete}.${id ?? NEW}`;
  }
}
