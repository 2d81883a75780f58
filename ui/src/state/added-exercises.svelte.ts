/**
 * Exercises that a trainer adds to the library while planning, by typing a name that none has. An archived one of that
 * name is brought back instead.
 */
import { SvelteMap } from 'svelte/reactivity';

import type { Exercise, ExerciseId, Session } from '../bridge/bridge';
import { m } from '../paraglide/messages';
import { draftNamed } from '../trainer/exercise-form';
import { exerciseNamed } from '../trainer/library';
import { removeItem } from '../trainer/plan';
import { isolated } from '../words/names';
import { Action } from './action.svelte';
import type { App } from './app.svelte';
import type { Planner } from './planner.svelte';

export class AddedExercises {
  /** What was added here; shown until it arrives with the library. */
  readonly #added = new SvelteMap<ExerciseId, Exercise>();

  constructor(
    readonly app: App,
    readonly planner: Planner,
  ) {}

  /** The exercise of the library, or as it was just added to it. */
  find(id: ExerciseId): Exercise | undefined {
    return this.app.exercises.find((exercise) => exercise.id === id) ?? this.#added.get(id);
  }

  /** Adds it and hands it on; both can be undone for ten seconds. */
  readonly add = new Action(
    async (session: Session, name: string, shorthand: string, plan: (exercise: Exercise) => unknown) => {
      const archived = exerciseNamed(this.app.exercises, name);
      const added = archived
        ? await this.app.call('restore_exercise', { exercise: archived })
        : await this.app.call('create_exercise', { draft: draftNamed(name, shorthand) });
      this.#added.set(added.id, added);
      plan(added);
      const words = () => m.search_created({ name: isolated(added.name) });
      this.app.announcements.offerUndo(words, () => {
        void this.takeBack.run(session, added);
      });
    },
  );

  /** Takes it out of the plan and of the library. */
  readonly takeBack = new Action(async (session: Session, added: Exercise) => {
    for (const item of this.planner.plan(session)?.items ?? [])
      if (item.exercise_id === added.id) this.planner.change(session, (plan) => removeItem(plan, item.key));
    const { id, version } = this.find(added.id) ?? added;
    await this.app.call('archive_exercise', { exercise_id: id, version });
  });
}
