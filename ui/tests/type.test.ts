/** Type, where it can be told from the sources: figures of one width are for numbers, and pull the hyphens of words apart. */
import { readFileSync } from 'node:fs';

import { expect, it } from 'vitest';

import { sources } from './sources';

it('tabular figures are used for numbers only', () => {
  const styles = [...sources(), { path: 'app.css', text: readFileSync('src/app.css', 'utf8') }];
  const found = styles.flatMap(({ path, text }) =>
    text.split('}').flatMap((rule) => (rule.includes('tabular-nums') ? [`${path}: ${selectors(rule)}`] : [])),
  );
  expect(found).toEqual(["app.css: .figures, [role='timer'], input[inputmode='decimal']"]);
});

/** What a rule of a style sheet is for. */
function selectors(rule: string): string {
  const before = rule.slice(0, rule.indexOf('{'));
  return before
    .replace(/\/\*.*\*\//s, '')
    .replace(/\s+/g, ' ')
    .trim();
}
