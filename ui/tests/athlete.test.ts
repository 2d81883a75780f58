/** The athlete's window as a whole, on a scripted core. */
import { cleanup } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';

import type { EventName, Round, Session } from '../src/bridge/bridge';
import { ATHLETE, item, LIBRARY, MIRA, NOTHING, round, session, view } from '../dev/fixtures';
import { failure } from '../dev/scripted';
import { isolated } from '../src/words/names';
import { animated, open } from './window';

const [bench, squat] = LIBRARY as [(typeof LIBRARY)[0], (typeof LIBRARY)[0]];
const items = () => [
  item('i-1', bench, { weight_kg: 80, reps: 8 }),
  item('i-2', squat, { weight_kg: 100, reps: 5 }),
];
const training = (...rounds: Round[]) => session('active', rounds);
const active = (more: Partial<Round> = {}) => round(1, 'active', items(), more);

describe('starting', () => {
  it('starts one session however often it is clicked', async () => {
    const window = await open(view(ATHLETE), { start_session: () => new Promise<Session>(() => undefined) });
    expect(window.view()).toBe('start');
    await window.click('start-session');
    await window.click('start-session');
    expect(window.asked('start_session')).toHaveLength(1);
  });

  it('is not offered to an athlete without a trainer, who is told so', async () => {
    const window = await open(view({ ...ATHLETE, trainer: null }));
    expect(window.text()).toContain('Dir ist noch niemand zugeteilt.');
    expect(window.has('start-session')).toBe(false);
  });

  it('is not offered while a session is open', async () => {
    const window = await open(view(ATHLETE, [session('waiting')]));
    expect(window.view()).toBe('waiting');
  });

  it('shows a failure beside the button', async () => {
    const window = await open(view(ATHLETE), {
      start_session: () => Promise.reject(failure('unreachable') as unknown as Error),
    });
    await window.click('start-session');
    expect(window.find('failure').dataset['code']).toBe('unreachable');
  });
});

describe('waiting', () => {
  it('ends when the trainer joins', async () => {
    const window = await open(view(ATHLETE, [session('waiting')]));
    await window.deliver(training(), 'session-joined');
    expect(window.view()).toBe('between');
    expect(window.find('joined').textContent).toContain(`${isolated('Mira Sommer')} ist da.`);
    expect(window.find('announcement').textContent).toContain(`${isolated('Mira Sommer')} ist da.`);
  });
});

