/**
 * A core that plays by a script: for looking at views in a plain browser and for tests. It answers calls with what the
 * scene says and tells the window whatever the scene tells it; it knows no rules.
 */
import type {
  Bridge,
  CallName,
  Calls,
  Failure,
  Message,
  StagedFileId,
  VideoId,
  VideoPart,
} from '../src/bridge/bridge';

export type Answers = {
  [K in CallName]?: (args: Calls[K]['args']) => Calls[K]['reply'] | Promise<Calls[K]['reply']>;
};

/** What the commands beside the calls answer: those that move bytes. */
export interface ByteAnswers {
  putFile?: (file: StagedFileId, offset: number, piece: Uint8Array<ArrayBuffer>) => number | Promise<number>;
  readVideo?: (id: VideoId, part: VideoPart) => ArrayBuffer | Promise<ArrayBuffer>;
}

export class ScriptedBridge implements Bridge {
  /** Every call so far, in order. */
  readonly calls: { name: CallName; args: unknown }[] = [];
  /** What was read of videos so far, in order. */
  readonly reads: { id: VideoId; part: VideoPart }[] = [];
  #receive: ((message: Message) => void) | null = null;

  constructor(
    public answers: Answers = {},
    public bytes: ByteAnswers = {},
  ) {}

  call<K extends CallName>(name: K, args: Calls[K]['args']): Promise<Calls[K]['reply']> {
    this.calls.push({ name, args });
    const answer = this.answers[name];
    if (!answer) return Promise.reject(failure('internal', { detail: `${name} is not in the script` }));
    return Promise.resolve().then(() => answer(args));
  }

  putFile(file: StagedFileId, offset: number, piece: Uint8Array<ArrayBuffer>): Promise<number> {
    const answer = this.bytes.putFile ?? (() => offset + piece.length);
    return Promise.resolve().then(() => answer(file, offset, piece));
  }

  readVideo(id: VideoId, part: VideoPart): Promise<ArrayBuffer> {
    this.reads.push({ id, part });
    const answer = this.bytes.readVideo;
    if (!answer) return Promise.reject(failure('unreachable'));
    return Promise.resolve().then(() => answer(id, part));
  }

  listen(receive: (message: Message) => void): Promise<() => void> {
    this.#receive = receive;
    return Promise.resolve(() => {
      this.#receive = null;
    });
  }

  /** Tells the window something. */
  emit(message: Message): void {
    this.#receive?.(message);
  }
}

/** A failure as the core rejects a call with it. */
export function failure(code: Failure['code'], more: Partial<Failure> = {}): Failure {
  return { code, fields: [], detail: null, request_id: null, retry_after_s: null, ...more };
}
