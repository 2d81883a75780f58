/** Scenes of the past: a trainer's athletes, the page of one, a session whole, and an athlete's own history. */
import type { Session, SessionSummary } from '../src/bridge/bridge';
import {
  athlete,
  ATHLETE,
  item,
  JONAS,
  LIBRARY,
  MIRA,
  NOTHING,
  round,
  session,
  TRAINER,
  view,
} from './fixtures';
import type { Scene } from './scenes';
import { failure, type Answers } from './scripted';

const [bench, squat] = LIBRARY as [(typeof LIBRARY)[0], (typeof LIBRARY)[0]];

/** Planned 80 × 8, done 80 × 7, corrected from 70 × 7; with pain. */
export const PAST: Session = session(
  'completed',
  [
    round(1, 'completed', [
      item(
        'i-1',
        bench,
        { weight_kg: 80, reps: 8 },
        {
          actual: { ...NOTHING, weight_kg: 80, reps: 7 },
          feedback: { effort: 9, pain: true, pain_regions: ['left_knee'], note: 'Zieht ein wenig.' },
          corrections: [
            {
              by: MIRA,
              at: '2026-11-24T18:00:00Z',
              before: { ...NOTHING, weight_kg: 70, reps: 7 },
              reason: 'Falsche Scheiben gezählt.',
            },
          ],
        },
      ),
      item('i-2', squat, { weight_kg: 100, reps: 5 }),
    ]),
  ],
  { id: 'x-past', started_at: '2026-11-24T17:00:00Z', ended_at: '2026-11-24T18:00:00Z', version: 9 },
);

export const summary = (more: Partial<SessionSummary> = {}): SessionSummary => ({
  id: PAST.id,
  status: 'completed',
  athlete: JONAS,
  trainer: MIRA,
  started_at: PAST.started_at,
  ended_at: PAST.ended_at,
  recorded: false,
  imported: false,
  rounds: { planned: 1, completed: 1 },
  pain: true,
  version: 9,
  ...more,
});

const many = Array.from({ length: 30 }, (_, i) =>
  summary({
    id: `x-${String(i)}`,
    started_at: new Date(Date.parse(PAST.started_at) - i * 200_000_000).toISOString(),
    pain: i % 7 === 0,
    recorded: i % 5 === 1,
    status: i === 3 ? 'cancelled' : 'completed',
    rounds: { planned: 6, completed: i === 3 ? 2 : 6 },
  }),
);

export const past = (
  sessions: readonly SessionSummary[] = [summary()],
  next: string | null = null,
): Answers => ({
  list_sessions: () => ({ sessions: [...sessions], next }),
  read_session: () => PAST,
  read_note: ({ session_id }) => ({ session_id, text: 'Knie beobachten.', version: 1 }),
  archived_exercises: () => [],
  list_journal: () => ({ entries: [], next: null }),
});

const people = Array.from({ length: 300 }, (_, i) =>
  athlete({ id: `u-${String(i)}`, name: `Athletin ${String(i)} Öztürk-Sørensen` }),
);
/** As an athlete asks: for the studio's exercises as well. */
const own = (answers: Answers): Answers => ({ ...answers, import_exercises: () => LIBRARY });
const page = ['open-athletes', 'athlete'];
const jonas = { athletes: [athlete(JONAS)] };

const JOURNAL = [
  { text: 'Linke Schulter: nichts über Kopf.', pinned: true },
  {
    text: 'Läuft seit Oktober sonntags zehn Kilometer.\nMontags deshalb keine schweren Kniebeugen.',
    pinned: false,
  },
].map((one, i) => ({
  ...one,
  id: `j-${String(i)}`,
  athlete_id: JONAS.id,
  by: MIRA,
  at: PAST.started_at,
  version: 1,
}));

const NOTE = { session_id: 'x-now', text: 'Zieht rechts.', version: 1 };

export const HISTORY_SCENES: Record<string, Scene> = {
  'athletes-empty': { view: () => view(TRAINER, [], { athletes: [] }), clicks: ['open-athletes'] },
  athletes: { view: () => view(TRAINER), clicks: ['open-athletes'] },
  'athletes-many': {
    view: () => view(TRAINER, [session('active')], { athletes: people }),
    answers: past(many, 'next'),
    clicks: page,
  },
  athlete: {
    view: () => view(TRAINER, [session('active')], jonas),
    answers: past(many, 'next'),
    clicks: page,
  },
  'athlete-journal': {
    view: () => view(TRAINER, [], { ...jonas, journal_entries: JOURNAL }),
    answers: past(),
    clicks: [...page, 'tab-journal'],
  },
  'session-note': {
    view: () =>
      view(TRAINER, [session('active')], {
        ...jonas,
        journal_entries: JOURNAL,
        notes: [NOTE],
      }),
    clicks: ['open-note'],
  },
  'session-note-conflict': {
    view: () => view(TRAINER, [session('active')], { ...jonas, notes: [NOTE] }),
    kept: {
      'draft.u-mira.note.x-now': {
        text: 'Zieht rechts, auch im Stand.',
        pinned: false,
        base: { text: '', pinned: false, version: 0 },
      },
    },
    clicks: ['open-note'],
  },
  'athlete-journal-edit': {
    view: () => view(TRAINER, [], { ...jonas, journal_entries: JOURNAL }),
    answers: past(),
    clicks: [...page, 'tab-journal', 'edit-entry'],
  },
  'athlete-none': { view: () => view(TRAINER, [], jonas), answers: past([]), clicks: page },
  'athlete-failed': {
    view: () => view(TRAINER, [], jonas),
    answers: { list_sessions: () => Promise.reject(failure('unreachable')) },
    clicks: page,
  },
  'athlete-session': {
    view: () => view(TRAINER, [], jonas),
    answers: past(),
    clicks: [...page, 'past-session'],
  },
  'athlete-correct': {
    view: () => view(TRAINER, [], jonas),
    answers: past(),
    clicks: [...page, 'past-session', 'correct'],
  },
  'athlete-enter': {
    view: () => view(TRAINER, [], jonas),
    answers: past(),
    clicks: [...page, 'enter-session'],
  },
  history: { view: () => view(ATHLETE, [PAST]), answers: own(past(many, 'next')), clicks: ['open-history'] },
  'history-empty': { view: () => view(ATHLETE), answers: past([]), clicks: ['open-history'] },
  'history-session': {
    view: () => view(ATHLETE, [PAST]),
    answers: past(),
    clicks: ['open-history', 'past-session'],
  },
  'history-enter': {
    view: () => view(ATHLETE, [PAST]),
    answers: own(past()),
    clicks: ['open-history', 'enter-session'],
  },
};
