/**
 * What the window asks of the desktop around it: notices while the person looks elsewhere, the tray, opened links, and
 * the question before it is closed in the middle of a training.
 */
import type { CallName, Calls, Place, Session, SessionId, Video } from '../bridge/bridge';
import { m } from '../paraglide/messages';
import { linkWords } from '../words/links';
import type { Announcements } from './announcements.svelte';
import type { CoreState } from './core-state.svelte';
import { systemOf, type System } from './keys';
import type { Language } from './language.svelte';
import type { OpenedInvitation, OpenedLinks } from './opened-links';

export class Desktop {
  /** How often the person tried to close the window in the middle of their training; 0 again once they answered. */
  closeRequests = $state(0);
  /** The session the person came for, from a notice or a link, until a view has shown it. */
  sessionToReveal = $state<SessionId | null>(null);
  /** A session that is over and that the person came for, until its place is open. */
  pastToReveal = $state.raw<Session | null>(null);
  /** Counts the links that were opened: each is followed as soon as it can be. */
  linkCount = $state(0);
  /** The invitation the person opened or types, until it is used or put away. */
  invitation = $state.raw<OpenedInvitation | null>(null);
  /** The address with which the sign-in begins. */
  address = '';
  /** What the person opened by a key or in the system's menu bar, until it is closed. */
  place = $state<Place | null>(null);
  /** The video the person opened, until it is closed. */
  video = $state.raw<{ name: string; video: Video } | null>(null);
  #trayText = '';
  #isKeptAwake = false;
  #menuLanguage = '';
  /** Loaded with the first link. */
  #links: Promise<OpenedLinks> | null = null;

  constructor(
    readonly core: CoreState,
    readonly language: Language,
    readonly announcements: Announcements,
    /** Whether the window is in front. Then it shows what happens, and the system need not. */
    readonly isInFront: () => boolean = () => document.hasFocus(),
    readonly system: System = systemOf(navigator.userAgent),
  ) {}

  /** Shows a system notification about a session, if the person looks elsewhere. */
  notify(title: string, body: string, session_id: SessionId): void {
    if (!this.isInFront()) this.#call('notify', { notice: { title, body, session_id } });
  }

  /** Shows the state of the connection in the tray. */
  fillTray(): void {
    const link = this.core.link;
    if (!link) return;
    const words = { state: `Ringside · ${linkWords(link.state)}`, open: m.tray_open(), quit: m.tray_quit() };
    const text = JSON.stringify(words);
    if (text === this.#trayText) return;
    this.#trayText = text;
    this.#call('show_in_tray', { words });
  }

  /** Puts the system's menu bar, where there is one, into the person's language. */
  fillMenu(): void {
    const language = this.language.current;
    if (this.system !== 'mac' || language === this.#menuLanguage) return;
    void import('../words/menu')
      .then(({ menuWords }) => this.core.call('show_in_menu', { words: menuWords() }))
      // If it fails, it is tried again the next time.
      .then(
        () => (this.#menuLanguage = language),
        () => (this.#menuLanguage = ''),
      );
  }

  /** Opens a part of the window, unless a question is open, which comes first. */
  openPlace(place: Place): void {
    if (!document.querySelector('dialog[open]')) this.place = place;
  }

  /** Keeps the screen from going dark, or no longer. */
  keepAwake(on: boolean): void {
    if (on === this.#isKeptAwake) return;
    this.#isKeptAwake = on;
    this.core.call('keep_awake', { on }).catch(() => undefined);
  }

  /** Follows the link that was opened, if one was, or else one that could not be followed before. `profile` is that of
   * the person in front of the window; `null` in the lobby of a kiosk. */
  async openLink(profile: string | null): Promise<void> {
    const opened = await this.core.call('opened_link', {}).catch(() => null);
    if (!opened && !this.#links) return;
    this.#links ??= import('./opened-links').then(
      ({ OpenedLinks }) =>
        new OpenedLinks(
          this.core,
          this.announcements,
          (id) => {
            this.reveal(id);
          },
          (session) => (this.pastToReveal = session),
          (invitation) => (this.invitation = invitation),
        ),
    );
    (await this.#links).receive(opened, profile);
  }

  /** Shows a session, in the part the person has in it. */
  reveal(id: SessionId | null): void {
    const session = this.core.sessions.find((known) => known.id === id);
    const part = session && this.core.partIn(session);
    if (part && this.core.role !== part && this.core.roles.includes(part)) this.core.chooseRole(part);
    this.sessionToReveal = id;
  }

  /** Closes the window as its frame does: in the middle of a training a question comes first. */
  askToClose(): void {
    this.#call('ask_to_close', {});
  }

  toggleFullScreen(): void {
    this.#call('toggle_full_screen', {});
  }

  /** Tells the shell that the person is being asked. It would close a window that did not the next time. */
  reportAsking(): void {
    this.#call('is_asking', {});
  }

  /** Closes the window, which was asked about. */
  close(): void {
    this.closeRequests = 0;
    this.#call('close_window', {});
  }

  /** What the desktop fails to do is in its log. A person could do nothing about it. */
  #call<K extends CallName>(name: K, args: Calls[K]['args']): void {
    this.core.call(name, args).catch(() => undefined);
  }
}
