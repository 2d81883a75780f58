/** What is made once for each language: making a formatter or a collator takes far longer than using it. */
import { getLocale } from '../paraglide/runtime';

/** `make` for the language on screen, called once for each language. */
export function perLanguage<T>(make: (locale: string) => T): () => T {
  const made = new Map<string, { value: T }>();
  return () => {
    const locale = getLocale();
    const known = made.get(locale) ?? { value: make(locale) };
    made.set(locale, known);
    return known.value;
  };
}
