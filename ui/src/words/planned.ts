/** What is planned besides values: what an exercise is there for, and where its weight comes from. */
import type { ExerciseKind, Load } from '../bridge/bridge';
import { m } from '../paraglide/messages';
import { type Known, known, UNRECOGNISED } from './known';
import { numberWords } from './numbers';
import { weightWords } from './values';

/** Nothing is said of working sets: they are what is expected. */
const KINDS: Record<Known<ExerciseKind>, () => string> = {
  working: () => '',
  warm_up: m.kind_warm_up,
  drop: m.kind_drop,
};

/** What an exercise is there for; an empty string for a working set. */
export function kindWords(kind: ExerciseKind): string {
  return known(KINDS, kind)?.() ?? UNRECOGNISED;
}

/** Where a weight comes from: `80 % vom geschätzten Maximum`, `letztes Mal + 2,5 kg`. */
export function loadWords({ percent_of_e1rm, last_plus_kg }: Load): string {
  if (percent_of_e1rm !== undefined) return m.load_percent({ percent: numberWords(percent_of_e1rm) });
  if (last_plus_kg === undefined) return UNRECOGNISED;
  if (last_plus_kg === 0) return m.load_last_same();
  const weight = weightWords(Math.abs(last_plus_kg));
  return last_plus_kg > 0 ? m.load_last_plus({ weight }) : m.load_last_less({ weight });
}
