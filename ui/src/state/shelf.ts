/**
 * Small things a window keeps across a reload: device settings and half-typed input. Never what the server holds: that
 * is the core's replica. A full or forbidden storage costs the memory, not the window.
 */
export interface Shelf {
  get(key: string): unknown;
  put(key: string, value: unknown): void;
  drop(key: string): void;
  keys(): string[];
}

const PREFIX = 'ringside.';

/** A shelf in a browser storage; what does not parse counts as absent. */
export function shelfIn(storage: Storage): Shelf {
  return {
    get(key) {
      try {
        const text = storage.getItem(PREFIX + key);
        return text === null ? undefined : JSON.parse(text);
      } catch {
        return undefined;
      }
    },
    put(key, value) {
      try {
        storage.setItem(PREFIX + key, JSON.stringify(value));
      } catch {
        // Storage full or forbidden: the window still holds it, only a reload would not.
      }
    },
    drop(key) {
      storage.removeItem(PREFIX + key);
    },
    keys() {
      return Object.keys(storage)
        .filter((key) => key.startsWith(PREFIX))
        .map((key) => key.slice(PREFIX.length));
    },
  };
}
