/** How long after it was asked WebKit, which can't say when it is idle, is taken to be so, in milliseconds. */
const FALLBACK_DELAY_MS = 500;

/** Calls `what` once the window has nothing better to do; returns a function that cancels it. */
export function whenIdle(what: () => void): () => void {
  if ('requestIdleCallback' in globalThis) {
    const asked = requestIdleCallback(what);
    return () => {
      cancelIdleCallback(asked);
    };
  }
  const timer = setTimeout(what, FALLBACK_DELAY_MS);
  return () => {
    clearTimeout(timer);
  };
}
