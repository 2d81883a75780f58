/** Undoing an act by another one. */
import { asFailure } from '../bridge/bridge';
import type { App } from './app.svelte';

/** Where it fails, a notice says why: what was on screen is gone. */
export async function undoBy(app: App, act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (thrown) {
    await app.failures.load();
    app.announcements.show(() => app.failures.of(asFailure(thrown)));
  }
}
