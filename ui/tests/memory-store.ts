/** A store in memory: what a storage would keep across a reload, without a window. */
import type { LocalStore } from '../src/state/local-store';

export function memoryStore(kept: Record<string, unknown> = {}): LocalStore {
  const all = new Map(Object.entries(kept).map(([key, value]) => [key, JSON.stringify(value)]));
  return {
    get: (key) => {
      const text = all.get(key);
      return text === undefined ? undefined : (JSON.parse(text) as unknown);
    },
    put: (key, value) => void all.set(key, JSON.stringify(value)),
    drop: (key) => void all.delete(key),
    keys: () => [...all.keys()],
  };
}
