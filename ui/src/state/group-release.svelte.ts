/**
 * One plan for several athletes, each with their own loads. Everybody's rounds are shown before they go. Whoever can't be
 * given one now says so, and holds up nobody else. Of several rounds the first is released and the others are drafts;
 * where one of them fails, the next try continues there.
 */
import { SvelteMap, SvelteSet } from 'svelte/reactivity';

import {
  asFailure,
  type Failure,
  type Round,
  type RoundPlan,
  type Session,
  type SessionId,
} from '../bridge/bridge';
import { m } from '../paraglide/messages';
import { type Plan, readPlan, roundsOf } from '../trainer/plan';
import { namesWords } from '../words/names';
import { Action } from './action.svelte';
import type { App } from './app.svelte';
import type { Planner } from './planner.svelte';
import { openDrafts } from './session';

export class GroupRelease {
  /** The session whose plan it is; none: nothing is asked. */
  from = $state.raw<Session | null>(null);
  /** Whether the drafts that a final round leaves behind may stay unused. */
  mayLeaveDrafts = $state(false);
  /** The plan as it was when the dialog was opened. */
  #plan = $state.raw<Plan | null>(null);
  readonly #plans = new SvelteMap<SessionId, readonly RoundPlan[]>();
  readonly #left = new SvelteSet<SessionId>();
  /** How many of their rounds are there. */
  readonly #done = new SvelteMap<SessionId, number>();
  readonly #failures = new SvelteMap<SessionId, Failure>();

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
  /** How many rounds it is. */
  readonly count = $derived.by(() => (this.#plan ? roundsOf(this.#plan).length : 1));
  /** Whether what is released is the final round. */
  readonly isFinal = $derived.by(() => this.#plan?.is_final === true && this.count === 1);
  /** Whether somebody's drafts would stay behind, which has to be agreed to. */
  readonly leavesDrafts = $derived.by(() => this.chosen.some((session) => this.behind(session).length > 0));

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

  /** How many of their rounds are there. */
  done(id: SessionId): number {
    return this.#done.get(id) ?? 0;
  }

  /** Whether all of their rounds are there. */
  isReleased(id: SessionId): boolean {
    return this.done(id) >= this.count;
  }

  failureOf(id: SessionId): Failure | null {
    return this.#failures.get(id) ?? null;
  }

  /** Whether another round is in front of the athlete, and none of these. */
  isBlocked(id: SessionId): boolean {
    const session = this.sessions.find((one) => one.id === id);
    return this.done(id) === 0 && session !== undefined && !this.app.may('release_round', session);
  }

  /** The drafts that stay behind when a final round ends their session. */
  behind(session: Session): readonly Round[] {
    return this.isFinal && !this.isReleased(session.id) ? openDrafts(session, null) : [];
  }

  /** Shows what everybody would get. What can't be read in the plan is said there instead. */
  readonly open = new Action(async (session: Session) => {
    const plan = this.planner.plan(session);
    if (!plan || this.release.busy || this.planner.reportUnreadable(session)) return;
    for (const kept of [this.#plans, this.#left, this.#done, this.#failures]) kept.clear();
    this.release.dismiss();
    this.mayLeaveDrafts = false;
    this.#plan = plan;
    this.from = session;
    const rounds = roundsOf(plan).map((round) => readPlan(round).plan);
    await Promise.all(
      this.sessions.map(async (one) => {
        try {
          this.#plans.set(one.id, await this.planner.workedOut(one, rounds));
        } catch (thrown) {
          this.#failures.set(one.id, asFailure(thrown));
        }
      }),
    );
  });

  /** Releases it to everybody who is chosen; whoever has it keeps it, and the others can be tried again. */
  readonly release = new Action(async () => {
    if (this.leavesDrafts && !this.mayLeaveDrafts) return;
    const { from } = this;
    const plan = this.#plan;
    const before = from ? this.done(from.id) : 0;
    await Promise.all(this.chosen.map((session) => this.#releaseTo(session)));
    if (from && plan && this.done(from.id) > before)
      this.planner.takeOut(from, plan, this.done(from.id) - before);
    const isOver = this.sessions.every(({ id }) => this.isReleased(id) || this.#left.has(id));
    if (!isOver && this.from !== null) return;
    this.from = null;
    this.#planRest(from, plan);
  });

  close(): void {
    const { from } = this;
    this.from = null;
    // Otherwise as soon as it is known who has what.
    if (!this.release.busy) this.#planRest(from, this.#plan);
  }

  /** Whoever has only a part of it by now has the rest in their plan, where it is not forgotten. */
  #planRest(from: Session | null, plan: Plan | null): void {
    if (!from || !plan) return;
    const partly = this.sessions.filter(
      ({ id }) => id !== from.id && this.done(id) > 0 && !this.isReleased(id),
    );
    for (const session of partly) this.planner.planRest(session, plan, this.done(session.id));
    if (partly.length === 0) return;
    const names = partly.map(({ athlete }) => athlete.name);
    this.app.announcements.show(() => m.group_left({ names: namesWords(names) }));
  }

  async #releaseTo({ id }: Session): Promise<void> {
    this.#failures.delete(id);
    try {
      for (const plan of (this.#plans.get(id) ?? []).slice(this.done(id))) {
        await this.app.call('add_round', { session_id: id, plan, release: this.done(id) === 0 });
        this.#done.set(id, this.done(id) + 1);
      }
    } catch (thrown) {
      this.#failures.set(id, asFailure(thrown));
    }
  }
}
