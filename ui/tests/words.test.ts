import { readFileSync } from 'node:fs';

import { afterEach, describe, expect, it } from 'vitest';

import type { ExerciseKind, FailureCode, FieldCode, Region } from '../src/bridge/bridge';
import { LIMITS } from '../src/bridge/generated';
import { locales, overwriteGetLocale } from '../src/paraglide/runtime';
import { EFFORTS, effortStep, effortWords } from '../src/words/effort';
import { failureCodeWords, failureWords } from '../src/words/failures';
import { fieldFailure, fieldWords } from '../src/words/field-failures';
import { inputWords, numberWords, readDuration, readNumber, type Reading } from '../src/words/numbers';
import { problemWords, readValue, VALUE_FIELDS, writeValue } from '../src/words/quantities';
import { UNRECOGNISED } from '../src/words/known';
import { kindWords, loadWords } from '../src/words/planned';
import { regionWords } from '../src/words/regions';
import { clockWords, durationWords } from '../src/words/times';
import { characters, isWithin } from '../src/words/text';
import { distanceWords, valuesWords } from '../src/words/values';
import { NOTHING } from '../dev/fixtures';
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

  it('every field code, region and effort has words', () => {
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

  it('gives a long wait in minutes, rounded up', () => {
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
      'Möglich: −200\u202Fkg bis 2\u202F000\u202Fkg.',
      'Möglich: 0:01 bis 24:00:00.',
      'Möglich: 0:01 bis 1:00:00.',
    ]);
  });

  it('with an unknown code is still a sentence', () => {
    overwriteGetLocale(() => 'de');
    expect(failureCodeWords('brand-new' as FailureCode)).toContain('diese Version nicht kennt');
  });
});