describe('a round', () => {
  it('b62 shows a range, what a warm-up is and where as many as possible are asked for', async () => {
    const warmUp = item('i-1', bench, { weight_kg: 40, reps: 8, reps_to: 12 }, { kind: 'warm_up' });
    const window = await open(view(ATHLETE, [training(round(1, 'active', [warmUp]))]));
    expect(window.find('planned').textContent).toContain('40\u202Fkg × 8–12');
    expect(window.find('kind').textContent).toBe('Aufwärmen');
    expect(window.has('to-failure')).toBe(false);
    const last = item('i-2', bench, { reps: null, to_failure: true, load: { percent_of_e1rm: 80 } });
    await window.deliver(training(round(1, 'active', [last])), 'round-updated');
    expect(window.find('planned').textContent).toContain('max. Wdh.');
    expect(window.find('to-failure').textContent).toBe('So viele wie möglich');
    expect(window.find('load').textContent).toBe('80 % vom geschätzten Maximum');
    expect(window.has('kind')).toBe(false);
  });

  it('is on screen the moment it is released, with a sound and a flash', async () => {
    const window = await open(view(ATHLETE, [training()]));
    const play = vi.spyOn(window.app.sounds, 'play');
    await window.deliver(training(round(1, 'released', items())), 'round-released', 'r-1');
    expect(window.view()).toBe('round');
    expect(window.find('round-number').textContent).toContain('Runde 1');
    expect(window.find('planned').textContent).toContain('80');
    expect(play).toHaveBeenCalledWith('round');
    expect(animated).toHaveBeenCalledWith(document.querySelector('.frame'), expect.anything());
    expect(window.find('announcement').textContent).toContain('Runde 1 ist da.');
  });

  it('is begun, ticked off, given feedback and completed', async () => {
    const window = await open(view(ATHLETE, [training(round(1, 'released', items()))]), {
      start_round: () => active(),
      log_exercise: () => active(),
      complete_round: () => round(1, 'completed', items()),
    });
    await window.click('begin-round');
    expect(window.asked('start_round')).toEqual([{ round_id: 'r-1' }]);
    await window.deliver(training(active()), 'round-started', 'r-1');

    await window.type('actual-reps', '6');
    await window.click('tick');
    const actual = { ...NOTHING, weight_kg: 80, reps: 6 };
    expect(window.asked('log_exercise')).toEqual([{ round_id: 'r-1', item_id: 'i-1', actual }]);
    const [first, second] = items();
    const ticked = [{ ...(first ?? item('', bench, {})), actual }, second ?? item('', squat, {})];
    await window.deliver(training(round(1, 'active', ticked)), 'exercise-logged', 'r-1');
    expect(window.find('exercise').dataset['item']).toBe('i-2');

    await window.click('to-feedback');
    expect(window.view()).toBe('feedback');
    await window.click('effort-0');
    await window.click('pain-no');
    await window.click('next-exercise');
    await window.click('effort-8');
    await window.click('pain-yes');
    await window.click('region-left_knee');
    await window.type('note', 'zwickt beim Aufstehen');
    await window.click('complete-round');
    await window.click('unticked-not-done');
    expect(window.asked('complete_round')).toEqual([
      {
        round_id: 'r-1',
        reports: [
          { id: 'i-1', effort: 0, pain: false, pain_regions: [], note: null, actual: null },
          {
            id: 'i-2',
            effort: 8,
            pain: true,
            pain_regions: ['left_knee'],
            note: 'zwickt beim Aufstehen',
            actual: null,
          },
        ],
      },
    ]);
    await window.deliver(training(round(1, 'completed', items())), 'round-completed', 'r-1');
    expect(window.view()).toBe('between');
    expect(Object.keys(localStorage).filter((key) => key.includes('entries'))).toEqual([]);
  });

  it('shows missing feedback beside its question, and only after an attempt to move on', async () => {
    const window = await open(view(ATHLETE, [training(active())]));
    await window.click('to-feedback');
    expect(window.text()).not.toContain('Wähle, wie anstrengend es war.');
    await window.click('next-exercise');
    expect(window.text()).toContain('Wähle, wie anstrengend es war.');
    expect(window.text()).toContain('Sag, ob etwas wehtat.');
    await window.click('effort-7');
    await window.click('pain-yes');
    await window.click('next-exercise');
    expect(window.text()).toContain('Wähle mindestens eine Stelle.');
    await window.click('region-chest');
    await window.click('remove-chest');
    expect(window.text()).toContain('Wähle mindestens eine Stelle.');
    expect(window.has('next-exercise')).toBe(true);
  });

  it.each([
    ['reps', '7z'],
    ['reps', '8,5'],
    ['reps', '99999'],
    ['weight_kg', 'abc'],
    ['weight_kg', '5000'],
    ['weight_kg', '77,'],
    ['weight_kg', '1.500'],
  ])('keeps %s as typed when %s is no value, says so, and logs nothing (b58)', async (field, typed) => {
    const window = await open(view(ATHLETE, [training(active())]), { log_exercise: () => active() });
    const input = window.find(`actual-${field}`) as HTMLInputElement;
    input.focus();
    await window.type(`actual-${field}`, typed);
    await window.click('tick');
    expect(window.asked('log_exercise')).toEqual([]);
    expect(input.value).toBe(typed);
    expect(document.activeElement).toBe(input);
    expect(input.getAttribute('aria-invalid')).toBe('true');
    expect(window.find('value-problem').textContent).toMatch(/Möglich|meinst/);
  });

  it.each([
    ['weight_kg', '-20', -20],
    ['weight_kg', '77,5 kg', 77.5],
    ['weight_kg', '1.134', 1.134],
    ['reps', '0', 0],
  ])('logs as %s what %s means (b58, b64)', async (field, typed, value) => {
    const window = await open(view(ATHLETE, [training(active())]), { log_exercise: () => active() });
    await window.type(`actual-${field}`, typed);
    await window.click('tick');
    expect(window.asked('log_exercise')[0]?.actual).toMatchObject({ [field]: value });
  });

  it('keeps what was typed when the field or the window is left', async () => {
    const window = await open(view(ATHLETE, [training(active())]), { log_exercise: () => active() });
    const input = window.find('actual-weight_kg') as HTMLInputElement;
    input.focus();
    await window.type('actual-weight_kg', '77,');
    input.blur();
    await window.settle();
    expect(input.value).toBe('77,');
    expect(window.has('value-problem')).toBe(true);
    await window.type('actual-weight_kg', `${input.value}5`);
    await window.click('tick');
    expect(window.asked('log_exercise')[0]?.actual?.weight_kg).toBe(77.5);
  });

  it('keeps what was half typed across a reload, and does not step from what can’t be read', async () => {
    const before = await open(view(ATHLETE, [training(active())]));
    await before.type('actual-weight_kg', '77,');
    cleanup();
    const window = await open(view(ATHLETE, [training(active())]));
    const input = window.find('actual-weight_kg') as HTMLInputElement;
    input.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowUp', bubbles: true }));
    await window.settle();
    expect(input.value).toBe('77,');
  });

  it('asks which of two numbers is meant', async () => {
    const window = await open(view(ATHLETE, [training(active())]), { log_exercise: () => active() });
    await window.type('actual-weight_kg', '1.500');
    await window.click('tick');
    expect(window.asked('log_exercise')).toEqual([]);
    await window.click('meant');
    await window.click('tick');
    expect(window.asked('log_exercise')[0]?.actual?.weight_kg).toBe(1.5);
  });

  const answered = async (window: Awaited<ReturnType<typeof open>>) => {
    await window.click('to-feedback');
    for (const act of ['effort-3', 'pain-no', 'next-exercise', 'effort-4', 'pain-no', 'complete-round'])
      await window.click(act);
  };

  it('asks once about all exercises that are not ticked off before it is completed', async () => {
    const window = await open(view(ATHLETE, [training(active())]), {
      complete_round: () => round(1, 'completed', items()),
    });
    await answered(window);
    expect(window.asked('complete_round')).toEqual([]);
    expect(window.find('unticked').textContent).toContain('2 Übungen sind nicht abgehakt');
    await window.click('unticked-back');
    expect(window.has('unticked')).toBe(false);
    await window.click('complete-round');
    await window.click('unticked-done');
    expect(window.asked('complete_round')[0]?.reports.map(({ actual }) => actual)).toEqual([
      { ...NOTHING, weight_kg: 80, reps: 8 },
      { ...NOTHING, weight_kg: 100, reps: 5 },
    ]);
  });

  it('is not completed with a value that can’t be read, which is then shown', async () => {
    const window = await open(view(ATHLETE, [training(active())]));
    await window.type('actual-reps', '8,5');
    await answered(window);
    expect(window.asked('complete_round')).toEqual([]);
    expect(window.view()).toBe('round');
    expect(window.find('exercise').dataset['item']).toBe('i-1');
    expect(window.find('value-problem').textContent).toContain('Nur ganze Zahlen.');
  });
});

