/** An athlete's bests in words, each with the set it comes from and its session. */
import type { ExerciseBests, ExerciseId, SessionId, Stats, Timestamp, Values } from '../../bridge/bridge';
import { m } from '../../paraglide/messages';
import { isolated } from '../../words/names';
import { sentenceDayWords } from '../../words/chart-days';
import { dateWords, newestFirst } from '../../words/times';
import { estimateWords, totalWeightWords, valuesWords, weightWords } from '../../words/values';
import { instant, localDay } from './series';

const NO_VALUES: Values = { weight_kg: null, reps: null, distance_m: null, time_s: null, effort: null };

/** A set of a weight and repetitions: "110 kg × 5". */
export function setWords({ weight_kg, reps }: { weight_kg: number; reps: number }): string {
  return valuesWords({ ...NO_VALUES, weight_kg, reps });
}

/** A line of the list. */
export interface Best {
  what: string;
  value: string;
  at: Timestamp;
  day: string;
  session_id: SessionId;
}

/** Every best of an exercise, the most telling first. */
export function bestsOf({ heaviest, reps, e1rm, volume, longest, farthest }: ExerciseBests): Best[] {
  const line = (what: string, value: string, of: { at: Timestamp; session_id: SessionId }): Best => ({
    what,
    value,
    at: of.at,
    day: dateWords(of.at),
    session_id: of.session_id,
  });
  const lines: Best[] = [];
  if (heaviest) lines.push(line(m.bests_heaviest(), valuesWords(heaviest.actual), heaviest));
  if (e1rm) {
    const value = m.bests_e1rm_of({ weight: estimateWords(e1rm.e1rm_kg), set: setWords(e1rm) });
    lines.push(line(m.bests_e1rm(), value, e1rm));
  }
  for (const set of reps) {
    const { weight_kg } = set.actual;
    const what = weight_kg === null ? m.bests_reps() : m.bests_reps_at({ weight: weightWords(weight_kg) });
    const count = { ...NO_VALUES, reps: set.actual.reps };
    lines.push(line(what, valuesWords(count), set));
  }
  if (volume) lines.push(line(m.bests_volume(), totalWeightWords(volume.kg), volume));
  if (longest) lines.push(line(m.bests_longest(), valuesWords(longest.actual), longest));
  if (farthest) lines.push(line(m.bests_farthest(), valuesWords(farthest.actual), farthest));
  return lines;
}

/** The most telling best of an exercise, as a sentence. */
export function bestsCaption(exercise: string, bests: readonly Best[], now: number): string {
  const [first] = bests;
  const name = isolated(exercise);
  if (!first) return m.bests_none({ name });
  const { what, value, at } = first;
  return m.bests_caption({ name, what, value, day: sentenceDayWords(at, now) });
}

/**
 * The bests of the month that it is now, one of each exercise, the newest first: "Kniebeuge 126 kg × 3". What was done
 * for the first time beat nothing and is none.
 */
export function monthBests(stats: Stats, now: number): string[] {
  const month = localDay(now).slice(0, 7);
  const sets = stats.bests.flatMap((bests) => {
    const best = setsOf(bests).find(({ at, beat }) => beat && localDay(instant(at)).startsWith(month));
    return best ? [{ ...best, bests }] : [];
  });
  const name = (id: ExerciseId) => isolated(stats.exercises.find((one) => one.id === id)?.name ?? '');
  return newestFirst(sets, ({ at }) => at).map(({ bests, words }) => `${name(bests.exercise_id)} ${words}`);
}

/** The sets that hold bests, the most telling first. */
function setsOf({
  heaviest,
  reps,
  e1rm,
  e1rm_beat,
  longest,
  farthest,
}: ExerciseBests): { at: Timestamp; words: string; beat: boolean }[] {
  const sets = [heaviest, ...reps, longest, farthest].filter((set) => set !== null);
  const words = sets.map(({ at, actual, beat }) => ({
    at,
    words: valuesWords({ ...actual, effort: null }),
    beat,
  }));
  return e1rm ? words.toSpliced(1, 0, { at: e1rm.at, words: setWords(e1rm), beat: e1rm_beat }) : words;
}
