/** Numbers and durations as a person types them, in any of the languages. */

/**
 * `82,5` or `82.5`, and `1.500` or `1,500` as one thousand five hundred: nobody plans to the gram. `null` when it is not a
 * number at all.
 */
export function readNumber(text: string): number | null {
  const typed = text.trim();
  const grouped = /^[1-9]\d{0,2}(?:([.,])\d{3})(?:\1\d{3})*$/.test(typed);
  const plain = grouped ? typed.replace(/[.,]/g, '') : typed.replace(',', '.');
  return /^\d+(\.\d*)?$/.test(plain) ? Number(plain) : null;
}

/** `90`, `1:30` or `1:02:05` as seconds; `null` when it is none of them. */
export function readDuration(text: string): number | null {
  const match = /^(?:(?:(\d+):)?(\d+):)?(\d+)\s*s?$/.exec(text.trim());
  if (!match) return null;
  const [, hours = '0', minutes = '0', seconds = '0'] = match;
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}
