/**
 * What the window asks of the desktop around it: notices while the person looks elsewhere, the tray, opened links, and the
 * question before it is closed in the middle of a training.
 */
import type { CallName, Calls, Place, SessionId } from '../bridge/bridge';
import { m } from '../paraglide/messages';
import { linkWords } from '../words/links';
import type { Announcements } from './announcements.svelte';
import type { CoreState } from './core-state.svelte';
import { systemOf, type System } from './keys';
import type { Language } from './language.svelte';
import type { OpenedInvitation, OpenedLinks } from './opened-links';

export class Desktop {
  /** How often the person wanted to close the window in the middle of their training since they were asked; 0: not. */
  closing = $state(0);
  /** The session the person came for, from a notice or a link, until a view has shown it. */
  wanted = $state<SessionId | null>(null);
  /** Counts the links that were opened: each is looked at as soon as it can be. */
  linksOpened = $state(0);
  /** The invitation the person opened or types, until it is used or put away. */
  invitation = $state.raw<OpenedInvitation | null>(null);
  /** The address with which the sign-in begins. */
  address = '';
  /** What the person asked for by a key or in the system's menu bar, until it is closed. */
  place = $state<Place | null>(null);
  #words = '';
  #awake = false;
  #menu = '';
  /** What becomes of opened links, once the first one came. */
  #links: Promise<OpenedLinks> | null = null;

  constructor(
    readonly core: CoreState,
    readonly language: Language,
    readonly announcements: Announcements,
    /** Whether the window is in front: then it says itself what happens. */
    readonly isInFront: () => boolean = () => document.hasFocus(),
    readonly system: System = systemOf(navigator.userAgent),
  ) {}

  /** Has the system say something about a session, if the person looks elsewhere. */
  notify(title: string, body: string, session_id: SessionId): void {
    if (!this.isInFront()) this.#call('notify', { notice: { title, body, session_id } });
  }

  /** Says in the tray how it stands. */
  fillTray(): void {
    const link = this.core.link;
    if (!link) return;
    const words = { state: `Ringside · ${linkWords(link.state)}`, open: m.tray_open(), quit: m.tray_quit() };
    const text = JSON.stringify(words);
    if (text === this.#words) return;
    this.#words = text;
    this.#call('show_in_tray', { words });
  }

  /** Has the system's menu bar, where there is one, speak the person's language. */
  fillMenu(): void {
    const language = this.language.current;
    if (this.system !== 'mac' || language === this.#menu) return;
    void import('../words/menu')
      .then(({ menuWords }) => this.core.call('show_in_menu', { words: menuWords() }))
      // Until it is done, nothing of it is.
      .then(
        () => (this.#menu = language),
        () => (this.#menu = ''),
      );
  }

  /** Leads to a part of the window, unless a question is open, which comes first. */
  lead(place: Place): void {
    if (!document.querySelector('dialog[open]')) this.place = place;
  }

  /** Keeps the screen from going dark, or no longer. */
  keepAwake(on: boolean): void {
    if (on === this.#awake) return;
    this.#awake = on;
    this.core.call('keep_awake', { on }).catch(() => undefined);
  }

  /** Takes the link the person opened, if they did, and looks at whichever could not be looked at before. `profile` is
   * that of the person in front of the window; `null` in the lobby of a kiosk. */
  async takeLink(profile: string | null): Promise<void> {
    const opened = await this.core.call('opened_link', {}).catch(() => null);
    if (!opened && !this.#links) return;
    this.#links ??= import('./opened-links').then(
      ({ OpenedLinks }) =>
        new OpenedLinks(
          this.core,
          this.announcements,
          (id) => {
            this.want(id);
          },
          (invitation) => (this.invitation = invitation),
        ),
    );
    (await this.#links).take(opened, profile);
  }

  /** Goes to a session, in the part the person has in it. */
  want(id: SessionId | null): void {
    const session = this.core.sessions.find((known) => known.id === id);
    const part = session && this.core.partIn(session);
    if (part && this.core.role !== part && this.core.roles.includes(part)) this.core.chooseRole(part);
    this.wanted = id;
  }

  /** Closes the window as its frame does: in the middle of a training a question comes first. */
  askToClose(): void {
    this.#call('ask_to_close', {});
  }

  toggleFullScreen(): void {
    this.#call('toggle_full_screen', {});
  }

  /** Tells that the person is being asked: a window that did not say so would be closed the next time. */
  isAsking(): void {
    this.#call('is_asking', {});
  }

  /** Closes the window, which was asked about. */
  close(): void {
    this.closing = 0;
    this.#call('close_window', {});
  }

  /** What the desktop does not do is in its log, and nothing a person could mend. */
  #call<K extends CallName>(name: K, args: Calls[K]['args']): void {
    this.core.call(name, args).catch(() => undefined);
  }
}
