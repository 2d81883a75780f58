/** A window: what it knows from the core, and everything of its own around that. */
import type { Bridge, Message } from '../bridge/bridge';
import { Announcements } from './announcements.svelte';
import { announceArrivals } from './arrivals';
import { Clock } from './clock.svelte';
import { CoreState } from './core-state.svelte';
import { Desktop } from './desktop.svelte';
import { FailureSentences } from './failure-sentences.svelte';
import { KioskState } from './kiosk.svelte';
import { Language } from './language.svelte';
import { Settings } from './settings.svelte';
import type { LocalStore } from './local-store';
import { Sounds } from './sound';
import { UpdateNotices } from './update-notices';

export class App extends CoreState {
  /** Reloads the page. What is half-typed is in the store. */
  readonly reload: () => void;
  readonly settings: Settings;
  readonly language: Language;
  readonly announcements = new Announcements();
  readonly updateNotices = new UpdateNotices(this.announcements);
  readonly failures = new FailureSentences();
  readonly sounds = new Sounds(() => this.settings.sound);
  readonly desktop: Desktop;
  /** The kiosk, if this machine is one. */
  readonly kiosk = new KioskState(this);

  constructor(
    bridge: Bridge,
    store: LocalStore,
    device: {
      languages?: readonly string[];
      machine?: () => number;
      isInFront?: () => boolean;
      reload?: () => void;
    } = {},
  ) {
    super(bridge, store, new Clock(device.machine));
    this.reload =
      device.reload ??
      (() => {
        location.reload();
      });
    this.settings = new Settings(store);
    this.language = new Language(device.languages);
    this.desktop = new Desktop(this, this.language, this.announcements, device.isInFront);
    announceArrivals(this, this);
  }

  override receive(message: Message): void {
    switch (message.type) {
      case 'view': {
        const { me } = message.view;
        if (this.view && me?.id !== this.me?.id) this.announcements.clear();
        // Before anything of it is put into words.
        if (me) this.language.toAccount(me.locale);
        else if (this.kiosk.view) this.language.toDevice();
        super.receive(message);
        break;
      }
      case 'kiosk':
        this.kiosk.update(message.kiosk);
        break;
      case 'reveal':
        this.desktop.reveal(message.session_id);
        break;
      case 'invited':
        this.desktop.invitationCount += 1;
        break;
      case 'open':
        this.desktop.openPlace(message.place);
        break;
      case 'closing':
        // A window that can't show anything can't ask; whoever wants it closed once more is not held up by it.
        if (!this.startupFailure) this.desktop.closeRequests += 1;
        break;
      default:
        super.receive(message);
    }
  }
}
