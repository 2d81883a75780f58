/** Which exercises of the library a name of another tracker could mean. */
import type { Exercise } from '../bridge/bridge';
import { findExercises } from './library';

/**
 * Those that have the whole name come first, then those without what trackers put in brackets, then those that have one
 * of its words: `Bench Press (Barbell)` finds the bench press, and failing that everything with a bench.
 */
export function suggestedFor(name: string, exercises: readonly Exercise[], most: number): Exercise[] {
  const plain = name.replace(/\(.*?\)/gu, ' ');
  const words = plain.split(/[^\p{L}\p{N}]+/u).filter((word) => word.length >= SHORTEST_WORD);
  const found = [name, plain, ...words].filter((typed) => /[\p{L}\p{N}]/u.test(typed));
  return [...new Set(found.flatMap((typed) => findExercises(exercises, typed, most)))].slice(0, most);
}

const SHORTEST_WORD = 4;
