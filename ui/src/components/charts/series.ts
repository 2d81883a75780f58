/** What charts draw, made of what the server says: lines with gaps, means, weeks without a hole between them. */
import { bisector, mean } from 'd3-array';

import type { Timestamp } from '../../bridge/bridge';
import { dayStart, inputsOf } from '../../words/local-time';
import { DAY_MS } from '../../words/times';

export const WEEK_MS = 7 * DAY_MS;
/** What is further apart is not joined by a line: nothing is known of what lies between. */
const LONGEST_GAP_MS = 5 * WEEK_MS;

/** A value at an instant, in milliseconds. */
export interface Point {
  at: number;
  value: number;
}

/** The points with `null` wherever the line has a gap. */
export function withGaps(points: readonly Point[], longest = LONGEST_GAP_MS): (Point | null)[] {
  return points.flatMap((point, index) => {
    const before = points[index - 1];
    return before && point.at - before.at > longest ? [null, point] : [point];
  });
}

const at = bisector((point: Point) => point.at);

/** For each point the mean of the seven days that end with it. */
export function sevenDayMean(points: readonly Point[]): Point[] {
  return points.map((point, index) => {
    const first = at.right(points, point.at - WEEK_MS);
    const value = mean(points.slice(first, index + 1), (one) => one.value) ?? point.value;
    return { at: point.at, value };
  });
}

/** The nearest of some places to one, by index; the places are in order. */
export function nearest(places: readonly number[], place: number): number {
  return Math.min(bisector((one: number) => one).center(places, place), Math.max(places.length - 1, 0));
}

/** A day as `2026-11-23`, at noon UTC: the same day in every time zone that is counted in. */
export function dayOf(day: string): number {
  return Date.parse(`${day}T12:00:00Z`);
}

/** When a day begins here, or one some days later, in milliseconds. */
export function beginOfDay(day: string, later = 0): number {
  return instant(dayStart(day, later) ?? '');
}

/** The day of an instant here, as `2026-11-23`. */
export function localDay(instant: number): string {
  return inputsOf(instant).day;
}

/** A day some days later. */
export function laterDay(day: string, days: number): string {
  return new Date(dayOf(day) + days * DAY_MS).toISOString().slice(0, 10);
}

/** The Monday of the week that an instant is in here. */
export function mondayOf(instant: number): string {
  const day = localDay(instant);
  const weekday = new Date(dayOf(day)).getUTCDay();
  return laterDay(day, -((weekday + 6) % 7));
}

/** Every Monday from one to another. */
export function mondays(first: string, last: string): string[] {
  const count = Math.round((dayOf(last) - dayOf(first)) / WEEK_MS) + 1;
  return Array.from({ length: Math.max(count, 0) }, (_, week) => laterDay(first, 7 * week));
}

/** Every month from the one of a day to that of another, as its first day. */
export function months(first: string, last: string): string[] {
  const number = (day: string) => Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1;
  const [from, to] = [number(first), number(last)];
  return Array.from({ length: Math.max(to - from + 1, 0) }, (_, index) => {
    const month = from + index;
    const two = String((month % 12) + 1).padStart(2, '0');
    return `${String(Math.floor(month / 12))}-${two}-01`;
  });
}

/** The instant in milliseconds. */
export function instant(at: Timestamp): number {
  return Date.parse(at);
}
