/** Names of people and exercises: in a sentence, in a list, in order. */
import type { Person } from '../bridge/bridge';
import { FORMER_NAMES } from '../bridge/generated';
import { m } from '../paraglide/messages';
import { known } from './known';
import { perLanguage } from './per-language';

const FIRST_STRONG_ISOLATE = '\u2068';
const POP_ISOLATE = '\u2069';

/**
 * A name, or another text that a person wrote, for use inside a sentence or a list: whatever its script, it does not
 * change the direction of what is around it. An empty text stays empty.
 */
export function isolated(text: string): string {
  return text === '' ? '' : `${FIRST_STRONG_ISOLATE}${text}${POP_ISOLATE}`;
}

/** What the server calls who was erased, in the language on screen. Everybody else is called by their name. */
const FORMER: Readonly<Record<string, () => string>> = {
  [FORMER_NAMES.athlete]: m.former_athlete,
  [FORMER_NAMES.trainer]: m.former_trainer,
  [FORMER_NAMES.admin]: m.former_admin,
  [FORMER_NAMES.exercise]: m.former_exercise,
};

/** What somebody is called who may have been erased, or in the audit log an exercise. */
export function personName({ name }: { readonly name: string }): string {
  return known(FORMER, name)?.() ?? name;
}

/** What somebody is called in a greeting. */
export function firstNameOf(person: Person | null): string {
  return person?.name.split(' ')[0] ?? '';
}

/** Several names in a row. */
export function namesWords(names: readonly string[]): string {
  return names.map(isolated).join(', ');
}

const collator = perLanguage((locale) => new Intl.Collator(locale));

/** Sorts by name as the language on screen does: Özlem beside Oz, in Portuguese as in German. */
export function byName<T extends { readonly name: string }>(list: readonly T[]): T[] {
  const { compare } = collator();
  return list.toSorted((a, b) => compare(a.name, b.name));
}
