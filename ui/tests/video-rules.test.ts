/** What a window tells of a video file by itself, and how a poster is made small enough. */
import { describe, expect, it } from 'vitest';

import { LIMITS } from '../src/bridge/generated';
import { fitPoster, lengthProblem, sizeProblem, videoType } from '../src/state/video-rules';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('a file', () => {
  it.each([
    [0, 'empty'],
    [1, null],
    [LIMITS.video_bytes, null],
    [LIMITS.video_bytes + 1, 'too-large'],
  ] as const)('of %i bytes: %s', (size, problem) => {
    expect(sizeProblem(size)).toBe(problem);
  });

  it.each([
    [LIMITS.video_s, null],
    [LIMITS.video_s + 0.1, 'too-long'],
    [Infinity, null],
    [NaN, null],
  ] as const)('of %d seconds: %s', (seconds, problem) => {
    expect(lengthProblem(seconds)).toBe(problem);
  });

  it.each([
    ['an MP4', bytes('\0\0\0\x18ftypisom'), 'video/mp4'],
    ['a QuickTime film', bytes('\0\0\0\x14ftypqt  '), 'video/quicktime'],
    ['an old QuickTime film', bytes('\0\0\0\x08wide\0\0\0\0'), 'video/quicktime'],
    ['a WebM', Uint8Array.of(0x1a, 0x45, 0xdf, 0xa3, 0x9f), 'video/webm'],
    ['HTML in disguise', bytes('<!doctype html><html>'), null],
    ['a picture', Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46), null],
    ['three bytes', bytes('ftm'), null],
  ])('is told by its first bytes: %s', (_what, head, type) => {
    expect(videoType(head)).toBe(type);
  });
});

describe('a poster', () => {
  /** An encoder whose pictures take so many bytes for each pixel of their width. */
  const encoder = (weight: number) => {
    const tried: [number, number][] = [];
    const encode = (width: number, quality: number) => {
      tried.push([width, quality]);
      return Promise.resolve(new Blob([new Uint8Array(Math.round(width * quality * weight))]));
    };
    return { tried, encode };
  };

  it('is as large and as good as its bytes allow', async () => {
    const { tried, encode } = encoder(70);
    const poster = await fitPoster(1920, encode);
    expect(poster?.size).toBeLessThanOrEqual(LIMITS.poster_bytes);
    expect(tried).toEqual([
      [960, 0.82],
      [960, 0.7],
      [960, 0.55],
    ]);
  });

  it('gets smaller when less quality is not enough, and is never larger than the video', async () => {
    const { tried, encode } = encoder(180);
    expect((await fitPoster(640, encode))?.size).toBeLessThanOrEqual(LIMITS.poster_bytes);
    expect(Math.max(...tried.map(([width]) => width))).toBe(640);
    expect(tried.at(-1)?.[0]).toBeLessThan(640);
  });

  it('is none when nothing can be drawn, or nothing is small enough', async () => {
    expect(await fitPoster(640, () => Promise.resolve(null))).toBeNull();
    expect(await fitPoster(640, encoder(100_000).encode)).toBeNull();
  });
});
