/** Reports the outcome of an update, once: that it was installed, or that it was found and could not be. */
import type { Update } from '../bridge/bridge';
import type { Announcements } from './announcements.svelte';

export class UpdateNotices {
  /** The last outcome that was reported, and the last state of any kind. */
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

/** Identifies a state. The progress of a download is no state of its own. */
function stateOf(update: Update): string {
  return JSON.stringify([
    update.state,
    'version' in update ? update.version : null,
    'code' in update ? update.code : null,
  ]);
}
