/** Bests when they happen, in both windows (b69). */
import { describe, expect, it, vi } from 'vitest';

import { athlete, ATHLETE, item, JONAS, LIBRARY, round, session, TRAINER, view } from '../dev/fixtures';
import { bestRound } from '../dev/progress-scenes';
import { animated, open, PATIENT, settle } from './window';
import { plain } from './said';

const jonas = { athletes: [athlete(JONAS)] };
const [, squat] = LIBRARY as [(typeof LIBRARY)[0], (typeof LIBRARY)[0]];
const out = round(1, 'active', [item('i-squat', squat, { weight_kg: 122.5, reps: 3 })]);

describe('b69 a best', () => {
  const before = session('active', [out]);
  const after = (bests = true) => {
    const done = bestRound({ id: out.id });
    const exercises = done.exercises.map((one) => (bests ? one : { ...one, bests: [] }));
    return session('active', [{ ...done, exercises }], { version: 2 });
  };

  it('is celebrated once in the window of the athlete, with the set', async () => {
    const window = await open(view(ATHLETE, [before]));
    const play = vi.spyOn(window.app.sounds, 'play');
    await window.deliver(after(), 'round-completed', out.id);
    const words = 'Kniebeuge 126 kg × 3: schwerster Satz, bisher 120 kg';
    expect(plain(window.find('new-bests').textContent)).toContain(words);
    expect(plain(window.app.announcements.spoken)).toContain(`Bestwert: ${words}`);
    await window.deliver({ ...after(), version: 3 }, 'round-saved', 'r-2');
    expect(play.mock.calls.filter(([figure]) => figure === 'best')).toHaveLength(1);
  });

  it('is not celebrated again when everything is read anew', async () => {
    const window = await open(view(ATHLETE, [before]));
    const play = vi.spyOn(window.app.sounds, 'play');
    const celebrated = () => play.mock.calls.filter(([figure]) => figure === 'best').length;
    await window.deliver(after(), 'round-completed', out.id);
    const next = round(2, 'released', [item('i-2', squat, {})]);
    const { rounds } = after();
    window.bridge.emit({
      type: 'view',
      view: view(ATHLETE, [session('active', [...rounds, next], { version: 3 })]),
    });
    await settle();
    expect(window.view()).toBe('round');
    expect(celebrated()).toBe(1);
  });

  it('that came while nobody was connected is celebrated once, with what is said of its session', async () => {
    const window = await open(view(ATHLETE, [before]));
    const play = vi.spyOn(window.app.sounds, 'play');
    const celebrated = () => play.mock.calls.filter(([figure]) => figure === 'best').length;
    const next = round(2, 'released', [item('i-2', squat, {})]);
    const missed = session('active', [...after().rounds, next], { version: 3 });
    window.bridge.emit({ type: 'view', view: view(ATHLETE, [missed]) });
    await settle();
    expect(celebrated()).toBe(1);
    window.bridge.emit({ type: 'view', view: view(ATHLETE, [missed]) });
    await window.deliver({ ...missed, version: 4 }, 'exercise-logged', next.id);
    expect(celebrated()).toBe(1);
  });

  it('is celebrated in the window of the trainer, and marked in the round', async () => {
    const window = await open(view(TRAINER, [before], jonas));
    await window.deliver(after(), 'round-completed', out.id);
    expect(plain(window.find('notice').textContent)).toContain(
      'Jonas Brandt, Bestwert: Kniebeuge 126 kg × 3: schwerster Satz, bisher 120 kg',
    );
    expect(plain(window.find('new-best').textContent)).toContain('schwerster Satz, bisher 120 kg');
  });

  it('makes no sound where sounds are off, and no flash where flashes are', async () => {
    const window = await open(view(ATHLETE, [before]));
    const frame = document.querySelector('.frame');
    // An arrow function can't be constructed.
    const audio = vi.fn(function () {
      return { resume: () => new Promise(() => undefined) };
    });
    vi.stubGlobal('AudioContext', audio);
    Object.assign(window.app.settings, { sound: false, flash: false });
    animated.mockClear();
    await window.deliver(after(), 'round-completed', out.id);
    expect(window.has('new-bests')).toBe(true);
    expect(animated.mock.calls.filter(([element]) => element === frame)).toEqual([]);
    expect(audio).not.toHaveBeenCalled();
    Object.assign(window.app.settings, { sound: true, flash: true });
    await window.deliver({ ...before, version: 3 }, 'exercise-corrected', out.id);
    await window.deliver({ ...after(), version: 4 }, 'round-completed', out.id);
    expect(animated.mock.calls.filter(([element]) => element === frame)).toHaveLength(1);
    await vi.waitFor(() => {
      expect(audio).toHaveBeenCalledOnce();
    }, PATIENT);
    vi.unstubAllGlobals();
  });

  it('is taken back quietly when it is corrected', async () => {
    const window = await open(view(TRAINER, [after()], jonas));
    expect(window.has('new-best')).toBe(true);
    const { spoken } = window.app.announcements;
    await window.deliver({ ...after(false), version: 3 }, 'exercise-corrected', out.id);
    expect(window.has('new-best')).toBe(false);
    expect(window.app.announcements.spoken).toBe(spoken);
    expect(window.has('notice')).toBe(false);
  });

  it('that a correction brings is marked, and not celebrated', async () => {
    const window = await open(view(TRAINER, [after(false)], jonas));
    const play = vi.spyOn(window.app.sounds, 'play');
    await window.deliver({ ...after(), version: 3 }, 'exercise-corrected', out.id);
    expect(window.has('new-best')).toBe(true);
    expect(play).not.toHaveBeenCalled();
  });

  it('is never made up for a round that was completed without a network', async () => {
    const window = await open(view(ATHLETE, [before]));
    await window.deliver(after(false), 'round-completed', out.id);
    expect(window.has('new-bests')).toBe(false);
  });

  it('is in the summary of the training', async () => {
    const window = await open(view(ATHLETE, [before]));
    await window.deliver({ ...after(), status: 'completed', ended_at: out.released_at }, 'session-completed');
    expect(window.view()).toBe('completed');
    expect(window.has('new-bests')).toBe(true);
  });
});
