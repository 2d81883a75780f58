/** How many digits a PIN has, as a number or a range. */
import { PIN_DIGITS } from '../bridge/generated';

export function pinDigits(whose: keyof typeof PIN_DIGITS): string {
  const { min, max }: { min: number; max: number } = PIN_DIGITS[whose];
  return min === max ? String(min) : `${String(min)}–${String(max)}`;
}
