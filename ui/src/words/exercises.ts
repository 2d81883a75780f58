/** Categories and fields of the library in words, in the order they are shown. */
import type { Category, Field, UsedIn } from '../bridge/bridge';
import { m } from '../paraglide/messages';
import { type Known, known } from './known';
import { numberWords } from './numbers';

const CATEGORIES: Record<Known<Category>, () => string> = {
  chest: m.category_chest,
  back: m.category_back,
  shoulders: m.category_shoulders,
  legs: m.category_legs,
  arms: m.category_arms,
  core: m.category_core,
  cardio: m.category_cardio,
  own: m.category_own,
};

const FIELDS: Record<Known<Field>, () => string> = {
  weight: m.field_name_weight,
  reps: m.field_name_reps,
  distance: m.field_name_distance,
  time: m.field_name_time,
  effort: m.field_name_effort,
  notes: m.field_name_notes,
};

export const CATEGORY_WORDS = Object.keys(CATEGORIES) as Known<Category>[];
export const FIELD_WORDS = Object.keys(FIELDS) as Known<Field>[];

/** A category in words; one of a newer server is among the others. */
export function categoryWords(category: Category): string {
  return (known(CATEGORIES, category) ?? m.category_other)();
}

/** A field in words; one of a newer server by its own name. */
export function fieldNameWords(field: Field): string {
  return known(FIELDS, field)?.() ?? field;
}

/** How often an exercise is used, and so what archiving it does. */
export function useWords({ rounds, templates }: UsedIn): string {
  if (rounds === 0 && templates === 0) return m.library_unused();
  const uses = [
    ...(rounds === 0 ? [] : [m.library_used({ count: rounds, rounds: numberWords(rounds) })]),
    ...(templates === 0
      ? []
      : [m.library_used_templates({ count: templates, templates: numberWords(templates) })]),
  ];
  return uses.join(' ');
}

/** Whether this version has words for a category. */
export function isKnownCategory(category: Category): boolean {
  return known(CATEGORIES, category) !== undefined;
}
