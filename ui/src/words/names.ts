/** Names of people and exercises: in a sentence, in a list, in order. */
import { getLocale } from '../paraglide/runtime';

const FIRST_STRONG_ISOLATE = '\u2068';
const POP_ISOLATE = '\u2069';

/**
 * A name, or a text of a person, that turns nothing around it, whatever its script; of nothing, nothing. A message isolates its inputs by itself; this is for what is
 * put together elsewhere.
 */
export function isolated(name: string): string {
  return name === '' ? '' : `${FIRST_STRONG_ISOLATE}${name}${POP_ISOLATE}`;
}

/** Several names in a row. */
export function namesWords(names: readonly string[]): string {
  return names.map(isolated).join(', ');
}

/** Sorts by name as the language on screen does: Özlem beside Oz, in Portuguese as in German. */
export function byName<T extends { readonly name: string }>(list: readonly T[]): T[] {
  const { compare } = new Intl.Collator(getLocale());
  return list.toSorted((a, b) => compare(a.name, b.name));
}
