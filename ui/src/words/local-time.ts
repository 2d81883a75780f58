/** Days and times of day as date and time inputs hold them, in the time zone of this machine, and other time zones. */
import type { Timestamp } from '../bridge/bridge';

/** When a day begins, or one some days later; nothing while the date is not complete. */
export function dayStart(day: string, later = 0): Timestamp | null {
  const at = new Date(`${day}T00:00`);
  if (Number.isNaN(at.getTime())) return null;
  at.setDate(at.getDate() + later);
  return at.toISOString();
}

/** An instant in milliseconds, as its inputs hold it. */
export function inputsOf(instant: number): { day: string; time: string } {
  const local = new Date(instant - new Date(instant).getTimezoneOffset() * 60_000).toISOString();
  return { day: local.slice(0, 10), time: local.slice(11, 16) };
}

/** The instant that two inputs hold, in milliseconds; nothing while they are not complete. */
export function instantOf(day: string, time: string): number | null {
  const instant = Date.parse(`${day}T${time}`);
  return Number.isNaN(instant) ? null : instant;
}

/** An instant in milliseconds, as it is sent. */
export function timestamp(instant: number): Timestamp {
  return new Date(instant).toISOString();
}

/** How far back somebody's trainings may have been noted. */
const YEARS = 20;

/** Whether the clocks of two time zones have shown the same for many years: a zone has several names. */
export function isSameTime(zone: string, other: string, now: number): boolean {
  if (zone === other) return true;
  try {
    const [clock, otherClock] = [zone, other].map(
      (timeZone) => new Intl.DateTimeFormat('en', { timeZone, dateStyle: 'short', timeStyle: 'short' }),
    );
    const months = Array.from({ length: 12 * YEARS }, (_, month) => now - month * MONTH_MS);
    return months.every((at) => clock?.format(at) === otherClock?.format(at));
  } catch {
    // This machine may not know a zone of another one.
    return false;
  }
}
const MONTH_MS = 30 * 24 * 60 * 60 * 1000;