describe('values', () => {
  it('are written as a person says them', () => {
    expect(valuesWords({ ...NOTHING, weight_kg: 82.5, reps: 8 })).toBe('82,5\u202Fkg × 8');
    expect(valuesWords({ ...NOTHING, reps: 8 })).toBe('8 Wdh.');
    expect(valuesWords({ ...NOTHING, distance_m: 400, time_s: 90 })).toBe('400\u202Fm · 1:30');
    expect(valuesWords({ ...NOTHING, distance_m: 5000 })).toBe('5\u202Fkm');
    expect(valuesWords(NOTHING)).toBe('');
  });

  it('b62 are planned as a range, or as many as the athlete can', () => {
    const planned = { ...NOTHING, weight_kg: 80, reps: 8 };
    expect(valuesWords({ ...planned, reps_to: 12 })).toBe('80\u202Fkg × 8–12');
    expect(valuesWords({ ...planned, reps_to: 8 })).toBe('80\u202Fkg × 8');
    expect(valuesWords({ ...planned, reps: null, reps_to: 12 })).toBe('80\u202Fkg × bis 12');
    expect(valuesWords({ ...planned, to_failure: true })).toBe('80\u202Fkg × 8+');
    expect(valuesWords({ ...NOTHING, to_failure: true })).toBe('max. Wdh.');
  });

  it('b32 say where a weight comes from', () => {
    expect(loadWords({ percent_of_e1rm: 82.5 })).toBe('82,5 % vom geschätzten Maximum');
    expect(loadWords({ last_plus_kg: 2.5 })).toBe('letztes Mal + 2,5\u202Fkg');
    expect(loadWords({ last_plus_kg: -5 })).toBe('letztes Mal − 5\u202Fkg');
    expect(loadWords({ last_plus_kg: 0 })).toBe('wie letztes Mal');
    expect(loadWords({})).toBe(UNRECOGNISED);
  });

  it('say what an exercise is there for, unless that is to train', () => {
    expect(kindWords('warm_up')).toBe('Aufwärmen');
    expect(kindWords('working')).toBe('');
    expect(kindWords('cluster' as ExerciseKind)).toBe(UNRECOGNISED);
  });

  it('follow the language', () => {
    overwriteGetLocale(() => 'en');
    expect(numberWords(1234.5)).toBe('1\u202F234.5');
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
  const valueOf = (reading: Reading) => {
    if (reading.kind === 'unreadable') return null;
    return reading.kind === 'number' ? reading.value : reading.values;
  };

  it.each([
    ['82,5', 82.5],
    [' 82.5 ', 82.5],
    ['80', 80],
    ['8x', null],
    ['-3', -3],
    ['−20', -20],
    ['', null],
    ['77,', null],
    ['1.134', 1.134],
    ['1,134', 1.134],
    ['0.500', 0.5],
    ['1.500', [1.5, 1500]],
    ['-1,000', [-1, -1000]],
    ['1.134,5', 1134.5],
    ['1,134.5', 1134.5],
    ['1.134.000', 1134000],
    ['1 134', 1134],
    ['1’134', 1134],
    ['12 34', null],
    ['1.13.4', null],
  ])('%s is read as the number %s', (text, number) => {
    expect(valueOf(readNumber(text))).toEqual(number);
  });

  it.each([
    ['90', 90],
    ['30 s', 30],
    ['1:30', 90],
    ['1:02:05', 3725],
    ['2 min', 120],
    ['1,5 min', 90],
    ['1:30 min', 90],
    ['1:30 h', 5400],
    ['1:30 H', 5400],
    ['1:02:05 h', 3725],
    ['1:30 s', null],
    ['1:02:05 s', null],
    ['1:', null],
    ['abc', null],
  ])('%s is read as the duration %s', (text, seconds) => {
    expect(valueOf(readDuration(text))).toBe(seconds);
  });

  it.each(locales)('in %s, every written value reads back as the same', (locale) => {
    overwriteGetLocale(() => locale);
    let seed = 20_261_130;
    const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
    for (let i = 0; i < 1_000; i++) {
      for (const field of VALUE_FIELDS) {
        const { min, max } = LIMITS.actual[field];
        const scale = random() < 0.5 ? 1 : 0.01;
        const any = min + random() * (max - min) * scale;
        const isWhole = field !== 'weight_kg' && field !== 'distance_m';
        const value = isWhole ? Math.round(any) : random() < 0.1 ? any : Math.round(any * 1000) / 1000 + 0;
        const text = writeValue(field, value);
        expect(readValue(field, text, LIMITS.actual[field]), text).toEqual({ value, problem: null });
        // What is on screen as well, to three decimals.
        const shown = Math.round(value * 1000) / 1000 + 0;
        expect(valueOf(readNumber(numberWords(shown))), numberWords(shown)).toBe(shown);
        expect(valueOf(readNumber(inputWords(value)))).toBe(value);
        if (field === 'distance_m')
          expect(readValue(field, distanceWords(shown), LIMITS.actual[field]).value).toBe(shown);
      }
    }
    expect(inputWords(1.5e-7).slice(1)).toMatch(/^[.,]00000015$/);
  });

  it.each([
    ['weight_kg', '82,5 kg', 82.5],
    ['weight_kg', '5000', 'out-of-range'],
    ['weight_kg', 'abc', 'unreadable'],
    ['weight_kg', '-20', -20],
    ['reps', '0', 0],
    ['reps', '8,5', 'not-whole'],
    ['reps', '1.134', 'not-whole'],
    ['reps', '8 ×', 8],
    ['reps', '8 Wdh.', 8],
    ['reps', '99999', 'out-of-range'],
    ['reps', '-3', 'out-of-range'],
    ['distance_m', '5 km', 5000],
    ['time_s', '1,01 min', 'not-whole'],
    ['time_s', '1.500', 1500],
    ['time_s', '1.500 h', 5400],
    ['time_s', '1.500 min', 90],
    ['time_s', '1:30 h', 5400],
    ['time_s', '1:30 s', 'unreadable'],
    ['weight_kg', '1.500', 'ambiguous'],
    ['weight_kg', '2.500', 2.5],
    ['weight_kg', '-1.500', -1.5],
    ['time_s', '990.990 h', 'out-of-range'],
    ['effort', '11', 'out-of-range'],
  ] as const)('as a done %s, %s is %s', (field, text, expected) => {
    const { value, problem } = readValue(field, text, LIMITS.actual[field]);
    expect(problem?.kind ?? value).toBe(expected);
    if (problem) expect(problemWords(field, problem, LIMITS.actual[field])).not.toBe('');
  });

  it('that is out of range is reported with the range', () => {
    overwriteGetLocale(() => 'de');
    const words = problemWords('weight_kg', { kind: 'out-of-range' }, LIMITS.actual.weight_kg);
    expect(words).toBe('Möglich: −200\u202Fkg bis 2\u202F000\u202Fkg.');
  });

  it('is counted in characters as people count them', () => {
    expect(characters('e\u0301👨‍👩‍👧‍👦🇵🇹')).toBe(3);
    expect(isWithin('👨‍👩‍👧‍👦'.repeat(2), 2)).toBe(false);
    expect(isWithin('x'.repeat(500), 500)).toBe(true);
  });
});

describe('the colour of an effort', () => {
  it('steps at 2, 4, 6 and 8', () => {
    expect(EFFORTS.map(effortStep)).toEqual([1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
  });
});
