/**
 * The calls of a window to the core and the messages back, as an interface: the product's is `tauri.ts`, tests and the
 * gallery have a scripted one. Deliberately absent: HTTP, tokens, cursors. A window never sees them.
 */
import type {
  Calls as AgentCalls,
  Failure,
  KioskCalls,
  Message,
  StagedFileId,
  VideoId,
  VideoPart,
} from './generated';

export type * from './generated';

/** The calls of the profile in the foreground and, on a kiosk, those of the kiosk itself. */
export type Calls = AgentCalls & KioskCalls;

export type CallName = keyof Calls;

export interface Bridge {
  /** Asks the core for something; rejects with a {@link Failure}. */
  call<K extends CallName>(name: K, args: Calls[K]['args']): Promise<Calls[K]['reply']>;
  /** Hands over the bytes of a file from `offset` on, at most `FILE_PIECE_BYTES`; returns where the next ones begin. */
  putFile(file: StagedFileId, offset: number, piece: Uint8Array<ArrayBuffer>): Promise<number>;
  /** The bytes of a video or of its poster, from this machine or else from the server; rejects as a call does. */
  readVideo(id: VideoId, part: VideoPart): Promise<ArrayBuffer>;
  /** Passes every message of the core for this window on, in order, until the returned function is called. */
  listen(receive: (message: Message) => void): Promise<() => void>;
}

/** Whatever was thrown, as a failure a window can put into words. */
export function asFailure(thrown: unknown): Failure {
  if (isFailure(thrown)) return thrown;
  const detail = thrown instanceof Error ? thrown.message : typeof thrown === 'string' ? thrown : null;
  return { code: 'internal', fields: [], detail, request_id: null, retry_after_s: null };
}

/** Whether a failure means that the server's address may be wrong. */
export function isServerInQuestion(failure: Failure | null): boolean {
  return ['unreachable', 'certificate', 'not-ringside', 'other-version', 'bad-address'].includes(
    failure?.code ?? '',
  );
}

function isFailure(thrown: unknown): thrown is Failure {
  return (
    typeof thrown === 'object' &&
    thrown !== null &&
    'code' in thrown &&
    typeof thrown.code === 'string' &&
    'fields' in thrown &&
    Array.isArray(thrown.fields)
  );
}
