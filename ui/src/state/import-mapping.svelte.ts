/** Which exercises the names of a file are: what the server found for them, and what was assigned here instead. */
import {
  asFailure,
  type Exercise,
  type ExerciseId,
  type Failure,
  type MappedExercise,
} from '../bridge/bridge';
import type { App } from './app.svelte';
import type { Chosen } from './import-draft';

export class ImportMapping {
  /** The studio's exercises, archived ones as well; nothing until they were asked for. */
  exercises = $state.raw<readonly Exercise[] | null>(null);
  /** Why they could not be. */
  failure = $state.raw<Failure | null>(null);
  chosen = $state.raw<Chosen>({});
  #asked = 0;

  constructor(
    readonly app: App,
    /** The names of the file, with what the server found. */
    readonly names: () => readonly MappedExercise[],
    /** Something was assigned. */
    readonly assigned: () => void,
  ) {}

  readonly #found = $derived.by((): Chosen =>
    Object.fromEntries(this.names().map(({ name, exercise_id }) => [name, exercise_id])),
  );

  /** The names that nothing was found for. */
  readonly unknown = $derived.by(() => this.names().filter(({ exercise_id }) => exercise_id === null));
  readonly recognised = $derived.by(() => this.names().filter(({ exercise_id }) => exercise_id !== null));

  /** Which exercise a name of the file is; `null` for a new one. */
  exerciseOf(name: string): ExerciseId | null {
    const found = this.#found[name] ?? null;
    if (!Object.hasOwn(this.chosen, name)) return found;
    const id = this.chosen[name] ?? null;
    // One that was chosen some time ago may be gone by now. What the server found it knows better than the list here.
    const isThere = !this.exercises || this.exercises.some((exercise) => exercise.id === id);
    return id === null || isThere ? id : found;
  }

  assign(name: string, exercise: ExerciseId | null): void {
    this.chosen = { ...this.chosen, [name]: exercise };
    this.assigned();
  }

  /** Asks for the exercises: with each file, because others add and archive some. The last answer counts. */
  async load(): Promise<void> {
    const asked = ++this.#asked;
    const isLast = () => asked === this.#asked;
    this.failure = null;
    try {
      const listed = await this.app.call('import_exercises', {});
      if (isLast()) this.exercises = listed;
    } catch (thrown) {
      if (isLast()) this.failure = asFailure(thrown);
    }
  }
}
