/**
 * A round as it is being planned: what was typed, as text, so that nothing half-typed is ever rounded or dropped. Pure;
 * every change returns a new plan.
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
import { LIMITS } from '../bridge/generated';
import { isWithin } from '../words/text';
import {
  type Range,
  type ParsedValue,
  readValue,
  VALUE_FIELDS,
  type ValueField,
  writeValue,
} from '../words/quantities';
import { NO_VALUES, readShorthand, shorthandOf } from './shorthand';

export interface PlanItem {
  /** Stays with the item while it is moved about. */
  key: string;
  /** The exercise of the saved round this is. */
  id: ItemId | null;
  exercise_id: Exercise['id'];
  values: Record<ValueField, string>;
  hint: string;
  /** What is typed in its line and not applied yet; absent: the line shows the values. */
  shorthand?: string | undefined;
}

export interface Plan {
  round_id: RoundId | null;
  /** What the saved round held when the plan was taken from it, to tell a change made elsewhere. */
  base: string;
  is_final: boolean;
  rest: string;
  items: readonly PlanItem[];
  /** What is typed in the search. */
  search?: string;
}

export const EMPTY: Plan = { round_id: null, base: '', is_final: false, rest: '', items: [] };

export function isEmpty(plan: Plan): boolean {
  return plan.items.length === 0 && plan.rest === '' && !plan.is_final && !plan.search;
}

const NOTHING_TYPED: PlanItem['values'] = { weight_kg: '', reps: '', distance_m: '', time_s: '', effort: '' };

/** The plan that saves the round as it is. */
export function planOf(round: Round): Plan {
  return {
    round_id: round.id,
    base: baseOf(round),
    is_final: round.is_final,
    rest: round.rest_after_s === null ? '' : writeValue('time_s', round.rest_after_s),
    items: round.exercises.map((exercise) => ({
      key: exercise.id,
      id: exercise.id,
      exercise_id: exercise.exercise_id,
      values: textOf(exercise.planned),
      hint: exercise.trainer_notes ?? '',
    })),
  };
}

/** The plan of a new round that is the same as this one. */
export function sameAs({ is_final, rest_after_s, exercises }: Round): RoundPlan {
  return {
    is_final,
    rest_after_s,
    exercises: exercises.map(({ exercise_id, kind, planned, trainer_notes }) => ({
      id: null,
      exercise_id,
      kind,
      planned,
      trainer_notes,
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

/** One more exercise, with what is typed behind its name; what of that has to be asked stays in its shorthand. */
export function addItem(plan: Plan, key: string, exercise: Exercise['id'], shorthand?: string): Plan {
  const item = { key, id: null, exercise_id: exercise, values: NOTHING_TYPED, hint: '', shorthand };
  return { ...plan, items: [...plan.items, applyShorthand(item)] };
}

/** Whether each of its values can be read, and its hint is not too long. */
export function isReadable({ values, hint }: PlanItem): boolean {
  return (
    VALUE_FIELDS.every((field) => readValue(field, values[field], LIMITS.planned[field]).problem === null) &&
    isWithin(hint.trim(), LIMITS.note_chars)
  );
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

/** The plan as the core takes it, and every problem in it by its place. */
export function readPlan(plan: Plan): { plan: RoundPlan; problems: FieldProblem[] } {
  const problems: FieldProblem[] = [];
  const problem = (pointer: string, code: FieldCode) => problems.push({ pointer, code });
  const read = (field: ValueField, text: string, range: Range, pointer: string): number | null => {
    const parsed = readValue(field, text, range);
    if (parsed.problem) problem(pointer, codeOf(parsed));
    return parsed.value;
  };
  const exercises = plan.items.map((item, i) => {
    const planned = { ...NO_VALUES };
    for (const field of VALUE_FIELDS) {
      const pointer = `/exercises/${String(i)}/planned/${field}`;
      planned[field] = read(field, item.values[field], LIMITS.planned[field], pointer);
    }
    const hint = item.hint.trim();
    if (!isWithin(hint, LIMITS.note_chars)) problem(`/exercises/${String(i)}/trainer_notes`, 'too-long');
    // Without a kind it stays what it is, as do the range and the load where the values are the same.
    return {
      id: item.id,
      exercise_id: item.exercise_id,
      kind: null,
      planned,
      trainer_notes: hint || null,
    };
  });
  const rest_after_s = read('time_s', plan.rest, LIMITS.rest_s, '/rest_after_s');
  if (exercises.length === 0) problem('/exercises', 'required');
  return { plan: { is_final: plan.is_final, rest_after_s, exercises }, problems };
}

function codeOf({ problem }: ParsedValue): FieldCode {
  return problem?.kind === 'out-of-range' ? 'out-of-range' : 'invalid';
}

/** What is typed in the line becomes the values, if it can be read as some; an emptied line, none. */
export function applyShorthand(item: PlanItem): PlanItem {
  if (item.shorthand === undefined) return item;
  if (item.shorthand.trim() === '') return withValues(item, NO_VALUES);
  const read = readShorthand(item.shorthand);
  return read.kind === 'values' ? withValues(item, read.values) : item;
}

/** The item with these values and no others, and nothing in its line that is not applied. */
export function withValues(item: PlanItem, values: Values): PlanItem {
  return { ...item, values: textOf(values), shorthand: undefined };
}

/** What the line of an exercise shows: what is typed in it, or else its values as one would type them. */
export function lineOf({ shorthand, values }: PlanItem): string {
  return shorthand ?? shorthandOf(values);
}

export function textOf(values: Values): Record<ValueField, string> {
  const text = (field: ValueField) => {
    const value = values[field];
    return value === null ? '' : writeValue(field, value);
  };
  return {
    weight_kg: text('weight_kg'),
    reps: text('reps'),
    distance_m: text('distance_m'),
    time_s: text('time_s'),
    effort: text('effort'),
  };
}
