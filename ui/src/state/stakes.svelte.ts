/**
 * What staff do to a kiosk that others use: remove a member, or end the kiosk. A question first says what is at stake, and
 * staff confirm only that. If more is at stake by then, the question is asked again.
 */
import { asFailure, type KioskMember } from '../bridge/bridge';
import { Act } from './act.svelte';

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

export class StaffAct {
  /** What the question on screen says. `null` when there is no question. */
  said = $state.raw<Stakes | null>(null);
  readonly act: Act<[confirmed: boolean]>;
  readonly #about: () => readonly KioskMember[];

  /** `about` returns the members it concerns, as they are now. */
  constructor(about: () => readonly KioskMember[], what: (confirmed: boolean) => Promise<unknown>) {
    this.#about = about;
    this.act = new Act(async (confirmed: boolean) => {
      try {
        await what(confirmed);
      } catch (thrown) {
        const { code } = asFailure(thrown);
        const inSession = code === 'in-session';
        if (confirmed || (!inSession && code !== 'still-waiting')) throw thrown;
        // The core knew more than this window when the question was asked.
        const now = stakesOf(this.#about());
        this.said = inSession ? { ...now, inSession } : { ...now, mayHaveUnsynced: true };
      }
    });
  }

  ask = (): void => {
    this.act.dismiss();
    this.said = stakesOf(this.#about());
  };

  leave = (): void => {
    this.said = null;
  };

  confirm = async (): Promise<void> => {
    const said = this.said;
    if (!said) return;
    const now = stakesOf(this.#about());
    if (isMore(now, said)) {
      this.said = {
        ...now,
        inSession: now.inSession || said.inSession,
        mayHaveUnsynced: now.mayHaveUnsynced || said.mayHaveUnsynced,
      };
      return;
    }
    this.said = null;
    await this.act.run(isAny(said));
  };
}

/** Whether anything is at stake. */
export function isAny({ inSession, mayHaveUnsynced }: Stakes): boolean {
  return inSession || mayHaveUnsynced;
}

function stakesOf(members: readonly KioskMember[]): Stakes {
  const isTraining = members.some((member) => member.is_training);
  const waiting = members.reduce((sum, member) => sum + member.waiting, 0);
  const mayHaveUnsynced = waiting > 0 || members.some((member) => member.may_have_unsynced);
  return { isTraining, inSession: isTraining, waiting, mayHaveUnsynced };
}

/** Whether `now` has more at stake than was `said`. */
function isMore(now: Stakes, said: Stakes): boolean {
  return (
    (now.inSession && !said.inSession) ||
    (now.mayHaveUnsynced && !said.mayHaveUnsynced) ||
    now.waiting > said.waiting
  );
}
