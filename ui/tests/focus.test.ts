/** The keyboard: something always has it, whatever an act takes away. */
import { expect, it } from 'vitest';

import type { Exercise } from '../src/bridge/bridge';
import { secondsAgo, item, LIBRARY, round, session, TRAINER, view } from '../dev/fixtures';
import { scrolledIntoView, open, type Window } from './window';

const [bench] = LIBRARY as [Exercise];
const running = session('active', [round(1, 'completed', [item('i-1', bench, { reps: 8 })])]);

/** Presses a button that has the keyboard, and waits until what it took away is gone. */
async function press(window: Window, testid: string): Promise<void> {
  window.find(testid).focus();
  await window.click(testid);
  await new Promise((go) => setTimeout(go, 5));
}

it('the focus moves to the new-round button when the planner is closed', async () => {
  const window = await open(view(TRAINER, [running]));
  await window.click('new-round');
  await window.type('exercise-search', 'bank');
  await press(window, 'discard-plan');
  expect(document.activeElement).toBe(window.find('new-round'));
});

it('the focus moves to the view when a notice is closed', async () => {
  const window = await open(view(TRAINER, [running]));
  window.app.announcements.show(() => 'Mira ist da.');
  await window.settle();
  await press(window, 'close-notice');
  expect(document.activeElement).toBe(window.find('view'));
});

it('the focus moves to the next view after signing out', async () => {
  const window = await open(view(TRAINER, []), {
    sign_out: () => {
      window.bridge.emit({ type: 'view', view: view(null) });
      return null;
    },
  });
  await window.click('open-settings');
  await press(window, 'sign-out');
  await window.settle();
  expect(window.view()).toBe('sign-in');
  expect(document.activeElement).toBe(window.find('view'));
});

it('the focus stays nowhere after somebody removed it', async () => {
  const window = await open(view(TRAINER, [running]));
  await window.click('new-round');
  window.find('exercise-search').focus();
  window.find('exercise-search').blur();
  await new Promise((go) => setTimeout(go, 5));
  await window.click('discard-plan');
  await new Promise((go) => setTimeout(go, 5));
  expect(document.activeElement).toBe(document.body);
});

it('a focused element is scrolled into view, unless the pointer focused it', async () => {
  const window = await open(view(TRAINER, [running]));
  window.find('new-round').focus();
  expect(scrolledIntoView).toHaveBeenLastCalledWith(window.find('new-round'));
  scrolledIntoView.mockClear();
  document.dispatchEvent(new MouseEvent('pointerdown'));
  window.find('open-settings').focus();
  expect(scrolledIntoView).not.toHaveBeenCalled();
  document.dispatchEvent(new MouseEvent('pointerup'));
});

it('of thirty rounds the completed ones are folded, and the one that is out is in view', async () => {
  const rounds = Array.from({ length: 30 }, (_, i) =>
    round(i + 1, i < 28 ? 'completed' : i === 28 ? 'active' : 'draft', [item(`i-${i}`, bench, { reps: 8 })]),
  );
  const window = await open(view(TRAINER, [session('active', rounds)]));
  const folded = document.querySelectorAll('[data-testid="unfold-round"]');
  // The last one that was done is what the next one is planned by.
  expect(folded).toHaveLength(27);
  expect(scrolledIntoView).toHaveBeenCalledWith(document.querySelector('[data-number="29"]'));
  await window.click('unfold-round');
  expect(document.querySelectorAll('[data-testid="unfold-round"]')).toHaveLength(26);
  expect((document.activeElement as HTMLElement).dataset['number']).toBe('1');
});

it('one of sixty people is found by typing, and the digit keys count who is shown', async () => {
  const people = Array.from({ length: 60 }, (_, i) => ({
    id: `u-${i}`,
    name: `Person ${i} Öztürk`,
    records: [],
    version: 1,
  }));
  const sessions = people
    .slice(0, 12)
    .map((athlete, i) => session('active', [], { id: `x-${i}`, athlete, started_at: secondsAgo(1000 - i) }));
  const window = await open(view(TRAINER, sessions, { athletes: people }));
  const press = (key: string) => {
    (document.activeElement ?? document.body).dispatchEvent(
      new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }),
    );
    return window.settle();
  };
  await press('f');
  expect(document.activeElement).toBe(window.find('people-search'));
  await window.type('people-search', 'ztürk 11');
  const rows = document.querySelectorAll<HTMLElement>('[data-testid="session-row"]');
  expect([...rows].map(({ dataset }) => dataset['session'])).toEqual(['x-11']);
  expect(window.has('athlete-row')).toBe(false);
  window.find('people-search').blur();
  await press('1');
  expect(document.querySelector<HTMLElement>('[aria-current="true"]')?.dataset['session']).toBe('x-11');
  await window.type('people-search', 'nobody');
  expect(window.text()).toContain('Niemand heißt so.');
});
