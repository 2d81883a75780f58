/** Keeping rounds as templates and planning from them. What is changed or deleted here can be undone for ten seconds. */
import type { RoundPlan, Session, Template } from '../bridge/bridge';
import { m } from '../paraglide/messages';
import { offeredIn } from '../trainer/library';
import { withoutArchived, withRound } from '../trainer/templates';
import { byName, isolated, namesWords } from '../words/names';
import { writeValue } from '../words/quantities';
import { Action } from './action.svelte';
import type { App } from './app.svelte';
import { LastTraining } from './last-training.svelte';
import type { Planner } from './planner.svelte';

export class Templates {
  /** The session they are shown for; none: they are not shown. */
  shownFor = $state.raw<Session | null>(null);

  readonly lastTraining: LastTraining;

  constructor(
    readonly app: App,
    readonly planner: Planner,
  ) {
    this.lastTraining = new LastTraining(app);
  }

  readonly all = $derived.by(() => byName(this.app.templates));

  isOwn({ owner }: Template): boolean {
    return owner.id === this.app.me?.id;
  }

  readonly save = new Action(async (name: string, shared: boolean, rounds: RoundPlan[]) => {
    await this.app.call('create_template', { draft: { name: name.trim(), shared, rounds } });
    this.app.announcements.show(() => m.template_saved({ name: isolated(name.trim()) }));
  });

  /** Gives it another name, or shares it, or no longer. */
  readonly edit = new Action(async (template: Template, change: { name?: string; shared?: boolean }) => {
    const { id, version, name, shared, rounds } = template;
    const draft = { name, shared, rounds, ...change };
    await this.app.call('edit_template', { template_id: id, version, draft });
  });

  readonly remove = new Action(async (template: Template) => {
    await this.app.call('delete_template', { template_id: template.id, version: template.version });
    const words = () => m.template_deleted({ name: isolated(template.name) });
    this.app.announcements.offerUndo(words, () => {
      void this.#restore.run(template);
    });
  });

  readonly #restore = new Action((template: Template) => this.app.call('restore_template', { template }));

  /** Plans rounds for a session: one in the plan on screen, several as drafts, with their loads worked out. */
  readonly use = new Action(async (session: Session, rounds: readonly RoundPlan[]) => {
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
    for (const plan of plans)
      await this.app.call('add_round', { session_id: session.id, plan, release: false });
  }

  /** What is not in the library any more is not planned, and that is said. */
  #sayLeftOut(ids: readonly string[]): void {
    const names = ids.map((id) => this.app.exercises.find((one) => one.id === id)?.name ?? '?');
    this.app.announcements.show(() => m.template_left_out({ names: namesWords(names) }));
  }
}
