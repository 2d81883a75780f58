/** What a file holds, in words: one or several, lines or entries, and what is left out of it (b70). */
import { afterEach, describe, expect, it } from 'vitest';

import { m } from '../src/paraglide/messages';
import { overwriteGetLocale, type Locale } from '../src/paraglide/runtime';
import { linesWords, readWords, skippedWords, unusedWords } from '../src/words/imports';
import { imported } from '../dev/import-scenes';

const speak = (locale: Locale): void => {
  overwriteGetLocale(() => locale);
};

afterEach(() => {
  speak('de');
});

const one = { line: 3, reason: 'bad_date' } as const;

describe('one and several', () => {
  it.each<[Locale, number, string]>([
    ['en', 1, 'Read: 1 set, 1 body weight, 1 row is skipped.'],
    ['en', 2, 'Read: 2 sets, 2 body weights, 2 rows are skipped.'],
    ['de', 1, 'Gelesen: 1 Satz, 1 Körpergewicht, 1 Zeile wird ausgelassen.'],
    ['de', 2, 'Gelesen: 2 Sätze, 2 Körpergewichte, 2 Zeilen werden ausgelassen.'],
    ['pt', 1, 'Lido: 1 série, 1 peso corporal, 1 linha será ignorada.'],
    ['pt', 2, 'Lido: 2 séries, 2 pesos corporais, 2 linhas serão ignoradas.'],
  ])('are told apart in what was read, in %s for %i', (locale, count, words) => {
    speak(locale);
    const skipped = Array.from({ length: count }, () => one);
    expect(readWords(imported({ sets: count, weights: count, skipped }))).toBe(words);
  });

  it.each<[Locale, string, string]>([
    ['en', '1 set here, 2 in the file', '0 of 1 training'],
    ['de', 'hier 1 Satz, in der Datei 2', '0 von 1 Training'],
    ['pt', '1 série aqui, 2 no arquivo', '0 de 1 treino'],
  ])('are told apart in changed sets and in the progress, in %s', (locale, changed, progress) => {
    speak(locale);
    expect(m.import_changed_sets({ count: 1, here: '1', there: '2' })).toBe(changed);
    expect(m.import_progress({ count: 1, done: '0', total: '1' })).toBe(progress);
  });

  it('leave out what a file has none of', () => {
    expect(readWords(imported({ sets: 5, weights: 0, skipped: [] }))).toBe('Gelesen: 5 Sätze.');
    expect(readWords(imported({ sets: 0, weights: 5, skipped: [] }))).toBe('Gelesen: 5 Körpergewichte.');
  });
});

describe('an export of Ringside', () => {
  it('has entries instead of lines', () => {
    expect(linesWords('ringside', 1, '7')).toBe('Eintrag 7');
    expect(skippedWords('ringside', 2)).toBe('2 Einträge werden ausgelassen');
    expect(linesWords('strong', 1, '7')).toBe('Zeile 7');
    expect(skippedWords('strong', 2)).toBe('2 Zeilen werden ausgelassen');
  });

  it('leaves what is the studio’s with the studio', () => {
    const unused_columns = ['templates', 'notes', 'journal_entries'];
    expect(unusedWords(imported({ format: 'ringside', unused_columns }))).toBe(
      'Im anderen Studio bleiben: Vorlagen, Notizen, das Journal.',
    );
    expect(unusedWords(imported({ format: 'ringside', unused_columns: ['moods'] }))).toContain('moods');
    expect(unusedWords(imported({ unused_columns: ['notes'] }))).toContain('Platz: \u2068notes\u2069');
  });
});
