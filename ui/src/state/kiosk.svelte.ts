/**
 * The kiosk in its window: the members, the one in the foreground, and the step of somebody who has come to it. When
 * nobody touches it for a while it returns to the lobby, so that the next person finds nothing open.
 */
import type { KioskMember, KioskView, UserId } from '../bridge/bridge';
import type { CoreState } from './core-state.svelte';
import type { OpenedInvitation } from './opened-links';

/** After how long without a touch or a key the kiosk returns to the lobby, in milliseconds. Never during a session. */
export const IDLE_MS = 120_000;

/** What somebody in the lobby is doing. */
type Step =
  | { at: 'pick' }
  | { at: 'pin'; member: KioskMember }
  | { at: 'admit'; email?: string }
  | { at: 'claim'; invitation: OpenedInvitation }
  | { at: 'staff-pin' };

export class KioskState {
  /** The kiosk as the core last sent it. `null` on an ordinary machine. */
  view = $state.raw<KioskView | null>(null);
  step = $state.raw<Step>({ at: 'pick' });
  /** The step after the next switch of the foreground. */
  #nextStep: Step = { at: 'pick' };
  #idleTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly core: CoreState) {}

  /** Whether the foreground has switched to a member whose view has not arrived yet. */
  readonly isSwitching = $derived.by(
    () =>
      this.view !== null && this.view.foreground !== null && this.view.foreground !== this.core.view?.profile,
  );

  /** Whether any member is training, also in the background. */
  readonly isAnyoneTraining = $derived.by(
    () => this.view?.members.some(({ is_training }) => is_training) ?? false,
  );

  /** Whether the kiosk returns to the lobby when nobody touches it. */
  readonly hasIdleTimeout = $derived.by(() => {
    if (!this.view) return false;
    if (this.view.foreground === null) return this.view.is_staff || this.step.at !== 'pick';
    return this.core.ownOpenSession?.status !== 'active';
  });

  update(view: KioskView): void {
    const removed = (this.view?.members ?? []).filter(
      ({ user }) => !view.members.some((member) => member.user === user),
    );
    for (const { user } of removed) this.#deleteStored(user);
    const before = this.view;
    this.view = view;
    const hasSwitched = before?.foreground !== view.foreground || before.is_staff !== view.is_staff;
    if (!before || !hasSwitched) return;
    this.step = this.#nextStep;
    this.#nextStep = { at: 'pick' };
  }

  /** Returns to the lobby, at this step. */
  async lock(step: Step = { at: 'pick' }): Promise<void> {
    this.step = step;
    this.#nextStep = step;
    await this.core.call('lock', {});
  }

  /** Called with every touch and every key. */
  restartIdleTimer(): void {
    clearTimeout(this.#idleTimer);
    if (!this.hasIdleTimeout) return;
    this.#idleTimer = setTimeout(() => {
      // Locking fails only when there is no core, and then there is nothing to lock.
      if (this.hasIdleTimeout) this.lock().catch(() => undefined);
    }, IDLE_MS);
  }

  stopIdleTimer(): void {
    clearTimeout(this.#idleTimer);
  }

  /** Deletes what this window has stored for a member who was removed: every key names the person it is about. */
  #deleteStored(user: UserId): void {
    for (const [id] of this.core.drafts.entries) if (id.includes(user)) this.core.drafts.drop(id);
    for (const key of this.core.store.keys()) {
      if (key.includes(user)) this.core.store.drop(key);
    }
  }
}
