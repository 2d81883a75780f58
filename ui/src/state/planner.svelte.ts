/**
 * The rounds being planned: which session is chosen, which round of it is open, and every plan that is half typed. Plans
 * are kept beside the sessions, by session and round, and across a reload; an arriving event can't touch them.
 */
import type { Failure, FieldProblem, Round, RoundId, RoundPlan, Session, SessionId } from '../bridge/bridge';
import { m } from '../paraglide/messages';
import {
  baseOf,
  EMPTY,
  isEmpty,
  isToWorkOut,
  type Plan,
  type PlanItem,
  planOf,
  readPlan,
  removeItem,
  roundsOf,
} from '../trainer/plan';
import { weightUnit } from '../words/weight-unit.svelte';
import { Action } from './action.svelte';
import type { App } from './app.svelte';
import { StoredMap } from './stored-map.svelte';

const NEW = 'new';

export class Planner {
  /** The session the trainer chose, or that was shown to them; none yet: the first that is open. */
  chosen = $state<SessionId | null>(null);
  /** Which plan was saved last, so that a failure is shown with it and with no other. */
  #saving = $state<string | null>(null);
  /** By session: the round being edited, or a new one. Absent: nothing is being planned. */
  #open = $state.raw<Readonly<Record<SessionId, RoundId | typeof NEW>>>({});
  readonly #plans: StoredMap<Plan>;
  #keys = 0;

