/**
 * The texts of the messages in the bundle. A build keeps them in files of their own, for each language and each chunk
 * that is imported later (`texts.config.ts`), so that a window loads those of one language. In development and in tests
 * the message functions hold all of them, and there are no such files.
 */
import { plural } from '../paraglide/registry';
import { getLocale, type Locale } from '../paraglide/runtime';

/** What a message says in one language. */
type Text = (inputs: object) => string;

/** What the texts call. A build fails if they call something else. */
const registry = { plural };

/** A file of texts, by the number that the build gave to each message. */
export interface TextFile {
  default: (from: typeof registry) => Record<number, Text>;
}

export class Texts {
  /** Those whose texts are wanted: the one on screen, and the one that is going to be. */
  languages: readonly Locale[] = [];
  /** The files of every chunk so far, without the language. */
  readonly #files = new Set<string>();
  readonly #loaded = new Set<string>();
  readonly #texts: Partial<Record<Locale, Record<number, Text>>> = {};
  readonly #import: (name: string) => Promise<TextFile>;

  constructor(load: (name: string) => Promise<TextFile>, entry?: string) {
    this.#import = load;
    if (entry) this.#files.add(entry);
  }

  /** Loads what is missing of the wanted languages; `null` if nothing is. */
  load(): Promise<unknown> | null {
    return this.loadIn(this.languages);
  }

  /** Loads what is missing of these languages, to say something in one that is not on screen; `null` if nothing is. */
  loadIn(languages: readonly Locale[]): Promise<unknown> | null {
    const wanted = languages.flatMap((language) => [...this.#files].map((file) => ({ language, file })));
    const missing = wanted.filter(({ language, file }) => !this.#loaded.has(`${file}.${language}`));
    return missing.length > 0
      ? Promise.all(missing.map(({ language, file }) => this.#add(language, `${file}.${language}`)))
      : null;
  }

  /** A chunk, once its texts are there as well. */
  async with<T>(chunk: Promise<T>, file: string): Promise<T> {
    if (file) this.#files.add(file);
    const [loaded] = await Promise.all([chunk, this.load()]);
    return loaded;
  }

  say(number: number, inputs: object, language: Locale): string {
    const text = this.#texts[language]?.[number];
    if (!text) throw new Error(`text ${String(number)} is not loaded in ${language}`);
    return text(inputs);
  }

  async #add(language: Locale, name: string): Promise<void> {
    const { default: textsFrom } = await this.#import(name);
    this.#texts[language] = { ...this.#texts[language], ...textsFrom(registry) };
    this.#loaded.add(name);
  }
}

/** The build defines it: the file of what the entry imports. */
declare const __TEXTS_OF_ENTRY__: string | undefined;

export const texts = new Texts(
  (name) => import(/* @vite-ignore */ `./${name}.js`) as Promise<TextFile>,
  typeof __TEXTS_OF_ENTRY__ === 'undefined' ? undefined : __TEXTS_OF_ENTRY__,
);

/** A message function in the bundle. */
export function message(number: number) {
  return (inputs: object = {}, options: { locale?: Locale } = {}): string =>
    texts.say(number, inputs, options.locale ?? getLocale());
}
