/**
 * Motion that restarts each time something arrives. None for whoever prefers reduced motion.
 *
 * Nothing here asks the page for what it would have to compute first: `getAnimations()` brings all styles up to date, which
 * takes longer than everything else that an arrival causes.
 */

const playing = new WeakMap<HTMLElement, Animation>();

/** Plays `keyframes` once on `element`, from the beginning if they still play. Returns what plays. */
export function play(
  element: HTMLElement,
  keyframes: Keyframe[],
  timing: KeyframeAnimationOptions,
): Animation | null {
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) return null;
  playing.get(element)?.cancel();
  const animation = element.animate(keyframes, { easing: 'ease-out', ...timing });
  playing.set(element, animation);
  return animation;
}
