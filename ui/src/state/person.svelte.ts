/**
 * A person whom an admin looks at and changes. What is typed lies beside the person as the server has them, so that
 * somebody else's change shows where nothing was typed, and is told where something was.
 */
import type { ChangeUser, Device, Failure, Invitation, Locale, Role, User, UserId } from '../bridge/bridge';
import { asFailure } from '../bridge/bridge';
import { m } from '../paraglide/messages';
import { isolated } from '../words/names';
import { actsAbout, type PersonAct } from '../words/person-acts';
import { Action } from './action.svelte';
import type { App } from './app.svelte';

/** What can be changed of a person. */
export interface PersonForm {
  name: string;
  email: string;
  locale: Locale;
  roles: readonly Role[];
  trainer_id: UserId | null;
}

export function formOf({ name, email, locale, roles, trainer }: User): PersonForm {
  return { name, email, locale, roles, trainer_id: trainer?.id ?? null };
}

/** Whether two values of a form are the same; roles are, in any order. */
function isSame(one: unknown, other: unknown): boolean {
  const plain = (value: unknown) => (Array.isArray(value) ? [...(value as string[])].sort().join() : value);
  return plain(one) === plain(other);
}

/** What of a form differs from another. */
function differing(form: Partial<PersonForm>, from: PersonForm): Partial<PersonForm> {
  const keys = (Object.keys(form) as (keyof PersonForm)[]).filter((key) => !isSame(form[key], from[key]));
  return Object.fromEntries(keys.map((key) => [key, form[key]])) as Partial<PersonForm>;
}

export class PersonState {
  user: User;
  /** Their invitation, if one was made here: the server does not say it again. */
  invitation = $state.raw<Invitation | null>(null);
  devices = $state.raw<readonly Device[] | null>(null);
  /** What somebody else changed since it was last read here. */
  theirs = $state.raw<Partial<PersonForm>>({});
  /** Whether it is asked if their password is to be reset. */
  isAskingReset = $state(false);
  #edits = $state.raw<Partial<PersonForm>>({});

  constructor(
    readonly app: App,
    user: User,
    /** Called with the person after each change. */
    readonly changed: (user: User) => void,
    /** Called once they are erased. */
    readonly erased: (user: User) => void,
  ) {
    this.user = $state.raw(user);
  }

  readonly form = $derived.by<PersonForm>(() => ({ ...formOf(this.user), ...this.#edits }));
  readonly isTyped = $derived.by(() => Object.keys(this.#edits).length > 0);
  readonly isMe = $derived.by(() => this.user.id === this.app.me?.id);
  readonly acts = $derived.by(() => actsAbout(this.user, this.isMe, this.invitation !== null));
  /** What went wrong with the last act but saving, which says it beside its inputs. */
  readonly failure = $derived.by(
    (): Failure | null =>
      this.activate.failure ??
      this.invite.failure ??
      this.withdraw.failure ??
      this.ask.failure ??
      this.end.failure,
  );

  change(change: Partial<PersonForm>): void {
    this.#edits = differing({ ...this.#edits, ...change }, formOf(this.user));
  }

  discard(): void {
    this.#edits = {};
    this.theirs = {};
    this.save.dismiss();
  }

  readonly save = new Action(async () => {
    const sent = this.#edits;
    if (!this.isTyped) return;
    this.#take(await this.#send(toChange(sent)));
    // What was typed meanwhile stays typed.
    this.#edits = differing(differing(this.#edits, { ...formOf(this.user), ...sent }), formOf(this.user));
    this.theirs = {};
    this.app.announcements.speak(m.person_saved({ name: isolated(this.user.name) }));
  });

  readonly activate = new Action(async (active: boolean) => {
    this.#take(await this.#send(toChange({}, active)));
  });

  /** Does something about their access, or asks first; returns whether it went well. */
  async act(act: PersonAct): Promise<boolean> {
    this.isAskingReset = act === 'reset';
    switch (act) {
      case 'reset':
        return true;
      case 'invite-again':
        return this.invite.run();
      case 'withdraw':
        return this.withdraw.run();
      case 'deactivate':
        return this.deactivate();
      case 'activate':
        return this.activate.run(true);
    }
  }

  /** Whether an act, or another one of its kind, is being done. */
  isDoing(act: PersonAct): boolean {
    if (act === 'invite-again' || act === 'reset') return this.invite.busy;
    return act === 'withdraw' ? this.withdraw.busy : this.activate.busy;
  }

  /** Deactivates them; can be taken back for ten seconds. */
  async deactivate(): Promise<boolean> {
    if (!(await this.activate.run(false))) return false;
    const { name } = this.user;
    this.app.announcements.offerUndo(
      () => m.person_deactivated({ name: isolated(name) }),
      () => void this.activate.run(true),
    );
    return true;
  }

  /** Makes another invitation; for somebody with a password it is a reset, which signs them out. */
  readonly invite = new Action(async () => {
    this.invitation = await this.app.call('invite_user', { user_id: this.user.id });
    this.isAskingReset = false;
    if (this.devices) this.devices = [];
    await this.#read();
  });

  readonly withdraw = new Action(async () => {
    await this.app.call('withdraw_invitation', { user_id: this.user.id });
    this.invitation = null;
    const { name } = this.user;
    this.app.announcements.show(() => m.person_withdrawn({ name: isolated(name) }));
  });

  /** Asks where they are signed in. */
  readonly ask = new Action(async () => {
    this.devices = await this.app.call('list_devices', { user_id: this.user.id });
  });

  readonly end = new Action(async (device: Device) => {
    await this.app.call('end_device', { user_id: this.user.id, device_id: device.id });
    this.devices = (this.devices ?? []).filter(({ id }) => id !== device.id);
  });

  /** Erases them for good; `typed` must be their name. */
  readonly erase = new Action(async (typed: string) => {
    await this.app.call('erase_user', { user_id: this.user.id, confirm: typed });
    const { name } = this.user;
    this.erased(this.user);
    this.app.announcements.show(() => m.erase_done({ name: isolated(name) }));
  });

  async #send(change: ChangeUser): Promise<User> {
    const { id: user_id, version } = this.user;
    try {
      return await this.app.call('change_user', { user_id, version, change });
    } catch (thrown) {
      const failure = asFailure(thrown);
      if (failure.code === 'version-mismatch') await this.#read();
      throw failure;
    }
  }

  /** Reads them anew, and notes what somebody else changed. */
  async #read(): Promise<void> {
    const before = formOf(this.user);
    const user = await this.app.call('read_user', { user_id: this.user.id });
    this.#take(user);
    this.theirs = differing(formOf(user), before);
    this.#edits = differing(this.#edits, formOf(user));
  }

  #take(user: User): void {
    this.user = user;
    this.changed(user);
  }
}

/** A change as the server takes it; what is not in it stays. */
function toChange(form: Partial<PersonForm>, active: boolean | null = null): ChangeUser {
  const { name = null, email = null, roles, locale = null, trainer_id } = form;
  return {
    name,
    email,
    roles: roles ? [...roles] : null,
    locale,
    active,
    ...(trainer_id === undefined ? {} : { trainer_id }),
  };
}
