/**
 * What a trainer does at the desk by click or by key: joining, releasing, recalling, deleting, saving. One of each act,
 * so that a key pressed twice is one act, and a question asked first where an act needs one.
 */
import { tick } from 'svelte';
import { SvelteSet } from 'svelte/reactivity';

import { asFailure, type Round, type RoundId, type Session, type SessionId } from '../bridge/bridge';
import { changeItem, takeShorthand } from '../trainer/plan';
import { Act } from './act.svelte';
import type { App } from './app.svelte';
import { Cancelling } from './cancelling.svelte';
import { People } from './people.svelte';
import { Planner } from './planner.svelte';
import { isOut } from './session';

/** A final round about to be released while other drafts would stay behind. */
export interface FinalQuestion {
  drafts: readonly Round[];
  goOn: () => Promise<unknown>;
}

export class Desk {
  readonly planner: Planner;
  readonly cancelling: Cancelling;
  readonly people: People;
  /** The question on screen; none: nothing is asked. */
  question = $state.raw<FinalQuestion | null>(null);
  /** Exercises whose shorthand was tried and has to be asked about: a plan with one of them is not saved without it. */
  readonly unread = new SvelteSet<string>();
  /** The round the last act on a card was about, so that a failure is shown where it happened. */
  acted = $state<RoundId | null>(null);
  /** Set by the panes: where the keyboard goes. */
  focusSearch: () => void = () => undefined;

  constructor(readonly app: App) {
    this.planner = new Planner(app);
    this.cancelling = new Cancelling(app);
    this.people = new People(app);
  }

  readonly join = new Act(async (session: Session) => {
    // Another athlete who comes meanwhile does not take the place on screen.
    this.planner.chosen = session.id;
    this.joining = session.id;
    try {
      await this.app.call('join_session', { session_id: session.id });
    } catch (thrown) {
      const failure = asFailure(thrown);
      if (failure.code !== 'session-not-waiting') throw failure;
      // The place where it was tried is gone with the session's waiting, so it is said where it stays.
      await this.app.failures.load();
      this.app.announcements.show(() => this.app.failures.of(failure));
    }
  });
  /** Which session was joined last, so that a failure is shown there only. */
  joining = $state<SessionId | null>(null);
  readonly recall = new Act((round: Round) => this.#on(round, 'recall_round'));
  readonly #release = new Act((round: Round) => this.#on(round, 'release_round'));
  readonly remove = new Act((round: Round) => {
    this.#about(round);
    return this.app.call('delete_round', { round_id: round.id, version: round.version });
  });

  /** The acts on a card, for their failures and for whether one goes on. */
  readonly cardActs = [this.#release, this.recall, this.remove];

  /** Asks before a session is ended. It stays on screen meanwhile, whoever else comes. */
  askToCancel(session: Session): void {
    this.planner.chosen = session.id;
    this.cancelling.ask(session);
  }

  /** Begins a new round; the keyboard goes to its search, once that is there. */
  begin(session: Session): void {
    this.planner.begin(session);
    this.#goToPlanner();
  }

  /** Opens a saved round in the planner; the keyboard goes there. */
  edit(session: Session, round: Round): void {
    this.planner.edit(session, round);
    this.#goToPlanner();
  }

  /** Goes on with a round that was left half planned. */
  takeLeftover(session: Session): void {
    this.planner.takeLeftover(session);
    this.#goToPlanner();
  }

  #goToPlanner(): void {
    void tick().then(() => {
      this.focusSearch();
    });
  }

  /** Releases a draft; a final one only after asking, when other drafts would stay behind. */
  async release(session: Session, round: Round): Promise<void> {
    await this.#askIfFinal(session, round.is_final, round.id, () => this.#release.run(round));
  }

  /** Saves what is being planned, as a draft or released in the same act. */
  async save(session: Session, release: boolean): Promise<void> {
    const plan = this.planner.plan(session);
    if (!plan || this.planner.changedElsewhere(session)) return;
    // Also what was typed before the window was left or loaded again, and never taken.
    const unread = plan.items.find(({ key }) => !this.takeShorthand(session, key));
    if (unread) {
      document.querySelector<HTMLElement>(`[data-key="${unread.key}"] [data-shorthand]`)?.focus();
      return;
    }
    const out = this.planner.round(session);
    const isShown = release || (out !== null && isOut(out));
    await this.#askIfFinal(session, isShown && plan.is_final && out?.is_final !== true, plan.round_id, () =>
      this.planner.save.run(session, release),
    );
  }

  /** Takes what stands in an exercise's shorthand, if it says which values; answers whether nothing is left in it. */
  takeShorthand(session: Session, key: string): boolean {
    const find = () => this.planner.plan(session)?.items.find((item) => item.key === key);
    const before = find();
    const after = before && takeShorthand(before);
    if (after && after !== before) this.planner.change(session, (plan) => changeItem(plan, key, after));
    const isTaken = !find()?.shorthand?.trim();
    if (isTaken) this.unread.delete(key);
    else this.unread.add(key);
    return isTaken;
  }

  async #askIfFinal(
    session: Session,
    is_final: boolean,
    id: RoundId | null,
    goOn: () => Promise<unknown>,
  ): Promise<void> {
    const drafts = openDrafts(session, id);
    if (is_final && drafts.length > 0) this.question = { drafts, goOn };
    else await goOn();
  }

  #on(round: Round, act: 'release_round' | 'recall_round'): Promise<Round> {
    this.#about(round);
    return this.app.call(act, { round_id: round.id });
  }

  /** What went wrong with another card is not this one's. */
  #about(round: Round): void {
    this.acted = round.id;
    for (const act of this.cardActs) act.dismiss();
  }

  /** Does what a key stands for; answers whether it stands for anything. */
  key(event: KeyboardEvent, typing: boolean): boolean {
    const session = this.planner.session;
    const held = event.ctrlKey || event.metaKey;
    if (held && session && this.planner.plan(session) && (event.key === 'Enter' || event.key === 's')) {
      void this.save(session, event.key === 'Enter' && this.app.may('release_round', session));
      return true;
    }
    if (typing || held || event.altKey || event.repeat || !this.app.settings.singleKeys) return false;
    if (/^[1-9]$/.test(event.key)) return this.#choose(Number(event.key) - 1);
    // Also with the capitals locked.
    if (event.key.toLowerCase() === 'f') {
      this.people.focusSearch();
      return this.people.hasSearch;
    }
    return session !== null && this.#plainKey(event.key.toLowerCase(), session);
  }

  #plainKey(key: string, session: Session): boolean {
    const may: App['may'] = (...what) => this.app.may(...what);
    const next = session.rounds.find(({ status }) => status === 'draft');
    switch (key) {
      case 'n':
      case '/':
        if (!may('add_round', session)) return false;
        if (key === 'n' || !this.planner.plan(session)) this.begin(session);
        else this.focusSearch();
        return true;
      case 'j':
        if (may('join', session)) void this.join.run(session);
        return may('join', session);
      case 'r':
        if (next && may('release_round', session, next)) void this.release(session, next);
        return next !== undefined;
      case 'x':
        if (may('cancel', session)) this.askToCancel(session);
        return may('cancel', session);
      default:
        return false;
    }
  }

  #choose(place: number): boolean {
    const session = this.people.open[place];
    if (session) this.planner.chosen = session.id;
    return session !== undefined;
  }
}

/** Drafts other than `id` that wait to be released. */
export function openDrafts(session: Session, id: RoundId | null): readonly Round[] {
  return session.rounds.filter((round) => round.status === 'draft' && round.id !== id);
}
