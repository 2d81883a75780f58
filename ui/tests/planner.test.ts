/** The trainer's shorthand, search, last values and plans. */
import { describe, expect, it } from 'vitest';

import type { ScriptedBridge } from '../dev/scripted';
import type { ExerciseKind, RoundPlan } from '../src/bridge/bridge';
import { bridge } from './scripted-planner';
import { findExercises, offeredIn } from '../src/trainer/library';
import { lastOf } from '../src/trainer/last';
import {
  addItem,
  applyShorthand,
  duplicateItem,
  EMPTY,
  lineOf,
  moveItem,
  planOf,
  readPlan,
  removeItem,
  roundsOf,
} from '../src/trainer/plan';
import { textsOf } from '../src/trainer/planned';
import { NO_VALUES, readShorthand, shorthandOf, splitSearch } from '../src/trainer/shorthand';
import { locales, overwriteGetLocale } from '../src/paraglide/runtime';
import {
  secondsAgo,
  arrival,
  athlete,
  item,
  JONAS,
  LIBRARY,
  NOTHING,
  round,
  session,
  TRAINER,
  view,
} from '../dev/fixtures';

const [bench, squat] = LIBRARY as [(typeof LIBRARY)[0], (typeof LIBRARY)[0]];

describe('the shorthand', () => {
  it.each([
    ['100x8@9', { weight_kg: 100, reps: 8, effort: 9 }],
    ['82,5 x 6', { weight_kg: 82.5, reps: 6 }],
    ['82.5kg×6 @7', { weight_kg: 82.5, reps: 6, effort: 7 }],
    ['8@7', { reps: 8, effort: 7 }],
    ['12', { reps: 12 }],
    ['@8', { effort: 8 }],
    ['60kg', { weight_kg: 60 }],
    ['400m', { distance_m: 400 }],
    ['5km', { distance_m: 5000 }],
    ['30s', { time_s: 30 }],
    ['1:30', { time_s: 90 }],
    ['2min', { time_s: 120 }],
    ['500 m 1:45 @6', { distance_m: 500, time_s: 105, effort: 6 }],
    ['1.134x5', { weight_kg: 1.134, reps: 5 }],
    ['20,412kg', { weight_kg: 20.412 }],
    ['-20x8', { weight_kg: -20, reps: 8 }],
    ['−20 kg x 8', { weight_kg: -20, reps: 8 }],
    ['3kgx8', { weight_kg: 3, reps: 8 }],
    ['7,5x8', { weight_kg: 7.5, reps: 8 }],
    ['1,134km', { distance_m: 1134 }],
    ['1,5min', { time_s: 90 }],
    ['8-12', { reps: 8, reps_to: 12 }],
    ['100x8–12@8', { weight_kg: 100, reps: 8, reps_to: 12, effort: 8 }],
    ['100 x 8 - 12', { weight_kg: 100, reps: 8, reps_to: 12 }],
    ['100x8+', { weight_kg: 100, reps: 8, to_failure: true }],
    ['100xmax', { weight_kg: 100, to_failure: true }],
    ['amrap', { to_failure: true }],
    ['≤12', { reps: null, reps_to: 12 }],
    ['80%x5', { load: { percent_of_e1rm: 80 }, reps: 5 }],
    ['82,5 % × 5 @ 8', { load: { percent_of_e1rm: 82.5 }, reps: 5, effort: 8 }],
    ['+2.5', { load: { last_plus_kg: 2.5 } }],
    ['+2,5kg x 5', { load: { last_plus_kg: 2.5 }, reps: 5 }],
    ['=x5', { load: { last_plus_kg: 0 }, reps: 5 }],
    ['=-5x5', { load: { last_plus_kg: -5 }, reps: 5 }],
  ])('reads %s', (text, values) => {
    expect(readShorthand(text)).toEqual({ kind: 'values', values: { ...NO_VALUES, ...values }, rounds: 1 });
  });

  it.each([
    '',
    'x',
    'x8',
    '100\t8\t9',
    '8@7@6',
    '100x8@80%',
    '+',
    '8@',
    '100x8 90x8',
    'lots',
    '1:2:3:4',
    '8@9@9',
  ])('does not read %s', (text) => {
    expect(readShorthand(text)).toEqual({ kind: 'unreadable' });
  });

  it.each([
    ['100x8@11', 'effort', 'out-of-range'],
    ['100x0', 'reps', 'out-of-range'],
    ['-201x8', 'weight_kg', 'out-of-range'],
    ['2001x8', 'weight_kg', 'out-of-range'],
    ['0s', 'time_s', 'out-of-range'],
    ['100x8.5', 'reps', 'not-whole'],
    ['12-8', 'reps', 'backwards'],
    ['100x12-8', 'reps', 'backwards'],
    ['@11', 'effort', 'out-of-range'],
    ['8@100', 'effort', 'out-of-range'],
    ['201%x5', 'weight_kg', 'out-of-range'],
    ['+201x5', 'weight_kg', 'out-of-range'],
  ])('reports for %s that its %s is %s', (text, field, kind) => {
    expect(readShorthand(text)).toEqual({ kind: 'problem', field, problem: { kind } });
  });

  it('says that something is missing behind an x', () => {
    expect(readShorthand('100x')).toEqual({ kind: 'incomplete' });
    expect(readShorthand('80% x')).toEqual({ kind: 'incomplete' });
  });

  const meaning = (rounds: number, values: object) => ({ values: { ...NO_VALUES, ...values }, rounds });

  it.each([
    ['3x8@100', 3, { weight_kg: 100, reps: 8 }],
    ['3x8@11', 3, { weight_kg: 11, reps: 8 }],
    ['5 x 5 @ 100 @ 8', 5, { weight_kg: 100, reps: 5, effort: 8 }],
    ['3x8@7kg', 3, { weight_kg: 7, reps: 8 }],
    ['3x5@80%', 3, { load: { percent_of_e1rm: 80 }, reps: 5 }],
    ['3x5@+2.5', 3, { load: { last_plus_kg: 2.5 }, reps: 5 }],
    ['4x8-12@60', 4, { weight_kg: 60, reps: 8, reps_to: 12 }],
  ])('b62: reads %s as rounds of the same', (text, rounds, values) => {
    expect(readShorthand(text)).toEqual({ kind: 'values', ...meaning(rounds, values) });
  });

  it('b62: is ambiguous where a number may be rounds or kilograms', () => {
    expect(readShorthand('3x8')).toEqual({
      kind: 'ambiguous',
      meanings: [meaning(1, { weight_kg: 3, reps: 8 }), meaning(3, { reps: 8 })],
    });
    expect(readShorthand('3x8@7')).toEqual({
      kind: 'ambiguous',
      meanings: [
        meaning(1, { weight_kg: 3, reps: 8, effort: 7 }),
        meaning(3, { reps: 8, effort: 7 }),
        meaning(3, { weight_kg: 7, reps: 8 }),
      ],
    });
    expect(readShorthand('11x8').kind).toBe('values');
  });

  it('is ambiguous where a mark may be a decimal or a thousands separator', () => {
    const either = (values: object[]) => ({
      kind: 'ambiguous',
      meanings: values.map((one) => meaning(1, one)),
    });
    expect(readShorthand('1.500m')).toEqual(either([{ distance_m: 1.5 }, { distance_m: 1500 }]));
    expect(readShorthand('1,200x5')).toEqual(
      either([
        { weight_kg: 1.2, reps: 5 },
        { weight_kg: 1200, reps: 5 },
      ]),
    );
  });

  it.each([
    [{ weight_kg: 100, reps: 8, effort: 9 }, '100 × 8 @ 9'],
    [{ weight_kg: 3, reps: 8 }, '3 kg × 8'],
    [{ weight_kg: -20, reps: 8 }, '-20 × 8'],
    [{ weight_kg: 60 }, '60 kg'],
    [{ reps: 12, effort: 6 }, '12 @ 6'],
    [{ effort: 8 }, '@ 8'],
    [{ distance_m: 500, time_s: 105 }, '500 m 1:45'],
    [{ time_s: 3725 }, '1:02:05'],
    [{ weight_kg: 100, reps: 8, reps_to: 12 }, '100 × 8–12'],
    [{ weight_kg: 100, reps: 8, to_failure: true }, '100 × 8+'],
    [{ weight_kg: 100, to_failure: true }, '100 × max'],
    [{ reps: null, reps_to: 12 }, '≤12'],
    [{ load: { percent_of_e1rm: 80 }, reps: 5 }, '80 % × 5'],
    [{ load: { last_plus_kg: 2 }, reps: 5 }, '+2 × 5'],
    [{ load: { last_plus_kg: -5 } }, '=-5'],
    [{ load: { last_plus_kg: 0 }, reps: 5 }, '= × 5'],
  ])('is written for %j, and reads back as the same', (values, text) => {
    for (const locale of locales) {
      overwriteGetLocale(() => locale);
      const all = { ...NO_VALUES, ...values };
      expect(shorthandOf(textsOf(all))).toBe(text);
      expect(readShorthand(text)).toEqual({ kind: 'values', values: all, rounds: 1 });
    }
    overwriteGetLocale(() => 'de');
  });

  it('may follow the name in the search', () => {
    expect(splitSearch('bulgarische knie 24x12')).toEqual({ search: 'bulgarische knie', shorthand: '24x12' });
    expect(splitSearch('bank 3x8')).toEqual({ search: 'bank', shorthand: '3x8' });
    expect(splitSearch('bank')).toEqual({ search: 'bank', shorthand: '' });
  });
});

