/** The windows' own source files, for tests that hold them to a rule. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

export interface Source {
  /** Path below `src`. */
  path: string;
  text: string;
}

export function sources(): Source[] {
  return readdirSync('src', { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(svelte|ts)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path: relative('src', path), text: readFileSync(path, 'utf8') }))
    .filter(
      ({ path }) =>
        !path.startsWith('paraglide/') && path !== 'bridge/generated.ts' && !path.endsWith('.test.ts'),
    );
}
