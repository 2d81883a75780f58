/** How long after it was asked WebKit, which can't say when it is idle, is taken to be so, in milliseconds. */
const A_WHILE_MS = 500;

/** Calls `what` once the window has nothing better to do; answers how to call it off. */
export function whenIdle(what: () => void): () => void {
  if ('requestIdleCallback' in globalThis) {
    const asked = requestIdleCallback(what);
    return () => {
      cancelIdleCallback(asked);
    };
  }
  const timer = setTimeout(what, A_WHILE_MS);
  return () => {
    clearTimeout(timer);
  };
}
