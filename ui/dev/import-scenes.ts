/** Scenes of the import of a file: chosen, looked at, under way, done, and what can be taken back. */
import type { Import, ImportSummary, MappedExercise, SkippedRow, SkipReason } from '../src/bridge/bridge';
import { ATHLETE, JONAS, LIBRARY, MIRA, TRAINER, athlete, view } from './fixtures';
import { past } from './history-scenes';
import { failure, type Answers } from './scripted';
import type { Scene } from './scenes';

const [bench, squat] = LIBRARY as [(typeof LIBRARY)[0], (typeof LIBRARY)[0]];

const DAY_MS = 24 * 60 * 60 * 1000;
const daysAgo = (days: number): string => new Date(Date.now() - days * DAY_MS).toISOString();

const NAMES: MappedExercise[] = [
  { name: 'Bench Press (Barbell)', exercise_id: bench.id },
  { name: 'Squat (Barbell)', exercise_id: squat.id },
  { name: 'Bulgarian Split Squat mit Kurzhanteln', exercise_id: null },
  { name: 'Zercher carry', exercise_id: null },
];

function rows(reason: SkipReason, lines: readonly number[]): SkippedRow[] {
  return lines.map((line) => ({ line, reason }));
}

const SKIPPED = [
  ...rows(
    'rest_timer',
    Array.from({ length: 1200 }, (_, i) => 3 + 2 * i),
  ),
  ...rows('bad_number', [17, 18, 19, 240]),
  ...rows('bad_date', [8]),
];

/** A file of Strong that names no unit. */
export function imported(more: Partial<Import> = {}): Import {
  return {
    id: 'im-1',
    athlete_id: JONAS.id,
    by: JONAS,
    at: daysAgo(0),
    state: 'dry_run',
    format: 'strong',
    unit: { unit: 'kg', source: 'evidence', like_kg: 812, like_lb: 3 },
    timezone: 'Europe/Berlin',
    rows: 3205,
    sets: 2000,
    weights: 0,
    weights_here: 0,
    skipped: SKIPPED,
    exercises: NAMES,
    sessions: 101,
    already_here: 2,
    changed: [
      { session_id: 'x-1', started_at: daysAgo(40), sets_here: 12, sets: 14, replaced: true },
      { session_id: 'x-2', started_at: daysAgo(47), sets_here: 12, sets: 11, replaced: false },
    ],
    unused_columns: ['Workout Name'],
    committed_at: null,
    take_back_until: null,
    ...more,
  };
}

export const COMMITTED: Partial<Import> = {
  state: 'committed',
  committed_at: daysAgo(0),
  take_back_until: daysAgo(-30),
};

export const listed = (more: Partial<ImportSummary> = {}): ImportSummary => ({
  id: 'im-0',
  by: MIRA,
  state: 'committed',
  format: 'hevy',
  sessions: 34,
  weights: 12,
  committed_at: daysAgo(3),
  take_back_until: daysAgo(-27),
  ...more,
});

export const importing = (more: Answers = {}): Answers => ({
  ...past(),
  list_imports: () => [listed()],
  import_exercises: () => LIBRARY,
  stage_import: () => ({ id: 'f-1' }),
  discard_file: () => null,
  read_import: () => imported(),
  show_import: () => imported(),
  commit_import: () => imported(COMMITTED),
  take_back_import: () => null,
  ...more,
});

const kept = (person: string) => ({
  [`draft.${person}.import.u-jonas`]: { id: 'im-1', name: 'strong.csv', file: 'f-1', chosen: {} },
});

const jonas = () => view(TRAINER, [], { athletes: [athlete(JONAS)] });
const page = ['open-athletes', 'athlete', 'import'];
const own = ['open-history', 'import'];

export const IMPORT_SCENES: Record<string, Scene> = {
  'import-choose': { view: jonas, answers: importing(), clicks: page },
  'import-preview': { view: jonas, answers: importing(), clicks: page, kept: kept(TRAINER.id) },
  'import-unfolded': {
    view: jonas,
    answers: importing(),
    kept: kept(TRAINER.id),
    clicks: [
      ...page,
      'import-recognised',
      'import-changed-summary',
      'import-skipped-summary',
      'import-choice',
    ],
  },
  'import-nothing-new': {
    view: jonas,
    answers: importing({ show_import: () => imported({ already_here: 101, changed: [], skipped: [] }) }),
    kept: kept(TRAINER.id),
    clicks: page,
  },
  'import-refused': {
    view: jonas,
    answers: importing({
      commit_import: () => Promise.reject(failure('unreachable') as unknown as Error),
    }),
    kept: kept(TRAINER.id),
    clicks: [...page, 'commit-import'],
  },
  'import-working': {
    view: jonas,
    answers: importing({
      commit_import: () => new Promise(() => undefined),
      list_imports: () => [listed({ id: 'im-1', state: 'committing', sessions: 41 })],
    }),
    kept: kept(TRAINER.id),
    clicks: [...page, 'commit-import'],
  },
  'import-done': {
    view: jonas,
    answers: importing(),
    kept: kept(TRAINER.id),
    clicks: [...page, 'commit-import', 'take-back'],
  },
  'import-own': { view: () => view(ATHLETE), answers: importing(), clicks: own },
  'import-own-preview': {
    view: () => view(ATHLETE),
    answers: importing(),
    kept: kept(ATHLETE.id),
    clicks: own,
  },
  'import-unreachable': {
    view: () => view(ATHLETE),
    answers: importing({
      show_import: () => Promise.reject(failure('unreachable') as unknown as Error),
      list_imports: () => Promise.reject(failure('unreachable') as unknown as Error),
    }),
    kept: kept(ATHLETE.id),
    clicks: own,
  },
};
