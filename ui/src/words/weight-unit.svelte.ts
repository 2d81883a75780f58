/**
 * The unit in which weights are shown and typed: that of whoever is signed in. Whatever says a weight reads it, as every
 * message reads the language; it is a rune, so a change repaints every weight. What is stored and sent is kilograms.
 */
import type { WeightUnit } from '../bridge/bridge';
import { KG_PER_LB } from '../bridge/generated';
import { type Known, isKnown } from './known';

/** The most decimals of a pound: the third is less than half a gram. */
const DECIMALS = 3;
const UNITS: Record<Known<WeightUnit>, true> = { kg: true, lb: true };

class UnitOnScreen {
  #current = $state<Known<WeightUnit>>('kg');

  get current(): Known<WeightUnit> {
    return this.#current;
  }

  /** Changes to the unit that somebody has chosen; to kilograms, if this version does not know it. */
  choose(unit: WeightUnit): void {
    this.#current = isKnown(UNITS, unit) ? unit : 'kg';
  }
}

export const weightUnit = new UnitOnScreen();

/** A weight in kilograms as a number of the unit on screen: of those that read back as the same grams, the shortest. */
export function inUnit(kg: number): number {
  if (weightUnit.current === 'kg') return kg;
  const grams = toGrams(kg);
  for (let decimals = 0; decimals < DECIMALS; decimals++) {
    const pounds = Number((grams / KG_PER_LB).toFixed(decimals));
    if (toGrams(pounds * KG_PER_LB) === grams) return pounds + 0;
  }
  return Number((grams / KG_PER_LB).toFixed(DECIMALS)) + 0;
}

/**
 * What somebody weighs, as a number of the unit on screen: what was written in it as it was, and what was written in the
 * other one to a tenth, which is what scales say. What has two decimals in pounds was hardly written in them.
 */
export function bodyWeightInUnit(kg: number): number {
  const exact = inUnit(kg);
  const decimals = weightUnit.current === 'kg' ? 2 : 1;
  return Number(exact.toFixed(decimals)) === exact ? exact : Number(exact.toFixed(1));
}

/** A number of a unit in kilograms, pounds to the gram. */
export function fromUnit(value: number, unit: Known<WeightUnit> = weightUnit.current): number {
  return unit === 'kg' ? value : toGrams(value * KG_PER_LB);
}

/** The unit that a text ends with, and what is in front of it; the unit on screen where it ends with none. */
export function splitUnit(text: string): { number: string; unit: Known<WeightUnit> } {
  const [, number = '', unit] = /^(.*?)\s*(kg|lbs?)?$/i.exec(text.trim()) ?? [];
  if (unit === undefined) return { number, unit: weightUnit.current };
  return { number, unit: unit.toLowerCase() === 'kg' ? 'kg' : 'lb' };
}

/** A text that was typed as a weight of a unit, as it reads with another one on screen. */
export function inTypedUnit(text: string, unit: string): string {
  const says = /(kg|lbs?)\s*$/i.test(text);
  return says || text.trim() === '' || unit === weightUnit.current ? text : `${text} ${unit}`;
}

/** Kilograms to whole grams. */
function toGrams(kg: number): number {
  return Math.round(kg * 1000) / 1000;
}
