/** A session from any time ago, whole. What arrives about it meanwhile comes first. */
import { asFailure, type Failure, type Session, type SessionId } from '../bridge/bridge';
import type { App } from './app.svelte';

export class OpenedSession {
  failure = $state.raw<Failure | null>(null);
  #read = $state.raw<Session | null>(null);

  constructor(
    readonly app: App,
    readonly id: SessionId,
  ) {}

  /** The newest that is known of it. */
  readonly session = $derived.by((): Session | null => {
    const known = this.app.sessions.find(({ id }) => id === this.id);
    return known && known.version >= (this.#read?.version ?? 0) ? known : this.#read;
  });

  async load(): Promise<void> {
    this.failure = null;
    try {
      this.#read = await this.app.call('read_session', { session_id: this.id });
    } catch (thrown) {
      // What is known here is shown all the same.
      if (!this.session) this.failure = asFailure(thrown);
    }
  }
}
