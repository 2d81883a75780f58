/** What an athlete finds beside the exercise: what comes next, a countdown, help; and what a rest sounds like. */
import { beforeEach, describe, expect, it, vi } from 'vitest';

import type { RoundExercise } from '../src/bridge/bridge';
import { ATHLETE, item, LIBRARY, NOTHING, round, secondsAgo, session, TRAINER, view } from '../dev/fixtures';
import { open, settle } from './window';

const [bench, squat, , , plank] = LIBRARY as [
  (typeof LIBRARY)[0],
  (typeof LIBRARY)[0],
  unknown,
  unknown,
  (typeof LIBRARY)[0],
];
const training = (...exercises: RoundExercise[]) =>
  view(ATHLETE, [session('active', [round(1, 'active', exercises)])]);

describe('an athlete in a round', () => {
  it('sees what comes next, with its values', async () => {
    const window = await open(
      training(
        item('i-1', bench, { weight_kg: 80, reps: 8 }),
        item('i-2', squat, { weight_kg: 100, reps: 5 }),
      ),
    );
    const main = window.find('view').textContent;
    expect(main).toContain('Danach');
    expect(main).toContain('Kniebeuge 100\u202Fkg × 5');
  });

  it('b63_sees_what_they_did_the_last_time_and_how_hard_it_was', async () => {
    const last = { at: '2026-11-20T17:00:00Z', actual: { ...NOTHING, weight_kg: 77.5, reps: 8 }, effort: 8 };
    const window = await open(training(item('i-1', bench, { weight_kg: 80, reps: 8 }, { last })));
    expect(window.find('last-time').textContent).toContain('77,5\u202Fkg × 8');
    await window.click('to-feedback');
    expect(window.find('last-effort').textContent).toContain('8 Sehr hart');
  });

  it('b66_starts_a_countdown_for_an_exercise_by_time_and_hears_its_end', async () => {
    const window = await open(training(item('i-1', plank, { time_s: 45 })));
    const play = vi.spyOn(window.app.sounds, 'play');
    expect(window.find('countdown-left').textContent).toBe('0:45');
    vi.useFakeTimers();
    window.find('countdown').click();
    vi.advanceTimersByTime(44_000);
    expect(play).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1_000);
    expect(play.mock.calls).toEqual([['rest-over']]);
    expect(window.find('announcement').textContent).toBe('');
    vi.useRealTimers();
    await settle();
    expect(window.find('announcement').textContent).toBe('Zeit um.');
  });

  it('has the length that is planned now, except one that runs, which keeps its own', async () => {
    const timed = (time_s: number) =>
      session('active', [round(1, 'active', [item('i-1', plank, { time_s })], { version: time_s })]);
    const window = await open(view(ATHLETE, [timed(45)]));
    await window.deliver(timed(60), 'round-updated', 'r-1');
    expect(window.find('countdown-left').textContent).toBe('1:00');
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout'] });
    window.find('countdown').click();
    await settle();
    await window.deliver(timed(30), 'round-updated', 'r-1');
    expect(window.find('countdown-left').textContent).toBe('1:00');
    window.find('countdown').click();
    await settle();
    expect(window.find('countdown-left').textContent).toBe('0:30');
  });

  it('has no countdown for what is not by time', async () => {
    const window = await open(training(item('i-1', bench, { reps: 8 })));
    expect(window.has('countdown')).toBe(false);
  });

  it('learns by one touch what each effort means', async () => {
    const window = await open(training(item('i-1', bench, { reps: 8 })));
    await window.click('to-feedback');
    await window.click('open-effort-help');
    expect(window.find('effort-help').textContent).toContain('Zwei Wiederholungen wären noch gegangen.');
    await window.click('close-effort-help');
    expect(window.has('effort-help')).toBe(false);
  });
});

describe('a rest', () => {
  beforeEach(() => {
    // Time stands still, but for what the test says.
    vi.useFakeTimers({ toFake: ['Date'] });
  });

  const resting = (seconds: number) =>
    view(ATHLETE, [
      session('active', [
        round(1, 'completed', [item('i-1', bench, { reps: 8 })], {
          rest_after_s: 60,
          completed_at: secondsAgo(60 - seconds),
        }),
      ]),
    ]);

  it('b66_is_announced_three_seconds_before_its_end', async () => {
    const window = await open(resting(30));
    const play = vi.spyOn(window.app.sounds, 'play');
    window.app.clock.offset = 27_500;
    await settle();
    expect(play.mock.calls).toEqual([['rest-soon']]);
    window.app.clock.offset = 31_000;
    await settle();
    expect(play.mock.calls).toEqual([['rest-soon'], ['rest-over']]);
  });

  it('ends without a warning for whoever wants none', async () => {
    const window = await open(resting(30));
    await window.click('open-settings');
    window.find('rest-warning').click();
    const play = vi.spyOn(window.app.sounds, 'play');
    window.app.clock.offset = 27_500;
    await settle();
    expect(play).not.toHaveBeenCalled();
  });
});

describe('a menu', () => {
  it('closes by Escape, and the keyboard is where it was', async () => {
    const window = await open(view(TRAINER, [session('active')]));
    const summary = window.find('session-menu');
    const menu = summary.parentElement as HTMLDetailsElement;
    menu.open = true;
    summary.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, cancelable: true }));
    expect(menu.open).toBe(false);
    expect(document.activeElement).toBe(summary);
  });

  it('closes by a choice', async () => {
    const window = await open(view(ATHLETE, [session('active')]));
    const menu = window.find('session-menu').parentElement as HTMLDetailsElement;
    menu.open = true;
    await window.click('cancel-session');
    expect(menu.open).toBe(false);
    expect(window.has('cancel-reason')).toBe(true);
  });
});
