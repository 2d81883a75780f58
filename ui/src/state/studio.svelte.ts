/**
 * The screen of a studio machine: who trains there, who is in front, and what somebody who came to it is at. Whoever walks
 * away is no longer in front after a while, so that the next one finds nothing of theirs.
 */
import type { PersonHere, StudioScreen } from '../bridge/bridge';
import type { App } from './app.svelte';

/** After how long without a touch or a key nobody is in front any longer, in milliseconds. Never in a training. */
export const IDLE_MS = 120_000;

/** What somebody who came to the screen is at, while nobody is in front. */
export type Step = { at: 'pick' } | { at: 'pin'; person: PersonHere } | { at: 'admit' } | { at: 'staff-pin' };

export class StudioWindow {
  /** The machine as the core last told; nothing on a machine that is no studio's. */
  shown = $state.raw<StudioScreen | null>(null);
  step = $state.raw<Step>({ at: 'pick' });
  /** What comes when the core tells that it is another's turn. */
  #next: Step = { at: 'pick' };
  #idle: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly app: App) {}

  /** Whether who is in front is still to come: what is known is another's, or the house's. */
  readonly isComing = $derived.by(
    () =>
      this.shown !== null && this.shown.in_front !== null && this.shown.in_front !== this.app.view?.profile,
  );

  /** Whether somebody trains, whoever is in front. */
  readonly somebodyTrains = $derived.by(() => this.shown?.people.some(({ trains }) => trains) ?? false);

  /** Whether somebody may walk away and leave something open. */
  readonly isLeftOpen = $derived.by(() => {
    if (!this.shown) return false;
    if (this.shown.in_front === null) return this.shown.is_staff || this.step.at !== 'pick';
    return this.app.ownOpen?.status !== 'active';
  });

  take(studio: StudioScreen): void {
    const gone = (this.shown?.people ?? []).filter(
      ({ profile }) => !studio.people.some((person) => person.profile === profile),
    );
    for (const { profile } of gone) this.#forget(profile);
    const before = this.shown;
    this.shown = studio;
    // Whoever comes next begins at the beginning.
    const changed = before?.in_front !== studio.in_front || before.is_staff !== studio.is_staff;
    if (!before || !changed) return;
    this.step = this.#next;
    this.#next = { at: 'pick' };
  }

  /** Nobody is in front any longer; what is to be done then is to pick oneself, or something else. */
  async lock(next: Step = { at: 'pick' }): Promise<void> {
    this.step = next;
    this.#next = next;
    await this.app.call('lock', {});
  }

  /** Somebody is there. Called with every touch and every key. */
  touch(): void {
    clearTimeout(this.#idle);
    if (!this.isLeftOpen) return;
    this.#idle = setTimeout(() => {
      // The core refuses nobody who locks; if it is not there, there is nothing to lock.
      if (this.isLeftOpen) this.lock().catch(() => undefined);
    }, IDLE_MS);
  }

  rest(): void {
    clearTimeout(this.#idle);
  }

  /** What lies in this window's storage of somebody who was taken off the machine goes as well. */
  #forget(profile: string): void {
    const id = profile.slice(profile.indexOf('-') + 1);
    for (const key of this.app.shelf.keys()) {
      if (key.replaceAll('-', '').includes(id)) this.app.shelf.drop(key);
    }
  }
}
