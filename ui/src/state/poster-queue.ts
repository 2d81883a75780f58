/**
 * The posters of a list, which somebody scrolls through faster than they come: few are read at a time, the one that came
 * into sight last first, and none that is out of sight again.
 */
import type { VideoBytes } from './video-bytes.svelte';

/** How many are read at a time. */
export const MOST_READS = 4;

export class PosterQueue {
  #waiting: VideoBytes[] = [];
  #reads = 0;

  /** Reads it when it is its turn. */
  add(poster: VideoBytes): void {
    this.#waiting = [...this.#waiting.filter((one) => one !== poster), poster];
    this.#next();
  }

  /** Nobody waits for it any more. */
  remove(poster: VideoBytes): void {
    this.#waiting = this.#waiting.filter((one) => one !== poster);
  }

  #next(): void {
    while (this.#reads < MOST_READS) {
      const poster = this.#waiting.pop();
      if (!poster) return;
      this.#reads += 1;
      void poster.read().finally(() => {
        this.#reads -= 1;
        this.#next();
      });
    }
  }
}
