/** Scenes of progress: a year of an athlete, an athlete's own view of it, and the cases a chart must not break on. */
import type { Estimate, Round, Stats } from '../src/bridge/bridge';
import { athlete, ATHLETE, item, JONAS, LIBRARY, NOTHING, round, session, TRAINER, view } from './fixtures';
import { past, PAST } from './history-scenes';
import type { Scene } from './scenes';
import { failure, type Answers } from './scripted';

const DAY_MS = 86_400_000;
const [bench, squat, pullUp] = LIBRARY as [(typeof LIBRARY)[0], (typeof LIBRARY)[0], (typeof LIBRARY)[0]];

/** The Monday of a week so many weeks ago. */
function mondayAgo(weeks: number): string {
  const today = new Date();
  today.setUTCHours(12, 0, 0, 0);
  const monday = today.getTime() - ((today.getUTCDay() + 6) % 7) * DAY_MS - weeks * 7 * DAY_MS;
  return new Date(monday).toISOString().slice(0, 10);
}

const daysAgo = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString();
/** Up and down in the same way each time. */
const wave = (i: number, by: number) => Math.round(Math.sin(i * 1.7) * by * 2) / 2;

export const estimate = (days: number, weight_kg: number, reps: number, e1rm_kg: number): Estimate => ({
  at: daysAgo(days),
  session_id: PAST.id,
  weight_kg,
  reps,
  effort: 9,
  e1rm_kg,
});

export const NO_STATS: Stats = {
  exercises: [],
  e1rm: [],
  bests: [],
  volume: [],
  effort: [],
  pain: [],
  weights: [],
};

const best = (days: number, actual: Partial<typeof NOTHING>) => ({
  at: daysAgo(days),
  session_id: PAST.id,
  actual: { ...NOTHING, ...actual },
  beat: true,
});

function estimates(weight: number): Estimate[] {
  const trained = Array.from({ length: 104 }, (_, i) => i).filter((i) => i < 30 || i > 48);
  return trained.map((i) => {
    const kg = weight + i * 0.2 + wave(i, 3);
    return estimate((103 - i) * 3.5, kg, 5, kg * 1.125);
  });
}

const MUSCLES = [
  'Oberschenkel vorn',
  'Gesäß',
  'Brust',
  'Bauch',
  'Latissimus',
  'Trizeps',
  'Bizeps',
  'oberer Rücken',
  'vordere Schulter',
  'Waden',
  'Unterarme',
];

/** A year of two trainings a week, with a pause in between. */
export function year(): Stats {
  const weeks = Array.from({ length: 52 }, (_, i) => 51 - i).filter((ago) => ago < 27 || ago > 36);
  return {
    exercises: [bench, squat, pullUp].map(({ id, name, category }) => ({ id, name, category })),
    e1rm: [
      { exercise_id: squat.id, points: estimates(100) },
      { exercise_id: bench.id, points: estimates(70).slice(0, -2) },
    ],
    bests: [
      {
        exercise_id: squat.id,
        heaviest: best(0, { weight_kg: 126, reps: 3 }),
        reps: [
          best(0, { weight_kg: 126, reps: 3 }),
          best(40, { weight_kg: 110, reps: 6 }),
          best(90, { weight_kg: 80, reps: 12 }),
        ],
        e1rm: estimate(40, 110, 6, 131.9),
        e1rm_beat: true,
        volume: { at: daysAgo(12), session_id: PAST.id, kg: 4_320 },
        longest: null,
        farthest: null,
      },
      {
        exercise_id: pullUp.id,
        heaviest: null,
        reps: [best(0, { reps: 14 })],
        e1rm: null,
        e1rm_beat: false,
        volume: null,
        longest: null,
        farthest: null,
      },
    ],
    volume: weeks.map((ago) => ({
      week: mondayAgo(ago),
      sessions: 2,
      sets: 38 + Math.round(wave(ago, 6)),
      kg: 11_000 + wave(ago, 1_800) - ago * 40,
      // Of one week no effort is known.
      load: ago === 5 ? null : 900 + wave(ago, 240) - ago * 4,
      exercises: [
        { exercise_id: squat.id, sets: 12, kg: 5_200 + wave(ago, 900) },
        { exercise_id: pullUp.id, sets: 6 + Math.round(wave(ago, 2)), kg: 0 },
      ],
      muscles: MUSCLES.map((muscle, i) => ({
        muscle,
        sets: 14 - i + Math.round(wave(ago + i, 2) / 2),
        kg: i === 3 ? 0 : 4_000 - i * 300,
      })),
    })),
    effort: [
      {
        exercise_id: squat.id,
        points: Array.from({ length: 24 }, (_, i) => ({
          at: daysAgo((23 - i) * 3.5),
          session_id: PAST.id,
          planned: 7 + (i % 3) / 2,
          felt: Math.min(10, 7.5 + wave(i, 1.5)),
        })),
      },
    ],
    pain: [
      { week: mondayAgo(10), region: 'left_knee', times: 1 },
      { week: mondayAgo(9), region: 'left_knee', times: 2 },
      { week: mondayAgo(9), region: 'lower_back', times: 1 },
      { week: mondayAgo(4), region: 'left_knee', times: 3 },
      { week: mondayAgo(1), region: 'neck_shoulders', times: 1 },
    ],
    weights: Array.from({ length: 120 }, (_, i) => ({
      id: `w-${i}`,
      athlete_id: JONAS.id,
      note: null,
      version: 1,
      weight_kg: 84.5 - i * 0.015 + wave(i, 0.8),
      at: daysAgo((119 - i) * 3),
    })),
  };
}

