/** What was typed and is discarded can be brought back for ten seconds. */
import { m } from '../paraglide/messages';
import type { App } from './app.svelte';

/** Says that it is discarded, if anything was; `undo` brings it back, and `over` is told when nothing can any more. */
export function offerDiscarded(app: App, undo: (() => void) | null, over?: () => void): void {
  if (undo) app.announcements.offerUndo(m.input_discarded, undo, undefined, over);
}
