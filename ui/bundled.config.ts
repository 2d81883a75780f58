import { readFileSync } from 'node:fs';

import type { Plugin } from 'vite';

import type { Licences } from './src/state/licences';

/** Where each npm package lies, and what is made by one of them outside of it. */
const MADE_BY: readonly [RegExp, (match: RegExpExecArray) => string][] = [
  [/node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/, (match) => match[1] ?? ''],
  [/\/src\/paraglide\//, () => '@inlang/paraglide-js'],
  [/^\0?vite\//, () => 'vite'],
  [/^\0?rolldown\//, () => 'rolldown'],
];

/** Fails a build that puts something of an npm package into the windows which the list of licences does not name, or the
 * other way round: only who puts them together knows what is in them. */
export function bundled(): Plugin {
  return {
    name: 'ringside-bundled',
    apply: 'build',
    generateBundle(_, bundle) {
      const files = Object.values(bundle).flatMap((file) =>
        file.type === 'chunk' ? file.moduleIds : file.originalFileNames,
      );
      const inside = new Set(files.flatMap(packageOf));
      const list = JSON.parse(readFileSync('third-party.json', 'utf8')) as Licences;
      const named = list.packages.filter(({ kind }) => kind === 'npm').map(({ name }) => name);
      const unnamed = [...inside].filter((name) => !named.includes(name));
      const absent = named.filter((name) => !inside.has(name));
      if (unnamed.length + absent.length > 0)
        this.error(
          `BUNDLED in xtask/src/licences/npm.rs lacks [${unnamed.join()}] and should not name [${absent.join()}]`,
        );
    },
  };
}

function packageOf(id: string): string[] {
  const names = MADE_BY.map(([where, name]) => {
    const match = where.exec(id.replaceAll('\\', '/'));
    return match && name(match);
  });
  return names.filter((name) => name !== null).slice(0, 1);
}
