/**
 * The planner's shorthand: what a trainer writes on paper, as values. `100x8@9` is 100 kg, 8 repetitions, effort 9;
 * `8@7` leaves the weight out; `-20x8` takes 20 kg off; `400m`, `5km`, `30s`, `1:30` and `2min` are a distance and times,
 * and parts may be combined with spaces. What can mean two things, such as `3x8` or `1.500m`, is asked.
 */
import type { Values } from '../bridge/bridge';
import { LIMITS } from '../bridge/generated';
import { readNumber } from '../words/numbers';
import { type Problem, readValue, VALUE_FIELDS, type ValueField } from '../words/quantities';

export const NO_VALUES: Values = {
  weight_kg: null,
  reps: null,
  distance_m: null,
  time_s: null,
  effort: null,
};

/** A shorthand as values; as one of several, to be asked about; as a value that can't be planned; or unreadable. */
export type Shorthand =
  | { kind: 'values'; values: Values }
  /** With `maybeSets`, the one meaning may also be so many rounds of the same. */
  | { kind: 'ambiguous'; values: readonly Values[]; maybeSets: boolean }
  | { kind: 'problem'; field: ValueField; problem: Problem }
  | { kind: 'unreadable' };

const NUMBER = String.raw`[-−–+]?\d+(?:[.,'’]\d+)*`;
/** Weight × repetitions, repetitions alone, or a weight with its unit; each may carry an effort. */
const LOAD = new RegExp(
  String.raw`^(?:(?<weight>${NUMBER})(?<unit>kg)?[x×*](?<reps>${NUMBER})|(?<alone>\d+)|(?<kg>${NUMBER})kg)?(?:@(?<effort>${NUMBER}))?$`,
  'i',
);
const DISTANCE = new RegExp(`^${NUMBER}k?m$`, 'i');
const TIME = new RegExp(String.raw`^(?:${NUMBER}(?:s|min|h)|[\d:]+:\d+)$`, 'i');
/** As many rounds of the same as somebody may mean by a number in front of the repetitions. */
const MOST_SETS = 10;

/** The text as values; unreadable when any part of it is, so that nothing is half understood. */
export function readShorthand(text: string): Shorthand {
  const parts = text
    .trim()
    .replace(/(\d)\s+(kg|km|m|s|min|h)\b/gi, '$1$2')
    .replace(/\s*([x×*])\s*|(@)\s*/gi, '$1$2')
    .split(/\s+/)
    .filter((part) => part !== '');
  const texts = new Map<ValueField, string>();
  let maybeSets = false;
  for (const part of parts) {
    const read = textsIn(part);
    // The same thing said twice is a slip, not an instruction.
    if (!read || Object.keys(read.texts).some((field) => texts.has(field as ValueField)))
      return { kind: 'unreadable' };
    maybeSets ||= read.maybeSets;
    for (const [field, text] of Object.entries(read.texts)) texts.set(field as ValueField, text);
  }
  return texts.size === 0 ? { kind: 'unreadable' } : meaningOf(texts, maybeSets);
}

/** Values, as they are typed in their fields, as one shorthand: `100 × 8 @ 9`. What it says reads back as the same. */
export function shorthandOf(values: Readonly<Record<ValueField, string>>): string {
  const text = (field: ValueField, unit = ''): string => {
    const typed = values[field].trim();
    return /^[\d.,'’\s−–+-]+$/.test(typed) ? `${typed}${unit}` : typed;
  };
  const reps = text('reps');
  const load =
    values.weight_kg.trim() === ''
      ? reps
      : reps === ''
        ? text('weight_kg', ' kg')
        : `${weightIn(values)} × ${reps}`;
  const effort = values.effort.trim() === '' ? '' : `@ ${text('effort')}`;
  return [load, effort, text('distance_m', ' m'), text('time_s', ' s')]
    .filter((part) => part !== '')
    .join(' ');
}

/** A weight in front of its repetitions. With its unit where it could be taken for a number of rounds. */
function weightIn({ weight_kg }: Readonly<Record<ValueField, string>>): string {
  const typed = weight_kg.trim();
  return isSetCount(typed) ? `${typed} kg` : typed;
}

/** Splits `bank 80x8@7` into what is searched and the shorthand behind it; without one all of it is searched. */
export function splitSearch(text: string): { search: string; shorthand: string } {
  const words = text.trim().split(/\s+/);
  for (let first = 1; first < words.length; first++) {
    const shorthand = words.slice(first).join(' ');
    if (readShorthand(shorthand).kind !== 'unreadable')
      return { search: words.slice(0, first).join(' '), shorthand };
  }
  return { search: text.trim(), shorthand: '' };
}

function meaningOf(texts: ReadonlyMap<ValueField, string>, maybeSets: boolean): Shorthand {
  let meanings: Values[] = [NO_VALUES];
  for (const field of VALUE_FIELDS) {
    const text = texts.get(field);
    if (text === undefined) continue;
    const { value, problem } = readValue(field, text, LIMITS.planned[field]);
    if (problem?.kind === 'unreadable') return { kind: 'unreadable' };
    if (problem && problem.kind !== 'ambiguous') return { kind: 'problem', field, problem };
    const values = problem ? problem.values : [value];
    meanings = meanings.flatMap((before) => values.map((value) => ({ ...before, [field]: value })));
  }
  const [only] = meanings;
  return only && meanings.length === 1 && !maybeSets
    ? { kind: 'values', values: only }
    : { kind: 'ambiguous', values: meanings, maybeSets };
}

/** The text of each value in a part, and whether the part may be a number of rounds as well; `null`: unreadable. */
function textsIn(part: string): { texts: Partial<Record<ValueField, string>>; maybeSets: boolean } | null {
  if (DISTANCE.test(part)) return { texts: { distance_m: part }, maybeSets: false };
  if (TIME.test(part)) return { texts: { time_s: part }, maybeSets: false };
  const load = LOAD.exec(part)?.groups;
  if (!load) return null;
  const reps = load['reps'] ?? load['alone'];
  const weight = load['weight'] ?? load['kg'];
  const effort = load['effort'];
  const texts = {
    ...(weight === undefined ? {} : { weight_kg: weight }),
    ...(reps === undefined ? {} : { reps }),
    ...(effort === undefined ? {} : { effort }),
  };
  return {
    texts,
    maybeSets: load['weight'] !== undefined && load['unit'] === undefined && isSetCount(load['weight']),
  };
}

function isSetCount(weight: string): boolean {
  const reading = readNumber(weight);
  return (
    /^\d+$/.test(weight) && reading.kind === 'number' && reading.value >= 1 && reading.value <= MOST_SETS
  );
}
