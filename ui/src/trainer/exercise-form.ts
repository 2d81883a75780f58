/**
 * An exercise as it is being edited: what was typed, as text. Pure. Words of a newer server that the editor has no input
 * for stay in it as they are.
 */
import type { Category, Exercise, ExerciseDraft, Field } from '../bridge/bridge';
import { CATEGORY_WORDS, isKnownCategory } from '../words/exercises';
import { FIELD_OF, VALUE_FIELDS } from '../words/quantities';
import { textsOf } from './planned';
import { readShorthand } from './shorthand';

export interface ExerciseForm {
  name: string;
  category: Category;
  fields: readonly Field[];
  aliases: string;
  muscles: string;
  cue: string;
  /** What the saved exercise held when the form was taken from it, to tell a change made elsewhere. */
  base: string;
}

export const NEW_EXERCISE: ExerciseForm = {
  name: '',
  category: 'own',
  fields: ['weight', 'reps'],
  aliases: '',
  muscles: '',
  cue: '',
  base: '',
};

/**
 * An exercise of which only the name is known, as it is added while planning: the inputs are those of the values typed
 * behind the name, or else those of lifting.
 */
export function draftNamed(name: string, shorthand: string): ExerciseDraft {
  const read = readShorthand(shorthand);
  const values =
    read.kind === 'values' ? read.values : read.kind === 'ambiguous' ? read.meanings[0]?.values : undefined;
  const texts = values && textsOf(values);
  const typed = VALUE_FIELDS.filter((field) => field !== 'effort' && (texts?.[field] ?? '') !== '');
  const fields: Field[] = typed.length > 0 ? typed.map((field) => FIELD_OF[field]) : ['weight', 'reps'];
  return {
    name: name.trim(),
    category: 'own',
    fields: [...fields, 'effort', 'notes'],
    aliases: [],
    muscles: [],
    cue: null,
  };
}

/** The form that saves the exercise as it is. */
export function formOf(exercise: Exercise): ExerciseForm {
  const form = {
    name: exercise.name,
    category: exercise.category,
    fields: exercise.fields,
    aliases: exercise.aliases.join(', '),
    muscles: exercise.muscles.join(', '),
    cue: exercise.cue ?? '',
    base: '',
  };
  return { ...form, base: contentOf(form) };
}

/** What of a form is typed, to compare it. */
export function contentOf({ name, category, fields, aliases, muscles, cue }: ExerciseForm): string {
  return JSON.stringify([name, category, fields, aliases, muscles, cue]);
}

/** The form as the core takes it; what is wrong in it is the core's to say. */
export function draftOf(form: ExerciseForm, saved: Exercise | null): ExerciseDraft {
  return {
    name: form.name.trim(),
    category: form.category,
    fields: [...form.fields],
    aliases: readList(form.aliases, saved?.aliases),
    muscles: readList(form.muscles, saved?.muscles),
    cue: form.cue.trim() || null,
  };
}

/** The fields with one more, or with one less. */
export function toggleField(fields: readonly Field[], field: Field): readonly Field[] {
  return fields.includes(field) ? fields.filter((one) => one !== field) : [...fields, field];
}

/** The parts between commas. A list that nobody changed stays as it is, even with a comma in a part. */
function readList(text: string, saved: readonly string[] = []): string[] {
  if (text === saved.join(', ')) return [...saved];
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

interface Group {
  category: Category;
  exercises: readonly Exercise[];
}

/** By category, each in the order of `exercises`; categories of a newer server together at the end. */
export function groupsOf(exercises: readonly Exercise[]): Group[] {
  const others = exercises.map(({ category }) => category).find((category) => !isKnownCategory(category));
  const categories = others === undefined ? CATEGORY_WORDS : [...CATEGORY_WORDS, others];
  return categories
    .map((category) => ({ category, exercises: exercises.filter(isIn(category)) }))
    .filter((group) => group.exercises.length > 0);
}

function isIn(group: Category): (exercise: Exercise) => boolean {
  return ({ category }) => category === group || (!isKnownCategory(category) && !isKnownCategory(group));
}
