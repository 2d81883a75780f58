import { basename } from 'node:path';

import type { Rolldown } from 'vite';

import { VIEWS } from './budget.config.js';

const ENTRY = 'src/main.ts';
const MESSAGE = /^(.*\/src\/paraglide\/messages)\/(\w+)\.js$/;

/**
 * What is shared by several chunks: what the window itself needs, what its parts share, and what only views share that
 * are opened later. So a start loads four files, not dozens of small ones, and nothing that it has no use for. A chunk
 * takes along what its modules import, unless one before it has: chunks never import each other in a circle.
 */
export const CHUNKS: Rolldown.CodeSplittingGroup[] = [
  { name: named('window', [ENTRY]), debugName: 'window', priority: 2 },
  { name: named('parts', VIEWS), debugName: 'parts', priority: 1, minShareCount: 2 },
  { name: 'later', minShareCount: 2 },
];

/**
 * Names the chunk of every module that one of `starts` imports, however indirectly. What only one of several does, and
 * then a view that is opened later, has a chunk of its own: no other start loads it.
 */
function named(name: string, starts: readonly string[]): Rolldown.CodeSplittingNameFunction {
  return (id, context) => {
    const importers = new Set([id]);
    // A set is gone through to its end, also to what is added meanwhile.
    for (const importer of importers) for (const next of importersOf(importer, context)) importers.add(next);
    const paths = [...importers].map((importer) => importer.replaceAll('\\', '/'));
    const [first, ...others] = starts.filter((start) => paths.some((path) => path.endsWith(`/${start}`)));
    if (first === undefined) return null;
    return starts.length === 1 || others.length > 0 ? name : `${name}-${basename(first, '.svelte')}`;
  };
}

/** The modules that import one. All messages are imported by one module, so who needs one is told by its name. */
function importersOf(id: string, context: Rolldown.ChunkingContext): readonly string[] {
  const [, folder, message] = MESSAGE.exec(id) ?? [];
  if (!folder || !message) return context.getModuleInfo(id)?.importers ?? [];
  const all = context.getModuleInfo(`${folder}.js`)?.importers ?? [];
  return all.filter((importer) => messagesIn(context.getModuleInfo(importer)).has(message));
}

const messages = new Map<string, ReadonlySet<string>>();

/** The messages a module uses. */
function messagesIn(module: Rolldown.ModuleInfo | null): ReadonlySet<string> {
  const code = module?.code ?? '';
  const known =
    messages.get(code) ?? new Set([...code.matchAll(/\bm\.(\w+)/g)].map((match) => match[1] ?? ''));
  messages.set(code, known);
  return known;
}