export const progress = (stats: Stats = year()): Answers => ({ ...past(), athlete_stats: () => stats });

const page = ['open-athletes', 'athlete', 'tab-progress'];
const jonas = { athletes: [athlete(JONAS)] };
const own = ['open-history', 'tab-progress'];
const trainers = (stats: Stats, clicks: string[] = []): Scene => ({
  view: () => view(TRAINER, [], jonas),
  answers: progress(stats),
  clicks: [...page, ...clicks],
});

const squatOnly = (points: Estimate[]): Stats => ({
  ...NO_STATS,
  exercises: [{ id: squat.id, name: squat.name, category: squat.category }],
  e1rm: [{ exercise_id: squat.id, points }],
});

/** A round in which the squat beat something. */
export const bestRound = (more: Partial<Round> = {}): Round =>
  round(
    1,
    'completed',
    [
      item(
        'i-squat',
        squat,
        { weight_kg: 122.5, reps: 3 },
        {
          actual: { ...NOTHING, weight_kg: 126, reps: 3 },
          feedback: { effort: 9, pain: false, pain_regions: [], note: null },
          bests: [
            { kind: 'e1rm', value: 137.5, before: 131.94 },
            { kind: 'heaviest', value: 126, before: 120 },
          ],
        },
      ),
      item('i-bench', bench, { weight_kg: 80, reps: 8 }, { actual: { ...NOTHING, weight_kg: 80, reps: 8 } }),
    ],
    more,
  );

export const PROGRESS_SCENES: Record<string, Scene> = {
  progress: trainers(year()),
  'progress-tables': trainers(year(), ['chart-table']),
  'progress-empty': trainers(NO_STATS),
  'progress-one': trainers(squatOnly([estimate(3, 100, 5, 112.5)])),
  'progress-same': trainers(squatOnly([30, 20, 10, 0].map((days) => estimate(days, 100, 5, 112.5)))),
  'progress-negative': trainers(
    squatOnly([40, 30, 20, 10].map((days, i) => estimate(days, -30 + 5 * i, 5, -33.75 + 5.625 * i))),
  ),
  'progress-many': trainers(
    squatOnly(
      Array.from({ length: 1_000 }, (_, i) => estimate((999 - i) / 12, 100, 5, 112.5 + wave(i, 8) + i / 80)),
    ),
  ),
  'progress-failed': {
    view: () => view(TRAINER, [], jonas),
    answers: { ...past(), athlete_stats: () => Promise.reject(failure('unreachable')) },
    clicks: page,
  },
  'best-rest': { view: () => view(ATHLETE, [session('active', [bestRound({ rest_after_s: 120 })])]) },
  'best-between': { view: () => view(ATHLETE, [session('active', [bestRound()])]) },
  'best-completed': {
    view: () => view(ATHLETE, [session('completed', [bestRound()])]),
    kept: { 'look.u-jonas.watched': 'x-now' },
  },
  'best-timeline': {
    view: () =>
      view(TRAINER, [session('active', [bestRound(), round(2, 'draft', [item('i-2', bench, {})])])]),
  },
  'history-progress': { view: () => view(ATHLETE, [PAST]), answers: progress(), clicks: own },
  'history-progress-empty': { view: () => view(ATHLETE, [PAST]), answers: progress(NO_STATS), clicks: own },
};
