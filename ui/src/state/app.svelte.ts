/** A window: what it knows from the core, and everything of its own around that. */
import { SvelteMap } from 'svelte/reactivity';

import type { Bridge, ExerciseId, Message, View } from '../bridge/bridge';
import type { Texts } from '../words/texts';
import { weightUnit } from '../words/weight-unit.svelte';
import { Announcements } from './announcements.svelte';
import { announceArrivals } from './arrivals';
import type { ChosenVideo } from './chosen-video.svelte';
import { Clock } from './clock.svelte';
import { CoreState } from './core-state.svelte';
import { Desktop } from './desktop.svelte';
import { dropErasedDrafts } from './erased-drafts';
import { FailureSentences } from './failure-sentences.svelte';
import { KioskState } from './kiosk.svelte';
import { Language } from './language.svelte';
import { Settings } from './settings.svelte';
import type { LocalStore } from './local-store';
import { OwnRests } from './own-rests.svelte';
import { Places } from './places.svelte';
import { Sounds } from './sound';
import { UpdateNotices } from './update-notices';
import { UploadNotices } from './upload-notices';

export class App extends CoreState {
  /** Reloads the page. What is half-typed is in the store. */
  readonly reload: () => void;
  readonly settings: Settings;
  readonly language: Language;
  readonly announcements = new Announcements();
  readonly updateNotices = new UpdateNotices(this.announcements);
  readonly uploadNotices = new UploadNotices(this.announcements);
  readonly failures = new FailureSentences();
  /** The videos the core does not have yet, by exercise: closing the window would lose them. */
  readonly chosenVideos = new SvelteMap<ExerciseId, ChosenVideo>();
  readonly sounds = new Sounds(() => this.settings.sound);
  readonly desktop: Desktop;
  /** Where in the window the person is. */
  readonly places = new Places(this);
  /** The rests of whoever is here, for every place that shows one. */
  readonly rests = new OwnRests(this);
  /** The kiosk, if this machine is one. */
  readonly kiosk = new KioskState(this);
  /** What came while a language was loaded, in its order. */
  #held: Message[] | null = null;

  constructor(
    bridge: Bridge,
    store: LocalStore,
    device: {
      languages?: readonly string[];
      texts?: Texts;
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
    this.language = new Language(device.languages, device.texts);
    this.desktop = new Desktop(this, this.language, this.announcements, device.isInFront);
    announceArrivals(this, this);
    this.onRemoval(({ kind }, cause) => {
      if (kind === 'athlete' && cause) void dropErasedDrafts(this);
    });
  }

  override receive(message: Message): void {
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
    for (const next of held) this.receive(next);
  }

  #take(message: Message): void {
    switch (message.type) {
      case 'view':
        if (this.view && message.view.me?.id !== this.me?.id) this.#forgetPerson();
        // Whoever was signed out and is here now needs none any more.
        if (this.view?.signed_out && message.view.me) this.desktop.invitation = null;
        weightUnit.choose(message.view.me?.weight_unit ?? 'kg');
        super.receive(message);
        this.rests.follow();
        void dropErasedDrafts(this);
        break;
      case 'uploads':
        this.uploadNotices.announce(this.view?.uploads ?? [], message.uploads, this.exercises);
        super.receive(message);
        break;
      case 'kiosk':
        this.kiosk.update(message.kiosk);
        break;
      case 'reveal':
        this.desktop.reveal(message.session_id);
        break;
      case 'link_opened':
        this.desktop.linkCount += 1;
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

  /** What was announced to one person, and what they chose, is not for the next. */
  #forgetPerson(): void {
    this.announcements.clear();
    this.desktop.video = null;
    for (const chosen of [...this.chosenVideos.values()]) chosen.cancel();
  }
}