describe('half-typed input survives', () => {
  const events: [string, EventName, Session][] = [
    ['an edit', 'round-updated', training(active({ version: 9 }))],
    [
      'another exercise',
      'round-updated',
      training(round(1, 'active', [...items(), item('i-3', squat, { reps: 3 })])),
    ],
    ['a tick from another device', 'exercise-logged', training(active({ version: 10 }))],
    ['a start from another device', 'round-started', training(active({ version: 11 }))],
    ['another session', 'session-started', session('waiting', [], { id: 'x-other', athlete: MIRA })],
  ];

  it.each(events)('%s', async (_name, event, session) => {
    const window = await open(view(ATHLETE, [training(active())]));
    await window.click('to-feedback');
    await window.click('effort-3');
    await window.type('note', 'halb get');
    const note = window.find('note');
    await window.deliver(session, event, 'r-1');
    expect(window.view()).toBe('feedback');
    expect(window.find('note')).toBe(note);
    expect((note as HTMLTextAreaElement).value).toBe('halb get');
    expect(window.find('effort-3').getAttribute('aria-checked')).toBe('true');
  });

  it('a whole new view', async () => {
    const window = await open(view(ATHLETE, [training(active())]));
    await window.click('to-feedback');
    await window.type('note', 'halb get');
    window.bridge.emit({ type: 'view', view: view(ATHLETE, [training(active({ version: 5 }))]) });
    await window.deliver(training(active({ version: 6 })), 'round-updated', 'r-1');
    expect((window.find('note') as HTMLTextAreaElement).value).toBe('halb get');
  });

  it('a round recalled and released again', async () => {
    const window = await open(view(ATHLETE, [training(active())]));
    await window.click('to-feedback');
    await window.type('note', 'halb get');
    await window.deliver(training(), 'round-recalled', 'r-1');
    expect(window.view()).toBe('between');
    expect(window.text()).toContain('kurz zurückgeholt');
    await window.deliver(training(active()), 'round-released', 'r-1');
    expect((window.find('note') as HTMLTextAreaElement).value).toBe('halb get');
  });

  it('a reload of the window', async () => {
    const before = await open(view(ATHLETE, [training(active())]));
    await before.click('to-feedback');
    await before.type('note', 'halb get');
    cleanup();
    const after = await open(view(ATHLETE, [training(active())]));
    expect(after.view()).toBe('feedback');
    expect((after.find('note') as HTMLTextAreaElement).value).toBe('halb get');
  });

  it('opening the settings', async () => {
    const window = await open(view(ATHLETE, [training(active())]));
    await window.click('to-feedback');
    await window.type('note', 'halb get');
    await window.click('open-settings');
    await window.click('close-settings');
    expect((window.find('note') as HTMLTextAreaElement).value).toBe('halb get');
  });

  it('a session cancelled by neither of the two, which names nobody', async () => {
    const window = await open(view(ATHLETE, [training(active())]));
    await window.deliver(session('cancelled', [active()], { cancelled_by: null }), 'session-cancelled');
    expect(window.find('cancelled-by').textContent).toBe('Das Training wurde abgebrochen.');
  });

  it('a cancelled session, and is shown on the start page', async () => {
    const window = await open(view(ATHLETE, [training(active())]));
    await window.click('to-feedback');
    await window.type('note', 'halb get');
    await window.deliver(
      session('cancelled', [active()], { cancel_reason: 'Feueralarm' }),
      'session-cancelled',
    );
    expect(window.view()).toBe('cancelled');
    expect(window.find('cancelled-by').textContent).toContain(
      `${isolated('Mira Sommer')} hat das Training abgebrochen.`,
    );
    expect(window.find('cancelled-reason').textContent).toContain('Feueralarm');
    await window.click('back-to-start');
    expect(window.view()).toBe('start');
    expect(window.find('kept-entries').textContent).toContain('halb get');
  });
});

