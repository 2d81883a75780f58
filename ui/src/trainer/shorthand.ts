/**
 * The planner's shorthand: what a trainer writes on paper, as values. `100x8@9` is 100 kg, 8 repetitions, effort 9;
 * `8@7` leaves the weight out; `400m`, `5km`, `30s`, `1:30` and `2min` are a distance and times, and parts may be
 * combined with spaces. A comma is a decimal point.
 */
import type { Values } from '../bridge/bridge';
import { readDuration } from '../words/numbers';

export const NO_VALUES: Values = {
  weight_kg: null,
  reps: null,
  distance_m: null,
  time_s: null,
  effort: null,
};

const NUMBER = String.raw`\d+(?:[.,]\d+)?`;
/** Weight × repetitions, repetitions alone, or a weight with its unit; each may carry an effort. */
const LOAD = new RegExp(
  String.raw`^(?:(?<weight>${NUMBER})(?:kg)?[x×*](?<reps>\d+)|(?<alone>\d+)|(?<kg>${NUMBER})kg)?(?:@(?<effort>\d+))?$`,
  'i',
);
const DISTANCE = new RegExp(`^(?<value>${NUMBER})(?<unit>km|m)$`, 'i');
const MINUTES = new RegExp(`^(?<minutes>${NUMBER})min$`, 'i');

/** What the text says; `null` when any part of it can't be read, so that nothing is half understood. */
export function readShorthand(text: string): Values | null {
  const parts = text
    .trim()
    .replace(/\s*([x×*])\s*|(@)\s*/gi, '$1$2')
    .replace(/(\d)\s+(kg|km|m|s|min)\b/gi, '$1$2')
    .split(/\s+/)
    .filter((part) => part !== '');
  if (parts.length === 0) return null;
  let values = NO_VALUES;
  for (const part of parts) {
    const read = readPart(part);
    // The same thing said twice is a slip, not an instruction.
    if (!read || Object.keys(read).some((field) => values[field as keyof Values] !== null)) return null;
    values = { ...values, ...read };
  }
  return values;
}

/** Splits `bank 80x8@7` into what is searched and what is planned; without readable values all of it is searched. */
export function splitSearch(text: string): { search: string; values: Values | null } {
  const words = text.trim().split(/\s+/);
  for (let first = 1; first < words.length; first++) {
    const values = readShorthand(words.slice(first).join(' '));
    if (values) return { search: words.slice(0, first).join(' '), values };
  }
  return { search: text.trim(), values: null };
}

function readPart(part: string): Partial<Values> | null {
  const distance = DISTANCE.exec(part)?.groups;
  if (distance) {
    const metres = number(distance['value']) * (distance['unit']?.toLowerCase() === 'km' ? 1000 : 1);
    return { distance_m: Math.round(metres * 100) / 100 };
  }
  const minutes = MINUTES.exec(part)?.groups;
  if (minutes) return { time_s: Math.round(number(minutes['minutes']) * 60) };
  if (/[:s]/i.test(part)) {
    const time_s = readDuration(part);
    return time_s === null ? null : { time_s };
  }
  const load = LOAD.exec(part)?.groups;
  if (!load) return null;
  const reps = load['reps'] ?? load['alone'];
  const weight = load['weight'] ?? load['kg'];
  return {
    ...(weight === undefined ? {} : { weight_kg: number(weight) }),
    ...(reps === undefined ? {} : { reps: Number(reps) }),
    ...(load['effort'] === undefined ? {} : { effort: Number(load['effort']) }),
  };
}

function number(text: string | undefined): number {
  return Number((text ?? '').replace(',', '.'));
}
