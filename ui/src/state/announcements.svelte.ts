/**
 * What is said politely: aloud to a screen reader, and, where it should be seen, as a notice. A notice of which nothing
 * has to be decided closes by itself once there was time to read it, in a window that somebody looks at. One of
 * something lost stays until it is closed.
 */
import { untrack } from 'svelte';

export interface Notice {
  id: number;
  /** `loss` is red: something was lost or hurts; everything else is neutral. */
  tone: 'neutral' | 'loss';
  /** Asked anew in another language. */
  words: () => string;
  /** Takes back what it is about, as long as it is there. */
  undo?: () => void;
}

/** How long a notice stays, in milliseconds: time to see it, and to read each of its letters. */
export const SEEN_MS = 5_000;
export const LETTER_MS = 60;
/** How long an act can be taken back. */
export const UNDO_MS = 10_000;

export class Announcements {
  /** The last thing said, for the live region. */
  spoken = $state('');
  notices = $state.raw<readonly Notice[]>([]);
  #count = 0;
  /** Nobody watches it: it is what time does to the notices. */
  // eslint-disable-next-line svelte/prefer-svelte-reactivity
  readonly #timers = new Map<number, ReturnType<typeof setTimeout>>();

  /** Says it without showing it: what is on screen says it already. */
  say(text: string): void {
    // A region only speaks when its text changes: a repeated sentence is told apart by a space nobody hears.
    // Untracked, so that an effect that says something does not wait for what was said.
    this.spoken = untrack(() => this.spoken) === text ? `${text}\u00A0` : text;
  }

  /** Shows it; at most three, the oldest goes first. */
  show(words: () => string, tone: Notice['tone'] = 'neutral'): void {
    this.#add({ tone, words });
  }

  /** Shows what was done, and for ten seconds how to take it back. */
  offerUndo(words: () => string, undo: () => void): void {
    // What was done before it can't be taken back any more: only the last act is undone by one key.
    for (const notice of untrack(() => this.notices)) if (notice.undo) this.dismiss(notice.id);
    this.#add({ tone: 'neutral', words, undo });
  }

  /** Takes back the last act that can be; answers whether there was one. */
  undo(): boolean {
    const notice = this.notices.find(({ undo }) => undo !== undefined);
    if (!notice) return false;
    this.dismiss(notice.id);
    notice.undo?.();
    return true;
  }

  /** Keeps a notice while somebody points at it or has the keyboard in it. */
  hold(id: number): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
  }

  /** Lets it close by itself again. */
  release(id: number): void {
    const notice = this.notices.find((one) => one.id === id);
    if (notice) this.#closeLater(notice);
  }

  /** Forgets everything: what was said to one person is not for the next. */
  clear(): void {
    this.spoken = '';
    for (const { id } of this.notices) this.dismiss(id);
  }

  dismiss(id: number): void {
    this.hold(id);
    this.notices = this.notices.filter((notice) => notice.id !== id);
  }

  #add(what: Omit<Notice, 'id'>): void {
    const notice = { ...what, id: ++this.#count };
    const text = untrack(notice.words);
    const before = untrack(() => this.notices);
    for (const one of before) if (untrack(one.words) === text) this.hold(one.id);
    const others = before.filter((one) => untrack(one.words) !== text);
    for (const { id } of others.slice(0, -2)) this.hold(id);
    this.notices = [...others.slice(-2), notice];
    this.#closeLater(notice);
    this.say(text);
  }

  #closeLater(notice: Notice): void {
    const { id, tone, undo } = notice;
    if (tone === 'loss') return;
    this.hold(id);
    const time = undo ? UNDO_MS : SEEN_MS + LETTER_MS * untrack(notice.words).length;
    const close = (): void => {
      // Nobody has seen it in a window that is out of sight. An act is taken back in time, or not at all.
      if (document.hidden && !undo) this.#timers.set(id, setTimeout(close, time));
      else this.dismiss(id);
    };
    this.#timers.set(id, setTimeout(close, time));
  }
}
