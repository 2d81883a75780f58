/** What can be taken back for ten seconds. */
import { asFailure } from '../bridge/bridge';
import { m } from '../paraglide/messages';
import type { App } from './app.svelte';

/** Undoes an act by another one. Where that fails, a notice says why: what was on screen is gone. */
export async function undoBy(app: App, act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (thrown) {
    await app.failures.load();
    app.announcements.show(() => app.failures.of(asFailure(thrown)));
  }
}

/** Says that what was typed is discarded; `undo` brings it back. */
export function offerDiscarded(app: App, undo: (() => void) | null): void {
  if (undo) app.announcements.offerUndo(m.input_discarded, undo);
}