describe('the search', () => {
  const offered = offeredIn(LIBRARY);

  it('puts matches at the beginning first, without regard to case and accents', () => {
    expect(findExercises(offered, 'KNIE').map(({ name }) => name)).toEqual([
      'Kniebeuge',
      'Bulgarische Kniebeuge mit Kurzhanteln',
    ]);
    expect(findExercises(offered, 'bankdru').map(({ name }) => name)).toEqual(['Bankdrücken']);
    expect(findExercises(offered, 'zzz')).toEqual([]);
  });
});

describe('the last values', () => {
  it('are those of this athlete’s newest completed round', () => {
    const did = (reps: number) => ({ actual: { ...NOTHING, reps } });
    const older = round(1, 'completed', [item('a', bench, { reps: 5 }, did(5))], {
      completed_at: secondsAgo(900),
    });
    const newer = round(2, 'completed', [item('b', bench, { reps: 6 }, did(6))], {
      completed_at: secondsAgo(60),
    });
    const open = round(3, 'active', [item('c', bench, { reps: 7 })]);
    const skipped = round(4, 'completed', [item('d', bench, { reps: 8 })], { completed_at: secondsAgo(30) });
    const known = { sessions: [session('active', [older, newer, open, skipped])], athletes: [] };
    expect(lastOf(known, JONAS.id, bench.id)?.actual.reps).toBe(6);
    expect(lastOf(known, 'u-other', bench.id)).toBeNull();
    expect(lastOf(known, JONAS.id, squat.id)).toBeNull();
  });

  it('b63: are those of a record where no session is known that is newer', () => {
    const record = (seconds: number) => ({
      exercise_id: bench.id,
      last: { at: secondsAgo(seconds), actual: { ...NOTHING, reps: 9 }, effort: 8 },
      estimate: null,
    });
    const done = round(1, 'completed', [item('a', bench, {}, { actual: { ...NOTHING, reps: 5 } })], {
      completed_at: secondsAgo(900),
    });
    const known = (seconds: number) => ({
      sessions: [session('active', [done])],
      athletes: [{ ...athlete(JONAS), records: [record(seconds)] }],
    });
    expect(lastOf(known(60), JONAS.id, bench.id)).toMatchObject({ actual: { reps: 9 }, effort: 8 });
    expect(lastOf(known(9_000), JONAS.id, bench.id)).toMatchObject({ actual: { reps: 5 } });
  });

  it('are those of a working set, and not of a warm-up or a drop set', () => {
    const set = (kind: ExerciseKind, reps: number) =>
      item(kind, bench, {}, { kind, actual: { ...NOTHING, reps } });
    const at = (seconds: number) => ({ completed_at: secondsAgo(seconds) });
    const known = (...kinds: ExerciseKind[]) => ({
      athletes: [],
      sessions: [
        session('active', [
          round(1, 'completed', [set('warm_up', 12), set('working', 5), set('drop', 15)], at(900)),
          round(
            2,
            'completed',
            kinds.map((kind) => set(kind, 20)),
            at(60),
          ),
        ]),
      ],
    });
    expect(lastOf(known('warm_up', 'drop'), JONAS.id, bench.id)?.actual.reps).toBe(5);
    expect(lastOf(known('working'), JONAS.id, bench.id)?.actual.reps).toBe(20);
  });
});

