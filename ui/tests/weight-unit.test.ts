/** Kilograms or pounds, as a person chooses, wherever a weight is shown or typed; it reads back as it was written (b58). */
import { afterEach, describe, expect, it } from 'vitest';

import { LIMITS } from '../src/bridge/generated';
import { overwriteGetLocale } from '../src/paraglide/runtime';
import { NO_VALUES, readShorthand, shorthandOf } from '../src/trainer/shorthand';
import { readPlanned, textsOf } from '../src/trainer/planned';
import { readValue, stepped, writeValue } from '../src/words/quantities';
import { valuesWords, weightWords } from '../src/words/values';
import { fromUnit, inUnit, weightUnit } from '../src/words/weight-unit.svelte';
import { ATHLETE, item, LIBRARY, round, session, TRAINER, view } from '../dev/fixtures';
import { past, PAST } from '../dev/history-scenes';
import { failure } from '../dev/scripted';
import { open } from './window';

const LOCALES = ['de', 'pt', 'en'] as const;
const [bench] = LIBRARY as [(typeof LIBRARY)[0]];
const range = LIMITS.planned.weight_kg;

afterEach(() => {
  weightUnit.choose('kg');
  overwriteGetLocale(() => 'de');
});

/** The weight that a text says. */
function read(text: string): number | null {
  const { value, problem } = readValue('weight_kg', text, range);
  return problem?.kind === 'ambiguous' ? (problem.values[0] ?? null) : value;
}

describe('pounds', () => {
  it('read back as they were written, in every language', () => {
    weightUnit.choose('lb');
    for (const locale of LOCALES) {
      overwriteGetLocale(() => locale);
      // Every twentieth of a pound up to 440, and every pound beyond.
      const all = [
        ...Array.from({ length: 8_800 }, (_, i) => i / 20),
        ...Array.from({ length: 4_000 }, (_, i) => 400 + i),
      ];
      for (const pounds of all) {
        for (const written of [pounds, -Math.min(pounds, 440) || 0]) {
          const kg = fromUnit(written);
          expect(inUnit(kg)).toBe(written);
          expect(read(writeValue('weight_kg', kg))).toBe(kg);
        }
      }
    }
  });

  it('of any weight to the gram read back as the same gram', () => {
    weightUnit.choose('lb');
    for (let grams = -200_000; grams <= 2_000_000; grams += 311) {
      const kg = grams / 1000;
      expect(fromUnit(inUnit(kg))).toBe(kg);
      expect(read(writeValue('weight_kg', kg))).toBe(kg);
      expect(read(weightWords(kg))).toBe(kg);
    }
  });

  it('45 lb stays 45 lb', () => {
    weightUnit.choose('lb');
    expect(fromUnit(45)).toBe(20.412);
    expect(weightWords(20.412)).toBe('45\u202Flb');
    expect(writeValue('weight_kg', 20.412)).toBe('45');
  });

  it('are stepped as pounds', () => {
    weightUnit.choose('lb');
    expect(inUnit(stepped('weight_kg', fromUnit(45), 5, 1))).toBe(50);
    expect(inUnit(stepped('weight_kg', fromUnit(47.5), 5, -1))).toBe(45);
    let kg = fromUnit(180);
    for (let step = 1; step <= 30; step++) {
      kg = stepped('weight_kg', kg, 0.1, 1);
      expect(inUnit(kg)).toBe(Number((180 + step / 10).toFixed(1)));
    }
  });

  it('are what a trainer plans with, a unit that is written counts', () => {
    weightUnit.choose('lb');
    const values = (weight_kg: number) => ({ ...NO_VALUES, weight_kg, reps: 5 });
    expect(readShorthand('135x5')).toMatchObject({ kind: 'values', values: values(61.235) });
    expect(readShorthand('135 lbs x 5')).toMatchObject({ kind: 'values', values: values(61.235) });
    expect(readShorthand('60kg x5')).toMatchObject({ kind: 'values', values: values(60) });
    expect(shorthandOf(textsOf({ ...NO_VALUES, weight_kg: fromUnit(5), reps: 8 }))).toBe('5 lb × 8');
    expect(valuesWords(values(61.235))).toContain('135\u202Flb');
    expect(readPlanned('weight_kg', '+5').values).toEqual([{ load: { last_plus_kg: 2.268 } }]);
    expect(readPlanned('weight_kg', '+2,5 kg').values).toEqual([{ load: { last_plus_kg: 2.5 } }]);
    expect(textsOf({ ...NO_VALUES, load: { last_plus_kg: 2.268 } }).weight_kg).toBe('+5');
    weightUnit.choose('kg');
    expect(readShorthand('135lb x5')).toMatchObject({ kind: 'values', values: values(61.235) });
  });
});

describe('the unit of a person', () => {
  const out = () =>
    session('active', [round(1, 'active', [item('i-1', bench, { weight_kg: 61.235, reps: 5 })])]);

  it('is what the stage shows and the steppers take', async () => {
    const window = await open(view({ ...ATHLETE, weight_unit: 'lb' }, [out()]));
    expect(window.text()).toContain('135\u202Flb');
    expect(window.text()).not.toMatch(/\d\u202Fkg/);
    window.bridge.emit({ type: 'view', view: view(ATHLETE, [out()]) });
    await window.settle();
    expect(window.text()).toContain('61,235\u202Fkg');
  });

  it('is what the history shows', async () => {
    const window = await open(view({ ...ATHLETE, weight_unit: 'lb' }, [PAST]), past());
    await window.click('open-history');
    await window.click('past-session');
    expect(window.find('session-detail').textContent).toContain('\u202Flb × ');
    expect(window.find('session-detail').textContent).not.toMatch(/\d\u202Fkg/);
  });

  it('is chosen in the settings, and one that was refused is not marked', async () => {
    const window = await open(view(TRAINER), {
      change_me: ({ weight_unit }) => ({ ...TRAINER, weight_unit: weight_unit ?? 'kg' }),
    });
    await window.click('open-settings');
    await window.click('unit-lb');
    expect(window.asked('change_me')).toEqual([{ name: null, locale: null, weight_unit: 'lb' }]);
    expect(weightUnit.current).toBe('lb');
    expect(window.app.announcements.spoken).toBe('Gewichte werden jetzt in lb angezeigt.');
    window.bridge.answers.change_me = () => Promise.reject(failure('unreachable'));
    const kilograms = window.find('unit-kg') as HTMLInputElement;
    kilograms.checked = true;
    kilograms.dispatchEvent(new Event('change', { bubbles: true }));
    await window.settle();
    expect([weightUnit.current, kilograms.checked]).toEqual(['lb', false]);
    expect((window.find('unit-lb') as HTMLInputElement).checked).toBe(true);
  });

  it('is kilograms for one that only a newer server knows', () => {
    weightUnit.choose('stone' as never);
    expect(weightUnit.current).toBe('kg');
  });
});
