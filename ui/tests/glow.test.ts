/** What arrives glows once, and costs few frames. */
import { expect, it, vi } from 'vitest';

import { glow } from '../src/components/glow';
import './window';

interface Played {
  timing: KeyframeAnimationOptions;
  animation: Animation;
}

/** An element, and what is played on it. */
function element(): { element: HTMLElement; played: Played[] } {
  const element = document.createElement('li');
  const played: Played[] = [];
  element.animate = (_, timing) => {
    const animation = { cancel: vi.fn() as () => void, startTime: null } as Animation;
    played.push({ timing: timing as KeyframeAnimationOptions, animation });
    return animation;
  };
  return { element, played };
}

it('glows once for each arrival, from the beginning if it still glows', () => {
  const { element: tile, played } = element();
  glow(1, true)(tile);
  glow(1, true)(tile);
  expect(played).toHaveLength(1);
  glow(2, false)(tile);
  expect(played).toHaveLength(1);
  glow(3, true)(tile);
  expect(played).toHaveLength(2);
  expect(played[0]?.animation.cancel).toHaveBeenCalledOnce();
});

it('is painted in two steps, at the same instants as what arrived with it', () => {
  const starts = [100, 110, 199].map((now) => {
    vi.spyOn(document.timeline, 'currentTime', 'get').mockReturnValue(now);
    const { element: tile, played } = element();
    glow(1, true)(tile);
    expect(played[0]?.timing).toMatchObject({ duration: 600, easing: 'steps(2)' });
    return played[0]?.animation.startTime;
  });
  expect(starts).toEqual([100, 100, 100]);
});

it('asks for no style while something arrives', () => {
  const { element: tile } = element();
  // It brings the styles of the whole page up to date.
  tile.getAnimations = vi.fn(() => []);
  glow(1, true)(tile);
  glow(2, true)(tile);
  expect(tile.getAnimations).not.toHaveBeenCalled();
});
