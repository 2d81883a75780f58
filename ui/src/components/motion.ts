/** Motion that starts anew each time something arrives. None for whoever asked their system for less of it. */

/** Plays `keyframes` once on `element`, from the beginning if they still play. */
export function play(element: HTMLElement, keyframes: Keyframe[], duration: number): void {
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
  for (const animation of element.getAnimations()) animation.cancel();
  element.animate(keyframes, { duration, easing: 'ease-out' });
}
