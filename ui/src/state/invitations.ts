/**
 * Links that lead to the session somebody waits in. One that can't be read is said at once; any other is looked at when
 * what is known is what the server has: it names a session, perhaps one that has just begun.
 */
import type { Invitation, SessionId } from '../bridge/bridge';
import { m } from '../paraglide/messages';
import { isolated } from '../words/names';
import type { Announcements } from './announcements.svelte';
import type { CoreState } from './core-state.svelte';
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

  constructor(
    readonly core: CoreState,
    readonly announcements: Announcements,
    /** Leads to a session. */
    readonly want: (id: SessionId) => void,
  ) {}

  /** Takes what was opened in front of whoever has `profile`, if it was, and does with it what can be done now. */
  take(opened: Invitation | null, profile: string | undefined): void {
    if (opened?.session_id === null) this.announcements.show(m.invitation_unreadable);
    else if (opened) this.#kept = { session_id: opened.session_id, profile, isSaid: false };
    if (!this.#kept) return;
    if (this.#kept.profile !== this.core.view?.profile) this.#kept = null;
    else if (this.core.isCurrent) this.#look(this.#kept.session_id);
    else this.#sayLater(this.#kept);
  }

  /** Leads to its session, or says why not. */
  #look(id: SessionId): void {
    this.#kept = null;
    const session = this.core.sessions.find((known) => known.id === id);
    if (!session) this.announcements.show(m.invitation_unknown);
    else if (isOpen(session)) this.want(id);
    else this.announcements.show(() => m.invitation_over({ name: isolated(session.athlete.name) }));
  }

  /** Says once that it waits, and for what. Connecting takes a moment, of which nothing has to be said. */
  #sayLater(kept: Kept): void {
    const state = this.core.link?.state;
    if (kept.isSaid || (state !== 'signed_out' && state !== 'offline')) return;
    kept.isSaid = true;
    this.announcements.show(state === 'offline' ? m.invitation_offline : m.invitation_signed_out);
  }
}