describe('the end', () => {
  it('of a final round shows a summary, then the start page', async () => {
    const window = await open(view(ATHLETE, [training(active({ is_final: true }))]));
    const done = round(1, 'completed', items(), { is_final: true });
    await window.deliver(training(done), 'round-completed', 'r-1');
    await window.deliver(session('completed', [done]), 'session-completed');
    expect(window.view()).toBe('completed');
    expect(window.text()).toContain(`Geschafft, ${isolated('Jonas')}.`);
    await window.click('back-to-start');
    expect(window.view()).toBe('start');
  });

  it('keeps feedback that was given before the cancellation was known', async () => {
    const window = await open(view(ATHLETE, [session('cancelled', [active()])]));
    expect(window.has('notice')).toBe(false);
    const done = round(1, 'completed', items());
    await window.deliver(session('cancelled', [done]), 'round-completed', 'r-1');
    expect(window.find('notice').textContent).toContain('Dein Feedback zu Runde 1 ist trotzdem gespeichert.');
  });

  it('is shown when it came while the window was closed', async () => {
    await open(view(ATHLETE, [training()]));
    cleanup();
    const window = await open(view(ATHLETE, [session('cancelled')]));
    expect(window.view()).toBe('cancelled');
  });

  it('returns to the start page by itself', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'] });
    try {
      const window = await open(view(ATHLETE, [training()]));
      await window.deliver(session('cancelled'), 'session-cancelled');
      expect(window.view()).toBe('cancelled');
      vi.advanceTimersByTime(13_000);
      await window.settle();
      expect(window.view()).toBe('start');
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('the rest', () => {
  it('runs after a round, and beside the next one if that arrives first', async () => {
    const done = round(1, 'completed', items(), { rest_after_s: 600 });
    const window = await open(view(ATHLETE, [training(done)]));
    expect(window.view()).toBe('rest');
    await window.deliver(training(done, round(2, 'released', items())), 'round-released', 'r-2');
    expect(window.view()).toBe('round');
    expect(window.has('rest-strip')).toBe(true);
  });

  it('can be paused, extended and ended', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'] });
    try {
      const done = round(1, 'completed', items(), { rest_after_s: 600 });
      const window = await open(view(ATHLETE, [training(done)]));
      await window.click('rest-more');
      await window.click('rest-hold');
      expect(window.find('rest-left').textContent).toMatch(/^9:5\d$/);
      await window.click('rest-end');
      expect(window.view()).toBe('between');
    } finally {
      vi.useRealTimers();
    }
  });
});
