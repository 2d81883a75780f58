/** Effort 0 to 10 in our own words, and the step of its colour. */
import { LIMITS } from '../bridge/generated';
import { m } from '../paraglide/messages';

const WORDS: readonly (() => string)[] = [
  m.effort_0,
  m.effort_1,
  m.effort_2,
  m.effort_3,
  m.effort_4,
  m.effort_5,
  m.effort_6,
  m.effort_7,
  m.effort_8,
  m.effort_9,
  m.effort_10,
];

/** Every effort there is, in order. */
export const EFFORTS: readonly number[] = Array.from(
  { length: LIMITS.effort.max - LIMITS.effort.min + 1 },
  (_, i) => LIMITS.effort.min + i,
);

export function effortWords(effort: number): string {
  return WORDS[effort]?.() ?? String(effort);
}

/** The colour's step, 1 to 5: up to 2, 4, 6, 8 and above. */
export function effortStep(effort: number): 1 | 2 | 3 | 4 | 5 {
  if (effort <= 2) return 1;
  if (effort <= 4) return 2;
  if (effort <= 6) return 3;
  if (effort <= 8) return 4;
  return 5;
}
