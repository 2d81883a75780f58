import type { Attachment } from 'svelte/attachments';

/**
 * Does something when an element comes into sight, as the end of a list that goes on; where that can't be told, nothing.
 * It is looked for anew whenever `state` is another one: what is still in sight then would be missed.
 */
export function whenSeen(act: () => void, state: unknown): Attachment {
  return (element) => {
    void state;
    if (!('IntersectionObserver' in globalThis)) return;
    const observer = new IntersectionObserver(
      ([seen]) => {
        if (seen?.isIntersecting) act();
      },
      { rootMargin: '400px' },
    );
    observer.observe(element);
    return () => {
      observer.disconnect();
    };
  };
}
