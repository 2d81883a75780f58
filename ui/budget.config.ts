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

/** All JavaScript that comes with the first chart, gzipped, in bytes. */
export const CHARTS_BUDGET = 20 * 1024;

/** What is loaded when a chart is wanted, and the places that have one, each with the part it is in. */
const CHARTS = 'src/components/charts/charts.ts';
const PLACES = [
  ['trainer', 'src/views/athletes/AthletesView.svelte'],
  ['athlete', 'src/views/history/HistoryView.svelte'],
  ['athlete', 'src/views/weight/WeightView.svelte'],
] as const;

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
  return Object.entries(PARTS).map(([part, view]) => {
    const asked = [...entries(chunks), beginningWith(view, part, chunks)];
    return [part, codeSize(closure(asked, chunks)) + largest(textSizes(asked, assets))];
  });
}

/**
 * What charts load, gzipped, in bytes, where they load most: what their chunk imports that neither the start of the part
 * nor the place around them has, and their texts in the language that needs most.
 */
export function chartsSize(chunks: readonly Chunk[], assets: readonly Asset[]): number {
  const charts = beginningWith(CHARTS, 'charts', chunks);
  const code = PLACES.map(([part, place]) => {
    const around = [PARTS[part], place].map((view) => beginningWith(view, part, chunks));
    const before = closure([...entries(chunks), ...around], chunks);
    return codeSize(closure([charts], chunks).filter((chunk) => !before.includes(chunk)));
  });
  return Math.max(...code) + largest(textSizes([charts], assets));
}

function entries(chunks: readonly Chunk[]): Chunk[] {
  return chunks.filter(({ isEntry }) => isEntry);
}

/** The chunk that is loaded when a module is asked for; `of` says whose it is when there is none. */
function beginningWith(module: string, of: string, chunks: readonly Chunk[]): Chunk {
  const found = chunks.find(({ facadeModuleId }) =>
    facadeModuleId?.replaceAll('\\', '/').endsWith(`/${module}`),
  );
  if (!found) throw new Error(`${of}: ${module} is not the beginning of a chunk`);
  return found;
}

function codeSize(chunks: readonly Chunk[]): number {
  return sum(chunks.map(({ code }) => gzipSync(code).length));
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

/** Prints what the start of each part and what charts load, and fails a build in which one is more than agreed on. */
export function budget(): Plugin {
  return {
    name: 'ringside-budget',
    apply: 'build',
    generateBundle(_, bundle) {
      const files = Object.values(bundle);
      const chunks = files.filter((file) => file.type === 'chunk');
      const assets = files.filter((file) => file.type === 'asset');
      const parts = sizes(chunks, assets);
      const charts = chartsSize(chunks, assets);
      const lines = parts.map(([part, bytes]) => `  ${part.padEnd(8)} ${kilobytes(bytes)}`);
      this.environment.logger.info(
        [
          `JavaScript of a start, gzip, at most ${kilobytes(BUDGET)}:`,
          ...lines,
          `JavaScript of all charts, gzip, at most ${kilobytes(CHARTS_BUDGET)}: ${kilobytes(charts)}`,
        ].join('\n'),
      );
      const over = parts.filter(([, bytes]) => bytes > BUDGET);
      if (over.length > 0) {
        const named = over.map(([part, bytes]) => `${part}: ${bytes} bytes`);
        this.error(
          `more gzipped JavaScript at a start than the ${BUDGET} bytes agreed on: ${named.join(', ')}`,
        );
      }
      if (charts > CHARTS_BUDGET)
        this.error(
          `more gzipped JavaScript of charts than the ${CHARTS_BUDGET} bytes agreed on: ${charts} bytes`,
        );
    },
  };
}

/** Kilobytes of 1024 bytes. */
function kilobytes(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} KB`;
}
