/** What the on-screen keyboard can write, in every language. */
import { describe, expect, it } from 'vitest';

import { capital, type Key, type Layer, type Purpose, rowsOf } from '../src/components/keyboard/layouts';
import { locales } from '../src/paraglide/runtime';

const LAYERS: Layer[] = ['letters', 'symbols', 'more-symbols'];

/** What one key writes, with what it offers. */
const written = (key: Key): string[] => (key.act === undefined ? [key.text, ...key.others] : []);
const keysOf = (language: (typeof locales)[number], purpose: Purpose = 'text', layers = LAYERS): Key[] =>
  layers.flatMap((layer) => rowsOf(layer, purpose, language).flat());

describe.each(locales)('the keyboard in %s', (language) => {
  it('writes everything a password may have', () => {
    const texts = new Set(keysOf(language).flatMap(written));
    const ascii = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).filter(
      (one) => !/[A-Z]/.test(one),
    );
    expect(ascii.filter((one) => !texts.has(one))).toEqual([]);
  });

  it('writes the letters of all three languages', () => {
    const texts = new Set(keysOf(language, 'text', ['letters']).flatMap(written));
    expect([...'äöüßáàâãéêíóôõúç'].filter((one) => !texts.has(one))).toEqual([]);
  });

  it('offers nothing twice', () => {
    const texts = keysOf(language, 'text', ['letters']).flatMap(written);
    expect(texts.filter((one, i) => texts.indexOf(one) !== i)).toEqual([]);
  });

  it.each(['text', 'email', 'url', 'digits', 'decimal'] as const)(
    'has rows of one width for %s',
    (purpose) => {
      for (const layer of LAYERS) {
        const rows = rowsOf(layer, purpose, language);
        expect(rows).toHaveLength(4);
        const [, , third] = rows.map((row) => row.reduce((sum, { width }) => sum + width, 0));
        const widest = Math.max(...rows.map((row) => row.reduce((sum, { width }) => sum + width, 0)));
        expect(third).toBe(widest);
      }
    },
  );

  it.each(['text', 'email', 'url', 'digits', 'decimal'] as const)(
    'can be put away, and removes, for %s',
    (purpose) => {
      for (const layer of LAYERS) {
        const acts = rowsOf(layer, purpose, language)
          .flat()
          .map(({ act }) => act);
        expect(acts).toEqual(expect.arrayContaining(['put-away', 'backspace', 'enter']));
      }
    },
  );
});

it('has the keys where people look for them', () => {
  const letters = (language: (typeof locales)[number]) =>
    rowsOf('letters', 'text', language).map((row) => row.map((key) => key.act ?? key.text).join(' '));
  expect(letters('de').slice(0, 2)).toEqual(['q w e r t z u i o p ü', 'a s d f g h j k l ö ä']);
  expect(letters('en').slice(0, 2)).toEqual(['q w e r t y u i o p', 'gap a s d f g h j k l gap']);
  expect(letters('pt').slice(0, 2)).toEqual(['q w e r t y u i o p', 'a s d f g h j k l ç']);
  expect(letters('de')[2]).toBe('shift y x c v b n m ß backspace');
});

it('offers what a language needs most first', () => {
  const others = (language: (typeof locales)[number], letter: string) =>
    keysOf(language, 'text', ['letters']).flatMap((key) =>
      key.act === undefined && key.text === letter ? [...key.others] : [],
    );
  expect(others('pt', 'a')[0]).toBe('á');
  expect(others('en', 'a')[0]).toBe('ä');
  expect(others('de', 'e')[0]).toBe('é');
});

it('has no space in an address, and what an address needs at hand', () => {
  const texts = (purpose: Purpose) => rowsOf('letters', purpose, 'de').flat().flatMap(written);
  expect(texts('email')).toEqual(expect.arrayContaining(['@', '.', '-', '_']));
  expect(texts('email')).not.toContain(' ');
  expect(texts('url')).toEqual(expect.arrayContaining([':', '/', '.', '-']));
});

it('has the decimal mark of the language, a minus, and the colon of a time', () => {
  const texts = (language: (typeof locales)[number]) =>
    rowsOf('letters', 'decimal', language).flat().flatMap(written);
  expect(texts('de')).toEqual(expect.arrayContaining([',', '-', ':']));
  expect(texts('en')).toContain('.');
  expect(texts('en')).not.toContain(',');
});

it('has a capital ß', () => {
  expect(capital('ß', 'de')).toBe('ẞ');
  expect(capital('ö', 'de')).toBe('Ö');
});
