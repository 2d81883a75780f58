import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';

import { normalizePath, type Plugin, type Rolldown } from 'vite';

import { closure, textsName } from './chunks.config.js';
import { laterImports, lookup, textFile, textsOf, withTexts, type Texts } from './text-sources.config.js';

/** Stands for the name of a file of texts, until it is known which chunk has which messages. */
const PLACEHOLDER = /__TEXTS_OF_(ENTRY|\d+)__/g;

/**
 * Moves the texts out of the message functions that paraglide writes, into files of their own: for the entry and for
 * each chunk that is imported later, one in each language, with the texts that it adds to those already loaded. A
 * message function looks its text up, and an import waits for the texts of the chunk as well. In development and in
 * tests the functions stay as paraglide writes them.
 */
export function texts(outdir: string, locales: readonly string[]): Plugin {
  const directory = `${normalizePath(outdir)}/messages/`;
  let files: readonly string[] = [];
  const messages = new Map<string, { number: number; texts: Texts }>();
  /** The modules that are imported later; a placeholder has the index of one. */
  const targets: string[] = [];
  const written = new Set<string>();

  function placeholderFor(target: string): string {
    if (!targets.includes(target)) targets.push(target);
    return `__TEXTS_OF_${String(targets.indexOf(target))}__`;
  }

  /** The texts in these chunks, in an order that is the same in each build. */
  function textsIn(chunks: readonly Rolldown.RenderedChunk[]): Map<number, Texts> {
    const ids = chunks.flatMap(({ moduleIds }) => moduleIds);
    const found = ids.map((id) => messages.get(id)).filter((message) => message !== undefined);
    found.sort((one, other) => one.number - other.number);
    return new Map(found.map(({ number, texts }) => [number, texts]));
  }

  return {
    name: 'ringside-texts',
    apply: 'build',
    // Components are JavaScript by then.
    enforce: 'post',

    config: () => ({ define: { __TEXTS_OF_ENTRY__: JSON.stringify('__TEXTS_OF_ENTRY__') } }),

    async transform(code, id) {
      if (id.startsWith(directory) && !id.endsWith('/_index.js')) {
        if (files.length === 0) files = readdirSync(directory).sort();
        const file = id.slice(directory.length);
        const key = file.replace(/\.js$/, '');
        const number = files.indexOf(file);
        messages.set(id, { number, texts: textsOf(key, locales, code, this.parse(code)) });
        return { code: lookup(key, number), map: null };
      }
      if (id.includes('/node_modules/') || !code.includes('import(')) return null;
      const imports = laterImports(this.parse(code));
      const resolved = await Promise.all(imports.map(({ specifier }) => this.resolve(specifier, id)));
      const names = resolved.map((target) => (target ? placeholderFor(target.id) : ''));
      return { code: withTexts(code, imports, names), map: null };
    },

    renderStart() {
      written.clear();
    },

    async renderChunk(code, importer, _, meta) {
      const chunks = Object.values(meta.chunks);
      const names = new Map<string, string>();
      for (const of of placeholdersIn(code)) {
        const { chunk, added } =
          of === 'ENTRY' ? start(chunks) : addedBy(targets[Number(of)], importer, chunks);
        const files = await textFiles(textsIn(added), locales);
        if (!chunk || !files) continue;
        const name = textsName(chunk.name, files.hash);
        names.set(of, name);
        for (const [locale, source] of files.sources) {
          const fileName = `${this.environment.config.build.assetsDir}/${name}.${locale}.js`;
          if (!written.has(fileName)) this.emitFile({ type: 'asset', fileName, source });
          written.add(fileName);
        }
      }
      return { code: code.replace(PLACEHOLDER, (_, of: string) => names.get(of) ?? ''), map: null };
    },
  };
}

type Chunk = Rolldown.RenderedChunk;

function placeholdersIn(code: string): Set<string> {
  return new Set([...code.matchAll(PLACEHOLDER)].map(([, of = '']) => of));
}

/** The chunk that a window starts with, and all that it loads. */
function start(chunks: readonly Chunk[]) {
  const entries = chunks.filter(({ isEntry }) => isEntry);
  return { chunk: entries[0], added: closure(entries, chunks) };
}

/** The chunk that has the module `target`, and what is loaded when `importer` asks for it and wasn't before. */
function addedBy(target: string | undefined, importer: Chunk, chunks: readonly Chunk[]) {
  const chunk = chunks.find(({ moduleIds }) => target !== undefined && moduleIds.includes(target));
  const own = chunks.filter(({ fileName }) => fileName === importer.fileName);
  const before = [...start(chunks).added, ...closure(own, chunks)];
  const added = closure(chunk ? [chunk] : [], chunks).filter((one) => !before.includes(one));
  return { chunk, added };
}

/** A file with these texts for each language, and a hash of them all; `null` if there are no texts. */
async function textFiles(texts: ReadonlyMap<number, Texts>, locales: readonly string[]) {
  if (texts.size === 0) return null;
  const sources = await Promise.all(
    locales.map(async (locale) => [locale, await textFile(texts, locale)] as const),
  );
  const hash = createHash('sha256').update(JSON.stringify(sources)).digest('base64url').slice(0, 8);
  return { hash, sources };
}
