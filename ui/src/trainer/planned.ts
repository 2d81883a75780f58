/**
 * Planned values as they are typed. A weight may depend on what the athlete has done: `80 %` of the estimated maximum,
 * `+2.5` more than the last time, `=` as the last time. Repetitions may be a range, `8-12`, or as many as one can: `8+`,
 * `max`. What can't be read is never taken for something else.
 */
import type { Load, PlannedValues } from '../bridge/bridge';
import { LIMITS } from '../bridge/generated';
import { inputWords, readNumber } from '../words/numbers';
import { type Problem, type Range, readValue, type ValueField, writeValue } from '../words/quantities';
import { fromUnit, inUnit, splitUnit } from '../words/weight-unit.svelte';

/** The text of each value. */
export type PlannedTexts = Record<ValueField, string>;

/** What a text may mean: nothing at all if it is empty, several things if one has to be asked about. */
export interface PlannedReading {
  values: readonly Partial<PlannedValues>[];
  problem: Problem | null;
}

const PERCENT = /^(.+?)\s*%$/;
const LAST = /^=?\s*([+\-−–]?)\s*(\d[\d.,]*)?\s*(kg|lbs?)?$/i;
const MOST_POSSIBLE = /^(?:max\.?|amrap)$/i;
const RANGE = /^(\S+?)\s*[-−–]\s*(\d\S*?)$/;
const UP_TO = /^(?:≤|<=|bis|up to|até)\s*(\S+)$/i;

export function readPlanned(field: ValueField, text: string): PlannedReading {
  const typed = text.trim();
  if (typed === '') return { values: [{}], problem: null };
  if (field === 'weight_kg' && isLoad(typed)) return readLoad(typed);
  if (field === 'reps') return readReps(typed);
  return readNumberOf(field, typed);
}

/** Whether a weight depends on what the athlete has done. */
export function isLoad(text: string): boolean {
  const typed = text.trim();
  return PERCENT.test(typed) || (/^(?:=|\+\s*\d)/.test(typed) && LAST.test(typed));
}

/** The load in a text that can be read as one. */
export function loadIn(text: string): Load | null {
  return isLoad(text) ? (readLoad(text.trim()).values[0]?.load ?? null) : null;
}

/** Planned values as their texts; each reads back as the same. */
export function textsOf(planned: PlannedValues): PlannedTexts {
  const text = (field: Exclude<ValueField, 'reps'>) => {
    const value = planned[field];
    return value === null ? '' : writeValue(field, value);
  };
  return {
    weight_kg: planned.load ? loadText(planned.load, text('weight_kg')) : text('weight_kg'),
    reps: repsText(planned),
    distance_m: text('distance_m'),
    time_s: text('time_s'),
    effort: text('effort'),
  };
}

function readNumberOf(field: ValueField, text: string): PlannedReading {
  const { value, problem } = readValue(field, text, LIMITS.planned[field]);
  if (problem?.kind === 'ambiguous')
    return { values: problem.values.map((one) => ({ [field]: one })), problem };
  return problem ? { values: [], problem } : { values: [{ [field]: value }], problem: null };
}

function readLoad(text: string): PlannedReading {
  const percent = PERCENT.exec(text)?.[1];
  if (percent !== undefined)
    return within(percent, LIMITS.load.percent_of_e1rm, (value) => ({ percent_of_e1rm: value }));
  const [, sign = '', amount = '0', named = ''] = LAST.exec(text) ?? [];
  const { unit } = splitUnit(named);
  const by = /[-−–]/.test(sign) ? -1 : 1;
  return within(
    amount,
    LIMITS.load.last_plus_kg,
    (value) => ({ last_plus_kg: by * value + 0 }),
    (value) => fromUnit(value, unit),
  );
}

function within(
  text: string,
  range: Range,
  load: (value: number) => Load,
  scale = (value: number): number => value,
): PlannedReading {
  const reading = readNumber(text);
  if (reading.kind === 'unreadable') return { values: [], problem: { kind: 'unreadable' } };
  // Of what a number of loads can mean, only the one that is possible is meant.
  const values = (reading.kind === 'number' ? [reading.value] : reading.values).map(scale);
  const value = values.find((one) => one >= range.min && one <= range.max);
  if (value === undefined) return { values: [], problem: { kind: 'out-of-range' } };
  return { values: [{ load: load(value) }], problem: null };
}

function readReps(text: string): PlannedReading {
  if (MOST_POSSIBLE.test(text)) return { values: [{ to_failure: true }], problem: null };
  const isOpen = text.endsWith('+');
  const counts = isOpen ? text.slice(0, -1).trim() : text;
  const more = isOpen ? { to_failure: true } : {};
  const [, upTo] = UP_TO.exec(counts) ?? [];
  const [, least, greatest] = RANGE.exec(counts) ?? [];
  if (upTo !== undefined) return repsFrom(null, upTo, more);
  if (least !== undefined && greatest !== undefined) return repsFrom(least, greatest, more);
  return repsFrom(counts, null, more);
}

function repsFrom(
  least: string | null,
  greatest: string | null,
  more: Partial<PlannedValues>,
): PlannedReading {
  const read = (text: string | null) =>
    text === null ? { value: null, problem: null } : readValue('reps', text, LIMITS.planned.reps);
  const [reps, reps_to] = [read(least), read(greatest)];
  const problem = reps.problem ?? reps_to.problem;
  if (problem) return { values: [], problem };
  if (reps.value !== null && reps_to.value !== null && reps_to.value < reps.value)
    return { values: [], problem: { kind: 'backwards' } };
  const range = reps_to.value === null ? {} : { reps_to: reps_to.value };
  return { values: [{ reps: reps.value, ...range, ...more }], problem: null };
}

function repsText({ reps, reps_to = null, to_failure = false }: PlannedValues): string {
  const most = reps_to === null ? null : writeValue('reps', reps_to);
  if (reps === null) {
    const range = most === null ? '' : `≤${most}`;
    return to_failure ? (range === '' ? 'max' : `${range}+`) : range;
  }
  const least = writeValue('reps', reps);
  return `${most === null ? least : `${least}–${most}`}${to_failure ? '+' : ''}`;
}

/** A rule of a newer version can't be written: the weight that was worked out by it stays. */
function loadText({ percent_of_e1rm, last_plus_kg }: Load, weight: string): string {
  if (percent_of_e1rm !== undefined) return `${inputWords(percent_of_e1rm)} %`;
  if (last_plus_kg === undefined) return weight;
  if (last_plus_kg === 0) return '=';
  const more = inputWords(inUnit(last_plus_kg));
  return last_plus_kg > 0 ? `+${more}` : `=${more}`;
}
