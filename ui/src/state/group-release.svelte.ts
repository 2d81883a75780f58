/**
 * One plan for several athletes, each with their own loads. Everybody's rounds are shown before they go. Whoever can't be
 * given one now says so, and holds up nobody else.
 */
import { SvelteMap, SvelteSet } from 'svelte/reactivity';

import { asFailure, type Failure, type RoundPlan, type Session, type SessionId } from '../bridge/bridge';
import { readPlan, roundsOf } from '../trainer/plan';
import { Action } from './action.svelte';
import type { App } from './app.svelte';
import type { Planner } from './planner.svelte';

export class GroupRelease {
  /** The session whose plan it is; none: nothing is asked. */
  from = $state.raw<Session | null>(null);
  readonly #plans = new SvelteMap<SessionId, readonly RoundPlan[]>();
  readonly #left = new SvelteSet<SessionId>();
  readonly #results = new SvelteMap<SessionId, Failure | null>();

  constructor(
    readonly app: App,
    readonly planner: Planner,
  ) {}

  readonly sessions = $derived.by(() => this.app.runningSessions);
  /** Those who get it. */
  readonly chosen = $derived.by(() =>
    this.sessions.filter(
      ({ id }) => !this.#left.has(id) && this.#plans.has(id) && !this.isReleased(id) && !this.isBlocked(id),
    ),
  );

  /** The rounds of an athlete, with their own loads; none: they are being worked out. */
  plansOf(id: SessionId): readonly RoundPlan[] | undefined {
    return this.#plans.get(id);
  }

  isChosen(id: SessionId): boolean {
    return this.chosen.some((session) => session.id === id);
  }

  choose(id: SessionId, isChosen: boolean): void {
    if (isChosen) this.#left.delete(id);
    else this.#left.add(id);
  }

  isReleased(id: SessionId): boolean {
    return this.#results.get(id) === null;
  }

  failureOf(id: SessionId): Failure | null {
    return this.#results.get(id) ?? null;
  }

  /** Whether another round is in front of the athlete. */
  isBlocked(id: SessionId): boolean {
    const session = this.sessions.find((one) => one.id === id);
    return !this.isReleased(id) && session !== undefined && !this.app.may('release_round', session);
  }

  /** Shows what everybody would get. What can't be read in the plan is said there instead. */
  readonly open = new Action(async (session: Session) => {
    const plan = this.planner.plan(session);
    if (!plan || this.planner.reportUnreadable(session)) return;
    this.#plans.clear();
    this.#left.clear();
    this.#results.clear();
    this.from = session;
    const rounds = roundsOf(plan).map((round) => readPlan(round).plan);
    await Promise.all(
      this.sessions.map(async (one) => {
        try {
          this.#plans.set(one.id, await this.planner.workedOut(one, rounds));
        } catch (thrown) {
          this.#results.set(one.id, asFailure(thrown));
        }
      }),
    );
  });

  /** Releases it to everybody who is chosen; whoever has it keeps it, and the others can be tried again. */
  readonly release = new Action(async () => {
    await Promise.all(this.chosen.map((session) => this.#releaseTo(session)));
    const { from } = this;
    if (from && this.isReleased(from.id)) this.planner.close(from);
    if (this.sessions.every(({ id }) => this.isReleased(id) || this.#left.has(id))) this.close();
  });

  close(): void {
    this.from = null;
  }

  async #releaseTo({ id }: Session): Promise<void> {
    try {
      for (const [i, plan] of (this.#plans.get(id) ?? []).entries())
        await this.app.call('add_round', { session_id: id, plan, release: i === 0 });
      this.#results.set(id, null);
    } catch (thrown) {
      this.#results.set(id, asFailure(thrown));
    }
  }
}
