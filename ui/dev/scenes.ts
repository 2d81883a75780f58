/** Scenes of everyone and of the athlete: each view empty, loading, failed, offline and full. */
import type { Account, Feedback, Round, RoundExercise, Update, View } from '../src/bridge/bridge';
import {
  secondsAgo,
  ALVA,
  arrival,
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
import { failure, type Answers, type ByteAnswers, type ScriptedBridge } from './scripted';

/** Somebody who trains and coaches. */
const BOTH: Account = { ...TRAINER, ...ATHLETE, roles: ['athlete', 'trainer'] };

export interface Scene {
  /** What the core tells when it is asked for everything; none: it never answers, as while it starts. */
  view?: () => View;
  answers?: Answers;
  /** What the commands that move bytes answer. */
  bytes?: ByteAnswers;
  /** What lies in this device's storage, by key without prefix. */
  kept?: Record<string, unknown>;
  /** What the core tells afterwards. */
  then?: (bridge: ScriptedBridge) => void;
  /** What they type after the clicks, by test id. */
  fills?: Readonly<Record<string, string>>;
  /** The test ids of what the person clicks afterwards, one after the other. */
  clicks?: readonly string[];
  /** The files that are dropped on the video of the exercise that is open, and what is clicked after that. */
  drops?: () => readonly File[];
  after?: readonly string[];
  /** The test id of the field that is touched then, and of the keys that are pressed on the on-screen keyboard. */
  touches?: string;
  keys?: readonly string[];
  /** The test id of the key that is held at the end. */
  holds?: string;
}

type Exercises = [(typeof LIBRARY)[0], (typeof LIBRARY)[0], (typeof LIBRARY)[0], (typeof LIBRARY)[0]];
const [bench, squat, pullUp, row] = LIBRARY as unknown as Exercises;
const long = LIBRARY.at(-1) ?? bench;

const HINT = 'Schulterblätter zusammen, Füße fest am Boden. Langsam ablassen.';

function plan(): RoundExercise[] {
  return [
    item('i-1', bench, { weight_kg: 82.5, reps: 8, effort: 7 }, { trainer_notes: HINT }),
    item('i-2', long, { weight_kg: 24, reps: 12 }),
    item('i-3', row, { distance_m: 500, time_s: 105 }),
  ];
}

function done(): RoundExercise[] {
  const feedback: Feedback = { effort: 7, pain: false, pain_regions: [], note: null };
  return plan().map((exercise) => ({ ...exercise, actual: { ...exercise.planned, effort: null }, feedback }));
}

const first = (more: Partial<Round> = {}) => round(1, 'completed', done(), more);
const training = (...rounds: Round[]) => view(ATHLETE, [session('active', rounds)]);
const offline: Partial<View> = { link: { state: 'offline', waiting: 2, reason: 'unreachable' } };
const past = [
  session('completed', [first(), round(2, 'completed', done())], {
    id: 'x-1',
    started_at: secondsAgo(180_000),
  }),
  session('cancelled', [first()], { id: 'x-2', started_at: secondsAgo(400_000) }),
];
const ticked = [
  item('i-1', bench, { weight_kg: 82.5, reps: 8 }, { actual: { ...NOTHING, weight_kg: 80, reps: 8 } }),
  item('i-2', squat, { weight_kg: 100, reps: 5 }),
];

const updateReady: Update = {
  state: 'ready',
  version: '0.2.0',
  notes: {
    de: 'Die Pause zeigt jetzt die nächste Runde.\nDer Planer merkt sich, was zuletzt gesucht wurde.',
    en: 'The rest shows the next round now.\nThe planner remembers what was searched for last.',
    pt: 'O descanso agora mostra a próxima rodada.\nO planejador lembra o que foi buscado por último.',
  },
};

const versions = () => ({ tauri: '2.12.5', web_view: '2.50.4', system: 'linux x86_64' });

const DIAGNOSTICS = `Ringside 0.1.0, package: deb, linux x86_64, Tauri 2.12.5, web view 2.50.4
last problems:
2026-11-25T17:03:11Z ERROR the profile could not be opened code=NewerReplica`;

export const SCENES: Record<string, Scene> = {
  starting: { answers: { view: () => new Promise<null>(() => undefined) } },
  'startup-failure': {
    answers: {
      view: () => Promise.reject(failure('data-directory', { detail: '/home/jonas/.local/share/ringside' })),
    },
  },
  'startup-failure-diagnostics': {
    answers: {
      view: () => Promise.reject(failure('newer-replica', { detail: 'layout 9, this version knows 7' })),
      diagnostics: () => DIAGNOSTICS,
    },
    clicks: ['copy-diagnostics'],
  },
  'sign-in': { view: () => view(null) },
  'sign-in-session-link': {
    view: () => view(null),
    answers: { opened_link: () => ({ kind: 'session', session_id: 'x-now' }) },
  },
  'sign-in-ended': { view: () => view(null, [], { signed_out: 'by_server' }) },
  'sign-in-empty': { view: () => view(null), clicks: ['submit-sign-in'] },
  'no-part': { view: () => view({ ...ATHLETE, roles: [] }) },
  'both-roles': {
    view: () => view(BOTH),
    clicks: ['role-athlete'],
  },
  'both-roles-waits': {
    view: () => view(BOTH),
    clicks: ['role-athlete'],
    then: (bridge) => {
      setTimeout(() => {
        bridge.emit(
          arrival(session('waiting', [], { id: 'x-alva', athlete: ALVA }), BOTH, 'session-started'),
        );
      }, 300);
    },
  },
  settings: { view: () => view(ATHLETE), answers: { versions }, clicks: ['open-settings'] },
  'settings-both': {
    view: () => view(BOTH),
    answers: { versions },
    clicks: ['open-settings'],
  },
  about: {
    view: () => view(TRAINER),
    answers: { versions },
    then: (bridge) => {
      bridge.emit({ type: 'open', place: 'about' });
    },
  },
  licences: {
    view: () => view(TRAINER),
    answers: { versions },
    clicks: ['open-settings', 'open-licences'],
  },
  'licences-text': {
    view: () => view(TRAINER),
    answers: { versions },
    clicks: ['open-settings', 'open-licences', 'open-delivered'],
  },
  shortcuts: {
    view: () => view(TRAINER),
    then: (bridge) => {
      bridge.emit({ type: 'open', place: 'shortcuts' });
    },
  },
  'shortcuts-far': {
    view: () => view(ATHLETE, past),
    then: (bridge) => {
      bridge.emit({ type: 'open', place: 'shortcuts' });
    },
  },
  'settings-update-downloading': {
    view: () =>
      view(TRAINER, [], {
        update: {
          state: 'downloading',
          version: '0.2.0',
          notes: updateReady.notes,
          done_bytes: 3_400_000,
          total_bytes: 8_836_066,
        },
      }),
    clicks: ['open-settings'],
  },
  'settings-update-failed': {
    view: () => view(TRAINER, [], { update: { state: 'failed', version: '0.2.0', code: 'not-installed' } }),
    clicks: ['open-settings'],
  },
  'update-ready': { view: () => view(TRAINER, [], { update: updateReady }) },
  'update-ready-far': { view: () => view(ATHLETE, past, { update: updateReady }) },
  'update-failed': {
    view: () => view(TRAINER, [], { update: { state: 'failed', version: '0.2.0', code: 'bad-signature' } }),
  },
  closing: {
    view: () => view(ATHLETE, [session('active')]),
    then: (bridge) => {
      bridge.emit({ type: 'closing' });
    },
  },
  loading: { view: () => view(ATHLETE, [], { loaded: false }) },
  start: { view: () => view(ATHLETE, past) },
  'start-empty': { view: () => view(ATHLETE) },
  'start-no-trainer': { view: () => view({ ...ATHLETE, trainer: null }) },
  'start-offline': { view: () => view(ATHLETE, past, offline) },
  'start-failed': {
    view: () => view(ATHLETE, past),
    answers: { start_session: () => Promise.reject(failure('unreachable')) },
    clicks: ['start-session'],
  },
  waiting: { view: () => view(ATHLETE, [session('waiting', [], { started_at: secondsAgo(75) })]) },
  'waiting-cancel': {
    view: () => view(ATHLETE, [session('waiting', [], { started_at: secondsAgo(75) })]),
    clicks: ['cancel-session'],
  },
  'between-first': { view: () => training() },
  between: { view: () => training(first()) },
  released: { view: () => training(first(), round(2, 'released', plan())) },
  'released-final': {
    view: () => training(first(), round(2, 'released', plan().slice(0, 1), { is_final: true })),
  },
  round: { view: () => training(round(1, 'active', plan())) },
  'round-long': {
    view: () =>
      training(
        round(
          1,
          'active',
          [plan()[1], plan()[2]].filter((one) => one !== undefined),
        ),
      ),
  },
  'round-twelve': {
    view: () =>
      training(
        round(
          1,
          'active',
          Array.from({ length: 12 }, (_, i) =>
            item(
              `i-${i}`,
              i === 0 ? long : squat,
              { weight_kg: 102.5, reps: 12, effort: 8 },
              { trainer_notes: HINT },
            ),
          ),
        ),
      ),
  },
  'round-hint': {
    view: () =>
      training(
        round(1, 'active', [
          item('i-1', long, { weight_kg: 82.5, reps: 8 }, { trainer_notes: `${HINT} `.repeat(7).trim() }),
          item('i-2', row, { distance_m: 500, time_s: 105 }),
        ]),
      ),
  },
  'round-free': { view: () => training(round(1, 'active', [item('i-9', pullUp, {})])) },
  'round-ticked': { view: () => training(round(1, 'active', ticked)), clicks: ['exercise-step'] },
  'round-failed': {
    view: () => view(ATHLETE, [session('active', [round(1, 'active', ticked)])], offline),
    answers: { log_exercise: () => Promise.reject(failure('unreachable', { request_id: '01a2b3' })) },
    clicks: ['tick'],
  },
  feedback: { view: () => training(round(1, 'active', plan())), clicks: ['to-feedback'] },
  'feedback-missing': {
    view: () => training(round(1, 'active', plan())),
    clicks: ['to-feedback', 'next-exercise'],
  },
  'feedback-pain': {
    view: () => training(round(1, 'active', plan())),
    clicks: ['to-feedback', 'effort-8', 'pain-yes', 'region-left_knee', 'region-lower_back'],
  },
  'feedback-no-regions': {
    view: () => training(round(1, 'active', plan())),
    clicks: ['to-feedback', 'effort-0', 'pain-yes', 'next-exercise'],
  },
  rest: { view: () => training(first({ rest_after_s: 110 })) },
  'rest-with-round': { view: () => training(first({ rest_after_s: 110 }), round(2, 'released', plan())) },
  completed: {
    view: () => view(ATHLETE, [session('completed', [first(), round(2, 'completed', done())])]),
    kept: { 'look.u-jonas.watched': 'x-now' },
  },
  cancelled: {
    view: () =>
      view(ATHLETE, [
        session('cancelled', [first()], { cancel_reason: 'Feueralarm im Haus, wir machen morgen weiter.' }),
      ]),
    kept: { 'look.u-jonas.watched': 'x-now' },
  },
  'released-live': {
    view: () => training(first()),
    then: (bridge) => {
      setTimeout(() => {
        bridge.emit(
          arrival(
            session('active', [first(), round(2, 'released', plan())], { trainer: MIRA, version: 2 }),
            ATHLETE,
            'round-released',
            'r-2',
          ),
        );
      }, 300);
    },
  },
};
