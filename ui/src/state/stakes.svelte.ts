/**
 * What staff do to a machine that others use: take somebody off it, make it an ordinary one. What is at stake is said in a
 * question first, and only what was said is confirmed; if there is more at stake by then, it is asked again.
 */
import { asFailure, type PersonHere } from '../bridge/bridge';
import { Act } from './act.svelte';

export interface Stakes {
  /** Whether somebody trains. */
  trains: boolean;
  /** Whether a session is not over, also one that waits or that is another's. */
  inSession: boolean;
  /** How many changes wait to be sent. */
  waiting: number;
  /** Whether something may be kept that the server has not taken, or has refused. */
  keepsSomething: boolean;
}

export class StaffAct {
  /** What the question on screen says; none: nothing is asked. */
  said = $state.raw<Stakes | null>(null);
  readonly act: Act<[confirmed: boolean]>;
  readonly #about: () => readonly PersonHere[];

  /** `about` says whom it concerns, as it stands at the moment. */
  constructor(about: () => readonly PersonHere[], what: (confirmed: boolean) => Promise<unknown>) {
    this.#about = about;
    this.act = new Act(async (confirmed: boolean) => {
      try {
        await what(confirmed);
      } catch (thrown) {
        const { code } = asFailure(thrown);
        const inSession = code === 'in-session';
        if (confirmed || (!inSession && code !== 'still-waiting')) throw thrown;
        // The core knows more than it had told when it was asked.
        const now = stakesOf(this.#about());
        this.said = inSession ? { ...now, inSession } : { ...now, keepsSomething: true };
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
        keepsSomething: now.keepsSomething || said.keepsSomething,
      };
      return;
    }
    this.said = null;
    await this.act.run(isAny(said));
  };
}

/** Whether anything is at stake at all. */
export function isAny({ inSession, keepsSomething }: Stakes): boolean {
  return inSession || keepsSomething;
}

function stakesOf(people: readonly PersonHere[]): Stakes {
  const trains = people.some((person) => person.trains);
  const waiting = people.reduce((sum, person) => sum + person.waiting, 0);
  const keepsSomething = waiting > 0 || people.some((person) => person.keeps_something);
  return { trains, inSession: trains, waiting, keepsSomething };
}

/** Whether there is something in `now` that was not `said`. */
function isMore(now: Stakes, said: Stakes): boolean {
  return (
    (now.inSession && !said.inSession) ||
    (now.keepsSomething && !said.keepsSomething) ||
    now.waiting > said.waiting
  );
}
