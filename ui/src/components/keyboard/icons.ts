/** The signs on keys, drawn as in `../icons.ts`. They are here because a start has no use for them. */
export const KEY_ICONS = {
  backspace: 'M9 5.5h11v13H9L3.5 12zM12 9.5l5 5M17 9.5l-5 5',
  shift: 'M12 4.5l7.5 8H15v6.5H9v-6.5H4.5z',
  'new-line': 'M19 6v7H6M10 9l-4 4 4 4',
  'put-away': 'M3.5 5h17v9h-17zM7 8h.1M10.3 8h.1M13.6 8h.1M17 8h.1M8 11h8M9.5 17.5L12 20l2.5-2.5',
} as const;
