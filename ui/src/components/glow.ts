/** Lets an element glow once where something arrived. The look of it, and its absence under reduced motion, is CSS. */
import type { Attachment } from 'svelte/attachments';

const seen = new WeakMap<Element, unknown>();

/**
 * Glows when `stamp` changes while the element is on screen and `fresh` says that it just arrived; an element born
 * with something fresh glows at once. `stamp` is usually the version of what the element shows.
 */
export function glow(stamp: unknown, fresh: boolean): Attachment<HTMLElement> {
  return (element) => {
    const changed = seen.get(element) !== stamp;
    seen.set(element, stamp);
    if (!changed || !fresh) return;
    delete element.dataset['glow'];
    // Reading the layout between taking the attribute away and giving it back starts the animation anew.
    void element.offsetWidth;
    element.dataset['glow'] = '';
    const end = () => {
      delete element.dataset['glow'];
    };
    element.addEventListener('animationend', end, { once: true });
    return () => {
      element.removeEventListener('animationend', end);
    };
  };
}
