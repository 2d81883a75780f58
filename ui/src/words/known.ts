/**
 * Words of a newer server. Vocabularies are open: a category, a status or a code may be one that this version has no
 * words for. Such a word is shown neutrally, kept as it is, and never sent back as another.
 */
import type { Unrecognised } from '../bridge/bridge';

/** The words of a vocabulary that this version knows. */
export type Known<Word extends string> = Exclude<Word, Unrecognised>;

/** Shown where something must be shown and nothing is known. */
export const UNRECOGNISED = '…';

/** Whether a table has something for a word. */
export function isKnown<K extends string>(table: Readonly<Record<K, unknown>>, word: string): word is K {
  return Object.hasOwn(table, word);
}

/** What a table has for a word; nothing for a word of a newer server. */
export function known<K extends string, V>(
  table: Readonly<Partial<Record<K, V>>>,
  word: NoInfer<K> | Unrecognised,
): V | undefined {
  return Object.hasOwn(table, word) ? table[word as K] : undefined;
}
