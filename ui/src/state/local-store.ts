/**
 * Small things a window keeps across a reload: device settings and half-typed input. Never what the server has: that is
 * in the core's replica. Where the storage is full or forbidden, a reload loses them, and nothing else happens.
 */
export interface LocalStore {
  get(key: string): unknown;
  put(key: string, value: unknown): void;
  drop(key: string): void;
  keys(): string[];
}

const PREFIX = 'ringside.';

/** A store over a browser's storage; what can't be parsed counts as absent. */
export function localStoreIn(storage: Storage): LocalStore {
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
