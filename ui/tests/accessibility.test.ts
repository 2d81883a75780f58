/** What assistive technology needs, where it can be told from the sources. `views.test.ts` runs axe on every scene. */
import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { sources } from './sources';

const components = sources().filter(({ path }) => path.endsWith('.svelte'));

/** The places in a component's markup that match. */
function found(pattern: RegExp): string[] {
  return components.flatMap(({ path, text }) => {
    const markup = text.slice(text.lastIndexOf('</script>'), text.indexOf('<style>'));
    return [...markup.matchAll(pattern)].map(([match]) => `${path}: ${match}`);
  });
}

describe('every component', () => {
  it('renders a live region before it has something to announce', () => {
    const late = found(/\{(#if|:else|#each|:then)[^}]*\}\s*<\w+[^<>]*role="(status|alert)"/g);
    expect(late).toEqual([]);
  });

  it('labels a button that has no words', () => {
    const buttons = found(/<Button\b(?:[^>]|=>)*?\/>/g);
    expect(buttons.length).toBeGreaterThan(5);
    expect(buttons.filter((button) => !button.includes('aria-label='))).toEqual([]);
  });
});

it('no text is dimmed by opacity', () => {
  const styles = [...components, { path: 'app.css', text: readFileSync('src/app.css', 'utf8') }];
  const paler = styles.flatMap(({ path, text }) =>
    [...text.matchAll(/\bopacity:\s*(0?\.\d+|0)\s*;/g)].map(() => path),
  );
  // The frame that lights up, and the skeleton, hold no words.
  expect(paler.sort()).toEqual(['components/Skeleton.svelte', 'components/athlete/FrameFlash.svelte']);
});
