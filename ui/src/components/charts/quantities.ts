/** What the numbers of a chart are: how they are drawn, in the unit of whoever looks, and how they are said. */
import { m } from '../../paraglide/messages';
import { numberWords } from '../../words/numbers';
import { withUnit } from '../../words/values';
import { inUnit } from '../../words/weight-unit.svelte';

export interface Quantity {
  /** A stored value in the unit that is shown. */
  shown: (stored: number) => number;
  /** A shown value with its unit. */
  words: (shown: number) => string;
  /** The same without it. */
  bare: (shown: number) => string;
}

/** To one decimal: what is estimated or a mean is known no better. */
const rounded = (value: number) => Math.round(value * 10) / 10;

/** Weights, stored in kilograms, in the unit of whoever looks. */
export const WEIGHT: Quantity = {
  shown: inUnit,
  words: (shown) => withUnit(rounded(shown)),
  bare: (shown) => numberWords(rounded(shown)),
};

/** Sums of weights, which nobody wants to the gram. */
export const VOLUME: Quantity = {
  ...WEIGHT,
  words: (shown) => withUnit(Math.round(shown)),
  bare: (shown) => numberWords(Math.round(shown)),
};

/** How many sets; a mean of them, to whole ones. */
export const SETS: Quantity = {
  shown: (sets) => sets,
  words: (sets) => m.chart_sets({ count: Math.round(sets) }),
  bare: numberWords,
};

/** Training loads, and means of them: effort times minutes, which has no unit. */
export const LOAD: Quantity = {
  shown: (load) => load,
  words: (load) => numberWords(Math.round(load)),
  bare: (load) => numberWords(Math.round(load)),
};

/** Efforts, and means of them. */
export const EFFORT: Quantity = {
  shown: (effort) => effort,
  words: (effort) => numberWords(rounded(effort)),
  bare: (effort) => numberWords(rounded(effort)),
};
