/**
 * Finding an exercise by typing, by its name and its other names: what begins with it first, then what holds it; accents
 * and case don't matter. What is archived is not offered.
 */
import type { Exercise } from '../bridge/bridge';
import { byName } from '../words/names';

export function findExercises(library: readonly Exercise[], search: string, most = 8): Exercise[] {
  const wanted = plain(search);
  const offered = library.filter(({ archived }) => !archived);
  if (wanted === '') return offered.slice(0, most);
  const ranked = byName(offered).map((exercise) => ({ exercise, rank: rankOf(exercise, wanted) }));
  return ranked
    .filter(({ rank }) => rank < NOWHERE)
    .sort((a, b) => a.rank - b.rank)
    .slice(0, most)
    .map(({ exercise }) => exercise);
}

const NOWHERE = 3;

function rankOf({ name, aliases }: Exercise, wanted: string): number {
  return Math.min(...[name, ...aliases].map((one) => rank(plain(one), wanted)));
}

function rank(name: string, wanted: string): number {
  if (name.startsWith(wanted)) return 0;
  if (name.split(/[\s-]+/).some((word) => word.startsWith(wanted))) return 1;
  return name.includes(wanted) ? 2 : NOWHERE;
}

/** A text as it is compared: without case and accents. */
export function plain(text: string): string {
  return text.trim().toLowerCase().normalize('NFD').replace(/\p{M}/gu, '');
}
