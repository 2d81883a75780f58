import { normalizePath, Visitor, type ESTree, type Plugin } from 'vite';

/** What Vite puts around every import of a chunk. */
const PRELOAD_HELPER = '\0vite/preload-helper.js';

/** Keeps out of the bundle what paraglide and Vite have for cases that don't arise here, 3 KB before compression. */
export function slim(outdir: string): Plugin {
  const runtime = `${normalizePath(outdir)}/runtime.js`;
  return {
    name: 'ringside-slim',
    apply: 'build',
    transform(code, id) {
      // A chunk has no styles of its own, and nothing is preloaded for it (`vite.config.ts`): it is only imported.
      if (id === PRELOAD_HELPER) return { code: 'export const __vitePreload = (load) => load();', map: null };
      // The window says what its language is. Paraglide need not look for it in addresses, cookies and the like.
      if (id === runtime) return { code: withoutStrategies(code, this.parse(code)), map: null };
      return null;
    },
  };
}

/** Paraglide's runtime, in which the language is the base language until it is told another one. */
function withoutStrategies(code: string, program: ESTree.Program): string {
  let changed: string | undefined;
  new Visitor({
    VariableDeclarator({ id, init }) {
      if (id.type === 'Identifier' && id.name === 'getLocale' && init)
        changed = `${code.slice(0, init.start)}() => baseLocale${code.slice(init.end)}`;
    },
  }).visit(program);
  if (changed === undefined) throw new Error('the runtime of paraglide has no getLocale');
  return changed;
}