describe('a plan', () => {
  const two = addItem(addItem(EMPTY, 'a', bench.id, '80x8'), 'b', squat.id);

  it('keeps what was typed as text until it is saved', () => {
    const plan = { ...two, rest: '1:30' };
    const read = readPlan(plan);
    expect(read.problems).toEqual([]);
    expect(read.plan.rest_after_s).toBe(90);
    expect(read.plan.exercises[0]).toMatchObject({ id: null, planned: { weight_kg: 80, reps: 8 } });
  });

  it('of a saved round reads back as the same round in every language', () => {
    for (const locale of locales) {
      overwriteGetLocale(() => locale);
      const planned = { weight_kg: 1.134, reps: 8, distance_m: 1134.5, time_s: 3725, effort: 0 };
      const saved = round(1, 'draft', [item('a', bench, planned), item('b', bench, { weight_kg: 20.412 })], {
        rest_after_s: 90,
      });
      const read = readPlan(planOf(saved));
      expect(read.problems).toEqual([]);
      expect(read.plan.rest_after_s).toBe(90);
      expect(read.plan.exercises.map(({ planned }) => planned)).toEqual(
        saved.exercises.map(({ planned }) => planned),
      );
    }
    overwriteGetLocale(() => 'de');
  });

  it('has in each line what is typed there, or else the values', () => {
    const [first] = two.items;
    if (!first) throw new Error('there are two');
    expect(lineOf(first)).toBe('80 × 8');
    expect(lineOf({ ...first, shorthand: '80x' })).toBe('80x');
    expect(lineOf(applyShorthand({ ...first, shorthand: '@9' }))).toBe('@ 9');
    expect(applyShorthand({ ...first, shorthand: ' ' }).values).toEqual(textsOf(NO_VALUES));
  });

  it('b62: of several rounds is planned once for each, its end in the last of them', () => {
    const plan = addItem(addItem(EMPTY, 'a', bench.id, '3x8@100'), 'b', squat.id, '100x5');
    const rounds = roundsOf({ ...plan, is_final: true });
    expect(rounds.map(({ items, is_final }) => [items.map(({ key }) => key), is_final])).toEqual([
      [['a', 'b'], false],
      [['a'], false],
      [['a'], true],
    ]);
  });

  it('has the weight beside the load that it was worked out from, as long as that is the same', () => {
    const [item] = addItem(EMPTY, 'a', bench.id, '80%x5').items;
    if (!item) throw new Error('there is one');
    const planned = (of: string) =>
      readPlan({ ...EMPTY, items: [{ ...item, worked: { of, weight_kg: 100 } }] }).plan.exercises[0]?.planned;
    expect(planned('80 %')).toMatchObject({ load: { percent_of_e1rm: 80 }, weight_kg: 100, reps: 5 });
    expect(planned('75 %')).toMatchObject({ load: { percent_of_e1rm: 80 }, weight_kg: null });
  });

  it('keeps an ambiguous shorthand as text', () => {
    const [item] = addItem(EMPTY, 'a', bench.id, '3x8').items;
    expect(item).toMatchObject({ shorthand: '3x8', values: { weight_kg: '', reps: '' } });
  });

  it('reports what can’t be read by its place', () => {
    const [first] = two.items;
    if (!first) throw new Error('there are two');
    const plan = {
      ...two,
      rest: 'soon',
      items: [{ ...first, values: { ...first.values, reps: '8.5', weight_kg: 'x' } }],
    };
    expect(readPlan(plan).problems).toEqual([
      { pointer: '/exercises/0/planned/weight_kg', code: 'invalid' },
      { pointer: '/exercises/0/planned/reps', code: 'invalid' },
      { pointer: '/rest_after_s', code: 'invalid' },
    ]);
    expect(readPlan(EMPTY).problems).toEqual([{ pointer: '/exercises', code: 'required' }]);
  });

  it('can be reordered, and exercises duplicated and removed', () => {
    const keys = (plan: typeof two) => plan.items.map(({ key }) => key);
    expect(keys(moveItem(two, 'b', -1))).toEqual(['b', 'a']);
    expect(keys(moveItem(two, 'a', -1))).toEqual(['a', 'b']);
    expect(keys(duplicateItem(two, 'a', 'c'))).toEqual(['a', 'c', 'b']);
    expect(keys(removeItem(two, 'a'))).toEqual(['b']);
  });

  it('does not duplicate what the athlete entered', () => {
    const saved = planOf(round(1, 'active', [item('a', bench, { reps: 5 })]));
    expect(duplicateItem(saved, 'a', 'c').items.map(({ id }) => id)).toEqual(['a', null]);
  });
});

