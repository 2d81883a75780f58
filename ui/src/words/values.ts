/** Planned and done values as a person says them: `80 kg × 8`, `400 m · 1:30`. Weights are in the person's unit, the other units
 * are SI, numbers by locale. */
import type { PlannedValues, Values } from '../bridge/bridge';
import { m } from '../paraglide/messages';
import { numberWords } from './numbers';
import { durationWords } from './times';
import { bodyWeightInUnit, inUnit, weightUnit } from './weight-unit.svelte';

const NARROW_SPACE = '\u202F';

/** A weight in the unit of whoever reads it. */
export function weightWords(weight_kg: number): string {
  return withUnit(inUnit(weight_kg));
}

/** A number of the unit on screen, with that unit. */
export function withUnit(shown: number): string {
  return `${numberWords(shown)}${NARROW_SPACE}${weightUnit.current}`;
}

/** What somebody weighs. */
export function bodyWeightWords(weight_kg: number): string {
  return withUnit(bodyWeightInUnit(weight_kg));
}

/** How what somebody weighs differs from what they weighed before: `+0,3 kg`, `−1,2 kg`, `±0 kg`. */
export function weightChangeWords(weight_kg: number, before_kg: number): string {
  const change = Number((bodyWeightInUnit(weight_kg) - bodyWeightInUnit(before_kg)).toFixed(3));
  const sign = change > 0 ? '+' : change === 0 ? '±' : '';
  return `${sign}${withUnit(change)}`;
}

/** What many weights come to: nobody reads parts of a pound in thousands of them. */
export function totalWeightWords(weight_kg: number): string {
  return withUnit(Math.round(inUnit(weight_kg)));
}

/** A weight that is estimated, or a mean: it is known to one decimal, and no better. */
export function estimateWords(weight_kg: number): string {
  return withUnit(Math.round(inUnit(weight_kg) * 10) / 10);
}

/** Metres up to a kilometre, kilometres above, unless that would hide a part of a metre. */
export function distanceWords(distance_m: number): string {
  return distance_m < 1000 || !Number.isInteger(distance_m)
    ? `${numberWords(distance_m)}${NARROW_SPACE}m`
    : `${numberWords(distance_m / 1000)}${NARROW_SPACE}km`;
}

/** Values as they were done; of planned ones also how many repetitions it may be. */
type ShownValues = Values & Pick<PlannedValues, 'reps_to' | 'to_failure'>;

/** The values in one line; an empty string when none is set. The effort has a badge of its own. */
export function valuesWords(values: ShownValues): string {
  return valueParts(values).join(' · ');
}

/** The same in parts that may each be on a line of their own. */
export function valueParts(values: ShownValues): string[] {
  const parts: string[] = [];
  const reps = repsWords(values);
  if (values.weight_kg !== null && reps !== null) {
    parts.push(m.value_with_reps({ value: weightWords(values.weight_kg), reps }));
  } else if (values.weight_kg !== null) {
    parts.push(weightWords(values.weight_kg));
  } else if (values.reps === null && values.reps_to == null && values.to_failure) {
    parts.push(m.value_reps_max_only());
  } else if (reps !== null) {
    // "8+" are several.
    const count = (values.reps_to ?? values.reps ?? 0) + (values.to_failure ? 1 : 0);
    parts.push(m.value_reps_only({ count, reps }));
  }
  if (values.distance_m !== null) parts.push(distanceWords(values.distance_m));
  if (values.time_s !== null) parts.push(durationWords(values.time_s));
  return parts;
}

/** How many repetitions: `8`, `8–12`, `bis 12`, `8+`, `max.`; `null` where none are asked for. */
function repsWords({ reps, reps_to = null, to_failure }: ShownValues): string | null {
  const most = reps_to === null ? null : numberWords(reps_to);
  const least = reps === null ? null : numberWords(reps);
  if (least === null && most === null) return to_failure ? m.value_reps_max() : null;
  if (least === null) return m.value_reps_up_to({ reps: most ?? '' });
  const range = most === null || most === least ? least : `${least}–${most}`;
  return to_failure ? m.value_reps_or_more({ reps: range }) : range;
}
