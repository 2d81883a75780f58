/** What an athlete did last (b63), however long ago: offered to be planned again, and beside the plan. */
import { describe, expect, it } from 'vitest';

import type { DoneSet, Session, SessionSummary } from '../src/bridge/bridge';
import { recentExercises } from '../src/trainer/library';
import { athlete, item, JONAS, LIBRARY, NOTHING, round, session, TRAINER, view } from '../dev/fixtures';
import { failure, type Answers } from '../dev/scripted';
import { open, settle, type Window } from './window';

const [bench, squat, pullUp] = LIBRARY as [(typeof LIBRARY)[0], (typeof LIBRARY)[0], (typeof LIBRARY)[0]];

function past(id: string, day: string, of = squat, more: Partial<Session> = {}): Session {
  const done = item(`i-${id}`, of, { reps: 5 }, { actual: { ...NOTHING, reps: 5 } });
  const [started_at, ended_at] = [`${day}T10:00:00Z`, `${day}T11:00:00Z`];
  const rounds = [round(1, 'completed', [done], { completed_at: `${day}T10:30:00Z` })];
  return session('completed', rounds, { id, started_at, ended_at, ...more });
}

const summary = (of: Session, completed = 1): SessionSummary => ({
  ...of,
  rounds: { planned: completed, completed },
  pain: false,
});

const planned = () =>
  [...document.querySelectorAll('[data-testid="plan-item"] strong')].map(({ textContent }) => textContent);

describe('as last time', () => {
  const old = past('old', '2025-02-03');
  const empty = past('empty', '2025-06-03');
  const asked: Answers = {
    list_sessions: () => ({ sessions: [summary(empty, 0), summary(old)], next: null }),
    read_session: () => old,
  };

  async function templates(sessions: Session[], answers: Answers = {}): Promise<Window> {
    const window = await open(view(TRAINER, [session('active'), ...sessions]), answers);
    await window.click('open-templates');
    return window;
  }

  it('is asked for when none is known here, and says of which year it is', async () => {
    const window = await templates([], asked);
    expect(window.asked('list_sessions')).toMatchObject([
      { athlete_id: JONAS.id, query: { status: 'ended' } },
    ]);
    expect(window.asked('read_session')).toEqual([{ session_id: 'old' }]);
    expect(window.find('templates').textContent).toContain('2025');
    await window.click('use-last');
    expect(planned()).toEqual(['Kniebeuge']);
  });

  it('is the one that is known, without asking', async () => {
    const window = await templates([past('known', '2026-03-01', bench)]);
    expect(window.asked('list_sessions')).toEqual([]);
    await window.click('use-last');
    expect(planned()).toEqual(['Bankdrücken']);
  });

  it('is not one that was entered afterwards for an earlier day', async () => {
    const entered = past('entered', '2024-05-01', pullUp, { recorded: true });
    const window = await templates([entered, past('led', '2026-03-01', bench)]);
    await window.click('use-last');
    expect(planned()).toEqual(['Bankdrücken']);
  });

  it('is asked for where all that is known was entered afterwards', async () => {
    const entered = past('entered', '2024-05-01', pullUp, { recorded: true });
    const window = await templates([entered], asked);
    await window.click('use-last');
    expect(planned()).toEqual(['Kniebeuge']);
  });

  it('is, without a network, what is known', async () => {
    const entered = past('entered', '2024-05-01', pullUp, { recorded: true });
    const unreachable = () => Promise.reject(failure('unreachable') as unknown as Error);
    const window = await templates([entered], { list_sessions: unreachable });
    await window.click('use-last');
    expect(planned()).toEqual(['Klimmzug']);
  });

  it('has its room before the answer comes, and says when there is none or it can’t be asked for', async () => {
    let answer: (page: { sessions: SessionSummary[]; next: null }) => void = () => undefined;
    const window = await templates([], { list_sessions: () => new Promise((resolve) => (answer = resolve)) });
    expect(document.querySelectorAll('.last')).toHaveLength(1);
    expect(window.has('no-last')).toBe(false);
    answer({ sessions: [], next: null });
    await settle();
    expect(window.find('no-last').textContent).toContain('Noch kein Training');
    await window.click('close-templates');
    window.bridge.answers.list_sessions = () => Promise.reject(failure('unreachable') as unknown as Error);
    await window.click('open-templates');
    expect(window.find('no-last').textContent).toContain('nicht abrufen');
  });
});

it('the last sessions stand by their day, also those entered afterwards', async () => {
  const entered = past('entered', '2024-05-01', bench, { recorded: true });
  await open(view(TRAINER, [entered, past('led', '2026-03-01')]));
  const rows = [...document.querySelectorAll<HTMLElement>('[data-testid="session-row"]')];
  expect(rows.map(({ dataset }) => dataset['session'])).toEqual(['led', 'entered']);
});

it('the recent exercises are those of the sessions known here by their day, then those of the records', () => {
  const last = (day: string) => ({ at: `${day}T10:00:00Z`, actual: NOTHING, effort: null });
  const record = (exercise_id: string, day: string | null) => ({
    exercise_id,
    last: day === null ? null : last(day),
    estimate: null,
  });
  const [rowing, plank] = [LIBRARY[3], LIBRARY[4]];
  const records = [
    record(bench.id, '2026-01-01'),
    record(rowing?.id ?? '', '2025-12-01'),
    record(plank?.id ?? '', '2025-12-24'),
    record('e-gone', '2025-12-25'),
  ];
  const known = {
    sessions: [past('entered', '2024-05-01', pullUp, { recorded: true }), past('led', '2026-03-01', bench)],
    athletes: [{ ...athlete(JONAS), records }],
  };
  expect(recentExercises(known, JONAS.id, LIBRARY, 5).map(({ name }) => name)).toEqual([
    'Bankdrücken',
    'Klimmzug',
    'Unterarmstütz',
    'Rudergerät',
  ]);
});

describe('beside the plan', () => {
  const set = (kind: DoneSet['kind'], reps: number): DoneSet => ({
    at: '2025-02-03T10:00:00Z',
    session_id: 'old',
    round_id: 'r',
    item_id: 'i',
    kind,
    planned: NOTHING,
    actual: { ...NOTHING, reps },
    feedback: null,
    e1rm_kg: null,
  });

  async function planning(answers: Answers, more: Parameters<typeof view>[2] = {}): Promise<Window> {
    const window = await open(view(TRAINER, [session('active')], more), answers);
    await window.click('new-round');
    await window.type('exercise-search', 'kniebeuge 80x5');
    await window.click('exercise-option');
    return window;
  }

  it('stands the last working set from longer ago than what is known here, asked for once', async () => {
    const window = await planning({
      list_sets: () => [set('drop', 20), set('working', 6), set('working', 4)],
    });
    expect(window.find('last-values').textContent).toMatch(/2025.*6/);
    await window.type('exercise-search', 'kniebeuge 90x5');
    await window.click('exercise-option');
    expect(window.asked('list_sets')).toHaveLength(1);
  });

  it('stands nothing where nothing was done, and nothing is asked without a network', async () => {
    const offline = view(TRAINER).link;
    const window = await planning(
      { list_sets: () => [set('working', 6)] },
      { link: offline && { ...offline, state: 'offline' } },
    );
    expect(window.asked('list_sets')).toEqual([]);
    expect(window.has('last-values')).toBe(false);
    if (offline) window.bridge.emit({ type: 'link', link: offline, clock_offset_ms: 0 });
    await settle();
    expect(window.find('last-values').textContent).toContain('6');
  });
});
