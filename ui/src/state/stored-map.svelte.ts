/**
 * Values by id, kept across a reload. All of them are in one rune that is made with the window; what reads one of them is
 * a thin object without state of its own. A rune that is made lazily inside a derived would belong to that derived, and
 * its changes would go unnoticed.
 */
import type { LocalStore } from './local-store';

export class StoredMap<T> {
  #all = $state.raw<Readonly<Record<string, T>>>({});
  readonly #store: LocalStore;
  readonly #prefix: string;

  /** `read` checks what is stored: another version may have written it. */
  constructor(store: LocalStore, prefix: string, read: (stored: unknown) => T | undefined) {
    this.#store = store;
    this.#prefix = prefix;
    const all: Record<string, T> = {};
    for (const key of store.keys()) {
      const value = key.startsWith(prefix) ? read(store.get(key)) : undefined;
      if (value !== undefined) all[key.slice(prefix.length)] = value;
    }
    this.#all = all;
  }

  get(id: string): T | undefined {
    return this.#all[id];
  }

  get entries(): readonly (readonly [id: string, value: T])[] {
    return Object.entries(this.#all);
  }

  put(id: string, value: T): void {
    this.#all = { ...this.#all, [id]: value };
    this.#store.put(this.#prefix + id, value);
  }

  drop(id: string): void {
    this.#all = Object.fromEntries(this.entries.filter(([stored]) => stored !== id)) as Record<string, T>;
    this.#store.drop(this.#prefix + id);
  }
}
