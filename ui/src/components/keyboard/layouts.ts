/** What the keys of the on-screen keyboard are, and where they are. What they do is in `keyboard.svelte.ts`. */
import type { Locale } from '../../bridge/bridge';
import type { Known } from '../../words/known';

type Language = Known<Locale>;

/** What a field asks for. */
export type Purpose = 'text' | 'email' | 'url' | 'digits' | 'decimal';
export type Layer = 'letters' | 'symbols' | 'more-symbols';
/** Keys that write nothing by themselves; `gap` is no key at all. */
export type Act = 'shift' | 'backspace' | 'enter' | 'put-away' | Layer | 'gap';

export type Key = {
  /** Its share of the row; 1 is the width of a letter. */
  readonly width: number;
} & (
  | {
      readonly act?: undefined;
      readonly text: string;
      /** What it writes instead, to choose from while it is held. */
      readonly others: readonly string[];
    }
  | { readonly act: Act }
);
export type TextKey = Extract<Key, { text: string }>;
export type Row = readonly Key[];

const LETTERS: Readonly<Record<Language, readonly [string, string, string]>> = {
  de: ['qwertzuiopü', 'asdfghjklöä', 'yxcvbnmß'],
  en: ['qwertyuiop', 'asdfghjkl', 'zxcvbnm'],
  pt: ['qwertyuiop', 'asdfghjklç', 'zxcvbnm'],
};

const SYMBOLS = {
  symbols: ['1234567890', '@#€%&-_+()', `"':;!?/`],
  'more-symbols': ['[]{}<>^~|\\', '*=$£§°\u0060´•…', '„“”«»–·'],
} as const;

/** What a letter may become, the commonest first. A letter that has a key of its own is left out. */
const ACCENTS: Readonly<Record<string, string>> = {
  a: 'äáàâãåæ',
  c: 'çćč',
  e: 'éèêëę',
  g: 'ğ',
  i: 'íìîïı',
  l: 'ł',
  n: 'ñń',
  o: 'öóòôõøœ',
  s: 'ßśšş',
  u: 'üúùûů',
  y: 'ýÿ',
  z: 'žźż',
};
const ACCENTS_OF: Readonly<Partial<Record<Language, Readonly<Record<string, string>>>>> = {
  pt: { a: 'áãâàä', e: 'éêèë', i: 'íìîï', o: 'óõôòö', u: 'úüùû' },
};
const MARKS: Readonly<Record<string, string>> = { '.': '?!:;', '-': '–—', '€': '$£', '?': '¿', '!': '¡' };

const DECIMAL_MARK: Readonly<Record<Language, string>> = { de: ',', en: '.', pt: ',' };

/** The rows of a layer, for what a field asks for. */
export function rowsOf(layer: Layer, purpose: Purpose, language: Language): readonly Row[] {
  if (purpose === 'digits' || purpose === 'decimal') return numberRows(purpose, language);
  const toggle: Key = { act: layer === 'letters' ? 'symbols' : 'letters', width: 1.5 };
  const [first, second, third] = layer === 'letters' ? LETTERS[language] : SYMBOLS[layer];
  const own = new Set(first + second + third);
  const write = (text: string, width = 1): TextKey => ({
    text,
    width,
    others: othersOf(text, language, own),
  });
  const writeEach = (texts: string) => [...texts].map((text) => write(text));
  const before = layer === 'letters' ? 'shift' : layer === 'symbols' ? 'more-symbols' : 'symbols';
  // A shorter row stands in the middle of the longer one.
  const indent =
    first.length > second.length ? [{ act: 'gap', width: (first.length - second.length) / 2 } as const] : [];
  return [
    writeEach(first),
    [...indent, ...writeEach(second), ...indent],
    [{ act: before, width: 1.5 }, ...writeEach(third), { act: 'backspace', width: 1.5 }],
    [toggle, ...middleOf(purpose, write), { act: 'enter', width: 2 }, { act: 'put-away', width: 1 }],
  ];
}

/** What stands between the keys at the foot: an address has no spaces, and marks of its own. */
function middleOf(purpose: Purpose, write: (text: string, width?: number) => TextKey): readonly TextKey[] {
  if (purpose === 'email') return [write('@', 1.5), write('.', 1.5), write('-', 1.25), write('_', 1.25)];
  if (purpose === 'url') return [write(':', 1.25), write('/', 1.5), write('.', 1.5), write('-', 1.25)];
  return [write(',', 1), write(' ', 3.5), write('.', 1)];
}

/** Digits as on a telephone, and what else a number or a time may have. */
function numberRows(purpose: 'digits' | 'decimal', language: Language): readonly Row[] {
  const write = (text: string): Key => ({ text, width: 1, others: [] });
  const onlyDecimal = (text: string): Key => (purpose === 'decimal' ? write(text) : { act: 'gap', width: 1 });
  const digits = (texts: string) => [...texts].map(write);
  return [
    [...digits('123'), { act: 'backspace', width: 1 }],
    [...digits('456'), onlyDecimal('-')],
    [...digits('789'), { act: 'put-away', width: 1 }],
    [onlyDecimal(DECIMAL_MARK[language]), write('0'), onlyDecimal(':'), { act: 'enter', width: 1 }],
  ];
}

function othersOf(text: string, language: Language, own: ReadonlySet<string>): readonly string[] {
  const others = ACCENTS_OF[language]?.[text] ?? ACCENTS[text] ?? MARKS[text] ?? '';
  return [...others].filter((one) => !own.has(one));
}

/** The capital of a letter: ß has one, which is no SS. */
export function capital(text: string, language: Language): string {
  return text === 'ß' ? 'ẞ' : text.toLocaleUpperCase(language);
}
