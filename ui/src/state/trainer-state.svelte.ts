/**
 * What a trainer does by click or by key: joining, releasing, recalling, deleting, saving. There is one action of each, so
 * that a key pressed twice does it once, and a question first where one is needed.
 */
import { tick } from 'svelte';
import { SvelteSet } from 'svelte/reactivity';

import {
  asFailure,
  type Failure,
  type Round,
  type RoundId,
  type Session,
  type SessionId,
} from '../bridge/bridge';
import { applyShorthand, changeItem, EMPTY, roundsOf } from '../trainer/plan';
import { m } from '../paraglide/messages';
import { Action } from './action.svelte';
import { AddedExercises } from './added-exercises.svelte';
import type { App } from './app.svelte';
import { Board } from './board.svelte';
import { Cancellation } from './cancellation.svelte';
import { People } from './people.svelte';
import type { GroupRelease } from './group-release.svelte';
import { LastSets } from './last-sets.svelte';
import { Planner } from './planner.svelte';
import { isSaveKey } from './keys';
import { isOut, openDrafts } from './session';
import { Templates } from './templates.svelte';
import { undoBy } from './undo';

/** A final round about to be released while other drafts would stay behind. */
export interface FinalQuestion {
  drafts: readonly Round[];
  proceed: () => Promise<unknown>;
}

export class TrainerState {
  readonly planner: Planner;
  readonly cancellation: Cancellation;
  readonly people: People;
  readonly addedExercises: AddedExercises;
  readonly board: Board;
  /** One plan for several, once it was asked for. */
  group = $state.raw<GroupRelease | null>(null);
  readonly templates: Templates;
  readonly lastSets: LastSets;
  /** The question on screen; none: nothing is asked. */
  question = $state.raw<FinalQuestion | null>(null);
  /** Exercises of a plan whose shorthand could not be applied: a plan with one of them is not saved. */
  readonly unresolvedShorthands = new SvelteSet<string>();
  /** The round of the last action on a card, so that a failure is shown where it happened. */
  lastCard = $state<RoundId | null>(null);
  /** The exercise of the plan that is open: the one the trainer was in last, until they go on to the search. */
  openItem = $state<string | null>(null);
  /** Set by the panes: moves the focus to the search for exercises. */
  focusSearch: () => void = () => undefined;

  constructor(readonly app: App) {
    this.planner = new Planner(app);
    this.cancellation = new Cancellation(app);
    this.people = new People(app);
    this.addedExercises = new AddedExercises(app, this.planner);
    this.board = new Board(app);
    this.templates = new Templates(app, this.planner);
    this.lastSets = new LastSets(app);
  }

  readonly join = new Action(async (session: Session) => {
    // Another athlete who starts meanwhile does not take this one's place on screen.
    this.planner.chosen = session.id;
    this.joining = session.id;
    try {
      await this.app.call('join_session', { session_id: session.id });
    } catch (thrown) {
      const failure = asFailure(thrown);
      if (failure.code !== 'session-not-waiting') throw failure;
      // Its button is gone, since the session no longer waits: a notice stays.
      await this.app.failures.load();
      this.app.announcements.show(() => this.app.failures.of(failure));
    }
  });
  /** Which session was joined last, so that a failure is shown there only. */
  joining = $state<SessionId | null>(null);
  /** Takes a round back that nobody has begun; for ten seconds that can be undone. */
  readonly recall = new Action(async (round: Round) => {
    await this.#on(round, 'recall_round');
    const words = () => m.round_recalled({ number: round.number });
    this.#offerUndo(round, words, () => this.#on(round, 'release_round'));
  });
  readonly #release = new Action((round: Round) => this.#on(round, 'release_round'));
  /** Deletes a draft; for ten seconds that can be undone, and it is back in its place. */
  readonly remove = new Action(async (round: Round) => {
    const { id, number, version } = round;
    this.#about(round);
    await this.app.call('delete_round', { round_id: id, version });
    const words = () => m.round_deleted({ number });
    this.#offerUndo(round, words, () => this.app.call('restore_round', { round }));
  });

  readonly #cardActions = [this.#release, this.recall, this.remove];

  /** Whether something is being done with a round. */
  isBusyWith(round: Round): boolean {
    return this.lastCard === round.id && this.#cardActions.some(({ busy }) => busy);
  }

  /** Why what was done last with a round failed. */
  failureOf(round: Round): Failure | null {
    if (this.lastCard !== round.id) return null;
    return this.#cardActions.find(({ failure }) => failure)?.failure ?? null;
  }

  /** Asks before a session is ended. It stays on screen meanwhile, whoever else comes. */
  askToCancel(session: Session): void {
    this.planner.chosen = session.id;
    this.cancellation.ask(session);
  }

  /** Begins a new round; the keyboard goes to its search, once that is there. */
  begin(session: Session): void {
    this.planner.begin(session);
    if (this.board.isOpen) this.board.leave();
    this.#goToPlanner();
  }

  /** Opens a saved round in the planner; the keyboard goes there. */
  edit(session: Session, round: Round): void {
    this.planner.edit(session, round);
    this.#goToPlanner();
  }

  /** Continues a round that was left half planned. */
  resumeUnfinished(session: Session): void {
    this.planner.resumeUnfinished(session);
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
    if (this.#goToUnresolved(session)) return;
    const out = this.planner.round(session);
    const isShown = release || (out !== null && isOut(out));
    // Of several rounds the last one ends the session, and only the first one is released now.
    const isFinal = plan.is_final && roundsOf(plan).length === 1;
    await this.#askIfFinal(session, isShown && isFinal && out?.is_final !== true, plan.round_id, () =>
      this.planner.save.run(session, release),
    );
  }

