// The same mark as our windows set, after the same frame.
requestAnimationFrame(() => setTimeout(() => performance.mark('meaningful-paint')));
