/** Days and times of day as date and time inputs hold them, in the time zone of this machine. */
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
