/**
 * Inviting people, one or many: what is typed or pasted, what is being sent, and the invitations that were made. The
 * server says an invitation only once, so they stay until they are put away.
 */
import type { CreateUser, Failure, Invitation, Locale, Person, Role, User, UserId } from '../bridge/bridge';
import { asFailure, isServerInQuestion } from '../bridge/bridge';
import { type InviteLine, readLines, trainersFirst } from '../words/invite-lines';
import { Action } from './action.svelte';
import type { App } from './app.svelte';

/** One person, as typed. */
export interface InviteForm {
  name: string;
  email: string;
  roles: readonly Role[];
  trainer_id: UserId | null;
  locale: Locale;
}

export interface Invited {
  user: User;
  invitation: Invitation;
}

/** What inviting has to know of the studio. */
interface Place {
  trainers: readonly Person[];
  /** The list shows who was invited. */
  refresh: () => Promise<void>;
}

/** A line that is still there, and why: the server did not accept it, or its trainer has no account. */
export interface FailedLine {
  text: string;
  reason: { failure: Failure } | { missingTrainer: string };
}

export class Invites {
  form = $state.raw<InviteForm>({ name: '', email: '', roles: ['athlete'], trainer_id: null, locale: 'de' });
  isMany = $state(false);
  /** The lines as pasted. */
  text = $state('');
  /** The trainer of everybody in the lines who trains and has none named. */
  trainer = $state<UserId | null>(null);
  /** The newest first. */
  invited = $state.raw<readonly Invited[]>([]);
  failed = $state.raw<readonly FailedLine[]>([]);
  /** How far the sending is. */
  progress = $state.raw<{ done: number; all: number } | null>(null);
  /** In which languages something can be said to those who are invited. */
  languages = $state.raw<readonly Locale[]>([]);

  constructor(
    readonly app: App,
    readonly studio: Place,
  ) {
    this.form = { ...this.form, locale: app.me?.locale ?? 'de' };
  }

  readonly lines = $derived.by((): readonly InviteLine[] =>
    this.isMany ? readLines(this.text, this.studio.trainers) : [],
  );
  readonly broken = $derived.by(() => this.lines.filter(({ problems }) => problems.length > 0));
  /** Whether something is typed or made that would be missed. */
  readonly isBegun = $derived.by(
    () => this.invited.length > 0 || this.text.trim() !== '' || this.form.name + this.form.email !== '',
  );

  change(change: Partial<InviteForm>): void {
    this.form = { ...this.form, ...change };
  }

  /** Takes out the lines that can't be sent. */
  dropBroken(): void {
    const kept = this.lines.filter(({ problems }) => problems.length === 0);
    this.text = kept.map(({ text }) => text).join('\n');
  }

  /** Puts the invitations that were made away. */
  clear(): void {
    this.invited = [];
  }

  /** Invites one person. Roles, trainer and language stay for the next. */
  readonly inviteOne = new Action(async () => {
    const { name, email, roles, trainer_id, locale } = this.form;
    const isAthlete = roles.includes('athlete');
    await this.#add({ name, email, roles: [...roles], locale, trainer_id: isAthlete ? trainer_id : null });
    this.change({ name: '', email: '' });
    await this.#afterwards();
  });

  /** Invites everybody in the lines, one after the other, unless something is wrong in one of them. */
  readonly inviteAll = new Action(async () => {
    if (this.broken.length > 0 || this.lines.length === 0) return;
    this.failed = [];
    try {
      await this.#sendEach(trainersFirst(this.lines));
    } finally {
      this.progress = null;
      await this.#afterwards();
    }
  });

  async #sendEach(lines: readonly InviteLine[]): Promise<void> {
    let left = lines;
    for (const [done, line] of lines.entries()) {
      this.progress = { done, all: lines.length };
      const user = this.#userIn(line);
      if ('missingTrainer' in user) {
        this.#keep(line, user);
        continue;
      }
      try {
        await this.#add(user);
        left = left.filter((one) => one !== line);
      } catch (thrown) {
        const failure = asFailure(thrown);
        this.#keep(line, { failure });
        // Without the server the others would fail as well. They wait in the text.
        if (isServerInQuestion(failure) || failure.retry_after_s !== null) break;
      }
    }
    left = left.toSorted((one, other) => one.number - other.number);
    this.text = left.map(({ text }) => text).join('\n');
  }

  #keep({ text }: InviteLine, reason: FailedLine['reason']): void {
    this.failed = [...this.failed, { text, reason }];
  }

  /** Who is to be invited. Nobody gets another trainer than the one in their line. */
  #userIn({ name, email, roles, trainer }: InviteLine): CreateUser | { missingTrainer: string } {
    const user = { name, email, roles: [...roles], locale: this.form.locale };
    if (!roles.includes('athlete')) return { ...user, trainer_id: null };
    if (!trainer) return { ...user, trainer_id: this.trainer };
    const trainer_id = trainer.kind === 'line' ? this.#invitedAs(trainer.email) : trainer.id;
    return trainer_id === null ? { missingTrainer: trainer.name } : { ...user, trainer_id };
  }

  #invitedAs(email: string): UserId | null {
    return this.invited.find(({ user }) => user.email === email)?.user.id ?? null;
  }

  async #add(user: CreateUser): Promise<void> {
    const made = await this.app.call('add_user', { user });
    this.invited = [made, ...this.invited];
  }

  /** The list shows them, and what is said to them can be said in their language. */
  async #afterwards(): Promise<void> {
    const [languages] = await Promise.all([
      this.app.language.loadAlso(this.invited.map(({ user }) => user.locale)),
      this.studio.refresh(),
    ]);
    this.languages = languages;
  }
}
