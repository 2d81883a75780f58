import { readFileSync } from 'node:fs';

import { afterEach, describe, expect, it } from 'vitest';

import type { FailureCode, FieldCode, Region } from '../src/bridge/bridge';
import { locales, overwriteGetLocale } from '../src/paraglide/runtime';
import { EFFORTS, effortStep, effortWords } from '../src/words/effort';
import { failureCodeWords, failureWords, fieldFailure, fieldWords } from '../src/words/failures';
import { readDuration, readNumber } from '../src/words/numbers';
import { regionWords } from '../src/words/regions';
import { clockWords, durationWords } from '../src/words/times';
import { numberWords, valuesWords } from '../src/words/values';
import { NOTHING } from '../dev/cast';
import { failure } from '../dev/scripted';

/** The members of a union in the generated file: what Rust really declares, not what this test remembers. */
function union(name: string): string[] {
  const generated = readFileSync('src/bridge/generated.ts', 'utf8');
  const declaration = new RegExp(`export type ${name} = ([^;]+);`).exec(generated)?.[1] ?? '';
  return [...declaration.matchAll(/"([^"]+)"/g)].map((match) => match[1] ?? '');
}

const problems = [...union('ProblemCode'), ...union('LocalCode')] as FailureCode[];

afterEach(() => {
  overwriteGetLocale(() => 'de');
});

describe.each(locales)('in %s', (locale) => {
  it('every problem has its own sentence', () => {
    overwriteGetLocale(() => locale);
    const codes = [...new Set(problems)];
    const sentences = new Set(codes.map(failureCodeWords));
    expect(codes.length).toBeGreaterThan(40);
    expect(sentences.size).toBe(codes.length);
    for (const sentence of sentences) expect(sentence).toMatch(/^[A-ZÄÖÜÉ].+[^!]$/u);
  });

  it('every finding about a field, every region and every effort has words', () => {
    overwriteGetLocale(() => locale);
    for (const code of union('FieldCode') as FieldCode[]) expect(fieldWords(code)).toMatch(/\.$/);
    const regions = new Set((union('Region') as Region[]).map(regionWords));
    expect(regions.size).toBe(15);
    expect(new Set(EFFORTS.map(effortWords)).size).toBe(11);
  });
});

describe('a failure', () => {
  it('says when trying again makes sense', () => {
    overwriteGetLocale(() => 'en');
    expect(failureWords(failure('too-many-attempts', { retry_after_s: 30 }))).toContain('30 seconds');
    expect(failureWords(failure('too-many-attempts', { retry_after_s: 1 }))).toContain('1 second.');
  });

  it('says in minutes what takes minutes, rounded up', () => {
    overwriteGetLocale(() => 'de');
    const words = (seconds: number) => failureWords(failure('too-many-pins', { retry_after_s: seconds }));
    expect(words(89)).toContain('in 89 Sekunden');
    expect(words(90)).toContain('in 2 Minuten');
    expect(words(120)).toContain('in 2 Minuten');
    expect(words(121)).toContain('in 3 Minuten');
    expect(words(900)).toContain('in 15 Minuten');
  });

  it('is found by the field it belongs to', () => {
    const invalid = failure('invalid', { fields: [{ pointer: '/email', code: 'required' }] });
    expect(fieldFailure(invalid, '/email')).toBe(fieldWords('required'));
    expect(fieldFailure(invalid, '/password')).toBeUndefined();
  });

  it('names the range of a number that is out of it', () => {
    overwriteGetLocale(() => 'de');
    const pointers = ['/exercises/0/planned/weight_kg', '/exercises/1/planned/time_s', '/rest_after_s'];
    const outside = failure('invalid', {
      fields: pointers.map((pointer) => ({ pointer, code: 'out-of-range' })),
    });
    expect(pointers.map((pointer) => fieldFailure(outside, pointer))).toEqual([
      'Erlaubt ist 0 bis 2.000.',
      'Erlaubt ist 0:01 bis 24:00:00.',
      'Erlaubt ist 0:01 bis 1:00:00.',
    ]);
  });

  it('of a kind this window does not know is still a sentence', () => {
    overwriteGetLocale(() => 'de');
    expect(failureCodeWords('brand-new' as FailureCode)).toContain('diese Version nicht kennt');
  });
});

describe('values', () => {
  it('read as a person says them', () => {
    expect(valuesWords({ ...NOTHING, weight_kg: 82.5, reps: 8 })).toBe('82,5\u202Fkg × 8');
    expect(valuesWords({ ...NOTHING, reps: 8 })).toBe('8 ×');
    expect(valuesWords({ ...NOTHING, distance_m: 400, time_s: 90 })).toBe('400\u202Fm · 1:30');
    expect(valuesWords({ ...NOTHING, distance_m: 5000 })).toBe('5\u202Fkm');
    expect(valuesWords(NOTHING)).toBe('');
  });

  it('follow the language', () => {
    overwriteGetLocale(() => 'en');
    expect(numberWords(1234.5)).toBe('1,234.5');
  });
});

describe('times', () => {
  it.each([
    [9, '0:09', '9\u202Fs'],
    [90, '1:30', '1:30'],
    [3725, '1:02:05', '1:02:05'],
    [-3, '0:00', ''],
  ])('%d s', (seconds, clock, duration) => {
    expect(clockWords(seconds)).toBe(clock);
    if (seconds >= 0) expect(durationWords(seconds)).toBe(duration);
  });
});

describe('what is typed', () => {
  it.each([
    ['82,5', 82.5],
    [' 82.5 ', 82.5],
    ['80', 80],
    ['8x', null],
    ['-3', null],
    ['', null],
  ])('%s is the number %s', (text, number) => {
    expect(readNumber(text)).toBe(number);
  });

  it.each([
    ['90', 90],
    ['30 s', 30],
    ['1:30', 90],
    ['1:02:05', 3725],
    ['1:', null],
    ['abc', null],
  ])('%s is the duration %s', (text, seconds) => {
    expect(readDuration(text)).toBe(seconds);
  });
});

describe('the colour of an effort', () => {
  it('steps at 2, 4, 6 and 8', () => {
    expect(EFFORTS.map(effortStep)).toEqual([1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
  });
});
