/**
 * Links that lead to the session somebody waits in. One that can't be read is said at once; any other is looked at when
 * what is known is what the server has: it names a session, perhaps one that has just begun.
 */
import type { Invitation, SessionId } from '../bridge/bridge';
import { m } from '../paraglide/messages';
import type { App } from './app.svelte';
import { isOpen } from './session';

/** An invitation that could not be looked at yet. */
interface Kept {
  session_id: SessionId;
  /** In whose window it was opened: on a kiosk it is for no other member. */
  profile: string | undefined;
  /** Whether the person knows that it waits. */
  isSaid: boolean;
}

export class Invitations {
  #kept: Kept | null = null;

  constructor(readonly app: App) {}

  /** Takes what was opened in front of whoever has `profile`, if it was, and does with it what can be done now. */
  take(opened: Invitation | null, profile: string | undefined): void {
    if (opened?.session_id === null) this.app.announcements.show(m.invitation_unreadable);
    else if (opened) this.#kept = { session_id: opened.session_id, profile, isSaid: false };
    if (!this.#kept) return;
    if (this.#kept.profile !== this.app.view?.profile) this.#kept = null;
    else if (this.app.isCurrent) this.#look(this.#kept.session_id);
    else this.#sayLater(this.#kept);
  }

  /** Leads to its session, or says why not. */
  #look(id: SessionId): void {
    const { announcements, desktop, sessions } = this.app;
    this.#kept = null;
    const session = sessions.find((known) => known.id === id);
    if (!session) announcements.show(m.invitation_unknown);
    else if (isOpen(session)) desktop.want(id);
    else announcements.show(() => m.invitation_over({ name: session.athlete.name }));
  }

  /** Says once that it waits, and for what. Connecting takes a moment, of which nothing has to be said. */
  #sayLater(kept: Kept): void {
    const state = this.app.link?.state;
    if (kept.isSaid || (state !== 'signed_out' && state !== 'offline')) return;
    kept.isSaid = true;
    this.app.announcements.show(state === 'offline' ? m.invitation_offline : m.invitation_signed_out);
  }
}
