/** Where the keyboard goes on when what it was on is gone. */
import { describe, expect, it } from 'vitest';

import { ATHLETE, item, LIBRARY, round, session, view } from '../dev/fixtures';
import { open, settle } from './window';

const [bench, squat] = LIBRARY as [(typeof LIBRARY)[0], (typeof LIBRARY)[0]];
const items = () => [item('i-1', bench, { weight_kg: 80, reps: 8 }), item('i-2', squat, { reps: 5 })];

async function press(key: string): Promise<void> {
  document.activeElement?.dispatchEvent(
    new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }),
  );
  await settle();
}

const focused = () => (document.activeElement as HTMLElement | null)?.dataset['testid'];

describe('the focus', () => {
  it('moves to the stage that replaces another', async () => {
    const window = await open(view(ATHLETE, [session('active', [round(1, 'released', items())])]), {
      start_round: () => round(1, 'active', items()),
    });
    window.find('begin-round').focus();
    await window.click('begin-round');
    await window.deliver(session('active', [round(1, 'active', items())]), 'round-started', 'r-1');
    expect(focused()).toBe('view');
  });

  it('moves to the top of the next exercise’s feedback', async () => {
    const window = await open(view(ATHLETE, [session('active', [round(1, 'active', items())])]));
    await window.click('to-feedback');
    await window.click('effort-5');
    await window.click('pain-no');
    window.find('next-exercise').focus();
    await window.click('next-exercise');
    expect(focused()).toBe('view');
  });

  it('stays in a text when something arrives', async () => {
    const window = await open(view(ATHLETE, [session('active', [round(1, 'active', items())])]));
    await window.click('to-feedback');
    window.find('note').focus();
    await window.deliver(
      session('active', [round(1, 'active', items(), { version: 4 })]),
      'round-updated',
      'r-1',
    );
    expect(focused()).toBe('note');
  });

  it('moves through the efforts by arrow keys, and wraps around', async () => {
    const window = await open(view(ATHLETE, [session('active', [round(1, 'active', items())])]));
    await window.click('to-feedback');
    expect(window.find('effort-0').tabIndex).toBe(0);
    window.find('effort-0').focus();
    await press('ArrowRight');
    expect(focused()).toBe('effort-1');
    await press('ArrowLeft');
    await press('ArrowLeft');
    expect(focused()).toBe('effort-10');
    expect(window.find('effort-10').getAttribute('aria-checked')).toBe('true');
    await press('Home');
    expect(focused()).toBe('effort-0');
  });

  it('is on a region, which Space and Enter toggle', async () => {
    const window = await open(view(ATHLETE, [session('active', [round(1, 'active', items())])]));
    await window.click('to-feedback');
    await window.click('pain-yes');
    window.find('region-abdomen').focus();
    await press(' ');
    expect(window.find('region-abdomen').getAttribute('aria-checked')).toBe('true');
    await press('Enter');
    expect(window.find('region-abdomen').getAttribute('aria-checked')).toBe('false');
  });

  it('is on a value, which the arrow keys change by a step', async () => {
    const window = await open(view(ATHLETE, [session('active', [round(1, 'active', items())])]));
    const weight = window.find('actual-weight_kg') as HTMLInputElement;
    weight.focus();
    await press('ArrowUp');
    expect(weight.value).toBe('82,5');
    await press('ArrowDown');
    await press('ArrowDown');
    expect(weight.value).toBe('77,5');
  });
});
