/** Lists with a thousand rows: not all of them are there at once, and each is within reach. */
import { describe, expect, it, vi } from 'vitest';

import { ROWS } from '../src/components/GrowingRows.svelte';
import { athlete, TRAINER, view } from '../dev/fixtures';
import { past } from '../dev/history-scenes';
import { open, type Window } from './window';

const PEOPLE = Array.from({ length: 1_000 }, (_, i) =>
  athlete({ id: `u-${String(i)}`, name: `Person ${String(10_000 + i)}` }),
);
const count = (testid: string) => document.querySelectorAll(`[data-testid="${testid}"]`).length;

async function athletes(): Promise<Window> {
  const window = await open(view(TRAINER, [], { athletes: PEOPLE }), past());
  await window.click('open-athletes');
  return window;
}

describe('a thousand athletes', () => {
  it('are not all in the list at once, and more of them come when they are wanted', async () => {
    const window = await athletes();
    expect(count('athlete')).toBe(ROWS);
    await window.click('more-rows');
    expect(count('athlete')).toBe(2 * ROWS);
    await window.click('more-rows');
    await window.click('more-rows');
    expect(count('athlete')).toBe(PEOPLE.length);
    expect(document.querySelector('[data-view="athletes"] [data-testid="more-rows"]')).toBeNull();
  });

  it('come as the end of the list comes into sight', async () => {
    let see: () => void = () => undefined;
    class Observer {
      constructor(tell: (entries: unknown[]) => void) {
        see = () => {
          tell([{ isIntersecting: true }]);
        };
      }
      observe = vi.fn();
      disconnect = vi.fn();
    }
    vi.stubGlobal('IntersectionObserver', Observer);
    const window = await athletes();
    see();
    await window.settle();
    expect(count('athlete')).toBe(2 * ROWS);
    vi.unstubAllGlobals();
  });

  it('are all found by typing', async () => {
    const window = await athletes();
    await window.type('search-athletes', '10999');
    expect(count('athlete')).toBe(1);
  });

  it('have the one whose page is open among them, wherever they stand', async () => {
    const window = await athletes();
    window.app.places.goToAthlete('u-900');
    await window.settle();
    expect(document.querySelector('[data-testid="athlete"][aria-current]')?.textContent).toContain('10900');
  });

  it('are not all on the place of the sessions at once', async () => {
    await open(view(TRAINER, [], { athletes: PEOPLE }));
    expect(count('athlete-row')).toBe(ROWS);
  });
});
