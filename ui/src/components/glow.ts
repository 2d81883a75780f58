/** Lets an element glow once where something arrived. */
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

/**
 * Glows when `stamp` changes while the element is on screen and `fresh` says that it just arrived; an element born
 * with something fresh glows at once. `stamp` is usually the version of what the element shows.
 */
export function glow(stamp: unknown, fresh: boolean): Attachment<HTMLElement> {
  return (element) => {
    const changed = seen.get(element) !== stamp;
    seen.set(element, stamp);
    if (changed && fresh) play(element, GLOW, 600);
  };
}
