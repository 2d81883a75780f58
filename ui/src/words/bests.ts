/** A best when it happens: what it beats, in words, and the set that did it. */
import type { BestKind, NewBest, RoundExercise } from '../bridge/bridge';
import { m } from '../paraglide/messages';
import { type Known, known } from './known';
import { isolated } from './names';
import { numberWords } from './numbers';
import { durationWords } from './times';
import { distanceWords, estimateWords, totalWeightWords, valuesWords, weightWords } from './values';

/** The most telling kind first: of several bests of a set one is said. */
const KINDS: Record<Known<BestKind>, (best: NewBest) => string> = {
  heaviest: ({ before }) => m.best_heaviest({ before: weightWords(before) }),
  e1rm: ({ value, before }) => m.best_e1rm({ value: estimateWords(value), before: estimateWords(before) }),
  reps: ({ before }) => m.best_reps({ before: numberWords(before) }),
  longest: ({ before }) => m.best_longest({ before: durationWords(before) }),
  farthest: ({ before }) => m.best_farthest({ before: distanceWords(before) }),
  volume: ({ value, before }) =>
    m.best_volume({ value: totalWeightWords(value), before: totalWeightWords(before) }),
};
const ORDER = Object.keys(KINDS);

/** What an exercise of a completed round beat: "schwerster Satz, bisher 120 kg"; nothing if nothing. */
export function bestWords({ bests }: Pick<RoundExercise, 'bests'>): string | null {
  const [best] = (bests ?? []).toSorted((a, b) => rank(a) - rank(b));
  return best ? (known(KINDS, best.kind)?.(best) ?? m.best_mark()) : null;
}

/** One of a newer server comes last. */
function rank({ kind }: NewBest): number {
  const at = ORDER.indexOf(kind);
  return at < 0 ? ORDER.length : at;
}

/** The same with the exercise and the set: "Kniebeuge 126 kg × 3: schwerster Satz, bisher 120 kg". */
export function bestLineWords(exercise: RoundExercise): string | null {
  const best = bestWords(exercise);
  if (best === null || !exercise.actual) return null;
  return m.best_line({ name: isolated(exercise.name), set: valuesWords(exercise.actual), best });
}
