/** Tells what became of an update: of each one that was installed, or found and then not installed, once. */
import type { Update } from '../bridge/bridge';
import type { Announcements } from './announcements.svelte';

export class UpdateNotices {
  /** The last state that was told of, and the last one of any kind. */
  #announced = '';
  #last = '';

  constructor(readonly announcements: Announcements) {}

  /** `isInSettings`: the settings are on screen, which show every state. A notice would only lie over them. */
  async announce(update: Update, isInSettings: boolean): Promise<void> {
    const isNews = update.state === 'installed' || (update.state === 'failed' && update.version !== null);
    const state = stateOf(update);
    const hasChanged = state !== this.#last;
    this.#last = state;
    if (isNews ? state === this.#announced : !(isInSettings && hasChanged)) return;
    if (isNews) this.#announced = state;
    const { updateWords } = await import('../words/updates');
    if (isInSettings) this.announcements.speak(updateWords(update));
    else this.announcements.show(() => updateWords(update), update.state === 'failed' ? 'loss' : 'neutral');
  }
}

/** What tells one state from another. The progress of a download is no state of its own. */
function stateOf(update: Update): string {
  return JSON.stringify([
    update.state,
    'version' in update ? update.version : null,
    'code' in update ? update.code : null,
  ]);
}
