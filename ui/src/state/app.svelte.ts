/** A window: what the core tells it, and everything around that which is the window's own. */
import type { Bridge, Message, View } from '../bridge/bridge';
import type { Texts } from '../words/texts';
import { Announcements } from './announcements.svelte';
import { tellOfArrivals } from './arrivals';
import { Clock } from './clock.svelte';
import { CoreState } from './core-state.svelte';
import { Desktop } from './desktop.svelte';
import { KioskState } from './kiosk.svelte';
import { Language } from './language.svelte';
import { Settings } from './settings.svelte';
import type { Shelf } from './shelf';
import { Sounds } from './sound';

export class App extends CoreState {
  /** Begins anew, with a new page. What is half-typed is on the shelf. */
  readonly reload: () => void;
  readonly settings: Settings;
  readonly language: Language;
  readonly announcements = new Announcements();
  readonly sounds = new Sounds(() => this.settings.sound);
  readonly desktop: Desktop;
  /** The kiosk, if this machine is one. */
  readonly kiosk = new KioskState(this);
  /** What came while a language was loaded, in its order. */
  #held: Message[] | null = null;

  constructor(
    bridge: Bridge,
    shelf: Shelf,
    device: {
      languages?: readonly string[];
      texts?: Texts;
      machine?: () => number;
      isInFront?: () => boolean;
      reload?: () => void;
    } = {},
  ) {
    super(bridge, shelf, new Clock(device.machine));
    this.reload =
      device.reload ??
      (() => {
        location.reload();
      });
    this.settings = new Settings(shelf);
    this.language = new Language(device.languages, device.texts);
    this.desktop = new Desktop(this, this.language, this.announcements, device.isInFront);
    tellOfArrivals(this, this);
  }

  override hear(message: Message): void {
    if (this.#held) {
      this.#held.push(message);
      return;
    }
    if (message.type === 'view') this.#speakTo(message.view);
    // Nothing of a view is put into the words of another language.
    const loading = message.type === 'view' ? this.language.loading : null;
    if (loading) void this.#takeAfter(loading, message);
    else this.#take(message);
  }

  #speakTo({ me }: View): void {
    if (me) this.language.toAccount(me.locale);
    else if (this.kiosk.view) this.language.toDevice();
  }

  async #takeAfter(loading: Promise<void>, message: Message): Promise<void> {
    const held: Message[] = (this.#held = []);
    await loading;
    this.#held = null;
    this.#take(message);
    for (const next of held) this.hear(next);
  }

  #take(message: Message): void {
    switch (message.type) {
      case 'view':
        if (this.view && message.view.me?.id !== this.me?.id) this.announcements.clear();
        // Whoever was signed out and is here now needs none any more.
        if (this.view?.signed_out && message.view.me) this.desktop.invitation = null;
        super.hear(message);
        break;
      case 'kiosk':
        this.kiosk.update(message.kiosk);
        break;
      case 'reveal':
        this.desktop.want(message.session_id);
        break;
      case 'link_opened':
        this.desktop.linksOpened += 1;
        break;
      case 'open':
        this.desktop.lead(message.place);
        break;
      case 'closing':
        // A window that can't show anything can't ask; whoever wants it closed once more is not held up by it.
        if (!this.startupFailure) this.desktop.closing += 1;
        break;
      default:
        super.hear(message);
    }
  }
}
