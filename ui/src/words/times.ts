/** Instants and durations as a person reads them. */
import type { Timestamp } from '../bridge/bridge';
import { perLanguage } from './per-language';

const NARROW_SPACE = '\u202F';

/** A duration in seconds as `30 s`, `1:30` or `1:02:05`. */
export function durationWords(seconds: number): string {
  return seconds < 60 ? `${Math.max(0, Math.floor(seconds))}${NARROW_SPACE}s` : clockWords(seconds);
}

/** A duration in seconds as a clock shows it, `0:09`, `1:30`, `1:02:05`. */
export function clockWords(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [h, min, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (value: number) => String(value).padStart(2, '0');
  return h > 0 ? `${h}:${two(min)}:${two(s)}` : `${min}:${two(s)}`;
}

/** Sorts by an instant of each, the newest first. */
export function newestFirst<T>(list: readonly T[], at: (one: T) => Timestamp): T[] {
  return list.toSorted((a, b) => Date.parse(at(b)) - Date.parse(at(a)));
}

const day = perLanguage(
  (locale) => new Intl.DateTimeFormat(locale, { weekday: 'short', day: 'numeric', month: 'long' }),
);
const timeOfDay = perLanguage(
  (locale) => new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' }),
);

/** The day of an instant, with its weekday. */
export function dayWords(at: Timestamp): string {
  return day().format(new Date(at));
}

/** The day of something past: with its year once the day alone would be taken for one of the last months. */
export function pastDayWords(at: Timestamp, now: number): string {
  return now - Date.parse(at) < SAME_YEAR_MS ? dayWords(at) : dateWords(at);
}
export const DAY_MS = 86_400_000;
/** What is less long ago needs no year. */
export const SAME_YEAR_MS = 300 * DAY_MS;

/** The time of day of an instant. */
export function timeWords(at: Timestamp): string {
  return timeOfDay().format(new Date(at));
}

const date = perLanguage((locale) => new Intl.DateTimeFormat(locale, { dateStyle: 'medium' }));
const dateAndTime = perLanguage(
  (locale) => new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }),
);

/** A date with its year, as in a table. */
export function dateWords(at: Timestamp): string {
  return date().format(new Date(at));
}

/** A date and the time of day, as in a log. */
export function dateTimeWords(at: Timestamp): string {
  return dateAndTime().format(new Date(at));
}