  constructor(readonly app: App) {
    this.#plans = new StoredMap(app.store, `${app.me?.id ?? ''}.plan.`, asPlan);
    // What was half typed before a reload is open again.
    this.#open = Object.fromEntries(
      this.#plans.entries.map(([key]) => key.split('/') as [SessionId, RoundId]).reverse(),
    );
  }

  readonly session = $derived.by(
    () =>
      this.app.trainerSessions.find(({ id }) => id === this.chosen) ??
      this.app.runningSessions[0] ??
      this.app.waitingSessions[0] ??
      null,
  );

  /** Keeps what is on screen there: an event never puts another session in its place. */
  stay(): void {
    if (this.session) this.chosen = this.session.id;
  }

  /** Why the plan on screen could not be saved. */
  readonly failure = $derived.by((): Failure | null => {
    const open = this.session && this.#open[this.session.id];
    return this.session && open && this.#saving === key(this.session.id, open) ? this.save.failure : null;
  });

  /** The plan on screen for a session; none: nothing is being planned. */
  plan(session: Session): Plan | null {
    const open = this.#open[session.id];
    return open === undefined ? null : (this.#plans.get(key(session.id, open)) ?? EMPTY);
  }

  /** The saved round that the plan on screen edits, as it is now. `null` if it is a new one, or can't be edited any more. */
  round(session: Session): Round | null {
    const round = session.rounds.find(({ id }) => id === this.#open[session.id]);
    return round && this.app.may('edit_round', session, round) ? round : null;
  }

  /** Whether the round the plan on screen edits was completed meanwhile. */
  wasCompleted(session: Session): boolean {
    return session.rounds.some(({ id, status }) => id === this.#open[session.id] && status === 'completed');
  }

  /** Whether somebody changed what is planned in the saved round since the plan was taken from it. */
  changedElsewhere(session: Session): boolean {
    const plan = this.plan(session);
    const round = this.round(session);
    return plan?.round_id != null && (round === null || baseOf(round) !== plan.base);
  }

  /** A plan left unfinished when a session of the same athlete ended, and which session that was. */
  unfinished(session: Session): { from: Session; plan: Plan } | null {
    for (const from of this.app.trainerSessions) {
      const plan = from.athlete.id === session.athlete.id && from.ended_at !== null ? this.plan(from) : null;
      if (plan && plan.items.length > 0) return { from, plan };
    }
    return null;
  }

  /** Continues what was left unfinished, as a new round of this session. */
  resumeUnfinished(session: Session): void {
    const unfinished = this.unfinished(session);
    if (!unfinished) return;
    this.#close(unfinished.from);
    this.#takeAsNew(session, unfinished.plan);
  }

  /** Begins a new round, or continues the one that is half typed. */
  begin(session: Session): void {
    this.chosen = session.id;
    this.#open = { ...this.#open, [session.id]: NEW };
  }

  /** Opens a saved round in the planner, or continues the edit of it that is half typed. */
  edit(session: Session, round: Round): void {
    this.chosen = session.id;
    if (!this.#plans.get(key(session.id, round.id)))
      this.#plans.put(key(session.id, round.id), planOf(round));
    this.#open = { ...this.#open, [session.id]: round.id };
  }

  /** Whether something is typed for a saved round that is not on screen. */
  hasUnsaved(session: Session, round: Round): boolean {
    const plan = this.#plans.get(key(session.id, round.id));
    return plan !== undefined && this.#open[session.id] !== round.id && isEdited(plan, round);
  }

  /**
   * Moves an exercise to the draft before or after the one on screen, and goes there with it; after the last one comes a
   * new round. Nothing is saved by that. Returns whether there is such a round.
   */
  moveToRound(session: Session, itemKey: string, by: -1 | 1): boolean {
    const from = this.#open[session.id] ?? NEW;
    const drafts = session.rounds.filter(({ status }) => status === 'draft').map(({ id }) => id);
    const all: (RoundId | typeof NEW)[] = [...drafts, NEW];
    const to = all.includes(from) ? all[all.indexOf(from) + by] : undefined;
    const item = this.plan(session)?.items.find((one) => one.key === itemKey);
    if (to === undefined || !item) return false;
    this.change(session, (plan) => removeItem(plan, itemKey));
    const round = session.rounds.find(({ id }) => id === to);
    const plan = this.#plans.get(key(session.id, to)) ?? (round ? planOf(round) : EMPTY);
    this.#show(session, to, { ...plan, items: [...plan.items, { ...item, id: null }] });
    return true;
  }

  change(session: Session, change: (plan: Plan) => Plan): void {
    const open = this.#open[session.id] ?? NEW;
    this.#open = { ...this.#open, [session.id]: open };
    // Whoever types stays where they type, whoever else comes.
    this.chosen = session.id;
    const before = this.#plans.get(key(session.id, open)) ?? EMPTY;
    const plan = change(before);
    // A finding names a place; once the places are others it would point at another exercise.
    if (plan.items.map((item) => item.key).join() !== before.items.map((item) => item.key).join())
      this.save.dismiss();
    if (isEmpty(plan) && open === NEW) this.#plans.drop(key(session.id, open));
    else this.#plans.put(key(session.id, open), plan);
  }

  /** Replaces what was typed with the saved round. */
  useSavedVersion(session: Session): void {
    const round = this.round(session);
    const mine = this.plan(session);
    if (!round || !mine) return;
    const theirs = planOf(round);
    this.#plans.put(key(session.id, round.id), theirs);
    this.app.announcements.offerUndo(m.planner_taken, () => {
      this.#restore(session, round.id, mine, theirs);
    });
  }

  /** Keeps what was typed, as an edit of the round as it is now; of a deleted round, as a new one. */
  keepOwnVersion(session: Session): void {
    const plan = this.plan(session);
    if (!plan) return;
    const round = this.round(session);
    if (round) {
      const isThere = (id: string) => round.exercises.some((exercise) => exercise.id === id);
      const items = plan.items.map((item) => (item.id && !isThere(item.id) ? { ...item, id: null } : item));
      this.#plans.put(key(session.id, round.id), { ...plan, items, base: baseOf(round) });
    } else {
      this.#close(session);
      this.#takeAsNew(session, plan);
    }
  }

  /** Closes the planner and throws away what was typed in it; can be undone for ten seconds. */
  discard(session: Session): void {
    const open = this.#open[session.id];
    const plan = open === undefined ? undefined : this.#plans.get(key(session.id, open));
    this.#close(session);
    if (open === undefined || !plan) return;
    this.app.announcements.offerUndo(m.planner_discarded, () => {
      this.#reopen(session, open, plan);
    });
  }

  /** What was thrown away is there again, with what was planned meanwhile behind it. */
  #reopen(session: Session, open: RoundId | typeof NEW, plan: Plan): void {
    const present = this.#plans.get(key(session.id, open))?.items ?? [];
    const since = present.filter((item) => !plan.items.some((one) => one.key === item.key));
    const round = this.#now(session).rounds.find(({ id }) => id === open);
    this.#restore(session, open, { ...plan, items: [...plan.items, ...since] }, round && planOf(round));
  }

  /** Puts a plan back. If something other than `left` is in its place by now, that can be restored in turn. */
  #restore(session: Session, open: RoundId | typeof NEW, plan: Plan, left: Plan | undefined): void {
    const since = this.#plans.get(key(session.id, open));
    this.#show(session, open, plan);
    if (!since || !left || JSON.stringify(since) === JSON.stringify(left)) return;
    this.app.announcements.offerUndo(m.draft_restored, () => {
      this.#show(session, open, since);
    });
  }

  /** Puts a plan in its place, and that on screen. */
  #show(session: Session, open: RoundId | typeof NEW, plan: Plan): void {
    if (this.#now(session).ended_at === null) this.chosen = session.id;
    this.#plans.put(key(session.id, open), plan);
    this.#open = { ...this.#open, [session.id]: open };
  }

  /** The session as it is now. */
  #now(session: Session): Session {
    return this.app.trainerSessions.find(({ id }) => id === session.id) ?? session;
  }

  #close(session: Session): void {
    const open = this.#open[session.id];
    if (open === undefined) return;
    this.#plans.drop(key(session.id, open));
    if (this.#saving === key(session.id, open)) this.save.dismiss();
    this.#open = Object.fromEntries(Object.entries(this.#open).filter(([id]) => id !== session.id));
  }

  /** Takes an exercise out of the plan; can be undone for ten seconds. */
  remove(session: Session, key: string): void {
    const open = this.#open[session.id] ?? NEW;
    const items = this.plan(session)?.items ?? [];
    const place = items.findIndex((item) => item.key === key);
    const item = items[place];
    if (!item) return;
    this.change(session, (plan) => removeItem(plan, key));
    this.app.announcements.offerUndo(m.planner_removed, () => {
      this.#putBack(session, open, place, item);
    });
  }

  /** An exercise is where it was, whatever plan is open now. Once that was saved without it, it is a new one. */
  #putBack(session: Session, open: RoundId | typeof NEW, place: number, item: PlanItem): void {
    const round = this.#now(session).rounds.find(({ id }) => id === open);
    const plan = this.#plans.get(key(session.id, open)) ?? (round ? planOf(round) : EMPTY);
    const isSaved = round?.exercises.some(({ id }) => id === item.id) === true;
    const back = isSaved ? item : { ...item, id: null };
    this.#show(session, open, { ...plan, items: plan.items.toSpliced(place, 0, back) });
    this.save.dismiss();
  }

  /** A key for a new exercise of a plan; unlike any that is stored. */
  newKey(): string {
    return `new-${String(this.app.clock.machine())}-${String(++this.#keys)}`;
  }

  /** Rounds with their loads worked out for the athlete of a session. */
  async workedOut({ athlete }: Session, rounds: readonly RoundPlan[]): Promise<readonly RoundPlan[]> {
    const hasLoad = rounds.some(({ exercises }) => exercises.some(({ planned }) => planned.load));
    if (!hasLoad) return rounds;
    return this.app.call('work_out', { athlete_id: athlete.id, rounds: [...rounds], unit: weightUnit.current });
  }

  /** Works out the loads of the plan on screen for its athlete, as far as that is still to be done. */
  async workOut(session: Session): Promise<void> {
    const open = this.#open[session.id];
    const plan = this.plan(session);
    if (open === undefined || !plan?.items.some(isToWorkOut)) return;
    const withLoads = await this.#workOut(session, plan);
    const now = this.#plans.get(key(session.id, open));
    if (now) this.#plans.put(key(session.id, open), withLoads(now));
  }

  /** Works out the loads of a plan; returns what puts them into it, or into what it has become meanwhile. */
  async #workOut(session: Session, plan: Plan): Promise<(plan: Plan) => Plan> {
    const items = plan.items.filter(isToWorkOut);
    if (items.length === 0) return (plan) => plan;
    const [round] = await this.workedOut(session, [readPlan({ ...plan, items }).plan]);
    const worked = items.map(({ key, values }, i): Pick<PlanItem, 'key' | 'worked'> => ({
      key,
      worked: {
        of: values.weight_kg.trim(),
        weight_kg: round?.exercises[i]?.planned.weight_kg ?? null,
      },
    }));
    return (plan) => ({
      ...plan,
      items: plan.items.map((item) => ({ ...item, ...worked.find(({ key }) => key === item.key) })),
    });
  }

  /** Shows beside the plan on screen what can't be read in it; returns whether there is something. */
  reportUnreadable(session: Session): boolean {
    const { problems } = readPlan(this.plan(session) ?? EMPTY);
    this.#saving = key(session.id, this.#open[session.id] ?? NEW);
    this.save.failure = problems.length > 0 ? new Unreadable(problems) : null;
    return problems.length > 0;
  }

  /** Takes so many rounds of what was planned anew out of the plan: they are there. What was added since stays. */
  takeOut(session: Session, sent: Plan, saved: number): void {
    const now = this.#plans.get(key(session.id, NEW));
    const left = now && leftOf(now, saved, sent);
    if (left && left.items.length > 0) this.#plans.put(key(session.id, NEW), left);
    else if (this.#open[session.id] === NEW) this.#close(session);
    else this.#plans.drop(key(session.id, NEW));
  }

  /** Plans what is left of a plan when so many of its rounds are there, for whoever else it was for. */
  planRest(session: Session, plan: Plan, saved: number): void {
    const left = leftOf(plan, saved);
    this.#addToNew(session, { ...left, items: left.items.map((item) => ({ ...item, worked: undefined })) });
    if (this.#open[session.id] === undefined) this.#open = { ...this.#open, [session.id]: NEW };
  }

  /** Saves the plan on screen, and with `release` puts its first round in front of the athlete in the same act. */
  readonly save = new Action(async (session: Session, release: boolean) => {
    const open = this.#open[session.id] ?? NEW;
    this.#saving = key(session.id, open);
    const plan = this.plan(session) ?? EMPTY;
    const { problems } = readPlan(plan);
    if (problems.length > 0) throw new Unreadable(problems);
    // What is on screen may be another plan by the time each answer comes.
    const typed = (await this.#workOut(session, plan))(plan);
    if (this.#plans.get(key(session.id, open)) === plan) this.#plans.put(key(session.id, open), typed);
    const [first = typed, ...others] = roundsOf(typed);
    const saved = await this.#send(session, first, readPlan(first).plan, release);
    this.#saved(session, open, typed, saved);
    for (const [i, round] of others.entries()) {
      const { plan } = readPlan(round);
      try {
        await this.app.call('add_round', { session_id: session.id, plan, release: false });
      } catch (thrown) {
        // What could not be saved is open again, as so many rounds as are left.
        this.#takeAsNew(session, leftOf(typed, i + 1));
        this.#saving = key(session.id, NEW);
        throw thrown;
      }
    }
  });

  /** Closes what was saved. What was typed during the call becomes an edit of the saved round. */
  #saved(session: Session, open: RoundId | typeof NEW, sent: Plan, saved: Round): void {
    const now = this.#plans.get(key(session.id, open));
    if (this.#open[session.id] === open) this.#close(session);
    else this.#plans.drop(key(session.id, open));
    if (!now || now === sent) return;
    const items = now.items.map((item) => {
      const place = sent.items.findIndex((one) => one.key === item.key);
      return { ...item, id: saved.exercises[place]?.id ?? null, rounds: undefined };
    });
    this.#plans.put(key(session.id, saved.id), { ...now, items, round_id: saved.id, base: baseOf(saved) });
    this.#open = { ...this.#open, [session.id]: this.#open[session.id] ?? saved.id };
  }

  #takeAsNew(session: Session, plan: Plan): void {
    this.#addToNew(session, plan);
    this.begin(session);
  }

  #addToNew(session: Session, plan: Plan): void {
    // Behind what is half planned already.
    const before = this.#plans.get(key(session.id, NEW))?.items ?? [];
    const items = [...before, ...plan.items.map((item) => ({ ...item, id: null, key: this.newKey() }))];
    this.#plans.put(key(session.id, NEW), { ...plan, items, round_id: null, base: '' });
  }

  #send(session: Session, typed: Plan, plan: RoundPlan, release: boolean): Promise<Round> {
    if (typed.round_id === null) return this.app.call('add_round', { session_id: session.id, plan, release });
    // The newest version: what changed since is the athlete's, which an edit keeps. What another device planned was
    // shown and decided on before (`changedElsewhere`).
    const known = [session, this.#now(session)].flatMap(({ rounds }) => rounds);
    const versions = known.filter(({ id }) => id === typed.round_id).map(({ version }) => version);
    const version = Math.max(0, ...versions);
    return this.app.call('edit_round', { round_id: typed.round_id, version, plan, release });
  }
}

function key(session: SessionId, open: RoundId | typeof NEW): string {
  return `${session}/${open}`;
}

function isEdited(plan: Plan, round: Round): boolean {
  return JSON.stringify(readPlan(plan)) !== JSON.stringify(readPlan(planOf(round)));
}

/** What is left of a plan when so many of its rounds are saved. What was not among what was sent is left whole. */
function leftOf(plan: Plan, saved: number, sent: Plan = plan): Plan {
  const items = plan.items.flatMap((item) => {
    if (!sent.items.some(({ key }) => key === item.key)) return [item];
    const rounds = (item.rounds ?? 1) - saved;
    return rounds < 1 ? [] : [{ ...item, rounds }];
  });
  return { ...plan, items };
}

/** A plan that can't be read: the same failure the server would answer, found before it was asked. */
class Unreadable extends Error implements Failure {
  readonly code = 'invalid';
  readonly detail = null;
  readonly request_id = null;
  readonly retry_after_s = null;

  constructor(readonly fields: FieldProblem[]) {
    super('the plan holds something that can not be read');
  }
}

/** What was stored, if it has the shape of a plan. */
function asPlan(stored: unknown): Plan | undefined {
  const plan = stored as Plan | null;
  if (!Array.isArray(plan?.items) || typeof plan.rest !== 'string' || typeof plan.base !== 'string')
    return undefined;
  // An older version stored an empty text where nothing was typed.
  return { ...plan, items: plan.items.map((item) => ({ ...item, shorthand: item.shorthand || undefined })) };
}
