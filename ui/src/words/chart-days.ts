/** Days and months in the words of charts: in a sentence, below an axis, without a time. Apart, as no start needs them. */
import type { Timestamp } from '../bridge/bridge';
import { perLanguage } from './per-language';
import { DAY_MS, dateWords, SAME_YEAR_MS } from './times';

const monthDay = perLanguage((locale) => new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'long' }));
const longDate = perLanguage((locale) => new Intl.DateTimeFormat(locale, { dateStyle: 'long' }));

/** A day inside a sentence, "3. Oktober": with its year once it is not one of the last months. */
export function sentenceDayWords(at: Timestamp, now: number): string {
  return (now - Date.parse(at) < SAME_YEAR_MS ? monthDay() : longDate()).format(new Date(at));
}

const axisDay = perLanguage((locale) => new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' }));
const axisMonth = perLanguage((locale) => new Intl.DateTimeFormat(locale, { month: 'short' }));
const axisMonthYear = perLanguage(
  (locale) => new Intl.DateTimeFormat(locale, { month: 'short', year: 'numeric' }),
);
const AXIS_OF_DAYS_MS = 150 * DAY_MS;

/** An instant below an axis of so many milliseconds: its day, or its month, the first of a year with that. */
export function axisTimeWords(at: Date, span: number): string {
  if (span < AXIS_OF_DAYS_MS) return axisDay().format(at);
  return (span < SAME_YEAR_MS * 1.5 && at.getMonth() !== 0 ? axisMonth() : axisMonthYear()).format(at);
}

const monthName = perLanguage((locale) => new Intl.DateTimeFormat(locale, { month: 'long' }));

/** A day without a time, `2026-11-23`, below an axis. */
export function shortDayWords(day: string): string {
  return axisDay().format(new Date(`${day}T12:00`));
}

/** A day without a time, with its year, as in a table. */
export function plainDateWords(day: string): string {
  return dateWords(`${day}T12:00`);
}

/** The month of a day without a time, with its year, below an axis. */
export function shortMonthWords(day: string): string {
  return axisMonthYear().format(new Date(`${day}T12:00`));
}

/** The month of an instant in a sentence: "Oktober". */
export function monthWords(at: Timestamp): string {
  return monthName().format(new Date(at));
}
