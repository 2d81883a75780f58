import { gzipSync } from 'node:zlib';

import type { Plugin } from 'vite';

/** All JavaScript that the start of a part loads, gzipped, in bytes: what a window parses before it shows something. */
export const BUDGET = 80 * 1024;

/** The parts of the windows, and the view that each of them loads once it is known who is there. */
const PARTS = {
  'sign-in': 'src/views/SignIn.svelte',
  trainer: 'src/views/trainer/TrainerView.svelte',
  athlete: 'src/views/athlete/AthleteView.svelte',
  kiosk: 'src/views/kiosk/Kiosk.svelte',
};

/** The views that a start may load, from this directory on. */
export const VIEWS: readonly string[] = Object.values(PARTS);

/** What the budget has to know of a chunk. */
export interface Chunk {
  fileName: string;
  isEntry: boolean;
  /** The module that is asked for when the chunk is. */
  facadeModuleId: string | null;
  /** The chunks it can't do without; those it imports later are not among them. */
  imports: readonly string[];
  code: string;
}

/** What the start of each part loads, gzipped, in bytes: the entry, the chunk of the part, and what these import. */
export function sizes(chunks: readonly Chunk[]): [part: string, bytes: number][] {
  const entries = chunks.filter(({ isEntry }) => isEntry);
  return Object.entries(PARTS).map(([part, view]) => {
    const own = chunks.find(({ facadeModuleId }) =>
      facadeModuleId?.replaceAll('\\', '/').endsWith(`/${view}`),
    );
    if (!own) throw new Error(`${part}: ${view} is not the beginning of a chunk`);
    const loaded = closure([...entries, own], chunks);
    return [part, loaded.reduce((sum, { code }) => sum + gzipSync(code).length, 0)];
  });
}

/** `wanted`, and all that they import, however indirectly, each once. */
function closure(wanted: readonly Chunk[], chunks: readonly Chunk[]): Chunk[] {
  const loaded = new Set(wanted);
  // A set is gone through to its end, also to what is added meanwhile.
  for (const { imports } of loaded) {
    for (const chunk of chunks) if (imports.includes(chunk.fileName)) loaded.add(chunk);
  }
  return [...loaded];
}

/** Prints what the start of each part loads, and fails a build in which one loads more than agreed on. */
export function budget(): Plugin {
  return {
    name: 'ringside-budget',
    apply: 'build',
    generateBundle(_, bundle) {
      const parts = sizes(Object.values(bundle).filter((file) => file.type === 'chunk'));
      const lines = parts.map(([part, bytes]) => `  ${part.padEnd(8)} ${kilobytes(bytes)}`);
      this.environment.logger.info(
        [`JavaScript of a start, gzip, at most ${kilobytes(BUDGET)}:`, ...lines].join('\n'),
      );
      const over = parts.filter(([, bytes]) => bytes > BUDGET);
      if (over.length > 0) {
        const named = over.map(([part, bytes]) => `${part}: ${bytes} bytes`);
        this.error(
          `more gzipped JavaScript at a start than the ${BUDGET} bytes agreed on: ${named.join(', ')}`,
        );
      }
    },
  };
}

/** Kilobytes of 1024 bytes. */
function kilobytes(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} KB`;
}
