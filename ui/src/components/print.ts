/** Prints what is made for paper, and says so where that can't be done. */
import type { App } from '../state/app.svelte';

/** `failed`: that it can't, in words. */
export async function print(app: App, failed: () => string): Promise<void> {
  try {
    // On a Mac it is asked of the shell, and answers later.
    await (window.print() as unknown);
  } catch {
    app.announcements.show(failed);
  }
}