describe('the planner', () => {
  const draft = round(1, 'draft', [item('i', bench, { reps: 5 })]);
  const now = session('active', [draft]);

  it('keeps a half-planned round through every event and a reload (b7)', async () => {
    const { app, planner, reload } = await bridge(view(TRAINER, [now]));
    planner.begin(now);
    planner.change(now, (plan) => ({ ...addItem(plan, 'k', bench.id), rest: '1:' }));
    const before = planner.plan(now);
    for (const event of [
      'round-released',
      'round-completed',
      'exercise-logged',
      'round-deleted',
      'round-saved',
    ] as const) {
      const changed = { ...now, version: now.version + 1, rounds: [] };
      app.receive(arrival(changed, TRAINER, event, draft.id));
      expect(planner.plan(changed)).toEqual(before);
    }
    expect(reload().plan(now)).toEqual(before);
  });

  it('saves over an athlete’s ticks and asks before saving over another plan', async () => {
    const scripted = await bridge(view(TRAINER, [now]));
    const { planner } = scripted;
    planner.edit(now, draft);
    const ticked = {
      ...draft,
      version: 5,
      exercises: draft.exercises.map((e) => ({ ...e, actual: { ...NOTHING, reps: 5 } })),
    };
    const session = { ...now, rounds: [ticked] };
    expect(planner.changedElsewhere(session)).toBe(false);
    await planner.save.run(session, false);
    expect(scripted.asked).toMatchObject([{ name: 'edit_round', args: { round_id: draft.id, version: 5 } }]);
    planner.edit(now, draft);
    const replanned = { ...now, rounds: [{ ...draft, rest_after_s: 60, version: 6 }] };
    expect(planner.changedElsewhere(replanned)).toBe(true);
    planner.keepOwnVersion(replanned);
    expect(planner.changedElsewhere(replanned)).toBe(false);
  });

  it('saves the plan that was on screen, whatever is opened or typed before its loads are worked out', async () => {
    const scripted = await bridge(view(TRAINER, [now]));
    const { app, planner } = scripted;
    let answer: (rounds: RoundPlan[]) => void = () => undefined;
    const answered = new Promise<RoundPlan[]>((resolve) => (answer = resolve));
    const { answers } = app.bridge as ScriptedBridge;
    answers.work_out = () => answered;
    answers.add_round = () => round(2, 'draft', [item('s', squat, { reps: 5 })]);
    planner.begin(now);
    planner.change(now, (plan) => addItem(plan, 'k', squat.id, '80%x5'));
    const plan = planner.plan(now);
    if (!plan) throw new Error('it was begun');
    const saving = planner.save.run(now, false);
    planner.change(now, (plan) => ({ ...plan, rest: 'x' }));
    planner.edit(now, draft);
    answer([readPlan(plan).plan]);
    expect(await saving).toBe(true);
    const added = scripted.asked.filter(({ name }) => name !== 'work_out');
    expect(added).toMatchObject([
      { name: 'add_round', args: { plan: { rest_after_s: null, exercises: [{ exercise_id: squat.id }] } } },
    ]);
    expect(planner.round(now)?.id).toBe(draft.id);
  });

  it('turns the edit of a deleted round into a new round', async () => {
    const { planner } = await bridge(view(TRAINER, [now]));
    planner.edit(now, draft);
    const gone = { ...now, rounds: [] };
    expect(planner.changedElsewhere(gone)).toBe(true);
    planner.keepOwnVersion(gone);
    expect(planner.changedElsewhere(gone)).toBe(false);
    expect(planner.plan(gone)).toMatchObject({
      round_id: null,
      items: [{ id: null, exercise_id: bench.id }],
    });
  });

  it('keeps a half-planned round for the athlete’s next session (b7)', async () => {
    const ended = { ...session('cancelled'), id: 'x-ended' };
    const { planner } = await bridge(view(TRAINER, [now, ended]));
    planner.change(ended, (plan) => addItem(plan, 'k', bench.id));
    expect(planner.unfinished(now)).toMatchObject({ from: { id: 'x-ended' } });
    const another = { ...now, id: 'x-other', athlete: { id: 'p-other', name: 'Other' } };
    expect(planner.unfinished(another)).toBeNull();
    planner.resumeUnfinished(now);
    expect(planner.plan(now)).toMatchObject({ round_id: null, items: [{ id: null, exercise_id: bench.id }] });
    expect(planner.unfinished(now)).toBeNull();
  });

  it('stays with the session it plans for when another one begins (b7)', async () => {
    const { app, planner } = await bridge(view(TRAINER, [now]));
    expect(planner.session?.id).toBe(now.id);
    planner.begin(now);
    const other = { ...session('active'), id: 'x-newer', athlete: { id: 'p-other', name: 'Other' } };
    app.receive(arrival(other, TRAINER, 'session-joined'));
    expect(app.runningSessions).toHaveLength(2);
    expect(planner.session?.id).toBe(now.id);
  });
});
