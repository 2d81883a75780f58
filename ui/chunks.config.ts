/** What is read of a chunk. */
interface Imports {
  fileName: string;
  /** The chunks it can't do without; those it imports later are not among them. */
  imports: readonly string[];
}

/** `wanted`, and all that they import, however indirectly, each once. */
export function closure<Chunk extends Imports>(wanted: readonly Chunk[], chunks: readonly Chunk[]): Chunk[] {
  const loaded = new Set(wanted);
  // A set is gone through to its end, also to what is added meanwhile.
  for (const { imports } of loaded) {
    for (const chunk of chunks) if (imports.includes(chunk.fileName)) loaded.add(chunk);
  }
  return [...loaded];
}

/** What a file of texts is called in the bundle. What its languages share is how the bundle asks for it. */
export function textsName(chunk: string, hash: string): string {
  return `texts-${chunk}-${hash}`;
}

/** Of which chunk a file has the texts, and in which language; `null` if it has none. */
export function textsIn(fileName: string): { chunk: string; locale: string } | null {
  const [, chunk, locale] = /(?:^|\/)texts-(.+)-[\w-]{8}\.(\w+)\.js$/.exec(fileName) ?? [];
  return chunk !== undefined && locale !== undefined ? { chunk, locale } : null;
}
