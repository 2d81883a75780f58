/**
 * Numbers and durations as a person types them and as a window writes them. What is written reads back as the same
 * number, in every language; what can mean two numbers is both of them, and is asked.
 */
import { perLanguage } from './per-language';

/** A text as a number: one, one of several, or none that can be read. */
export type Reading =
  | { kind: 'number'; value: number }
  | { kind: 'ambiguous'; values: readonly number[] }
  | { kind: 'unreadable' };

const UNREADABLE: Reading = { kind: 'unreadable' };
const NARROW_SPACE = '\u202F';
const MINUS = '−';
/** What separates groups of three and can't be a decimal mark. */
const GAP = String.raw`[\s'’]`;
/** Digits, perhaps in groups, then a decimal part with either mark. */
const PLAIN = new RegExp(String.raw`^(\d+|\d{1,3}(?:${GAP}\d{3})+)?(?:([.,])(\d+))?$`);
/** Points or commas between groups: only where there are several, or the other mark follows. */
const GROUPED = /^([1-9]\d{0,2}(?:([.,])\d{3})(?:\2\d{3})*)(?:(?!\2)[.,](\d+))?$/;
/** One mark and three digits, the last of them 0: nobody writes a decimal part like that, and nobody groups with less. */
const AMBIGUOUS = /^[1-9]\d{0,2}[.,]\d\d0$/;

/**
 * `82,5` or `82.5`, `-20`, `1 134`, `1.134,5`. One mark alone is a decimal one: `1.134` is a little more than one, as a
 * field itself writes it. Only `1.500` may be one and a half or fifteen hundred.
 */
export function readNumber(text: string): Reading {
  const typed = text.trim();
  const unsigned = typed.replace(/^[+\-−–]\s*/, '');
  const sign = /^[-−–]/.test(typed) ? -1 : 1;
  const numbers = unsignedNumbers(unsigned).map((value) => sign * value + 0);
  const [value] = numbers;
  if (value === undefined) return UNREADABLE;
  return numbers.length === 1 ? { kind: 'number', value } : { kind: 'ambiguous', values: numbers };
}

function unsignedNumbers(text: string): number[] {
  const decimal = Number(text.replace(',', '.'));
  if (AMBIGUOUS.test(text)) return [decimal, Number(text.replace(/[.,]/, ''))];
  const plain = PLAIN.exec(text);
  if (plain) {
    const [, whole, , part] = plain;
    if (whole === undefined && part === undefined) return [];
    return [Number(`${(whole ?? '0').replace(/\D/g, '')}.${part ?? '0'}`)];
  }
  const grouped = GROUPED.exec(text);
  return grouped ? [Number(`${(grouped[1] ?? '').replace(/\D/g, '')}.${grouped[3] ?? '0'}`)] : [];
}

/** `90`, `1:30` or `1:02:05` as seconds, also with a unit: `90 s`, `2 min`, `1,5 h`, `1:30 h`. */
export function readDuration(text: string): Reading {
  const typed = text.trim();
  const clock = /^(?:(\d+):)?(\d+):(\d{1,2})(?:\s*(min|h))?$/i.exec(typed);
  if (clock) {
    const [, first, second, third, unit] = clock;
    const value = Number(first ?? 0) * 3600 + Number(second) * 60 + Number(third);
    // Two parts are minutes and seconds, unless they are said to be hours and minutes.
    const isInHours = first === undefined && unit?.toLowerCase() === 'h';
    return { kind: 'number', value: isInHours ? value * 60 : value };
  }
  const [, number = '', unit = 's'] = /^(.*?)\s*(s|min|h)?$/i.exec(typed) ?? [];
  return scaled(readNumber(number), SECONDS[unit.toLowerCase()] ?? 1);
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, min: 60, h: 3600 };

/** A reading in a smaller unit, rounded to nine decimals: multiplying leaves errors behind them. */
export function scaled(reading: Reading, by: number): Reading {
  if (by === 1) return reading;
  const scale = (value: number) => Number((value * by).toFixed(9));
  if (reading.kind === 'number') return { kind: 'number', value: scale(reading.value) };
  return reading.kind === 'ambiguous' ? { ...reading, values: reading.values.map(scale) } : reading;
}

/** A number as an input holds it: all of it, without groups. */
export function inputWords(value: number): string {
  return plainDigits(value).replace('.', decimalMark());
}

const format = perLanguage((locale) => new Intl.NumberFormat(locale, { maximumFractionDigits: 3 }));

/** A number as the language on screen writes it, in groups that can't be taken for a decimal part. */
export function numberWords(value: number): string {
  return format()
    .formatToParts(value)
    .map(({ type, value }) => (type === 'group' ? NARROW_SPACE : type === 'minusSign' ? MINUS : value))
    .join('');
}

const decimalMark = perLanguage(
  (locale) =>
    new Intl.NumberFormat(locale).formatToParts(1.5).find(({ type }) => type === 'decimal')?.value ?? '.',
);

/** The shortest digits that are this number; never with an exponent. */
function plainDigits(value: number): string {
  const [mantissa = '', exponent] = String(value).split('e');
  if (exponent === undefined) return mantissa;
  const sign = value < 0 ? '-' : '';
  const [whole = '', part = ''] = mantissa.replace('-', '').split('.');
  const by = Number(exponent);
  return by < 0 ? `${sign}0.${'0'.repeat(-by - 1)}${whole}${part}` : `${sign}${whole}${part.padEnd(by, '0')}`;
}
