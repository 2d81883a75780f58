/** How many digits a PIN has, as a number or a range. */
import { PIN_DIGITS } from '../bridge/generated';

/** A member's own PIN, or the studio's. */
export type PinKind = keyof typeof PIN_DIGITS;

export function pinDigits(kind: PinKind): string {
  const { min, max }: { min: number; max: number } = PIN_DIGITS[kind];
  return min === max ? String(min) : `${String(min)}–${String(max)}`;
}
