/** What belongs to this device and not to the account: theme, sound, flash, keys, on-screen keyboard. */
import type { LocalStore } from './local-store';

export type Theme = 'light' | 'dark' | 'system';

interface Stored {
  theme: Theme | null;
  sound: boolean;
  flash: boolean;
  restWarning: boolean;
  waitNotices: boolean;
  roundNotices: boolean;
  singleKeys: boolean;
  screenKeyboard: boolean;
}

const KEY = 'settings';

export class Settings {
  #stored = $state.raw<Stored>({
    theme: null,
    sound: true,
    flash: true,
    restWarning: true,
    waitNotices: true,
    roundNotices: true,
    singleKeys: true,
    screenKeyboard: true,
  });
  readonly #store: LocalStore;

  constructor(store: LocalStore) {
    this.#store = store;
    const stored = store.get(KEY);
    if (typeof stored === 'object' && stored !== null) {
      const { theme, sound, flash, restWarning, waitNotices, roundNotices, singleKeys, screenKeyboard } =
        stored as Partial<Record<keyof Stored, unknown>>;
      this.#stored = {
        theme: isTheme(theme) ? theme : null,
        sound: sound !== false,
        flash: flash !== false,
        restWarning: restWarning !== false,
        waitNotices: waitNotices !== false,
        roundNotices: roundNotices !== false,
        singleKeys: singleKeys !== false,
        screenKeyboard: screenKeyboard !== false,
      };
    }
  }

  /** The chosen theme; `null` until one was chosen. */
  get theme(): Theme | null {
    return this.#stored.theme;
  }
  set theme(theme: Theme | null) {
    this.#keep({ theme });
  }

  get sound(): boolean {
    return this.#stored.sound;
  }
  set sound(sound: boolean) {
    this.#keep({ sound });
  }

  get flash(): boolean {
    return this.#stored.flash;
  }
  set flash(flash: boolean) {
    this.#keep({ flash });
  }

  /** Whether a sound says three seconds before that a rest ends. */
  get restWarning(): boolean {
    return this.#stored.restWarning;
  }
  set restWarning(restWarning: boolean) {
    this.#keep({ restWarning });
  }

  /** Whether there is a system notification when somebody begins to wait. */
  get waitNotices(): boolean {
    return this.#stored.waitNotices;
  }
  set waitNotices(waitNotices: boolean) {
    this.#keep({ waitNotices });
  }

  /** Whether there is a system notification when a round arrives. */
  get roundNotices(): boolean {
    return this.#stored.roundNotices;
  }
  set roundNotices(roundNotices: boolean) {
    this.#keep({ roundNotices });
  }

  /** Whether single letters are shortcuts: whoever uses speech input may not want them (WCAG 2.1.4). */
  get singleKeys(): boolean {
    return this.#stored.singleKeys;
  }
  set singleKeys(singleKeys: boolean) {
    this.#keep({ singleKeys });
  }

  /** Whether there is an on-screen keyboard where a field is touched. A machine may have another one. */
  get screenKeyboard(): boolean {
    return this.#stored.screenKeyboard;
  }
  set screenKeyboard(screenKeyboard: boolean) {
    this.#keep({ screenKeyboard });
  }

  /** The theme in force: an athlete's window is dark and everything else as the system, until somebody chooses. */
  themeFor(role: 'athlete' | 'other'): Theme {
    return this.theme ?? (role === 'athlete' ? 'dark' : 'system');
  }

  #keep(change: Partial<Stored>): void {
    this.#stored = { ...this.#stored, ...change };
    this.#store.put(KEY, this.#stored);
  }
}

function isTheme(value: unknown): value is Theme {
  return value === 'light' || value === 'dark' || value === 'system';
}
