/**
 * Links to this application that somebody opens: to a session, or an invitation to set a password. One that can't be read
 * is said at once. A session is looked for when what is known is what the server has: it may have just begun. One that is
 * over is shown in its athlete's past, and asked for if it is not known here. An invitation needs nobody who is signed in.
 */
import { asFailure, type FailureCode, type OpenedLink, type Session, type SessionId } from '../bridge/bridge';
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

/** Why a session will not be there later either. */
const IS_FINAL: ReadonlySet<FailureCode> = new Set(['not-found', 'not-your-part', 'role-forbidden']);

export class OpenedLinks {
  #pending: Pending | null = null;

  constructor(
    readonly core: CoreState,
    readonly announcements: Announcements,
    /** Shows a session that goes on. */
    readonly reveal: (id: SessionId) => void,
    /** Shows one that is over, in the part that is on screen. */
    readonly revealPast: (session: Session) => void,
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
    else if (this.core.isCurrent) void this.#open(this.#pending);
    else this.#announceDelay(this.#pending);
  }

  /** Shows its session, or says why not. */
  async #open(pending: Pending): Promise<void> {
    this.#pending = null;
    const id = pending.session_id;
    const session = this.core.sessions.find((known) => known.id === id) ?? (await this.#read(pending));
    if (!session) return;
    if (isOpen(session)) this.reveal(id);
    else this.#openPast(session);
  }

  /** Shows one that is over among those of its athlete, if they are the person themselves or one of theirs. */
  #openPast(session: Session): void {
    const { athlete } = session;
    const part = this.core.partIn(session);
    const isTheirs = part === 'athlete' || this.core.athletes.some(({ id }) => id === athlete.id);
    if (isTheirs && this.core.roles.includes(part)) {
      if (this.core.role !== part) this.core.chooseRole(part);
      this.revealPast(session);
    } else this.announcements.show(() => m.session_link_over({ name: isolated(athlete.name) }));
  }

  /** Asks for a session that is not known here; says why if there is none. */
  async #read(pending: Pending): Promise<Session | null> {
    const profile = this.core.view?.profile;
    try {
      const session = await this.core.call('read_session', { session_id: pending.session_id });
      // Meanwhile somebody else may be in front of the window.
      return this.core.view?.profile === profile ? session : null;
    } catch (thrown) {
      if (this.core.view?.profile !== profile) return null;
      if (IS_FINAL.has(asFailure(thrown).code)) this.announcements.show(m.session_link_unknown);
      // A newer link comes first.
      else if (!this.#pending) {
        this.#pending = pending;
        if (!pending.isAnnounced) this.announcements.show(m.session_link_offline);
        pending.isAnnounced = true;
      }
      return null;
    }
  }

  /** Says once that it waits, and for what. Connecting takes a moment, and need not be mentioned. */
  #announceDelay(pending: Pending): void {
    const state = this.core.link?.state;
    if (pending.isAnnounced || (state !== 'signed_out' && state !== 'offline')) return;
    pending.isAnnounced = true;
    this.announcements.show(state === 'offline' ? m.session_link_offline : m.session_link_signed_out);
  }
}
