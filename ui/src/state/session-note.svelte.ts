/**
 * The private note on a session. What is typed is kept on this device until it is saved. When another device has written
 * the note meanwhile, both texts stay until somebody decides.
 */
import type { SessionId } from '../bridge/bridge';
import { Action } from './action.svelte';
import type { App } from './app.svelte';
import { StoredMap } from './stored-map.svelte';
import { refusedText } from './text-conflict';

export class SessionNotes {
  readonly #typed: StoredMap<string>;

  constructor(readonly app: App) {
    const prefix = `${app.me?.id ?? ''}.note.`;
    this.#typed = new StoredMap(app.store, prefix, (stored) =>
      typeof stored === 'string' ? stored : undefined,
    );
  }

  /** The note as the core knows it; empty while there is none. */
  known(session_id: SessionId): { text: string; version: number } {
    return this.app.view?.notes.find((note) => note.session_id === session_id) ?? { text: '', version: 0 };
  }

  /** What is in the field. */
  text(session_id: SessionId): string {
    return this.#typed.get(session_id) ?? this.known(session_id).text;
  }

  type(session_id: SessionId, text: string): void {
    if (text === this.known(session_id).text) this.#typed.drop(session_id);
    else this.#typed.put(session_id, text);
  }

  isUnsaved(session_id: SessionId): boolean {
    return this.#typed.get(session_id) !== undefined;
  }

  /** What was written here and refused, because another device had written something else. */
  conflict(session_id: SessionId): string | null {
    return refusedText(this.app, 'note', session_id)?.note ?? null;
  }

  readonly save = new Action(async (session_id: SessionId, text: string) => {
    await this.app.call('save_note', { session_id, version: this.known(session_id).version, text });
    this.#typed.drop(session_id);
  });

  /** Decides between the two texts: `mine` replaces the other one. */
  readonly decide = new Action(async (session_id: SessionId, mine: string | null) => {
    const act = refusedText(this.app, 'note', session_id);
    if (mine !== null) await this.save.run(session_id, mine);
    this.#typed.drop(session_id);
    if (act && !this.save.failure) await this.app.call('discard_act', { key: act.key });
  });
}
