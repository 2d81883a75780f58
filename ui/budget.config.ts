import { gzipSync } from 'node:zlib';

import type { Plugin } from 'vite';

import { closure, textsIn } from './chunks.config.js';

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
  name: string;
  fileName: string;
  isEntry: boolean;
  /** The module that is asked for when the chunk is. */
  facadeModuleId: string | null;
  imports: readonly string[];
  code: string;
}

/** What the budget has to know of a file that is no chunk: those with texts are JavaScript, too. */
export interface Asset {
  fileName: string;
  source: string | Uint8Array;
}

/** What the start of each part loads, gzipped, in bytes: the entry, the chunk of the part, what these import, and their
 * texts in the language that needs most. */
export function sizes(chunks: readonly Chunk[], assets: readonly Asset[]): [part: string, bytes: number][] {
  const entries = chunks.filter(({ isEntry }) => isEntry);
  return Object.entries(PARTS).map(([part, view]) => {
    const own = chunks.find(({ facadeModuleId }) =>
      facadeModuleId?.replaceAll('\\', '/').endsWith(`/${view}`),
    );
    if (!own) throw new Error(`${part}: ${view} is not the beginning of a chunk`);
    const asked = [...entries, own];
    const loaded = closure(asked, chunks).map(({ code }) => gzipSync(code).length);
    return [part, sum(loaded) + largest(textSizes(asked, assets))];
  });
}

/** How large the texts are that come with these chunks, by language. */
function textSizes(chunks: readonly Chunk[], assets: readonly Asset[]): Map<string, number> {
  const sizes = new Map<string, number>();
  for (const { fileName, source } of assets) {
    const texts = textsIn(fileName);
    if (!texts || !chunks.some(({ name }) => name === texts.chunk)) continue;
    sizes.set(texts.locale, (sizes.get(texts.locale) ?? 0) + gzipSync(source).length);
  }
  return sizes;
}

function sum(sizes: readonly number[]): number {
  return sizes.reduce((sum, size) => sum + size, 0);
}

function largest(sizes: ReadonlyMap<string, number>): number {
  return Math.max(0, ...sizes.values());
}

/** Prints what the start of each part loads, and fails a build in which one loads more than agreed on. */
export function budget(): Plugin {
  return {
    name: 'ringside-budget',
    apply: 'build',
    generateBundle(_, bundle) {
      const files = Object.values(bundle);
      const parts = sizes(
        files.filter((file) => file.type === 'chunk'),
        files.filter((file) => file.type === 'asset'),
      );
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
