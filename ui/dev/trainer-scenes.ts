/** Scenes of the trainer: each pane empty, loading, failed, offline and full. */
import type { Feedback, Session, View } from '../src/bridge/bridge';
import {
  secondsAgo,
  ALVA,
  athlete,
  item,
  JONAS,
  LIBRARY,
  NOTHING,
  round,
  session,
  TRAINER,
  view,
} from './fixtures';
import { sameAs } from '../src/trainer/plan';
import type { Scene } from './scenes';
import { failure } from './scripted';

type Exercises = [(typeof LIBRARY)[0], (typeof LIBRARY)[0], (typeof LIBRARY)[0], (typeof LIBRARY)[0]];
const [bench, squat, pullUp, row] = LIBRARY as unknown as Exercises;

const easy: Feedback = { effort: 4, pain: false, pain_regions: [], note: null };
const hurt: Feedback = {
  effort: 9,
  pain: true,
  pain_regions: ['lower_back', 'left_knee'],
  note: 'Beim letzten Satz hat es im Kreuz gezogen.',
};

const done = round(
  1,
  'completed',
  [
    item(
      'i-1',
      bench,
      { weight_kg: 80, reps: 8, effort: 7 },
      { actual: { ...NOTHING, weight_kg: 80, reps: 7 }, feedback: hurt },
    ),
    item('i-2', row, { distance_m: 500 }, { actual: { ...NOTHING, distance_m: 500 }, feedback: easy }),
  ],
  { rest_after_s: 90 },
);
const active = round(2, 'active', [
  item(
    'i-3',
    squat,
    { weight_kg: 100, reps: 5 },
    { actual: { ...NOTHING, weight_kg: 100, reps: 5 }, trainer_notes: 'Tief, aber sauber.' },
  ),
  item('i-4', pullUp, { reps: 6, effort: 8 }),
]);
const draft = round(3, 'draft', [item('i-5', bench, { weight_kg: 82.5, reps: 6 })]);
const last = round(4, 'draft', [item('i-6', row, { distance_m: 2000, time_s: 480 })], { is_final: true });

const waiting = session('waiting', [], {
  id: 'x-alva',
  athlete: ALVA,
  started_at: secondsAgo(75),
});
const athletes = [ALVA, JONAS, { id: 'u-noor', name: 'Noor van den Berg' }].map(athlete);

function desk(sessions: Session[], more: Partial<View> = {}): View {
  return view(TRAINER, sessions, { athletes, exercises: LIBRARY, ...more });
}

const planned = {
  'u-mira.plan.x-now/new': {
    round_id: null,
    base: '',
    is_final: true,
    rest: '1:30',
    items: [
      {
        key: 'a',
        id: null,
        exercise_id: bench.id,
        values: { weight_kg: '82.5', reps: '6', distance_m: '', time_s: '', effort: '8' },
        hint: '',
      },
      {
        key: 'b',
        id: null,
        exercise_id: row.id,
        values: { weight_kg: '', reps: '', distance_m: '500', time_s: '1:45', effort: '' },
        hint: 'Gleichmäßig ziehen.',
      },
    ],
  },
};

/** The same with more exercises, and something typed in the search. */
const searching = {
  'u-mira.plan.x-now/new': {
    ...planned['u-mira.plan.x-now/new'],
    search: 'k',
    items: [squat, bench, row, pullUp, bench].map((exercise, i) => ({
      ...planned['u-mira.plan.x-now/new'].items[i % 2],
      key: `k-${String(i)}`,
      exercise_id: exercise.id,
    })),
  },
};

const thirty = Array.from({ length: 30 }, (_, i) =>
  round(
    i + 1,
    i < 28 ? 'completed' : i === 28 ? 'active' : 'draft',
    i % 5 === 0 ? done.exercises : active.exercises,
    {
      id: `r-${String(i)}`,
    },
  ),
);
const many = Array.from({ length: 60 }, (_, i) => ({
  id: `u-${String(i)}`,
  name: `Athletin ${String(i)} Öztürk-Sørensen`,
  records: [],
  version: 1,
}));
const inTraining = many
  .slice(0, 14)
  .map((athlete, i) =>
    session(i < 2 ? 'waiting' : 'active', [], { id: `x-${String(i)}`, athlete, started_at: secondsAgo(400) }),
  );

/** Eight sessions, each at another point. */
const NAMES = [
  'Alva Lindqvist',
  'Jonas Brandt',
  'Noor van den Berg',
  'Özlem Kaya',
  'Tom',
  'Ines Duarte',
  'Pelé Souza',
  'Wilhelmine Freifrau von Hohenfels',
];
const doneAt = (seconds: number, rest: number | null) =>
  round(
    1,
    'completed',
    [{ ...(done.exercises[1] as (typeof done.exercises)[0]), feedback: { ...easy, effort: 8 } }],
    {
      completed_at: secondsAgo(seconds),
      rest_after_s: rest,
    },
  );
