/**
 * Values by id, kept across a reload. All of them live in one rune made with the window, and what looks at one of them
 * is a thin object without state of its own: a rune made lazily inside a derived would belong to that derived, and its
 * changes would go unnoticed.
 */
import type { Shelf } from './shelf';

export class Kept<T> {
  #all = $state.raw<Readonly<Record<string, T>>>({});
  readonly #shelf: Shelf;
  readonly #prefix: string;

  /** `read` tells what a shelf may really hold: it may be older than this window. */
  constructor(shelf: Shelf, prefix: string, read: (stored: unknown) => T | undefined) {
    this.#shelf = shelf;
    this.#prefix = prefix;
    const all: Record<string, T> = {};
    for (const key of shelf.keys()) {
      const value = key.startsWith(prefix) ? read(shelf.get(key)) : undefined;
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
    this.#shelf.put(this.#prefix + id, value);
  }

  drop(id: string): void {
    this.#all = Object.fromEntries(this.entries.filter(([kept]) => kept !== id)) as Record<string, T>;
    this.#shelf.drop(this.#prefix + id);
  }
}
