/** Prints what is made for paper, and says so where that can't be done. */
import { m } from '../paraglide/messages';
import type { App } from '../state/app.svelte';

export async function print(app: App): Promise<void> {
  try {
    // On a Mac it is asked of the shell, and answers later.
    await (window.print() as unknown);
  } catch {
    app.announcements.show(m.invite_not_printed);
  }
}
