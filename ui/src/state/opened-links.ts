/**
 * Links to this application that somebody opens: to the session somebody waits in, or an invitation to set a password.
 * One that can't be read is said at once. A session is looked for when what is known is what the server has: it may have
 * just begun. An invitation needs nobody who is signed in.
 */
import type { OpenedLink, SessionId } from '../bridge/bridge';
import { m } from '../paraglide/messages';
import type { Announcements } from './announcements.svelte';
import type { CoreState } from './core-state.svelte';
import { isOpen } from './session';

/** An invitation as a link brought it. */
export type OpenedInvitation = Omit<Extract<OpenedLink, { kind: 'invitation' }>, 'kind'>;

/** A link to a session that could not be looked for yet. */
interface Kept {
  session_id: SessionId;
  /** Whom it is for: on a kiosk no other member; in its lobby, whoever comes next. */
  profile: string | null;
  /** Whether the person knows that it waits. */
  isSaid: boolean;
}

export class OpenedLinks {
  #kept: Kept | null = null;

  constructor(
    readonly core: CoreState,
    readonly announcements: Announcements,
    /** Leads to a session. */
    readonly want: (id: SessionId) => void,
    /** Leads to an invitation. */
    readonly invite: (invitation: OpenedInvitation) => void,
  ) {}

  /** Takes what was opened, if it was, and does what can be done now in front of whoever has `profile`, if anybody. */
  take(opened: OpenedLink | null, profile: string | null): void {
    if (opened?.kind === 'unreadable') this.announcements.show(m.link_unreadable);
    else if (opened?.kind === 'invitation') this.invite({ code: opened.code, server: opened.server });
    else if (opened) this.#kept = { session_id: opened.session_id, profile, isSaid: false };
    if (!this.#kept || profile === null) return;
    this.#kept.profile ??= profile;
    if (this.#kept.profile !== profile) this.#kept = null;
    else if (this.core.isCurrent) this.#look(this.#kept.session_id);
    else this.#sayLater(this.#kept);
  }

  /** Leads to its session, or says why not. */
  #look(id: SessionId): void {
    this.#kept = null;
    const session = this.core.sessions.find((known) => known.id === id);
    if (!session) this.announcements.show(m.session_link_unknown);
    else if (isOpen(session)) this.want(id);
    else this.announcements.show(() => m.session_link_over({ name: session.athlete.name }));
  }

  /** Says once that it waits, and for what. Connecting takes a moment, of which nothing has to be said. */
  #sayLater(kept: Kept): void {
    const state = this.core.link?.state;
    if (kept.isSaid || (state !== 'signed_out' && state !== 'offline')) return;
    kept.isSaid = true;
    this.announcements.show(state === 'offline' ? m.session_link_offline : m.session_link_signed_out);
  }
}
