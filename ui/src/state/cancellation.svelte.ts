/**
 * Ending a session early: the question that is asked first, the reason being typed, and how it is going. It belongs to
 * the window, not to the view it was asked in: that may be replaced by something that arrives.
 */
import type { Session, SessionId } from '../bridge/bridge';
import { Action } from './action.svelte';
import type { App } from './app.svelte';

export class Cancellation {
  reason = $state('');
  readonly action: Action;
  #about = $state.raw<SessionId | null>(null);
  /** Whose reason it is. */
  #last: SessionId | null = null;

  constructor(app: App) {
    this.action = new Action(async () => {
      if (this.#about === null) return;
      await app.call('cancel_session', { session_id: this.#about, reason: this.reason.trim() || null });
    });
  }

  /** Asks whether to end this session. */
  ask(session: Session): void {
    if (this.#last !== session.id) this.reason = '';
    this.action.dismiss();
    this.#about = this.#last = session.id;
  }

  /** Whether the question is about this session. */
  isOpenFor(session: Session): boolean {
    return this.#about === session.id;
  }

  /** Closes the question; what was typed is there when it is asked again. */
  keep = (): void => {
    this.#about = null;
  };

  confirm = async (): Promise<void> => {
    if (await this.action.run()) {
      this.#about = null;
      this.reason = '';
    }
  };
}