  /** Shows what several athletes would get of what is planned for one. Rarely asked for, so it is not loaded before. */
  readonly releaseToGroup = new Action(async (session: Session) => {
    if (this.#goToUnresolved(session)) return;
    const { GroupRelease } = await import('./group-release.svelte');
    this.group ??= new GroupRelease(this.app, this.planner);
    await this.group.open.run(session);
  });

  /**
   * Whether everything that is planned can be kept as a template. What can't be read is gone to, beside what is wrong
   * with it, and what covers it is closed.
   */
  async keepsAll(session: Session): Promise<boolean> {
    const { items } = this.planner.plan(session) ?? EMPTY;
    const isApplied = items.map(({ key }) => this.applyShorthand(session, key)).every(Boolean);
    if (isApplied && !this.planner.reportUnreadable(session)) return true;
    this.templates.shownFor = null;
    await tick();
    if (!this.#goToUnresolved(session))
      document.querySelector<HTMLElement>('[data-plan] [aria-invalid="true"]')?.focus();
    return false;
  }

  /** Goes to the first shorthand of the plan that can't be applied, if there is one. */
  #goToUnresolved(session: Session): boolean {
    // Also one that was typed before the window was left or reloaded, and never applied.
    const { items } = this.planner.plan(session) ?? EMPTY;
    const unresolved = items.find(({ key }) => !this.applyShorthand(session, key));
    if (unresolved)
      document.querySelector<HTMLElement>(`[data-key="${unresolved.key}"] [data-shorthand]`)?.focus();
    return unresolved !== undefined;
  }

  /** Turns an exercise's shorthand into values, if it can be read; returns whether nothing is left in it. */
  applyShorthand(session: Session, key: string): boolean {
    const find = () => this.planner.plan(session)?.items.find((item) => item.key === key);
    const before = find();
    const after = before && applyShorthand(before);
    if (after && after !== before) this.planner.change(session, (plan) => changeItem(plan, key, after));
    const isApplied = find()?.shorthand === undefined;
    if (isApplied) this.unresolvedShorthands.delete(key);
    else this.unresolvedShorthands.add(key);
    return isApplied;
  }

  async #askIfFinal(
    session: Session,
    is_final: boolean,
    id: RoundId | null,
    proceed: () => Promise<unknown>,
  ): Promise<void> {
    const drafts = openDrafts(session, id);
    if (is_final && drafts.length > 0) this.question = { drafts, proceed };
    else await proceed();
  }

  #on(round: Round, act: 'release_round' | 'recall_round'): Promise<Round> {
    this.#about(round);
    return this.app.call(act, { round_id: round.id });
  }

  #offerUndo({ session_id }: Round, words: () => string, act: () => Promise<unknown>): void {
    this.app.announcements.offerUndo(words, () => void undoBy(this.app, act), session_id);
  }

  /** A failure on another card is not this one's. */
  #about(round: Round): void {
    this.lastCard = round.id;
    for (const action of this.#cardActions) action.dismiss();
  }

  /** Handles a key; returns whether it is a shortcut. */
  key(event: KeyboardEvent, typing: boolean): boolean {
    const session = this.planner.session;
    const held = event.ctrlKey || event.metaKey;
    if (session && isSaveKey(event) && this.#isAboutPlan(session, event.target, typing)) {
      void this.save(session, event.key === 'Enter' && this.app.may('release_round', session));
      return true;
    }
    if (event.key === 'Escape' && this.#leadsBack(event)) return true;
    if (typing || held || event.altKey || event.repeat || !this.app.settings.singleKeys) return false;
    if (event.key.toLowerCase() === 'b') return this.#toggleBoard();
    if (/^[1-9]$/.test(event.key)) return this.#choose(Number(event.key) - 1);
    // On the board a key is about the tile that has the keyboard, and about no other.
    if (this.board.isOpen && !this.board.hasFocus()) return false;
    // Also with the capitals locked.
    if (event.key.toLowerCase() === 'f') {
      this.people.focusSearch();
      return this.people.hasSearch;
    }
    return session !== null && this.#plainKey(event.key.toLowerCase(), session);
  }

  /** Whether a key is about the plan on screen: typed in it, or in no field. On the board none is on screen. */
  #isAboutPlan(session: Session, target: EventTarget | null, typing: boolean): boolean {
    const isInPlan = target instanceof Element && target.closest('[data-plan]') !== null;
    return !this.board.isOpen && this.planner.plan(session) !== null && (isInPlan || !typing);
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
      case 't':
        if (may('add_round', session) || session.rounds.length > 0) this.templates.shownFor = session;
        return true;
      case 'x':
        if (may('cancel', session)) this.askToCancel(session);
        return may('cancel', session);
      default:
        return false;
    }
  }

  /** Escape leads from a session that was opened on the board back there, and on the board out of a tile. */
  #leadsBack(event: KeyboardEvent): boolean {
    if (event.defaultPrevented) return false;
    if (this.board.isBehind) {
      this.board.show(this.planner.session?.id);
      return true;
    }
    if (!this.board.isOpen || !this.board.hasFocus()) return false;
    (document.activeElement as HTMLElement).blur();
    return true;
  }

  #toggleBoard(): boolean {
    if (this.board.isOpen) this.board.hide();
    else this.board.show();
    return true;
  }

  #choose(place: number): boolean {
    if (this.board.isOpen) return this.board.focusTile(place);
    const session = this.people.open[place];
    if (session) this.planner.chosen = session.id;
    return session !== undefined;
  }
}
