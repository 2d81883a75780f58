/**
 * Fakes of what only a browser can do with videos (`browser-playback.ts`, `browser-video-file.ts`): jsdom decodes,
 * plays and draws nothing. A test says what the browser would.
 */
import { afterEach, beforeEach } from 'vitest';

import { browserPlayback } from '../src/state/browser-playback';
import { browserVideoFile, type Preview } from '../src/state/browser-video-file';

export class FakeBrowser {
  /** What the window sees of a file; `null`: this system can't show it. */
  preview: Preview | null | (() => Promise<Preview | null>) = null;
  /** The files that were looked at. */
  readonly previewed: Blob[] = [];
  /** The addresses that are in use. */
  readonly addresses = new Set<string>();
  prefersStillness = false;
  /** Why a video can't be played, if it can't. */
  refusal: DOMException | null = null;
  /** Whether the last video that was told to play or pause plays. */
  isPlaying = false;
  /** Whether an element is in sight as soon as it is there. */
  isAllInSight = true;
  #sight: ((isInSight: boolean) => void) | null = null;
  readonly #sights = new Map<Element, (isInSight: boolean) => void>();
  #count = 0;

  /** Somebody can see the last player, or no longer. */
  show(isInSight: boolean): void {
    this.#sight?.(isInSight);
  }

  /** An element comes into sight, or goes out of it. */
  showElement(element: Element, isInSight = true): void {
    this.#sights.get(element)?.(isInSight);
  }

  install(): void {
    browserPlayback.address = () => {
      const address = `blob:fake/${String(++this.#count)}`;
      this.addresses.add(address);
      return address;
    };
    browserPlayback.giveBack = (address) => void this.addresses.delete(address);
    browserPlayback.play = () => {
      if (this.refusal) return Promise.reject(this.refusal);
      this.isPlaying = true;
      return Promise.resolve();
    };
    browserPlayback.pause = () => (this.isPlaying = false);
    browserPlayback.prefersStillness = () => this.prefersStillness;
    browserPlayback.whileInSight = (element, tell) => {
      this.#sight = tell;
      this.#sights.set(element, tell);
      if (this.isAllInSight) tell(true);
      return () => {
        this.#sights.delete(element);
        if (this.#sight === tell) this.#sight = null;
      };
    };
    browserVideoFile.preview = (file) => {
      this.previewed.push(file);
      return typeof this.preview === 'function' ? this.preview() : Promise.resolve(this.preview);
    };
  }
}

// Nor does jsdom's Blob tell its bytes by itself.
Blob.prototype.arrayBuffer ??= function arrayBuffer(this: Blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => {
      resolve(reader.result as ArrayBuffer);
    };
    reader.onerror = () => {
      reject(reader.error ?? new Error('not read'));
    };
    reader.readAsArrayBuffer(this);
  });
};

/** The fake of the test that runs. */
export let fakeBrowser = new FakeBrowser();

const real = { playback: { ...browserPlayback }, file: { ...browserVideoFile } };

beforeEach(() => {
  fakeBrowser = new FakeBrowser();
  fakeBrowser.install();
});
afterEach(() => {
  Object.assign(browserPlayback, real.playback);
  Object.assign(browserVideoFile, real.file);
});
