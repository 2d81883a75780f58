/**
 * What staff do to a kiosk that others use: remove a member, or end the kiosk. A question first says what is at stake, and
 * staff confirm only that. If more is at stake by then, the question is asked again.
 */
import { asFailure, type KioskMember } from '../bridge/bridge';
import { Action } from './action.svelte';

export interface Stakes {
  /** Whether a member is training. */
  isTraining: boolean;
  /** Whether a session is open, also one that is waiting, or one that a member leads as the trainer. */
  inSession: boolean;
  /** How many changes are waiting to be sent. */
  waiting: number;
  /** Whether there may be data that the server has not received or has refused. */
  mayHaveUnsynced: boolean;
}

export class StaffAction {
  /** What the question on screen says is at stake. `null` when there is no question. */
  question = $state.raw<Stakes | null>(null);
  readonly action: Action<[confirmed: boolean]>;
  readonly #members: () => readonly KioskMember[];

  /** `members` returns those it concerns, as they are now; `perform` does it. */
  constructor(members: () => readonly KioskMember[], perform: (confirmed: boolean) => Promise<unknown>) {
    this.#members = members;
    this.action = new Action(async (confirmed: boolean) => {
      try {
        await perform(confirmed);
      } catch (thrown) {
        const { code } = asFailure(thrown);
        const inSession = code === 'in-session';
        if (confirmed || (!inSession && code !== 'still-waiting')) throw thrown;
        // The core knew more than this window when the question was asked.
        const now = stakesOf(this.#members());
        this.question = inSession ? { ...now, inSession } : { ...now, mayHaveUnsynced: true };
      }
    });
  }

  ask = (): void => {
    this.action.dismiss();
    this.question = stakesOf(this.#members());
  };

  close = (): void => {
    this.question = null;
  };

  confirm = async (): Promise<void> => {
    const asked = this.question;
    if (!asked) return;
    const now = stakesOf(this.#members());
    if (isMore(now, asked)) {
      this.question = {
        ...now,
        inSession: now.inSession || asked.inSession,
        mayHaveUnsynced: now.mayHaveUnsynced || asked.mayHaveUnsynced,
      };
      return;
    }
    this.question = null;
    await this.action.run(isAnythingAtStake(asked));
  };
}

/** Whether anything is at stake. */
export function isAnythingAtStake({ inSession, mayHaveUnsynced }: Stakes): boolean {
  return inSession || mayHaveUnsynced;
}

function stakesOf(members: readonly KioskMember[]): Stakes {
  const isTraining = members.some((member) => member.is_training);
  const waiting = members.reduce((sum, member) => sum + member.waiting, 0);
  const mayHaveUnsynced = waiting > 0 || members.some((member) => member.may_have_unsynced);
  return { isTraining, inSession: isTraining, waiting, mayHaveUnsynced };
}

/** Whether `now` has more at stake than the question said. */
function isMore(now: Stakes, asked: Stakes): boolean {
  return (
    (now.inSession && !asked.inSession) ||
    (now.mayHaveUnsynced && !asked.mayHaveUnsynced) ||
    now.waiting > asked.waiting
  );
}
