/**
 * A correction of what was noted of an exercise. It is based on what was known when it was begun. A newer correction by
 * somebody else is shown, and replaced only by whoever has seen it.
 */
import { asFailure, type Round, type RoundExercise, type Session } from '../bridge/bridge';
import { Action } from './action.svelte';
import type { App } from './app.svelte';
import type { OpenedSession } from './opened-session.svelte';
import { ValueForm } from './value-form.svelte';

export class CorrectionForm {
  readonly form: ValueForm;
  reason = $state('');
  /** Whether somebody tried to save it: then what can't be read is said. */
  wasTried = $state(false);
  /** The version of the round that the person has seen. */
  #based: number;

  constructor(
    readonly app: App,
    readonly opened: OpenedSession,
    readonly round: Round,
    readonly exercise: RoundExercise,
  ) {
    this.form = new ValueForm(exercise.fields, exercise.actual ?? exercise.planned);
    this.#based = round.version;
  }

  readonly #current = $derived.by(() => this.#roundOf(this.opened.session));
  /** What somebody else noted meanwhile. */
  readonly theirs = $derived.by(() => {
    if (!this.#current || this.#current.version === this.#based) return null;
    const theirs = this.#current.exercises.find(({ id }) => id === this.exercise.id);
    return JSON.stringify(theirs?.actual) === JSON.stringify(this.exercise.actual)
      ? null
      : (theirs?.actual ?? null);
  });

  readonly save = new Action(async () => {
    const actual = this.form.values;
    if (!actual) return;
    const based = this.#seen();
    try {
      await this.app.call('correct_exercise', {
        session_id: this.round.session_id,
        round_id: this.round.id,
        item_id: this.exercise.id,
        version: based,
        actual,
        reason: this.reason.trim() || null,
      });
    } catch (thrown) {
      const failure = asFailure(thrown);
      // What is there now is shown before anything is replaced.
      if (failure.code === 'version-mismatch') await this.opened.load();
      throw failure;
    }
    await this.opened.load();
  });

  /** The version to base it on: what was shown since counts as seen. */
  #seen(): number {
    if (this.#current) this.#based = this.#current.version;
    return this.#based;
  }

  #roundOf(session: Session | null): Round | undefined {
    return session?.rounds.find(({ id }) => id === this.round.id);
  }
}
