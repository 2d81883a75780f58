/**
 * The language on screen. The account's from the first screen after sign-in, the device's before. Messages read it
 * through paraglide's `getLocale`, and it is a rune, so a change repaints every word without a reload.
 */
import type { Locale } from '../bridge/bridge';
import { baseLocale, locales, overwriteGetLocale } from '../paraglide/runtime';
import type { Known } from '../words/known';

export class Language {
  current = $state<Known<Locale>>(baseLocale);
  readonly #device: Known<Locale>;

  constructor(device: readonly string[] = []) {
    const wanted = device.map((tag) => tag.slice(0, 2).toLowerCase());
    this.#device = wanted.map((tag) => locales.find((locale) => locale === tag)).find(Boolean) ?? baseLocale;
    this.current = this.#device;
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
}
