/** Planned and done values as a person says them: `80 kg × 8`, `400 m · 1:30`. Units are SI, numbers by locale. */
import type { Values } from '../bridge/bridge';
import { m } from '../paraglide/messages';
import { numberWords } from './numbers';
import { durationWords } from './times';

const NARROW_SPACE = '\u202F';

export function weightWords(weight_kg: number): string {
  return `${numberWords(weight_kg)}${NARROW_SPACE}kg`;
}

/** Metres up to a kilometre, kilometres above, unless that would hide a part of a metre. */
export function distanceWords(distance_m: number): string {
  return distance_m < 1000 || !Number.isInteger(distance_m)
    ? `${numberWords(distance_m)}${NARROW_SPACE}m`
    : `${numberWords(distance_m / 1000)}${NARROW_SPACE}km`;
}

/** The values in one line; an empty string when none is set. The effort has a badge of its own. */
export function valuesWords(values: Values): string {
  return valueParts(values).join(' · ');
}

/** The same in parts that may each be on a line of their own. */
export function valueParts(values: Values): string[] {
  const parts: string[] = [];
  if (values.weight_kg !== null && values.reps !== null) {
    parts.push(m.value_with_reps({ value: weightWords(values.weight_kg), reps: numberWords(values.reps) }));
  } else if (values.weight_kg !== null) {
    parts.push(weightWords(values.weight_kg));
  } else if (values.reps !== null) {
    parts.push(m.value_reps_only({ count: values.reps, reps: numberWords(values.reps) }));
  }
  if (values.distance_m !== null) parts.push(distanceWords(values.distance_m));
  if (values.time_s !== null) parts.push(durationWords(values.time_s));
  return parts;
}
