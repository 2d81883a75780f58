/**
 * A round as it is being planned: what was typed, as text, so that nothing half-typed is ever rounded or dropped. Pure;
 * every change answers a new plan.
 */
import type {
  Exercise,
  FieldCode,
  FieldProblem,
  ItemId,
  Round,
  RoundId,
  RoundPlan,
  Values,
} from '../bridge/bridge';
import { readDuration, readNumber } from '../words/numbers';
import { inputWords } from '../words/values';

export const VALUE_FIELDS = ['weight_kg', 'reps', 'distance_m', 'time_s', 'effort'] as const;
export type ValueField = (typeof VALUE_FIELDS)[number];

export interface PlanItem {
  /** Stays with the item while it is moved about. */
  key: string;
  /** The exercise of the saved round this is. */
  id: ItemId | null;
  exercise_id: Exercise['id'];
  values: Record<ValueField, string>;
  hint: string;
  /** What stands in the shorthand's input and is not taken yet. */
  shorthand?: string;
}

export interface Plan {
  round_id: RoundId | null;
  /** What the saved round held when the plan was taken from it, to tell a change made elsewhere. */
  base: string;
  is_final: boolean;
  rest: string;
  items: readonly PlanItem[];
  /** What stands in the search. */
  search?: string;
}

export const EMPTY: Plan = { round_id: null, base: '', is_final: false, rest: '', items: [] };

export function isEmpty(plan: Plan): boolean {
  return plan.items.length === 0 && plan.rest === '' && !plan.is_final && !plan.search;
}

/** The plan that saves the round as it is. */
export function planOf(round: Round): Plan {
  return {
    round_id: round.id,
    base: baseOf(round),
    is_final: round.is_final,
    rest: round.rest_after_s === null ? '' : String(round.rest_after_s),
    items: round.exercises.map((exercise) => ({
      key: exercise.id,
      id: exercise.id,
      exercise_id: exercise.exercise_id,
      values: textOf(exercise.planned),
      hint: exercise.trainer_notes ?? '',
    })),
  };
}

/** What of a round is planned. An athlete's ticks change the round's version but not this. */
export function baseOf(round: Round): string {
  const planned = round.exercises.map((exercise) => [
    exercise.id,
    exercise.exercise_id,
    VALUE_FIELDS.map((field) => exercise.planned[field]),
    exercise.trainer_notes,
  ]);
  return JSON.stringify([round.is_final, round.rest_after_s, planned]);
}

export function addItem(plan: Plan, key: string, exercise: Exercise['id'], values: Values | null): Plan {
  const none = { weight_kg: '', reps: '', distance_m: '', time_s: '', effort: '' };
  const item = { key, id: null, exercise_id: exercise, values: values ? textOf(values) : none, hint: '' };
  return { ...plan, items: [...plan.items, item] };
}

export function changeItem(plan: Plan, key: string, change: Partial<PlanItem>): Plan {
  return { ...plan, items: plan.items.map((item) => (item.key === key ? { ...item, ...change } : item)) };
}

export function removeItem(plan: Plan, key: string): Plan {
  return { ...plan, items: plan.items.filter((item) => item.key !== key) };
}

/** The same exercise once more, right below; it is a new one, so nothing the athlete entered comes with it. */
export function duplicateItem(plan: Plan, key: string, copy: string): Plan {
  return {
    ...plan,
    items: plan.items.flatMap((item) =>
      item.key === key ? [item, { ...item, key: copy, id: null }] : [item],
    ),
  };
}

export function moveItem(plan: Plan, key: string, by: -1 | 1): Plan {
  const from = plan.items.findIndex((item) => item.key === key);
  const moved = plan.items[from];
  const to = from + by;
  if (!moved || to < 0 || to >= plan.items.length) return plan;
  const others = plan.items.filter((item) => item !== moved);
  return { ...plan, items: [...others.slice(0, to), moved, ...others.slice(to)] };
}

/** The plan as the core takes it, and everything in it that can't be read; ranges are the core's to judge. */
export function readPlan(plan: Plan): { plan: RoundPlan; problems: FieldProblem[] } {
  const problems: FieldProblem[] = [];
  const read = (text: string, pointer: string, how: (text: string) => number | null): number | null => {
    if (text.trim() === '') return null;
    const value = how(text);
    if (value === null) problems.push({ pointer, code: 'invalid' satisfies FieldCode });
    return value;
  };
  const whole = (text: string) => (/^\d{1,6}$/.test(text.trim()) ? Number(text) : null);
  const effort = (text: string) => (/^\d{1,2}$/.test(text.trim()) ? Number(text) : null);
  const exercises = plan.items.map((item, i) => {
    const at = (field: ValueField) => `/exercises/${String(i)}/planned/${field}`;
    return {
      id: item.id,
      exercise_id: item.exercise_id,
      planned: {
        weight_kg: read(item.values.weight_kg, at('weight_kg'), readNumber),
        reps: read(item.values.reps, at('reps'), whole),
        distance_m: read(item.values.distance_m, at('distance_m'), readNumber),
        time_s: read(item.values.time_s, at('time_s'), readDuration),
        effort: read(item.values.effort, at('effort'), effort),
      },
      trainer_notes: item.hint.trim() || null,
    };
  });
  const rest_after_s = read(plan.rest, '/rest_after_s', readDuration);
  if (exercises.length === 0) problems.push({ pointer: '/exercises', code: 'required' });
  return { plan: { is_final: plan.is_final, rest_after_s, exercises }, problems };
}

export function textOf(values: Values): Record<ValueField, string> {
  const text = (value: number | null) => (value === null ? '' : inputWords(value));
  return {
    weight_kg: text(values.weight_kg),
    reps: text(values.reps),
    distance_m: text(values.distance_m),
    time_s: text(values.time_s),
    effort: text(values.effort),
  };
}
