/**
 * What the search of the planner offers, in order: before a letter is typed, what the athlete did last and the
 * categories of the library; then what is found, exercises before templates, and last of all the name itself, if no exercise has it.
 */
import type { Category, Exercise, Template } from '../bridge/bridge';
import { LIMITS } from '../bridge/generated';
import { CATEGORY_WORDS } from '../words/exercises';
import { isWithin } from '../words/text';
import { findTemplates } from './templates';
import { aliasFoundBy, exerciseNamed, findExercises } from './library';

export type Suggestion =
  /** `alias` is the other name by which it was found. */
  | { kind: 'exercise'; id: string; exercise: Exercise; alias: string | undefined }
  | { kind: 'category'; id: string; category: Category }
  | { kind: 'template'; id: string; template: Template }
  /** A name that can be added to the library; an archived exercise of that name is restored instead. */
  | { kind: 'new'; id: string; name: string; isArchived: boolean };

/** The library as the search knows it. */
interface Offer {
  library: readonly Exercise[];
  /** What is offered for planning. */
  offered: readonly Exercise[];
  /** What the athlete did last. */
  recent: readonly Exercise[];
  templates: readonly Template[];
}

export function suggestionsFor(search: string, { library, offered, recent, templates }: Offer): Suggestion[] {
  if (search === '') {
    const categories = CATEGORY_WORDS.filter((category) => offered.some((one) => one.category === category));
    return [
      ...recent.map((exercise) => ofExercise(exercise, search)),
      ...categories.map((category): Suggestion => ({ kind: 'category', id: category, category })),
    ];
  }
  const found = [
    ...findExercises(offered, search, MOST).map((exercise) => ofExercise(exercise, search)),
    ...findTemplates(templates, search).map((template): Suggestion => ({
      kind: 'template',
      id: template.id,
      template,
    })),
  ];
  const isName = /\p{L}.*\p{L}/u.test(search) && isWithin(search, LIMITS.exercise_name_chars);
  if (!isName || exerciseNamed(offered, search)) return found;
  const isArchived = exerciseNamed(library, search) !== undefined;
  return [...found, { kind: 'new', id: 'new', name: search, isArchived }];
}

/** As many as a category has in most studios. */
const MOST = 24;

function ofExercise(exercise: Exercise, search: string): Suggestion {
  return { kind: 'exercise', id: exercise.id, exercise, alias: aliasFoundBy(exercise, search) };
}
