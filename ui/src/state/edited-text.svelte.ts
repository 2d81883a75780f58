/**
 * A text that several devices may write: a note on a session, an entry of a journal. What is typed is kept with the text
 * it is based on, until it is saved. Where another device has written meanwhile, nothing is saved over that: both texts
 * stay until somebody has decided.
 */
import type { Kind } from '../bridge/bridge';
import { Action } from './action.svelte';
import type { App } from './app.svelte';
import { Drafts } from './drafts';
import { refusedText } from './text-conflict';

/** A text as this device knows it. It has version 0 while there is none. */
export interface KnownText {
  text: string;
  pinned: boolean;
  version: number;
}

export const NO_TEXT: KnownText = { text: '', pinned: false, version: 0 };

/** What is typed over a text. */
export interface TextDraft {
  text: string;
  pinned: boolean;
  /** The text as it was when typing began. */
  base: KnownText;
  /** What was sent last: once that is known, it comes from here and from no other device. */
  sent?: string;
}

/** Two texts of which one can stay: what was written here, and what is known from another device. */
interface Conflict {
  mine: KnownText;
  theirs: KnownText;
  /** The refused act that holds it; none: it is still being typed. */
  refused: string | null;
}

interface Subject {
  kind: Kind;
  /** What refused acts are about. */
  id: string;
  /** What the draft is stored under. */
  draft: string;
  known: () => KnownText;
  /** Saves a text over the version it names. */
  send: (text: KnownText) => Promise<unknown>;
}

export class EditedText {
  readonly #drafts: Drafts<TextDraft>;

  constructor(
    readonly app: App,
    readonly subject: Subject,
  ) {
    this.#drafts = textDrafts(app, subject.kind);
  }

  readonly #draft = $derived.by(() => this.#drafts.get(this.subject.draft));
  /** What is in the fields, with the version it is based on. */
  readonly current = $derived.by(() => {
    const known = this.subject.known();
    return this.#draft ? rebased(this.#draft, known) : known;
  });
  readonly isUnsaved = $derived.by(() => this.#draft !== undefined);
  /** What was written here while another device wrote something else. */
  readonly conflict = $derived.by((): Conflict | null => {
    const { kind, id, known } = this.subject;
    const theirs = known();
    const act = refusedText(this.app, kind, id);
    const written = act?.journal ?? (act?.note == null ? null : { text: act.note, pinned: false });
    if (act && written) return { mine: { ...written, version: 0 }, theirs, refused: act.key };
    const isBehind = this.#draft !== undefined && this.current.version !== theirs.version;
    return isBehind && !this.save.busy ? { mine: this.current, theirs, refused: null } : null;
  });
  /** Why it could not be saved. That another device was faster is asked about. */
  readonly failure = $derived.by(() =>
    this.conflict !== null && this.save.failure?.code === 'version-mismatch' ? null : this.save.failure,
  );

  type(change: { text?: string; pinned?: boolean }): void {
    const { known, draft } = this.subject;
    const before: TextDraft = this.#draft ?? { ...this.current, base: knownOf(known()) };
    const { text, pinned } = { ...before, ...change };
    const { version } = known();
    const isKnown = version === this.current.version && text === known().text && pinned === known().pinned;
    if (isKnown) this.#drafts.drop(draft);
    else this.#drafts.put(draft, { ...draftOf(before), text, pinned });
  }

  /** Discards what is typed; returns how to get it back, or nothing if nothing was typed. */
  discard(): (() => void) | null {
    const draft = this.#draft;
    if (!draft) return null;
    this.#drafts.drop(this.subject.draft);
    return () => {
      this.#drafts.put(this.subject.draft, draft);
    };
  }

  readonly save = new Action(() => this.#save(this.current));

  /** Decides between the two texts: whether the one from here replaces the other. */
  readonly decide = new Action(async (isMine: boolean) => {
    const { conflict } = this;
    if (!conflict) return;
    const { mine, theirs, refused } = conflict;
    if (isMine) await this.#save({ ...mine, version: theirs.version });
    // What is typed is a third text, unless it is the one that was decided about.
    else if (this.#draft?.text === mine.text) this.#drafts.drop(this.subject.draft);
    if (refused !== null) await this.app.call('discard_act', { key: refused });
  });

  async #save(sent: KnownText): Promise<void> {
    const { draft, send } = this.subject;
    if (this.#draft) this.#drafts.put(draft, { ...draftOf(this.#draft), sent: sent.text });
    await send(sent);
    // What was typed meanwhile stays.
    if (this.#draft?.text === sent.text && this.#draft.pinned === sent.pinned) this.#drafts.drop(draft);
  }
}

export function textDrafts(app: App, kind: Kind): Drafts<TextDraft> {
  return new Drafts(app, kind, asDraft);
}

/** What is typed, over what is known now, if nobody else has changed the text since. */
function rebased(draft: TextDraft, known: KnownText): KnownText {
  const { text, base, sent } = draft;
  if (![base.text, text, sent].includes(known.text)) return { ...draft, version: base.version };
  const pinned = draft.pinned === base.pinned ? known.pinned : draft.pinned;
  return { text, pinned, version: known.version };
}

function knownOf({ text, pinned, version }: KnownText): KnownText {
  return { text, pinned, version };
}

/** Only what is stored. */
function draftOf({ text, pinned, base, sent }: TextDraft): TextDraft {
  return sent === undefined ? { text, pinned, base } : { text, pinned, base, sent };
}

function asDraft(stored: unknown): TextDraft | undefined {
  const draft = stored as Partial<TextDraft> | null;
  const base = draft?.base as Partial<KnownText> | undefined;
  const isWhole = typeof draft?.text === 'string' && typeof base?.text === 'string';
  return isWhole && typeof base.version === 'number' ? (draft as TextDraft) : undefined;
}
