/** Motion that restarts each time something arrives. None for whoever prefers reduced motion. */

/** Plays `keyframes` once on `element`, from the beginning if they still play. */
export function play(element: HTMLElement, keyframes: Keyframe[], duration: number): void {
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
  for (const animation of element.getAnimations()) animation.cancel();
  element.animate(keyframes, { duration, easing: 'ease-out' });
}
