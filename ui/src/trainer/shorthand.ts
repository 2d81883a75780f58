/**
 * The planner's shorthand: what a trainer writes on paper, as values. `100x8@9` is 100 of the person's unit, 8 repetitions, effort 9;
 * `8@7` leaves the weight out; `-20x8` takes 20 kg off; `80%x5`, `+2.5x5` and `=x5` depend on what the athlete has done;
 * `100x8-12` is a range, `100x8+` and `100xmax` are as many as possible; `3x8@100` is three rounds of 8 with 100 kg;
 * `400m`, `5km`, `30s`, `1:30` and `2min` are a distance and times, and parts may be combined with spaces. What can mean
 * two things, such as `3x8` or `1.500m`, is asked.
 */
import type { PlannedValues, Values } from '../bridge/bridge';
import { LIMITS } from '../bridge/generated';
import { readNumber } from '../words/numbers';
import { type Problem, VALUE_FIELDS, type ValueField } from '../words/quantities';
import { weightUnit } from '../words/weight-unit.svelte';
import { isLoad, type PlannedTexts, readPlanned } from './planned';

export const NO_VALUES: Values = {
  weight_kg: null,
  reps: null,
  distance_m: null,
  time_s: null,
  effort: null,
};

/** Values, in so many rounds of the same. */
export interface Meaning {
  values: PlannedValues;
  rounds: number;
}

/** A shorthand with one meaning; with several, to be asked about; with a value that can't be planned; or unreadable. */
export type Shorthand =
  | ({ kind: 'values' } & Meaning)
  | { kind: 'ambiguous'; meanings: readonly Meaning[] }
  | { kind: 'problem'; field: ValueField; problem: Problem }
  /** Something is missing behind the `x`. */
  | { kind: 'incomplete' }
  | { kind: 'unreadable' };

const NUMBER = String.raw`\d+(?:[.,'’]\d+)*`;
const SIGNED = `[-−–]?${NUMBER}`;
const UNIT = '(?:kg|lbs?)?';
const WEIGHT = String.raw`(?:${SIGNED}${UNIT}|${NUMBER}%|[+]${NUMBER}${UNIT}|=(?:[+\-−–]?${NUMBER})?${UNIT})`;
const REPS = String.raw`(?:max\.?|amrap|≤?${SIGNED}(?:[-−–]${NUMBER})?\+?)`;
/** Repetitions that nothing stands in front of: without a sign, which would be a weight's. */
const REPS_ALONE = String.raw`(?:max\.?|amrap|≤?\d+(?:[-−–]${NUMBER})?\+?)`;
const LOAD = new RegExp(
  String.raw`^(?:(?<weight>${WEIGHT})[x×*](?<reps>${REPS})|(?<alone>${REPS_ALONE})|(?<only>${WEIGHT}))?(?:@(?<at>${WEIGHT}))?(?:@(?<effort>${SIGNED}))?$`,
  'i',
);
const DISTANCE = new RegExp(`^${SIGNED}k?m$`, 'i');
const TIME = new RegExp(String.raw`^(?:${SIGNED}(?:s|min|h)|[\d:]+:\d+)$`, 'i');
const INCOMPLETE = new RegExp(`^${WEIGHT}[x×*]$`, 'i');
/** As many rounds of the same as somebody may mean by a number in front of the repetitions. */
export const MOST_ROUNDS = 10;

/** The text as values; unreadable when any part of it is, so that nothing is half understood. */
export function readShorthand(text: string): Shorthand {
  const words = text
    .trim()
    .replace(/(\d)\s+(kg|lbs?|km|m|s|min|h)\b/gi, '$1$2')
    .replace(/(\d)\s+%/g, '$1%')
    .replace(/\s*([x×*])\s*|(@)\s*/gi, '$1$2')
    .replace(/(\d)\s*([–−-])\s*(\d)/g, '$1$2$3')
    .split(/\s+/)
    .filter((part) => part !== '');
  // What follows an @ belongs to the repetitions in front of it, with a space between them or without.
  const parts = words.reduce<string[]>((before, word) => {
    const last = before.at(-1);
    const isTogether = last !== undefined && word.startsWith('@') && LOAD.test(last) && !TIME.test(last);
    return isTogether ? [...before.slice(0, -1), last + word] : [...before, word];
  }, []);
  let wholes: Whole[] = [{ texts: {}, rounds: 1 }];
  for (const part of parts) {
    if (INCOMPLETE.test(part)) return { kind: 'incomplete' };
    const ways = waysOf(part);
    wholes = wholes.flatMap((whole) => ways.flatMap((way) => joined(whole, way) ?? []));
  }
  if (parts.length === 0 || wholes.length === 0) return { kind: 'unreadable' };
  return together(wholes.map(meaningOf));
}

/** Splits `bank 80x8@7` into what is searched and the shorthand behind it; without one all of it is searched. */
export function splitSearch(text: string): { search: string; shorthand: string } {
  const words = text.trim().split(/\s+/);
  for (let first = 1; first < words.length; first++) {
    const shorthand = words.slice(first).join(' ');
    const { kind } = readShorthand(shorthand);
    if (kind !== 'unreadable' && kind !== 'incomplete')
      return { search: words.slice(0, first).join(' '), shorthand };
  }
  return { search: text.trim(), shorthand: '' };
}

