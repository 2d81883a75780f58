/**
 * Texts as they are searched: without regard to case, accents, invisible characters and the amount of white space. The
 * same rule as the server's (`training/src/people/search.rs`), so that a name is found here by what finds it there.
 */

/** Letters that have no decomposition, and what they are searched as. */
const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ł: 'l',
  ħ: 'h',
  ı: 'i',
  ŋ: 'n',
  ŧ: 't',
  ς: 'σ',
};
const LETTER = new RegExp(`[${Object.keys(LETTERS).join('')}]`, 'gu');
/** Controls, soft hyphens, joiners, marks of direction. */
const INVISIBLE = /[\u00AD\u061C\u200B-\u200F\u202A-\u202E\u2060-\u206F\uFEFF]|(?!\s)\p{Cc}/gu;

/** A text as it is compared. */
export function folded(text: string): string {
  return text
    .normalize('NFKD')
    .replace(INVISIBLE, '')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(LETTER, (letter) => LETTERS[letter] ?? letter)
    .replace(/\s+/gu, ' ')
    .trim();
}

const foldedNames = new WeakMap<object, string>();

/** A name as it is compared, worked out once for each person. */
function foldedName(named: { readonly name: string }): string {
  const known = foldedNames.get(named) ?? folded(named.name);
  foldedNames.set(named, known);
  return known;
}

/** Tells whose name has every word of what is typed, anywhere in it. */
export function nameFilter(typed: string): (named: { readonly name: string }) => boolean {
  const words = folded(typed).split(' ');
  return (named) => words.every((word) => foldedName(named).includes(word));
}
