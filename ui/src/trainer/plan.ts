/**
 * A round as it is being planned: what was typed, as text, so that nothing half-typed is ever rounded or dropped. Pure;
 * every change returns a new plan.
 */
import type {
  Exercise,
  ExerciseKind,
  FieldCode,
  FieldProblem,
  ItemId,
  Round,
  RoundId,
  PlannedValues,
  RoundPlan,
} from '../bridge/bridge';
import { LIMITS } from '../bridge/generated';
import { isWithin } from '../words/text';
import { type Problem, readValue, VALUE_FIELDS, writeValue } from '../words/quantities';
import { isLoad, type PlannedTexts, readPlanned, textsOf } from './planned';
import { type Meaning, NO_VALUES, readShorthand, shorthandOf } from './shorthand';

export interface PlanItem {
  /** Stays with the item while it is moved about. */
  key: string;
  /** The exercise of the saved round this is. */
  id: ItemId | null;
  exercise_id: Exercise['id'];
  values: PlannedTexts;
  /** What it is there for; absent: to train, or as the saved round says. */
  kind?: ExerciseKind | undefined;
  /** In how many rounds it is planned at once; absent: in one. */
  rounds?: number | undefined;
  /** The weight that a load was worked out to, and of which text; none: nothing it could be worked out from. */
  worked?: { of: string; weight_kg: number | null } | undefined;
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
      ...plannedIn(exercise.planned),
      kind: exercise.kind,
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
    plannedIn(exercise.planned),
    exercise.kind,
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
    VALUE_FIELDS.every((field) => readPlanned(field, values[field]).problem === null) &&
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
  const exercises = plan.items.map((item, i) => {
    const pointer = `/exercises/${String(i)}`;
    const { planned, problems: found } = plannedOf(item);
    problems.push(...found.map(({ pointer: at, code }) => ({ pointer: `${pointer}${at}`, code })));
    const hint = item.hint.trim();
    if (!isWithin(hint, LIMITS.note_chars))
      problems.push({ pointer: `${pointer}/trainer_notes`, code: 'too-long' });
    // Without a kind it stays what it is.
    return {
      id: item.id,
      exercise_id: item.exercise_id,
      kind: item.kind ?? null,
      planned,
      trainer_notes: hint || null,
    };
  });
  const rest = readValue('time_s', plan.rest, LIMITS.rest_s);
  if (rest.problem) problems.push({ pointer: '/rest_after_s', code: codeOf(rest.problem) });
  if (exercises.length === 0) problems.push({ pointer: '/exercises', code: 'required' });
  return { plan: { is_final: plan.is_final, rest_after_s: rest.value, exercises }, problems };
}

/** The planned values of one exercise, and every problem in them by its place. */
export function plannedOf(item: PlanItem): { planned: PlannedValues; problems: FieldProblem[] } {
  let planned: PlannedValues = { ...NO_VALUES };
  const problems: FieldProblem[] = [];
  for (const field of VALUE_FIELDS) {
    const { values, problem } = readPlanned(field, item.values[field]);
    if (problem) problems.push({ pointer: `/planned/${field}`, code: codeOf(problem) });
    else planned = { ...planned, ...values[0] };
  }
  return { planned: planned.load ? { ...planned, weight_kg: workedOut(item) } : planned, problems };
}

/** The weight that the load of an exercise was worked out to; `null`: to none, or not yet. */
export function workedOut({ values, worked }: PlanItem): number | null {
  return worked?.of === values.weight_kg.trim() ? worked.weight_kg : null;
}

/** Whether the load of an exercise has still to be worked out. */
export function isToWorkOut({ values, worked }: PlanItem): boolean {
  const text = values.weight_kg.trim();
  return isLoad(text) && readPlanned('weight_kg', text).problem === null && worked?.of !== text;
}

/** As many rounds of the same as are planned at once: the next ones without what is planned in fewer of them. */
export function roundsOf(plan: Plan): Plan[] {
  const count = Math.max(1, ...plan.items.map(({ rounds = 1 }) => rounds));
  return Array.from({ length: count }, (_, i) => ({
    ...plan,
    // Only the last of them can end the session.
    is_final: plan.is_final && i === count - 1,
    items: plan.items
      .filter(({ rounds = 1 }) => rounds > i)
      .map((item) => (i === 0 ? item : { ...item, id: null })),
  }));
}

function codeOf(problem: Problem): FieldCode {
  if (problem.kind === 'backwards') return 'out-of-order';
  return problem.kind === 'out-of-range' ? 'out-of-range' : 'invalid';
}

/** What is typed in the line becomes the values, if it can be read as some; an emptied line, none. */
export function applyShorthand(item: PlanItem): PlanItem {
  if (item.shorthand === undefined) return item;
  if (item.shorthand.trim() === '') return withValues(item, { values: NO_VALUES, rounds: 1 });
  const read = readShorthand(item.shorthand);
  return read.kind === 'values' ? withValues(item, read) : item;
}

/** The item with these values and no others, and nothing in its line that is not applied. */
export function withValues(item: PlanItem, { values, rounds }: Meaning): PlanItem {
  const texts = textsOf(values);
  return { ...item, values: texts, rounds: rounds > 1 ? rounds : item.rounds, shorthand: undefined };
}

/** What is planned as an item has it: its texts, and of a load the weight it was worked out to. */
export function plannedIn(planned: PlannedValues): Pick<PlanItem, 'values' | 'worked'> {
  const values = textsOf(planned);
  const worked = planned.load ? { of: values.weight_kg, weight_kg: planned.weight_kg } : undefined;
  return { values, worked };
}

/** What the line of an exercise shows: what is typed in it, or else its values as one would type them. */
export function lineOf({ shorthand, values }: PlanItem): string {
  return shorthand ?? shorthandOf(values);
}
