/** How long a text is, counted as the server does: in characters as people count them. */
import { LIMITS } from '../bridge/generated';
import { m } from '../paraglide/messages';

const SEGMENTER = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** How many characters a text has; a family emoji is one, and so is a letter with its accents. */
export function characters(text: string): number {
  return [...SEGMENTER.segment(text)].length;
}

/** Whether a text has at most `most` characters, and not more code points than the server takes for so many. */
export function isWithin(text: string, most: number): boolean {
  return characters(text) <= most && [...text].length <= most * LIMITS.code_points_per_char;
}

/** What is wrong with a text that has more characters than it may have. */
export function tooLong(text: string, most: number): string | undefined {
  return isWithin(text, most) ? undefined : m.text_too_long({ count: characters(text), most });
}
