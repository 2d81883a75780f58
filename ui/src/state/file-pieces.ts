/** Files on their way from the window to the core, piece by piece. */
import type { StagedFileId } from '../bridge/bridge';
import { FILE_PIECE_BYTES } from '../bridge/generated';
import type { CoreState } from './core-state.svelte';

/** Some bytes of a file; nothing if it can't be read, because it is gone or was changed. */
export async function bytesOf(file: Blob, from: number, to: number): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    return new Uint8Array(await file.slice(from, to).arrayBuffer());
  } catch {
    return null;
  }
}

/**
 * Hands a file over: the next piece is read when the core has the one before. `goesOn` is told how far it is, and ends it
 * by `false`. Returns whether the file could be read.
 */
export async function handOver(
  core: CoreState,
  id: StagedFileId,
  file: Blob,
  goesOn: (bytes: number) => boolean,
): Promise<boolean> {
  let at = 0;
  while (at < file.size && goesOn(at)) {
    const piece = await bytesOf(file, at, at + FILE_PIECE_BYTES);
    if (!piece) return false;
    at = await core.bridge.putFile(id, at, piece);
  }
  goesOn(at);
  return true;
}
