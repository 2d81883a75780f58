/** Messages in the window's turns: a flood of them is drawn once, not once for each. */

/**
 * Hands on what it is given in the window's next turn, in order. What has come by then is handled in one go, so Svelte
 * draws it once. A channel and no timer: timers of a hidden window wait for up to a second.
 */
export function inTurns<T>(receive: (one: T) => void): (one: T) => void {
  const waiting: T[] = [];
  const { port1, port2 } = new MessageChannel();
  const takeTurn = () => {
    port2.postMessage(null);
  };
  port1.onmessage = () => {
    try {
      for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) receive(one);
    } finally {
      // One that can't be handled holds up none of those after it.
      if (waiting.length > 0) takeTurn();
    }
  };
  return (one) => {
    if (waiting.push(one) === 1) takeTurn();
  };
}
