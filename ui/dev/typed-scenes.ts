/** Scenes of what people type: names in any script and of any length, values that can't be read, texts of many lines. */
import {
  secondsAgo,
  ALVA,
  ATHLETE,
  item,
  LIBRARY,
  MIRA,
  NOTHING,
  round,
  session,
  TRAINER,
  view,
} from './fixtures';
import type { Scene } from './scenes';

type Exercises = [(typeof LIBRARY)[0], (typeof LIBRARY)[0], (typeof LIBRARY)[0], (typeof LIBRARY)[0]];
const [bench, squat, pullUp] = LIBRARY as unknown as Exercises;

const LONG =
  'Maximiliana-Wilhelmine Freifrau von und zu Hohenfels-Donaueschingen-Sigmaringen, geborene Löwenstein';
const UNBROKEN = 'W'.repeat(100);
const HEBREW = 'נועה 3';
const TURNED = '\u202EMira Sommer';
const LINES =
  'Schulterblätter zusammen.\nFüße fest am Boden.\n\nLangsam ablassen, unten eine Sekunde halten.';

const named = (id: string, name: string) => ({ id: `u-${id}`, name });
const trainer = { ...ATHLETE.studio, id: 'u-long', name: UNBROKEN };
const athletes = [
  named('ö', 'Özlem'),
  named('z', 'Zoe'),
  named('o', 'Ozan'),
  named('l', LONG),
  named('h', HEBREW),
  named('t', TURNED),
];
const plan = () => [
  item('i-1', bench, { weight_kg: 100, reps: 8 }, { trainer_notes: LINES }),
  item('i-2', squat, { weight_kg: 1.134, reps: 5 }),
  item('i-3', pullUp, { weight_kg: -20, reps: 6 }),
];
const felt = { effort: 7, pain: false, pain_regions: [], note: 'Erste Zeile.\nZweite Zeile.' };
const half = round(
  1,
  'completed',
  plan().map((exercise, i) => ({
    ...exercise,
    actual: i === 0 ? { ...NOTHING, weight_kg: 100, reps: 0 } : null,
    feedback: felt,
  })),
);
const entries = {
  session_id: 'x-now',
  round_id: 'r-1',
  stage: 'training',
  at: null,
  values: { 'i-1': { weight_kg: '77,', reps: '1.500' } },
  feedback: {},
};
const given = { effort: 5, pain: false, regions: [], note: '' };

export const TYPED_SCENES: Record<string, Scene> = {
  'typed-names': {
    view: () =>
      view(
        { ...TRAINER, name: UNBROKEN },
        [
          session('waiting', [], { id: 'x-1', athlete: named('l', LONG), started_at: secondsAgo(75) }),
          session('waiting', [], { id: 'x-2', athlete: named('h', HEBREW), started_at: secondsAgo(75) }),
          session('active', [half], { athlete: named('w', UNBROKEN) }),
        ],
        { athletes: [...athletes, ALVA].map((person) => ({ ...person, records: [], version: 1 })) },
      ),
    clicks: ['session-row'],
  },
  'typed-names-running': {
    view: () =>
      view({ ...TRAINER, name: UNBROKEN }, [session('active', [half], { athlete: named('l', LONG) })]),
    clicks: ['cancel-session'],
  },
  'typed-names-start': { view: () => view({ ...ATHLETE, name: UNBROKEN, trainer }) },
  'typed-names-waiting': { view: () => view({ ...ATHLETE, name: LONG, trainer }, [session('waiting')]) },
  'typed-names-between': {
    view: () =>
      view({ ...ATHLETE, name: LONG }, [session('active', [], { trainer: { ...MIRA, name: LONG } })]),
  },
  'typed-unreadable': {
    view: () => view(ATHLETE, [session('active', [round(1, 'active', plan())])]),
    kept: { 'look.u-jonas.entries.r-1': entries },
  },
  'typed-unticked': {
    view: () => view(ATHLETE, [session('active', [round(1, 'active', plan())])]),
    kept: {
      'look.u-jonas.entries.r-1': {
        ...entries,
        stage: 'feedback',
        values: {},
        feedback: { 'i-1': given, 'i-2': given, 'i-3': given },
      },
    },
    clicks: ['complete-round'],
  },
  'typed-plan': {
    view: () => view(TRAINER, [session('active', [half])]),
    kept: {
      'u-mira.plan.x-now/new': {
        round_id: null,
        base: '',
        is_final: false,
        rest: '2 h',
        items: [
          {
            key: 'a',
            id: null,
            exercise_id: bench.id,
            values: { weight_kg: '1,200', reps: '0', distance_m: '', time_s: '', effort: '' },
            hint: LINES,
            shorthand: '',
          },
          {
            key: 'b',
            id: null,
            exercise_id: squat.id,
            values: { weight_kg: '80', reps: '8', distance_m: '', time_s: '', effort: '' },
            hint: 'Zu lang. '.repeat(60),
            shorthand: '3x8',
          },
        ],
      },
    },
    clicks: ['save-draft'],
  },
};
