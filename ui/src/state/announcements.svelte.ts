/**
 * What is said politely: aloud to a screen reader, and, where it should be seen, as a notice that stays until it was
 * read or replaced. Nothing here disappears by a timer: a person who looked away would have missed it.
 */
import { untrack } from 'svelte';

export interface Notice {
  id: number;
  /** `loss` is red: something was lost or hurts; everything else is neutral. */
  tone: 'neutral' | 'loss';
  text: string;
}

export class Announcements {
  /** The last thing said, for the live region. */
  spoken = $state('');
  notices = $state.raw<readonly Notice[]>([]);
  #count = 0;

  /** Says it without showing it: what is on screen says it already. */
  say(text: string): void {
    // A region only speaks when its text changes: a repeated sentence is told apart by a space nobody hears.
    // Untracked, so that an effect that says something does not wait for what was said.
    this.spoken = untrack(() => this.spoken) === text ? `${text}\u00A0` : text;
  }

  /** Shows it until it is dismissed; at most three, the oldest goes first. */
  show(text: string, tone: Notice['tone'] = 'neutral'): void {
    const others = untrack(() => this.notices).filter((notice) => notice.text !== text);
    this.notices = [...others, { id: ++this.#count, tone, text }].slice(-3);
    this.say(text);
  }

  /** Forgets everything: what was said to one person is not for the next. */
  clear(): void {
    this.spoken = '';
    this.notices = [];
  }

  dismiss(id: number): void {
    this.notices = this.notices.filter((notice) => notice.id !== id);
  }
}
