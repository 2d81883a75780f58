/**
 * Links that lead to the session somebody waits in. One that can't be read is reported at once. Any other is opened when
 * what is known is what the server has: it names a session, perhaps one that has just begun.
 */
import type { Invitation, SessionId } from '../bridge/bridge';
import { m } from '../paraglide/messages';
import { isolated } from '../words/names';
import type { Announcements } from './announcements.svelte';
import type { CoreState } from './core-state.svelte';
import { isOpen } from './session';

/** An invitation that could not be opened yet. */
interface Pending {
  session_id: SessionId;
  /** In whose window it arrived: on a kiosk it is for no other member. */
  profile: string | undefined;
  /** Whether the person knows that it waits. */
  isAnnounced: boolean;
}

export class Invitations {
  #pending: Pending | null = null;

  constructor(
    readonly core: CoreState,
    readonly announcements: Announcements,
    /** Shows a session. */
    readonly reveal: (id: SessionId) => void,
  ) {}

  /** Takes an invitation that arrived in front of whoever has `profile`, if one did, and opens whichever can be opened. */
  receive(arrived: Invitation | null, profile: string | undefined): void {
    if (arrived?.session_id === null) this.announcements.show(m.invitation_unreadable);
    else if (arrived) this.#pending = { session_id: arrived.session_id, profile, isAnnounced: false };
    if (!this.#pending) return;
    if (this.#pending.profile !== this.core.view?.profile) this.#pending = null;
    else if (this.core.isCurrent) this.#open(this.#pending.session_id);
    else this.#announceDelay(this.#pending);
  }

  /** Shows its session, or says why not. */
  #open(id: SessionId): void {
    this.#pending = null;
    const session = this.core.sessions.find((known) => known.id === id);
    if (!session) this.announcements.show(m.invitation_unknown);
    else if (isOpen(session)) this.reveal(id);
    else this.announcements.show(() => m.invitation_over({ name: isolated(session.athlete.name) }));
  }

  /** Says once that it waits, and for what. Connecting takes a moment, and need not be mentioned. */
  #announceDelay(pending: Pending): void {
    const state = this.core.link?.state;
    if (pending.isAnnounced || (state !== 'signed_out' && state !== 'offline')) return;
    pending.isAnnounced = true;
    this.announcements.show(state === 'offline' ? m.invitation_offline : m.invitation_signed_out);
  }
}
