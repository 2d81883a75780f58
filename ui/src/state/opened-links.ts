/**
 * Links to this application that somebody opens: to the session somebody waits in, or an invitation to set a password.
 * One that can't be read is said at once. A session is looked for when what is known is what the server has: it may have
 * just begun. An invitation needs nobody who is signed in.
 */
import type { OpenedLink, SessionId } from '../bridge/bridge';
import { m } from '../paraglide/messages';
import { isolated } from '../words/names';
import type { Announcements } from './announcements.svelte';
import type { CoreState } from './core-state.svelte';
import { isOpen } from './session';

/** An invitation as a link brought it. */
export type OpenedInvitation = Omit<Extract<OpenedLink, { kind: 'invitation' }>, 'kind'>;

/** A link to a session that could not be looked for yet. */
interface Pending {
  session_id: SessionId;
  /** Whom it is for: on a kiosk no other member; in its lobby, whoever comes next. */
  profile: string | null;
  /** Whether the person knows that it waits. */
  isAnnounced: boolean;
}

export class OpenedLinks {
  #pending: Pending | null = null;

  constructor(
    readonly core: CoreState,
    readonly announcements: Announcements,
    /** Shows a session. */
    readonly reveal: (id: SessionId) => void,
    /** Shows an invitation. */
    readonly invite: (invitation: OpenedInvitation) => void,
  ) {}

  /** Takes a link that was opened in front of whoever has `profile`, if anybody, and follows whichever can be followed. */
  receive(opened: OpenedLink | null, profile: string | null): void {
    if (opened?.kind === 'unreadable') this.announcements.show(m.link_unreadable);
    else if (opened?.kind === 'invitation') this.invite({ code: opened.code, server: opened.server });
    else if (opened) this.#pending = { session_id: opened.session_id, profile, isAnnounced: false };
    if (!this.#pending || profile === null) return;
    this.#pending.profile ??= profile;
    if (this.#pending.profile !== profile) this.#pending = null;
    else if (this.core.isCurrent) this.#open(this.#pending.session_id);
    else this.#announceDelay(this.#pending);
  }

  /** Shows its session, or says why not. */
  #open(id: SessionId): void {
    this.#pending = null;
    const session = this.core.sessions.find((known) => known.id === id);
    if (!session) this.announcements.show(m.session_link_unknown);
    else if (isOpen(session)) this.reveal(id);
    else this.announcements.show(() => m.session_link_over({ name: isolated(session.athlete.name) }));
  }

  /** Says once that it waits, and for what. Connecting takes a moment, and need not be mentioned. */
  #announceDelay(pending: Pending): void {
    const state = this.core.link?.state;
    if (pending.isAnnounced || (state !== 'signed_out' && state !== 'offline')) return;
    pending.isAnnounced = true;
    this.announcements.show(state === 'offline' ? m.session_link_offline : m.session_link_signed_out);
  }
}
