/**
 * What only a browser can do to play a video. Tests have a fake in its place, since jsdom plays nothing and lays
 * nothing out.
 */
export const browserPlayback = {
  /** An address under which an element finds these bytes, until it is given back. */
  address(bytes: ArrayBuffer, type: string): string {
    return URL.createObjectURL(new Blob([bytes], { type }));
  },

  giveBack(address: string): void {
    URL.revokeObjectURL(address);
  },

  /** Plays it; rejects if the system can't. */
  play(video: HTMLVideoElement): Promise<void> {
    return video.play();
  },

  pause(video: HTMLVideoElement): void {
    video.pause();
  },

  prefersStillness(): boolean {
    return matchMedia('(prefers-reduced-motion: reduce)').matches;
  },

  /** Tells whether somebody can see the element, now and whenever that changes, until the returned function is called. */
  whileInSight(element: Element, tell: (isInSight: boolean) => void): () => void {
    let isOnScreen = false;
    const say = () => {
      tell(isOnScreen && !document.hidden);
    };
    // Also what is behind another view is not on screen then.
    const observer = new IntersectionObserver((entries) => {
      isOnScreen = entries.at(-1)?.isIntersecting ?? isOnScreen;
      say();
    });
    observer.observe(element);
    document.addEventListener('visibilitychange', say);
    return () => {
      observer.disconnect();
      document.removeEventListener('visibilitychange', say);
    };
  },
};
