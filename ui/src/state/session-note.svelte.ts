/** The private note on a session, also of one from any time ago: then it is asked for, and not stored. */
import { asFailure, type Failure, type Note, type SessionId } from '../bridge/bridge';
import type { App } from './app.svelte';
import { EditedText, NO_TEXT } from './edited-text.svelte';

export class SessionNote {
  /** Why the note could not be read. */
  failure = $state.raw<Failure | null>(null);
  readonly text: EditedText;
  #read = $state.raw<Note | null>(null);

  constructor(
    readonly app: App,
    readonly session_id: SessionId,
  ) {
    this.text = new EditedText(app, {
      kind: 'note',
      id: session_id,
      draft: session_id,
      known: () => ({ ...NO_TEXT, ...this.known }),
      send: async ({ text, version }) => {
        this.#read = await app.call('save_note', { session_id, version, text });
      },
    });
  }

  /** The newest that is known of it; nothing until it was read. The view has the notes on its sessions. */
  readonly known = $derived.by((): Note | null => {
    const inView = this.app.view?.notes.find((note) => note.session_id === this.session_id);
    if (inView) return inView;
    const isInView = this.app.sessions.some(({ id }) => id === this.session_id);
    return isInView ? { session_id: this.session_id, text: '', version: 0 } : this.#read;
  });

  /** Reads the note, if the view does not have it, and again when it may have changed; returns a function that ends it. */
  follow(): () => void {
    if (!this.known) void this.load();
    const ends = [
      this.app.onReload(() => {
        if (this.#read) void this.load();
      }),
      this.app.onRemoval(({ kind, id }) => {
        if (kind === 'note' && id === this.session_id && this.#read) void this.load();
      }),
    ];
    return () => {
      for (const end of ends) end();
    };
  }

  async load(): Promise<void> {
    this.failure = null;
    try {
      this.#read = await this.app.call('read_note', { session_id: this.session_id });
    } catch (thrown) {
      this.failure = asFailure(thrown);
    }
  }
}
