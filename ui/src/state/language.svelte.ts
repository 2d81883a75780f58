/**
 * The language on screen. The account's from the first screen after sign-in, the device's before. Messages read it
 * through paraglide's `getLocale`, and it is a rune, so a change repaints every word without a reload. A language comes
 * on screen when its texts are loaded; until then, and if they can't be, the one before stays.
 */
import type { Locale } from '../bridge/bridge';
import { baseLocale, locales, overwriteGetLocale } from '../paraglide/runtime';
import type { Known } from '../words/known';
import { texts, type Texts } from '../words/texts';

export class Language {
  #current = $state<Known<Locale>>(baseLocale);
  /** The one on screen, or the one that is going to be. */
  #wanted: Known<Locale>;
  #loading: Promise<void> | null;
  readonly #device: Known<Locale>;
  readonly #texts: Texts;

  constructor(device: readonly string[] = [], from: Texts = texts) {
    const wanted = device.map((tag) => tag.slice(0, 2).toLowerCase());
    this.#device = wanted.map((tag) => locales.find((locale) => locale === tag)).find(Boolean) ?? baseLocale;
    this.#current = this.#wanted = this.#device;
    this.#texts = from;
    this.#texts.languages = [this.#device];
    this.#loading = this.#texts.load()?.then(() => void (this.#loading = null)) ?? null;
  }

  get current(): Known<Locale> {
    return this.#current;
  }

  /** Changes to a language: at once if its texts are there, else when they are. */
  set current(wanted: Known<Locale>) {
    if (wanted === this.#wanted) return;
    this.#wanted = wanted;
    this.#texts.languages = [this.#current, wanted];
    const loading = this.#texts.load();
    if (loading) this.#loading = this.#showAfter(loading, wanted);
    else this.#show(wanted);
  }

  /** Ends when the texts of the first language, or of the one that is changed to, are there; `null` if they are. */
  get loading(): Promise<void> | null {
    return this.#loading;
  }

  /** Loads the texts of other languages, so that messages can be shown in them as well; answers in which they can. */
  async loadAlso(languages: readonly Locale[]): Promise<readonly Locale[]> {
    const wanted = locales.filter((locale) => languages.includes(locale));
    try {
      await this.#texts.loadIn(wanted);
      return wanted;
    } catch {
      return [this.current];
    }
  }

  /** Speaks an account's language; the device's, if this version does not speak it. */
  toAccount(wanted: Locale): void {
    this.current = locales.find((locale) => locale === wanted) ?? this.#device;
  }

  /** Nobody's language any longer, but the device's. */
  toDevice(): void {
    this.current = this.#device;
  }

  /** Makes this the language of every message. */
  install(): void {
    overwriteGetLocale(() => this.current);
  }

  async #showAfter(loading: Promise<unknown>, wanted: Known<Locale>): Promise<void> {
    const isLoaded = await loading.then(
      () => true,
      () => false,
    );
    // Another one may be wanted by now.
    if (wanted === this.#wanted) this.#show(isLoaded ? wanted : this.#current);
  }

  #show(language: Known<Locale>): void {
    this.#current = this.#wanted = language;
    this.#loading = null;
    this.#texts.languages = [language];
  }
}
