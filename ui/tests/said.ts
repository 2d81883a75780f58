/** What is said in every language, for tests of pure functions. */
import { afterEach } from 'vitest';

import { locales, overwriteGetLocale } from '../src/paraglide/runtime';

type Locale = (typeof locales)[number];

/** Without the marks that keep names apart, and with plain spaces. */
export const plain = (text: string) => text.replaceAll(/[\u2068\u2069]/g, '').replaceAll('\u202F', ' ');

/** The same caption in every language. */
export function said(caption: () => string): Record<Locale, string> {
  return Object.fromEntries(
    locales.map((locale) => {
      overwriteGetLocale(() => locale);
      return [locale, plain(caption())];
    }),
  ) as Record<Locale, string>;
}

afterEach(() => {
  overwriteGetLocale(() => 'de');
});
