/** Keeping rounds as templates and planning from them. */
import type { Failure, Round, RoundPlan, Session, SessionId, Template } from '../bridge/bridge';
import { m } from '../paraglide/messages';
import { offeredIn } from '../trainer/library';
import { baseOf } from '../trainer/plan';
import { withoutArchived, withRound } from '../trainer/templates';
import { byName, namesWords } from '../words/names';
import { writeValue } from '../words/quantities';
import { Action } from './action.svelte';
import type { App } from './app.svelte';
import { NewTemplate } from './new-template.svelte';
import type { Planner } from './planner.svelte';
import { undoBy } from './undo';

export class Templates {
  /** The session they are shown for; none: they are not shown. */
  shownFor = $state.raw<Session | null>(null);
  /** The one that is about to be kept. */
  readonly made: NewTemplate;
  #usedFor = $state<SessionId | null>(null);

  constructor(
    readonly app: App,
    readonly planner: Planner,
  ) {
    this.made = new NewTemplate(app);
  }

  readonly all = $derived.by(() => byName(this.app.templates));

  isOwn({ owner }: Template): boolean {
    return owner.id === this.app.me?.id;
  }

  /** Why nothing could be planned from one for a session. */
  useFailure({ id }: Session): Failure | null {
    return this.#usedFor === id ? this.use.failure : null;
  }

  /** Plans rounds for a session: one in the plan on screen, several as drafts, with their loads worked out. */
  readonly use = new Action(async (session: Session, rounds: readonly RoundPlan[]) => {
    this.#usedFor = session.id;
    const offered = offeredIn(this.app.exercises);
    const checked = rounds.map((round) => withoutArchived(round, offered));
    const usable = checked.map(({ round }) => round).filter(({ exercises }) => exercises.length > 0);
    const [only] = usable;
    if (only && usable.length === 1) this.#plan(session, only);
    else if (only) await this.#addDrafts(session, usable);
    const left = checked.flatMap((one) => one.left).filter((id, i, all) => all.indexOf(id) === i);
    if (left.length > 0) this.#sayLeftOut(left);
  });

  #plan(session: Session, round: RoundPlan): void {
    const rest = round.rest_after_s === null ? '' : writeValue('time_s', round.rest_after_s);
    this.planner.change(session, (plan) => withRound(plan, round, rest, () => this.planner.newKey()));
  }

  async #addDrafts(session: Session, rounds: readonly RoundPlan[]): Promise<void> {
    const plans = await this.planner.workedOut(session, rounds);
    const added: Round[] = [];
    try {
      for (const plan of plans)
        added.push(await this.app.call('add_round', { session_id: session.id, plan, release: false }));
    } finally {
      // Also of those that were added before one failed.
      if (added.length > 0) this.#offerUndo(session.id, added);
    }
  }

  /** One undo for all of them. What was changed or released since stays. */
  #offerUndo(id: SessionId, added: readonly Round[]): void {
    const undo = async (): Promise<void> => {
      // The last one first, so that the next round gets its number.
      for (const before of added.toReversed()) {
        const session = this.app.trainerSessions.find((one) => one.id === id);
        const now = session?.rounds.find((round) => round.id === before.id);
        if (now?.status !== 'draft' || baseOf(now) !== baseOf(before)) continue;
        await this.app.call('delete_round', { round_id: now.id, version: now.version });
      }
    };
    const words = () => m.templates_planned({ count: added.length });
    this.app.announcements.offerUndo(words, () => void undoBy(this.app, undo), id);
  }

  /** What is not in the library any more is not planned, and that is said. */
  #sayLeftOut(ids: readonly string[]): void {
    const names = ids.map((id) => this.app.exercises.find((one) => one.id === id)?.name ?? '?');
    this.app.announcements.show(() => m.template_left_out({ names: namesWords(names) }));
  }
}