/** Values, as they are typed in their fields, as one shorthand: `100 × 8 @ 9`. What it says reads back as the same. */
export function shorthandOf(values: Readonly<PlannedTexts>): string {
  const text = (field: ValueField, unit = ''): string => {
    const typed = values[field].trim();
    return /^[\d.,'’\s−–-]+$/.test(typed) ? `${typed}${unit}` : typed;
  };
  const [weight, reps] = [values.weight_kg.trim(), values.reps.trim()];
  const load =
    weight === ''
      ? reps
      : reps === ''
        ? text('weight_kg', ` ${weightUnit.current}`)
        : `${weightIn(weight)} × ${reps}`;
  const effort = values.effort.trim() === '' ? '' : `@ ${text('effort')}`;
  return [load, effort, text('distance_m', ' m'), text('time_s', ' s')]
    .filter((part) => part !== '')
    .join(' ');
}

/** A weight in front of its repetitions. With its unit where it could be taken for a number of rounds. */
function weightIn(typed: string): string {
  return isRoundCount(typed) ? `${typed} ${weightUnit.current}` : typed;
}

/** What the parts of a shorthand say together, as texts. */
interface Whole {
  texts: Partial<PlannedTexts>;
  rounds: number;
}

/** Both together; `null` where they say the same thing twice, which is a slip and not an instruction. */
function joined(one: Whole, other: Whole): Whole | null {
  const isSaidTwice = Object.keys(other.texts).some((field) => field in one.texts);
  if (isSaidTwice || (one.rounds > 1 && other.rounds > 1)) return null;
  return { texts: { ...one.texts, ...other.texts }, rounds: Math.max(one.rounds, other.rounds) };
}

/** What a part may say. */
function waysOf(part: string): Whole[] {
  if (DISTANCE.test(part)) return [{ texts: { distance_m: part }, rounds: 1 }];
  if (TIME.test(part)) return [{ texts: { time_s: part }, rounds: 1 }];
  const load = LOAD.exec(part)?.groups;
  if (!load) return [];
  const { reps = load['alone'], at, effort } = load;
  const weight = load['weight'] ?? load['only'];
  const isEffort = at !== undefined && isPlainNumber(at);
  const ways: Whole[] = [];
  // As `weight x repetitions @ effort`.
  if (at === undefined || (isEffort && effort === undefined))
    ways.push({ texts: present({ weight_kg: weight, reps, effort: at }), rounds: 1 });
  if (load['weight'] === undefined || !isRoundCount(load['weight'])) return ways;
  // As `rounds x repetitions @ weight @ effort`, either of which may be left out.
  const rounds = Number(load['weight']);
  const canBeEffort = isEffort && Number(at) <= LIMITS.effort.max;
  // An effort that nobody can plan can only be a weight.
  if (isEffort && !canBeEffort) ways.length = 0;
  if (at === undefined) ways.push({ texts: present({ reps }), rounds });
  else {
    if (canBeEffort && effort === undefined) ways.push({ texts: present({ reps, effort: at }), rounds });
    ways.push({ texts: present({ weight_kg: at, reps, effort }), rounds });
  }
  return ways;
}

function present(texts: Partial<Record<ValueField, string | undefined>>): Partial<PlannedTexts> {
  return Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== undefined));
}

function meaningOf({ texts, rounds }: Whole): Shorthand {
  let meanings: PlannedValues[] = [NO_VALUES];
  for (const field of VALUE_FIELDS) {
    const text = texts[field];
    if (text === undefined) continue;
    const { values, problem } = readPlanned(field, text);
    if (problem?.kind === 'unreadable') return { kind: 'unreadable' };
    if (problem && problem.kind !== 'ambiguous') return { kind: 'problem', field, problem };
    meanings = meanings.flatMap((before) => values.map((value) => ({ ...before, ...value })));
  }
  const [only] = meanings;
  return only && meanings.length === 1
    ? { kind: 'values', values: only, rounds }
    : { kind: 'ambiguous', meanings: meanings.map((values) => ({ values, rounds })) };
}

/** Of several ways to read a text, those that can be planned; if none can, why the first one can't. */
function together(ways: readonly Shorthand[]): Shorthand {
  const meanings = ways.flatMap((way): readonly Meaning[] =>
    way.kind === 'values' ? [way] : way.kind === 'ambiguous' ? way.meanings : [],
  );
  const [first] = meanings;
  if (!first) return ways[0] ?? { kind: 'unreadable' };
  const { values, rounds } = first;
  if (meanings.length === 1) return { kind: 'values', values, rounds };
  return { kind: 'ambiguous', meanings: meanings.map(({ values, rounds }) => ({ values, rounds })) };
}

function isPlainNumber(text: string): boolean {
  return !isLoad(text) && !/(?:kg|lbs?)$/i.test(text);
}

function isRoundCount(weight: string): boolean {
  const reading = readNumber(weight);
  return (
    /^\d+$/.test(weight) && reading.kind === 'number' && reading.value >= 1 && reading.value <= MOST_ROUNDS
  );
}
