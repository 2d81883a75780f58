/**
 * Where values lie in a plot and what its axes say, in shares of its width and height: a plot is laid out by its style
 * alone, on a screen of any size and on paper.
 *
 * An axis of bars begins at zero. Any other says its values, and spans at least a tenth of the largest: a gram is never
 * drawn as a mountain.
 */
import { extent, nice, ticks } from 'd3-array';
import { timeTicks } from 'd3-time';

import { axisTimeWords } from '../../words/chart-days';
import { DAY_MS } from '../../words/times';

const LEAST_SPAN = 0.1;

export interface Tick {
  /** Its share of the width, or of the height from the top. */
  at: number;
  words: string;
}

export interface Axis {
  /** Where a value lies: its share of the width, or of the height from the top. */
  place: (value: number) => number;
  ticks: readonly Tick[];
}

/** An upright axis for these values; of counts, only whole ones are said. */
export function valueAxis(
  values: readonly number[],
  words: (value: number) => string,
  { fromZero = false, isWhole = false, count = 4 } = {},
): Axis {
  const [least = 0, most = 0] = extent(fromZero ? [0, ...values] : values);
  const missing = Math.max(LEAST_SPAN * Math.max(Math.abs(least), Math.abs(most)) - (most - least), 0);
  const isFlat = missing === 0 && least === most;
  const around = fromZero ? 0 : missing / 2;
  const [bottom, top] = nice(least - around, most + around + (isFlat ? 1 : 0), count);
  const place = (value: number) => (top - value) / (top - bottom);
  return {
    place,
    ticks: ticks(bottom, top, count)
      .filter((value) => !isWhole || Number.isInteger(value))
      .map((value) => ({ at: place(value), words: words(value) })),
  };
}

/** An upright axis for efforts: always all of them. */
export function effortAxis(words: (value: number) => string): Axis {
  const place = (value: number) => 1 - value / 10;
  return { place, ticks: [0, 5, 10].map((value) => ({ at: place(value), words: words(value) })) };
}

/** An axis of time from the first instant to the last; a single one lies in the middle. */
export function timeAxis(first: number, last: number, count = 5): Axis {
  const around = first === last ? 3 * DAY_MS : 0;
  const [from, to] = [first - around, last + around];
  const place = (value: number) => (value - from) / (to - from);
  const said = timeTicks(new Date(from), new Date(to), count).map((at) => ({
    at: place(at.getTime()),
    words: axisTimeWords(at, to - from),
  }));
  // Within days there are ticks at hours, and a day is said once.
  return { place, ticks: said.filter(({ words }, index) => words !== said[index - 1]?.words) };
}

/** An axis of equally wide places, each with its own words, of which at most `count` are said; the last one always is. */
export function placesAxis(words: readonly string[], count = 6): Axis {
  const step = Math.ceil(words.length / count);
  const place = (index: number) => (index + 0.5) / words.length;
  const said = words.map((text, index) => ({ at: place(index), words: text }));
  return { place, ticks: said.filter((_, index) => (words.length - 1 - index) % step === 0) };
}

/** Labels at the end of lines, moved apart where one would lie on another; they stay in their order and in the plot. */
export function apart<T extends { at: number }>(labels: readonly T[], least = 0.16): T[] {
  const sorted = labels.toSorted((a, b) => a.at - b.at);
  const placed: T[] = [];
  for (const [index, label] of sorted.entries()) {
    const above = placed.at(-1);
    const lowest = 1 - (sorted.length - 1 - index) * least;
    const at = Math.min(Math.max(label.at, above ? above.at + least : 0), lowest);
    placed.push({ ...label, at });
  }
  return placed;
}
