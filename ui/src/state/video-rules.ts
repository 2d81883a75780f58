/** What a window can tell of a video file by itself: its size, its length, and whether its bytes begin like a video. */
import { LIMITS } from '../bridge/generated';

/** How many bytes of a file say what kind it is. */
export const HEAD_BYTES = 64;

/** Why a file is not sent. */
export type FileProblem = 'several' | 'empty' | 'too-large' | 'too-long' | 'not-a-video' | 'unreadable';

/** What is wrong with a video of this length; some files don't say theirs. */
export function lengthProblem(seconds: number): FileProblem | null {
  return Number.isFinite(seconds) && seconds > LIMITS.video_s ? 'too-long' : null;
}

/** What is wrong with a file of this size. */
export function sizeProblem(bytes: number): FileProblem | null {
  if (bytes === 0) return 'empty';
  return bytes > LIMITS.video_bytes ? 'too-large' : null;
}

/**
 * The media type of a video by its first bytes, whatever its name says; `null` if it is none that can be sent. What is
 * inside is for the server to check.
 */
export function videoType(head: Uint8Array): string | null {
  if (EBML.every((byte, at) => head[at] === byte)) return 'video/webm';
  const box = text(head, 4, 8);
  if (box === 'ftyp') return text(head, 8, 12) === 'qt  ' ? 'video/quicktime' : 'video/mp4';
  return OLD_QUICKTIME.includes(box) ? 'video/quicktime' : null;
}

/** How a WebM file begins, as every Matroska file does. */
const EBML = [0x1a, 0x45, 0xdf, 0xa3];
/** The boxes that a QuickTime file without a type of its own begins with. */
const OLD_QUICKTIME = ['moov', 'mdat', 'wide', 'free', 'skip', 'pnot'];

function text(bytes: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...bytes.subarray(from, to));
}

/** Sizes and qualities of a poster, best first: the first one that is small enough is taken. */
const WIDTHS = [960, 720, 540, 400, 280];
const QUALITIES = [0.82, 0.7, 0.55, 0.4];

/**
 * A poster that is small enough to be sent, or `null` if it can't be made that small. `encode` draws the picture with
 * this width and quality, or says that it can't.
 */
export async function fitPoster(
  width: number,
  encode: (width: number, quality: number) => Promise<Blob | null>,
): Promise<Blob | null> {
  const widths = [...new Set(WIDTHS.map((most) => Math.min(most, width)))];
  for (const drawn of widths) {
    for (const quality of QUALITIES) {
      const poster = await encode(drawn, quality);
      if (!poster) return null;
      if (poster.size <= LIMITS.poster_bytes) return poster;
    }
  }
  return null;
}
