/**
 * Finding an exercise by typing, by its name and its other names: what begins with it first, then what holds it; accents
 * and case don't matter.
 */
import type { Exercise } from '../bridge/bridge';
import { folded } from '../words/folding';
import { byName } from '../words/names';

/** The exercises that are offered for planning, by name. */
export function offeredIn(library: readonly Exercise[]): Exercise[] {
  return byName(library.filter(({ archived }) => !archived));
}

/** Those of `exercises` that are found by what is typed, best first, else in their order. */
export function findExercises(exercises: readonly Exercise[], typed: string, most = 8): readonly Exercise[] {
  const wanted = folded(typed);
  if (wanted === '') return exercises.slice(0, most);
  return exercises
    .map((exercise) => ({ exercise, rank: rankOf(exercise, wanted) }))
    .filter(({ rank }) => rank < NOT_FOUND)
    .sort((a, b) => a.rank - b.rank)
    .slice(0, most)
    .map(({ exercise }) => exercise);
}

const NOT_FOUND = 3;

function rankOf(exercise: Exercise, wanted: string): number {
  return Math.min(...searchedNames(exercise).map((name) => rank(name, wanted)));
}

function rank(name: string, wanted: string): number {
  if (name.startsWith(wanted)) return 0;
  if (name.split(/[ -]+/).some((word) => word.startsWith(wanted))) return 1;
  return name.includes(wanted) ? 2 : NOT_FOUND;
}

const searched = new WeakMap<Exercise, readonly string[]>();

/** The names of an exercise as they are compared, worked out once for each version of it. */
function searchedNames(exercise: Exercise): readonly string[] {
  const known = searched.get(exercise) ?? [exercise.name, ...exercise.aliases].map(folded);
  searched.set(exercise, known);
  return known;
}
