/**
 * What is announced: aloud by a screen reader, and, where it should be seen, as a notice. A notice closes by itself once
 * there was time to read it, in a window that somebody looks at. One about a loss stays until it is closed.
 */
import { untrack } from 'svelte';

import type { SessionId } from '../bridge/bridge';

export interface Notice {
  id: number;
  /** `loss` is red: something was lost or hurts; everything else is neutral. */
  tone: 'neutral' | 'loss';
  /** Read again when the language changes. */
  words: () => string;
  /** Undoes what it is about, as long as it is on screen. */
  undo?: () => void;
  /** Told when it can't be undone any more, and was not. */
  over?: () => void;
  /** The session in which it can be undone, while that goes on. */
  session?: SessionId;
}

/** How long a notice stays, in milliseconds: time to see it, and to read each of its letters. */
export const SEEN_MS = 5_000;
export const LETTER_MS = 60;
/** How long an act can be undone. */
export const UNDO_MS = 10_000;

export class Announcements {
  /** The last announcement, for the live region. */
  spoken = $state('');
  notices = $state.raw<readonly Notice[]>([]);
  /** The modal dialogs on screen, the one in front last. What is behind it can't be reached. */
  #dialogs = $state.raw<readonly string[]>([]);
  #count = 0;
  /** Not reactive: nothing on screen reads it. */
  // eslint-disable-next-line svelte/prefer-svelte-reactivity
  readonly #timers = new Map<number, ReturnType<typeof setTimeout>>();

  /** Announces it without a notice, because it is on screen anyway. */
  speak(text: string): void {
    // A live region is only read when its text changes: a repeated sentence gets a space that is not read.
    // Untracked, so that an effect that announces something does not depend on what was announced.
    this.spoken = untrack(() => this.spoken) === text ? `${text}\u00A0` : text;
  }

  /** Announces it and shows a notice; at most three, the oldest is removed first. */
  show(words: () => string, tone: Notice['tone'] = 'neutral'): void {
    this.#add({ tone, words });
  }

  /** Shows what was done, and for ten seconds a button that undoes it: in a session, while that goes on. */
  offerUndo(words: () => string, undo: () => void, session?: SessionId, over?: () => void): void {
    // An earlier act can't be undone any more: one key undoes the last one only.
    for (const notice of untrack(() => this.notices)) if (notice.undo) this.dismiss(notice.id);
    this.#add({ tone: 'neutral', words, undo, ...(session && { session }), ...(over && { over }) });
  }

  /** The notice of the last act that can be undone. */
  get undoable(): Notice | undefined {
    return this.notices.find(({ undo }) => undo !== undefined);
  }

  /** The notices to be shown in a dialog, or outside of all: in the one in front is what can be undone. */
  noticesIn(dialog: string | null): readonly Notice[] {
    const front = this.#dialogs.at(-1) ?? null;
    if (dialog === null) return this.notices.filter(({ undo }) => undo === undefined || front === null);
    return dialog === front ? this.notices.filter(({ undo }) => undo !== undefined) : [];
  }

  /** A dialog is in front of everything, until the returned function is called. */
  enterDialog(id: string): () => void {
    this.#dialogs = [...untrack(() => this.#dialogs), id];
    return () => {
      this.#dialogs = untrack(() => this.#dialogs).filter((one) => one !== id);
    };
  }

  /** Undoes the last act that can be undone; returns whether there was one. */
  undo(): boolean {
    const notice = this.undoable;
    if (!notice) return false;
    delete notice.over;
    this.dismiss(notice.id);
    notice.undo?.();
    return true;
  }

  /** Removes what can't be undone any more, since its session has ended. */
  endSession(session: SessionId): void {
    for (const notice of untrack(() => this.notices)) if (notice.session === session) this.dismiss(notice.id);
  }

  /** Keeps a notice open while the pointer or the focus is in it. */
  hold(id: number): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
  }

  /** Lets it close by itself again. */
  release(id: number): void {
    const notice = this.notices.find((one) => one.id === id);
    if (notice) this.#closeLater(notice);
  }

  /** Removes everything: what was announced to one person is not for the next. */
  clear(): void {
    this.spoken = '';
    for (const { id } of this.notices) this.dismiss(id);
  }

  dismiss(id: number): void {
    this.hold(id);
    const gone = untrack(() => this.notices).find((notice) => notice.id === id);
    this.notices = untrack(() => this.notices).filter((notice) => notice !== gone);
    gone?.over?.();
  }

  #add(what: Omit<Notice, 'id'>): void {
    const notice = { ...what, id: ++this.#count };
    const text = untrack(notice.words);
    for (const one of untrack(() => this.notices)) if (untrack(one.words) === text) this.dismiss(one.id);
    for (const { id } of untrack(() => this.notices).slice(0, -2)) this.dismiss(id);
    this.notices = [...untrack(() => this.notices), notice];
    this.#closeLater(notice);
    this.speak(text);
  }

  #closeLater(notice: Notice): void {
    const { id, tone, undo } = notice;
    if (tone === 'loss') return;
    this.hold(id);
    const time = undo ? UNDO_MS : SEEN_MS + LETTER_MS * untrack(notice.words).length;
    const close = (): void => {
      // In a hidden window nobody has seen it. An act is undone in time, or not at all.
      if (document.hidden && !undo) this.#timers.set(id, setTimeout(close, time));
      else this.dismiss(id);
    };
    this.#timers.set(id, setTimeout(close, time));
  }
}
