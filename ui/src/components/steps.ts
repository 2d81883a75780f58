/** The keys that lead along a row of things, of which one is current. */

type Steps = Partial<Record<string, (index: number, last: number) => number>>;

const ALONG: Steps = {
  ArrowLeft: (index) => index - 1,
  ArrowRight: (index) => index + 1,
  Home: () => 0,
  End: (_, last) => last,
};

const OF_A_SLIDER: Steps = {
  ...ALONG,
  ArrowDown: (index) => index - 1,
  ArrowUp: (index) => index + 1,
  PageDown: (index) => index - 10,
  PageUp: (index) => index + 10,
};

/**
 * Where a key leads from one of `last + 1` things, which is then its own; `null` for any other key. A slider ends at its
 * ends; `round`, the last thing is followed by the first, and the keys up and down are left alone.
 */
export function stepTo(
  event: KeyboardEvent,
  index: number,
  last: number,
  ends: 'fixed' | 'round' = 'fixed',
): number | null {
  const step = (ends === 'round' ? ALONG : OF_A_SLIDER)[event.key];
  if (!step || event.ctrlKey || event.metaKey || event.altKey) return null;
  event.preventDefault();
  const next = step(index, last);
  if (ends === 'round') return (next + last + 1) % (last + 1);
  return Math.max(0, Math.min(next, last));
}
