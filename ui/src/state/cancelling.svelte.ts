/**
 * Ending a session early: the question that is asked first, the reason being typed, and how it is going. It belongs to
 * the window, not to the view it was asked in: that may be replaced by something that arrives.
 */
import type { Session, SessionId } from '../bridge/bridge';
import { Act } from './act.svelte';
import type { App } from './app.svelte';

export class Cancelling {
  reason = $state('');
  readonly act: Act;
  #about = $state.raw<SessionId | null>(null);
  /** Whose reason it is. */
  #last: SessionId | null = null;

  constructor(app: App) {
    this.act = new Act(async () => {
      if (this.#about === null) return;
      await app.call('cancel_session', { session_id: this.#about, reason: this.reason.trim() || null });
    });
  }

  /** Asks whether to end this session. */
  ask(session: Session): void {
    if (this.#last !== session.id) this.reason = '';
    this.act.dismiss();
    this.#about = this.#last = session.id;
  }

  /** Whether it is asked about this session. */
  asks(session: Session): boolean {
    return this.#about === session.id;
  }

  /** Goes on with the session; what was typed is there when it is asked again. */
  keep = (): void => {
    this.#about = null;
  };

  confirm = async (): Promise<void> => {
    if (await this.act.run()) {
      this.#about = null;
      this.reason = '';
    }
  };
}
