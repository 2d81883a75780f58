/**
 * Keeps what the studio's place shows as the server has it, also when another admin changes it: the list is asked for, not
 * replicated, so it is asked for again. Only while somebody can see it, and at once when they look at it again.
 */
import type { StudioState } from './studio.svelte';

/** How often it is asked for while it is on screen, in milliseconds. */
export const REFRESH_MS = 10_000;

export class PeopleRefresh {
  constructor(
    readonly studio: StudioState,
    /** Whether the place is on screen. */
    readonly isShown: () => boolean,
  ) {}

  /** Begins; returns what ends it. */
  start(): () => void {
    const look = (): void => {
      if (this.isShown() && document.visibilityState === 'visible') void this.studio.lookAgain();
    };
    const timer = setInterval(look, REFRESH_MS);
    addEventListener('focus', look);
    document.addEventListener('visibilitychange', look);
    return () => {
      clearInterval(timer);
      removeEventListener('focus', look);
      document.removeEventListener('visibilitychange', look);
    };
  }
}
