/** The values of an exercise as a person types them, and what is wrong with what is typed, in words. */
import type { Field } from '../bridge/bridge';
import { m } from '../paraglide/messages';
import { inputWords, numberWords, readDuration, readNumber, scaled, type Reading } from './numbers';
import { clockWords } from './times';
import { distanceWords, weightWords } from './values';
import { fromUnit, inUnit, splitUnit } from './weight-unit.svelte';

export const VALUE_FIELDS = ['weight_kg', 'reps', 'distance_m', 'time_s', 'effort'] as const;
export type ValueField = (typeof VALUE_FIELDS)[number];

/** Which field of an exercise asks for a value. */
export const FIELD_OF = {
  weight_kg: 'weight',
  reps: 'reps',
  distance_m: 'distance',
  time_s: 'time',
  effort: 'effort',
} as const satisfies Record<ValueField, Field>;

export interface Range {
  readonly min: number;
  readonly max: number;
}

/** Why a text is no value: unreadable, not whole where it must be, out of range, a range whose end lies before its
 * beginning, or one of several values. */
export type Problem =
  | { kind: 'unreadable' | 'not-whole' | 'out-of-range' | 'backwards' }
  | { kind: 'ambiguous'; values: readonly number[] };

/** What is typed, as a value: `null` because nothing is typed, or because of a problem. */
export type ParsedValue = { value: number | null; problem: null } | { value: null; problem: Problem };

interface Quantity {
  read: (text: string) => Reading;
  write: (value: number) => string;
  /** The value with its unit. */
  words: (value: number) => string;
  isWhole: boolean;
}

const count: Quantity = {
  read: (text) => readNumber(text.replace(/\s*([x×]|reps?\.?|wdh\.?)$/i, '')),
  write: inputWords,
  words: numberWords,
  isWhole: true,
};

const QUANTITIES: Record<ValueField, Quantity> = {
  weight_kg: {
    read: readWeight,
    write: (kg) => inputWords(inUnit(kg)),
    words: weightWords,
    isWhole: false,
  },
  reps: count,
  distance_m: { read: readDistance, write: inputWords, words: distanceWords, isWhole: false },
  time_s: { read: readDuration, write: clockWords, words: clockWords, isWhole: true },
  effort: count,
};

/** A text as a value of this field. What can't be one is never taken for another. */
export function readValue(field: ValueField, text: string, range: Range): ParsedValue {
  if (text.trim() === '') return { value: null, problem: null };
  const { read, isWhole } = QUANTITIES[field];
  const problem = (problem: Problem): ParsedValue => ({ value: null, problem });
  // In a whole number, a point or a comma is a slip, whatever is behind it.
  if (isWhole && field !== 'time_s' && /\d[.,]\d/.test(text)) return problem({ kind: 'not-whole' });
  const reading = read(text);
  if (reading.kind === 'unreadable') return problem({ kind: 'unreadable' });
  const readings = reading.kind === 'number' ? [reading.value] : reading.values;
  // Of what a text can mean, only what the field takes is meant.
  const whole = isWhole ? readings.filter(Number.isInteger) : readings;
  if (whole.length === 0) return problem({ kind: 'not-whole' });
  const [value, ...others] = whole.filter((one) => one >= range.min && one <= range.max);
  if (value === undefined) return problem({ kind: 'out-of-range' });
  return others.length > 0
    ? problem({ kind: 'ambiguous', values: [value, ...others] })
    : { value, problem: null };
}

/** A value as its input holds it. */
export function writeValue(field: ValueField, value: number): string {
  return QUANTITIES[field].write(value);
}

/** What is wrong with a text, and what would be right. */
export function problemWords(field: ValueField, problem: Problem, range: Range): string {
  const { words } = QUANTITIES[field];
  const bounds = { min: words(range.min), max: words(range.max) };
  switch (problem.kind) {
    case 'unreadable':
      return m.value_unreadable(bounds);
    case 'not-whole':
      return m.value_not_whole(bounds);
    case 'out-of-range':
      return m.value_out_of_range(bounds);
    case 'backwards':
      return m.value_backwards();
    case 'ambiguous':
      return m.value_ambiguous();
  }
}

/** What is said beside an input: what is wrong with it, and what may be meant, to be chosen from. */
export interface ShownProblem {
  words: string;
  choices: readonly { words: string; choose: () => void }[];
}

/** An input for a value, and what somebody does with it. */
interface Input {
  field: ValueField;
  range: Range;
  problem: Problem | null | undefined;
  isTyping: boolean;
  /** Somebody tried to save it or to move on. */
  wasTried: boolean;
  /** What a failure says about it. */
  failed?: string | undefined;
  enter: (text: string) => void;
}

/** What is said beside an input. While somebody types in it, nothing, unless they tried to save it. */
export function shownProblem(input: Input): ShownProblem | undefined {
  const { field, range, problem, isTyping, wasTried, failed, enter } = input;
  if (!problem || (isTyping && !wasTried))
    return failed === undefined ? undefined : { words: failed, choices: [] };
  const { words, write } = QUANTITIES[field];
  const values = problem.kind === 'ambiguous' ? problem.values : [];
  return {
    words: problemWords(field, problem, range),
    choices: values.map((value) => ({
      words: words(value),
      choose: () => {
        enter(write(value));
      },
    })),
  };
}

function readWeight(text: string): Reading {
  const { number, unit } = splitUnit(text);
  const reading = readNumber(number);
  const inKilograms = (value: number) => fromUnit(value, unit);
  if (reading.kind === 'number') return { kind: 'number', value: inKilograms(reading.value) };
  return reading.kind === 'ambiguous' ? { ...reading, values: reading.values.map(inKilograms) } : reading;
}

/** The next multiple of a step above or below a value, so that 82 goes to 82.5 and not to 84.5; a weight in its unit. */
export function stepped(field: ValueField, value: number, step: number, direction: 1 | -1): number {
  const isWeight = field === 'weight_kg';
  const from = (isWeight ? inUnit(value) : value) / step;
  const steps = direction > 0 ? Math.floor(from + 1e-6) : Math.ceil(from - 1e-6);
  const next = Number(((steps + direction) * step).toFixed(9));
  return isWeight ? fromUnit(next) : next;
}

function readDistance(text: string): Reading {
  const [, number = '', unit = ''] = /^(.*?)\s*(km|m)?$/i.exec(text.trim()) ?? [];
  return scaled(readNumber(number), unit.toLowerCase() === 'km' ? 1000 : 1);
}
