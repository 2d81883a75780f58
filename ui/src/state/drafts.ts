/**
 * What is half typed, by what it is about: kept on this device until it is saved or discarded, whatever is on screen
 * meanwhile. Each person has their own.
 */
import type { App } from './app.svelte';

export class Drafts<T> {
  /** `read` checks what is stored: another version may have written it. */
  constructor(
    readonly app: App,
    readonly kind: string,
    readonly read: (stored: unknown) => T | undefined,
  ) {}

  get(id: string): T | undefined {
    const stored = this.app.drafts.get(this.#key(id));
    return stored === undefined ? undefined : this.read(stored);
  }

  put(id: string, draft: T): void {
    this.app.drafts.put(this.#key(id), draft);
  }

  drop(id: string): void {
    this.app.drafts.drop(this.#key(id));
  }

  /** Those whose id begins like this. */
  idsOf(prefix: string): string[] {
    const start = this.#key('');
    const ids = this.app.drafts.entries.map(([key]) => key);
    return ids.filter((key) => key.startsWith(start + prefix)).map((key) => key.slice(start.length));
  }

  #key(id: string): string {
    return `${this.app.me?.id ?? ''}.${this.kind}.${id}`;
  }
}
