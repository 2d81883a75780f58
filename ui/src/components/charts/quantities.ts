/** What the numbers of a chart are: how they are drawn, in the unit of whoever looks, and how they are said. */
import { m } from '../../paraglide/messages';
import { numberWords } from '../../words/numbers';
import { weightWords } from '../../words/values';

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

/** Weights, stored in kilograms. */
export const WEIGHT: Quantity = {
  shown: (kg) => kg,
  words: (shown) => weightWords(rounded(shown)),
  bare: (shown) => numberWords(rounded(shown)),
};

/** Sums of weights, which nobody wants to the gram. */
export const VOLUME: Quantity = {
  ...WEIGHT,
  words: (shown) => weightWords(Math.round(shown)),
  bare: (shown) => numberWords(Math.round(shown)),
};

/** How many sets. */
export const SETS: Quantity = {
  shown: (sets) => sets,
  words: (sets) => m.chart_sets({ count: sets }),
  bare: numberWords,
};

/** Efforts, and means of them. */
export const EFFORT: Quantity = {
  shown: (effort) => effort,
  words: (effort) => numberWords(rounded(effort)),
  bare: (effort) => numberWords(rounded(effort)),
};
