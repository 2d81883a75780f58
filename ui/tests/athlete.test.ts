import { cleanup } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { ATHLETE, item, LIBRARY, NOTHING, round, session, view } from '../dev/cast';
import { open } from './stage';

const [bench, squat] = LIBRARY as [(typeof LIBRARY)[0], (typeof LIBRARY)[0]];
const items = () => [
  item('i-1', bench, { weight_kg: 80, reps: 8 }),
  item('i-2', squat, { weight_kg: 100, reps: 5 }),
];

beforeEach(() => {
  localStorage.clear();
});
afterEach(cleanup);

describe('the athlete’s window', () => {
  it('shows a round the moment it is released, and goes through it to feedback', async () => {
    const window = await open(view(ATHLETE, [session('active')]), {
      start_round: () => round(1, 'active', items()),
      log_exercise: () => round(1, 'active', items()),
    });
    expect(window.view()).toBe('between');
    await window.tell(session('active', [round(1, 'released', items())]), 'round-released', 'r-1');
    expect(window.view()).toBe('round');
    expect(window.find('planned').textContent).toContain('80');
    await window.click('begin-round');
    expect(window.asked('start_round')).toEqual([{ round_id: 'r-1' }]);
    await window.tell(session('active', [round(1, 'active', items())]), 'round-started', 'r-1');
    await window.click('tick');
    expect(window.asked('log_exercise')).toEqual([
      { round_id: 'r-1', item_id: 'i-1', actual: { ...NOTHING, weight_kg: 80, reps: 8 } },
    ]);
    await window.click('to-feedback');
    expect(window.view()).toBe('feedback');
  });
});
