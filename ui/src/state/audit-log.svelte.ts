/** The audit log, newest first, a page at a time. */
import type { AuditEntry } from '../bridge/bridge';
import { Action } from './action.svelte';
import type { App } from './app.svelte';

export class AuditLog {
  /** None until they were asked for. */
  entries = $state.raw<readonly AuditEntry[] | null>(null);
  #next = $state.raw<string | null>(null);

  constructor(readonly app: App) {}

  readonly hasMore = $derived.by(() => this.#next !== null);

  /** Asks for the newest. */
  readonly ask = new Action(async () => {
    const { entries, next } = await this.app.call('list_audit', { after: null });
    this.entries = entries;
    this.#next = next;
  });

  readonly more = new Action(async () => {
    const { entries, next } = await this.app.call('list_audit', { after: this.#next });
    this.entries = [...(this.entries ?? []), ...entries];
    this.#next = next;
  });
}
