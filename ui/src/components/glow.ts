/**
 * Lets an element glow once where something arrived: brightly, then dimly, then no more. Each of these is one frame to
 * paint. A smooth fade is thirty-six, on the processor where there is no graphics card, and eight tiles may glow at once.
 */
import type { Attachment } from 'svelte/attachments';

import { play } from './motion';

const seen = new WeakMap<Element, unknown>();

const GLOW = [
  {
    boxShadow: 'inset 0 0 0 2px var(--accent), 0 0 0 4px var(--accent-wash)',
    backgroundColor: 'var(--accent-wash)',
  },
  {},
];
const GLOW_MS = 600;
/** What arrives within this time is dimmed in the same frame. */
const TOGETHER_MS = 100;

/**
 * Glows when `stamp` changes while the element is on screen and `fresh` says that it just arrived; an element born
 * with something fresh glows at once. `stamp` is usually the version of what the element shows.
 */
export function glow(stamp: unknown, fresh: boolean): Attachment<HTMLElement> {
  return (element) => {
    const changed = seen.get(element) !== stamp;
    seen.set(element, stamp);
    if (changed && fresh) startGlow(element);
  };
}

function startGlow(element: HTMLElement): void {
  const glowing = play(element, GLOW, { duration: GLOW_MS, easing: 'steps(2)' });
  const now = Number(document.timeline.currentTime);
  // Not in the future: WebKit would have it wait, frame by frame.
  if (glowing) glowing.startTime = Math.floor(now / TOGETHER_MS) * TOGETHER_MS;
}
