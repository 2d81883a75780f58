/** Scenes of the library: full, empty, searched, edited, refused, archived, offline. */
import type { Exercise, Unrecognised, View } from '../src/bridge/bridge';
import { ALVA, exercise, LIBRARY, session, TRAINER, view } from './fixtures';
import type { Scene } from './scenes';
import { failure } from './scripted';

const [bench] = LIBRARY as [Exercise];

export const FULL: Exercise[] = [
  {
    ...bench,
    aliases: ['Bench press', 'Flachbank'],
    muscles: ['Brust', 'Trizeps', 'vordere Schulter'],
    cue: 'Schulterblätter zusammen, Füße fest am Boden. Langsam ablassen.',
  },
  ...LIBRARY.slice(1),
  { ...exercise('Überzug', 'back', 'weight', 'reps'), aliases: ['Pullover'], muscles: ['Latissimus'] },
  exercise('Hüftöffner', 'mobility' as Unrecognised, 'time', 'tempo' as Unrecognised),
];

const library = (exercises: Exercise[], more: Partial<View> = {}) =>
  view(TRAINER, [session('waiting', [], { id: 'x-alva', athlete: ALVA }), session('active')], {
    exercises,
    ...more,
  });

export const LIBRARY_SCENES: Record<string, Scene> = {
  library: { view: () => library(FULL), clicks: ['open-library'] },
  'library-loading': { view: () => library([], { loaded: false }), clicks: ['open-library'] },
  'library-empty': { view: () => view(TRAINER, [], { exercises: [] }), clicks: ['open-library'] },
  'library-nothing-found': {
    view: () => library(FULL),
    kept: { 'u-mira.library': { search: 'zzz', open: null } },
    clicks: ['open-library'],
  },
  'library-new': { view: () => library(FULL), clicks: ['open-library', 'new-exercise'] },
  'library-editing': {
    view: () => library(FULL),
    kept: { 'u-mira.library': { search: '', open: bench.id } },
    clicks: ['open-library'],
  },
  'library-failed': {
    view: () => library(FULL),
    answers: {
      create_exercise: () =>
        Promise.reject(
          failure('invalid', {
            fields: [
              { pointer: '/name', code: 'required' },
              { pointer: '/fields', code: 'required' },
            ],
          }),
        ),
    },
    clicks: ['open-library', 'new-exercise', 'exercise-field-weight', 'exercise-field-reps', 'save-exercise'],
  },
  'library-archived': {
    view: () => library(FULL),
    kept: { 'u-mira.library': { search: '', open: bench.id } },
    answers: {
      archive_exercise: () => null,
      archived_exercises: () => [{ ...exercise('Butterfly', 'chest', 'reps'), archived: true }],
    },
    clicks: ['open-library', 'open-archived'],
  },
  'library-offline': {
    view: () => library(FULL, { link: { state: 'offline', waiting: 2, reason: 'unreachable' } }),
    kept: { 'u-mira.library': { search: '', open: bench.id } },
    answers: { archived_exercises: () => Promise.reject(failure('unreachable')) },
    clicks: ['open-library', 'open-archived'],
  },
};