const ROUNDS = [
  [],
  [done],
  [doneAt(30, null)],
  [doneAt(50, 90), draft],
  [doneAt(100, 90), draft],
  [doneAt(300, null), active, draft],
  [doneAt(300, null), { ...active, status: 'released' as const, started_at: null }],
  [doneAt(85, 90), draft],
];
const board = (count: number) =>
  NAMES.slice(0, count).map((name, i) =>
    session(i === 0 ? 'waiting' : 'active', ROUNDS[i], {
      id: `x-${String(i)}`,
      athlete: { id: `u-${String(i)}`, name },
      started_at: secondsAgo(i === 0 ? 75 : 2400),
    }),
  );

export const TRAINER_SCENES: Record<string, Scene> = {
  'trainer-loading': { view: () => desk([], { loaded: false }) },
  'trainer-empty': { view: () => desk([], { athletes: [] }) },
  'trainer-quiet': { view: () => desk([]) },
  'trainer-waiting': { view: () => desk([waiting]) },
  'trainer-joined': { view: () => desk([session('active', [])]) },
  trainer: { view: () => desk([waiting, session('active', [done, active, draft, last])]) },
  'trainer-planning': {
    view: () => desk([waiting, session('active', [done, draft])]),
    kept: planned,
  },
  'trainer-planning-group': {
    view: () =>
      desk([
        session('active', [done, draft]),
        ...board(6)
          .slice(2)
          .map((one) => ({ ...one, id: `${one.id}-group` })),
      ]),
    kept: planned,
    clicks: ['release-to-group'],
  },
  'trainer-templates': {
    view: () =>
      desk([session('active', [done, draft])], {
        templates: ['Beine schwer', 'Oberkörper A'].map((name, i) => ({
          id: `t-${String(i)}`,
          name,
          owner: i === 0 ? TRAINER : ALVA,
          shared: i > 0,
          rounds: [sameAs(draft), sameAs(last)],
          version: 1,
        })),
      }),
    kept: planned,
    clicks: ['open-templates'],
  },
  'trainer-searching': {
    view: () => desk([waiting, session('active', [done, draft])]),
    kept: searching,
  },
  'trainer-thirty-rounds': { view: () => desk([session('active', thirty)]) },
  'trainer-sixty-athletes': { view: () => desk(inTraining, { athletes: many }) },
  'trainer-board-two': { view: () => desk(board(2)), clicks: ['open-board'] },
  'trainer-board-four': { view: () => desk(board(4)), clicks: ['open-board'] },
  'trainer-board-six': { view: () => desk(board(6)), clicks: ['open-board'] },
  'trainer-board-eight': { view: () => desk(board(8)), clicks: ['open-board'] },
  'trainer-board-lost': {
    view: () =>
      desk(board(8), {
        presence: [1, 5, 7].map((i) => ({
          athlete_id: `u-${String(i)}`,
          online: false,
          since: secondsAgo(95),
        })),
      }),
    clicks: ['open-board'],
  },
  'trainer-discarded': {
    view: () => desk([session('active', [done, draft])]),
    kept: planned,
    clicks: ['discard-plan'],
  },
  'trainer-editing': {
    view: () => desk([session('active', [done, active, draft])]),
    clicks: ['edit-round'],
  },
  'trainer-failed': {
    view: () => desk([session('active', [done])]),
    kept: planned,
    answers: {
      add_round: () =>
        Promise.reject(
          failure('invalid', { fields: [{ pointer: '/exercises/0/planned/reps', code: 'out-of-range' }] }),
        ),
    },
    clicks: ['save-and-release'],
  },
  'trainer-offline': {
    view: () =>
      desk([session('active', [done, draft])], {
        link: { state: 'offline', waiting: 0, reason: 'unreachable' },
      }),
    kept: planned,
  },
  'trainer-final': {
    view: () => desk([session('active', [done, draft])]),
    kept: planned,
    clicks: ['save-and-release'],
  },
  'trainer-cancel': { view: () => desk([session('active', [done])]), clicks: ['cancel-session'] },
  'trainer-cancelled': {
    view: () =>
      desk([
        session('cancelled', [done], {
          cancelled_by: { id: JONAS.id, role: 'athlete' },
          cancel_reason: 'Wade macht zu.',
        }),
      ]),
    clicks: ['session-row'],
  },
};
