/** Finding people and exercises by typing, and putting them in order. */
import { describe, expect, it, vi } from 'vitest';

import { overwriteGetLocale } from '../src/paraglide/runtime';
import { folded, nameFilter } from '../src/words/folding';
import { perLanguage } from '../src/words/per-language';

describe('a text that is searched', () => {
  // As `training/src/people/search.rs` has them: the server finds by the same rule.
  it.each([
    ['Özlem Şahin', 'ozlem sahin'],
    ['O\u0308zlem', 'ozlem'],
    ['  Inês \t Carvalho ', 'ines carvalho'],
    ['STRAẞE', 'strasse'],
    ['Straße', 'strasse'],
    ['Łukasz Bjørn', 'lukasz bjorn'],
    ['İpek Işık', 'ipek isik'],
    ['ﬁt@EXAMPLE.org', 'fit@example.org'],
    ['Ma\u200Bra\u202E', 'mara'],
    ['Οδυσσεύς', 'οδυσσευσ'],
    ['Мария', 'мария'],
    ['山田 太郎', '山田 太郎'],
  ])('%s is compared as %s', (text, expected) => {
    expect(folded(text)).toBe(expected);
    expect(folded(expected)).toBe(expected);
  });
});

describe('a name', () => {
  const finds = (typed: string, name: string) => nameFilter(typed)({ name });

  it.each(['öz', 'ZLE', 'lem', 'turk', 'turk oz', ' ', 'ÖZLEM ÖZTÜRK'])('is found by %s', (typed) => {
    expect(finds(typed, 'Özlem Öztürk')).toBe(true);
  });

  it.each(['ozi', 'oz anna', 'özlemö'])('is not found by %s', (typed) => {
    expect(finds(typed, 'Özlem Öztürk')).toBe(false);
  });
});

it('a formatter or collator is made once for each language', () => {
  const make = vi.fn((locale: string) => ({ locale }));
  const formatter = perLanguage(make);
  for (const locale of ['de', 'pt', 'de', 'pt', 'de'] as const) {
    overwriteGetLocale(() => locale);
    expect(formatter().locale).toBe(locale);
  }
  overwriteGetLocale(() => 'de');
  expect(make.mock.calls).toEqual([['de'], ['pt']]);
});
