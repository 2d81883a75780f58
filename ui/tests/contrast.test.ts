/** The colours' ratios, computed from the tokens themselves: browserless tests can't see, so the numbers are held here. */
import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

type Rgb = readonly [number, number, number];
type Scheme = 'light' | 'dark';

const css = readFileSync('src/tokens.css', 'utf8');

/** A token's colour in linear sRGB. OKLCH to sRGB by Björn Ottosson's matrices (https://bottosson.github.io/posts/oklab/). */
function colour(token: string, scheme: Scheme): Rgb {
  const match = new RegExp(`--${token}: light-dark\\(\\s*oklch\\(([^)]+)\\),\\s*oklch\\(([^)]+)\\)`).exec(
    css,
  );
  if (!match) throw new Error(`no pair of colours called --${token}`);
  const [l = 0, c = 0, h = 0] = (scheme === 'light' ? match[1] : match[2])?.split(' ').map(Number) ?? [];
  const a = c * Math.cos((h * Math.PI) / 180);
  const b = c * Math.sin((h * Math.PI) / 180);
  const [x, y, z] = [
    (l + 0.3963377774 * a + 0.2158037573 * b) ** 3,
    (l - 0.1055613458 * a - 0.0638541728 * b) ** 3,
    (l - 0.0894841775 * a - 1.291485548 * b) ** 3,
  ] as const;
  const inGamut = (value: number) => Math.min(1, Math.max(0, value));
  return [
    inGamut(4.0767416621 * x - 3.3077115913 * y + 0.2309699292 * z),
    inGamut(-1.2684380046 * x + 2.6097574011 * y - 0.3413193965 * z),
    inGamut(-0.0041960863 * x - 0.7034186147 * y + 1.707614701 * z),
  ];
}

/** WCAG 2.2 contrast ratio. */
function ratio(one: Rgb, other: Rgb): number {
  const luminance = ([r, g, b]: Rgb) => 0.2126 * r + 0.7152 * g + 0.0722 * b;
  const [brighter = 0, darker = 0] = [luminance(one), luminance(other)].sort((x, y) => y - x);
  return (brighter + 0.05) / (darker + 0.05);
}

const GROUNDS = ['paper', 'surface', 'raised'];
const EFFORTS = ['effort-1', 'effort-2', 'effort-3', 'effort-4', 'effort-5'];

/** Text on its ground: 7:1, because an athlete reads it from three metres away. */
const READ_FAR: [string, string][] = [
  ...['ink', 'ink-soft', 'accent'].flatMap((text) =>
    GROUNDS.map((ground): [string, string] => [text, ground]),
  ),
  ['ink', 'key'],
  ['ink', 'key-act'],
  ['ink', 'pain-wash'],
  ['ink', 'accent-wash'],
  ['pain', 'paper'],
  ['pain', 'surface'],
  ['on-accent', 'accent'],
  ['on-accent', 'accent-strong'],
  ['on-pain', 'pain'],
  ...EFFORTS.map((effort): [string, string] => ['on-effort', effort]),
];

const READ_NEAR: [string, string][] = [
  ['ink-soft', 'accent-wash'],
  ['ink-soft', 'pain-wash'],
  ['pain', 'raised'],
  ['pain', 'pain-wash'],
];

/** What is seen but not read: edges of controls, focus, effort steps. */
const SEEN: [string, string][] = [
  ...['edge', 'focus', ...EFFORTS].flatMap((mark) =>
    ['paper', 'surface'].map((on): [string, string] => [mark, on]),
  ),
];

describe.each(['light', 'dark'] as const)('in the %s theme', (scheme) => {
  it.each(READ_FAR)('%s on %s is at least 7:1', (text, ground) => {
    expect(ratio(colour(text, scheme), colour(ground, scheme))).toBeGreaterThanOrEqual(7);
  });

  it.each(READ_NEAR)('%s on %s is at least 4.5:1', (text, ground) => {
    expect(ratio(colour(text, scheme), colour(ground, scheme))).toBeGreaterThanOrEqual(4.5);
  });

  it.each(SEEN)('%s on %s is at least 3:1', (mark, ground) => {
    expect(ratio(colour(mark, scheme), colour(ground, scheme))).toBeGreaterThanOrEqual(3);
  });
});

it('on paper it is light, also from a window that is dark', () => {
  const printed = readFileSync('src/app.css', 'utf8').split('@media print')[1] ?? '';
  const [, selectors = ''] = /([^{}]+)\{[^{}]*color-scheme: light;/.exec(printed.replace('{', '')) ?? [];
  // A chosen theme is as specific as this, and stands before it.
  expect(selectors.split(',').map((one) => one.trim())).toContain(':root[data-theme]');
});
