/**
 * Where in the window somebody is. A part has a home, in which a session is led or done, and places beside it. Only the
 * person goes from one to another; whatever arrives leaves them where they are.
 */
import type { Part, Session, SessionId, UserId } from '../bridge/bridge';
import type { Known } from '../words/known';
import type { CoreState } from './core-state.svelte';

export type Place = 'today' | 'athletes' | 'library' | 'studio' | 'train' | 'history' | 'weight';

interface Entry {
  place: Place;
  /** The second letter of its keys: G, then this one. */
  key: string;
  isFor: (role: Known<Part>, isAdmin: boolean) => boolean;
}

/** In the order in which they are shown. */
const ENTRIES: readonly Entry[] = [
  { place: 'today', key: 't', isFor: (role) => role === 'trainer' },
  { place: 'athletes', key: 'a', isFor: (role) => role === 'trainer' },
  { place: 'train', key: 't', isFor: (role) => role === 'athlete' },
  { place: 'history', key: 'h', isFor: (role) => role === 'athlete' },
  { place: 'weight', key: 'w', isFor: (role) => role === 'athlete' },
  { place: 'library', key: 'l', isFor: (role) => role === 'trainer' },
  { place: 'studio', key: 's', isFor: (_, isAdmin) => isAdmin },
];

const HOME: Record<Known<Part>, Place> = { trainer: 'today', athlete: 'train' };

export class Places {
  /** Whether the settings are on top of the place. */
  areSettingsOpen = $state(false);
  /** The athlete whose page is open, or was last. */
  athlete = $state<UserId | null>(null);
  /** A session from the past that the person came for, until its athlete's page has opened it. */
  pastSession = $state.raw<{ athlete: UserId; session: SessionId } | null>(null);
  #chosen = $state<Place | null>(null);

  constructor(readonly core: CoreState) {}

  /** The places of the part on screen. Whoever has no part has none. */
  readonly all = $derived.by((): readonly Entry[] => {
    const { role, isAdmin } = this.core;
    return role === null ? [] : ENTRIES.filter(({ isFor }) => isFor(role, isAdmin));
  });
  readonly home = $derived.by(() => (this.core.role === null ? null : HOME[this.core.role]));
  /** The place they are in. One that is not theirs any more is their home. */
  readonly current = $derived.by(() =>
    this.all.some(({ place }) => place === this.#chosen) ? this.#chosen : this.home,
  );
  /** Whether what happens in a session is in front of them. */
  readonly isHome = $derived.by(() => this.current === this.home && !this.areSettingsOpen);

  goTo(place: Place): void {
    this.#chosen = place;
    this.areSettingsOpen = false;
  }

  /** Goes to a session that is over, among those of its athlete. */
  goToPast({ id, athlete }: Session): void {
    this.pastSession = { athlete: athlete.id, session: id };
    if (this.core.role === 'trainer') this.athlete = athlete.id;
    this.goTo(this.core.role === 'trainer' ? 'athletes' : 'history');
  }

  goHome(): void {
    this.#chosen = null;
    this.areSettingsOpen = false;
  }

  /** Goes where a key leads after G; returns whether it leads anywhere. */
  goByKey(key: string): boolean {
    const entry = this.all.find((one) => one.key === key);
    if (entry) this.goTo(entry.place);
    return entry !== undefined;
  }
}
