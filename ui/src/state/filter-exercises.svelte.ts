/**
 * The exercises by which past sessions can be looked for: the studio's, also archived ones, and those of the sessions that
 * were seen here. An athlete's window has no library, so theirs grow with what they look at.
 */
import type { Exercise, ExerciseId, Session, UserId } from '../bridge/bridge';
import { byName } from '../words/names';
import type { App } from './app.svelte';

/** An exercise to look for. */
export interface FilterExercise {
  id: ExerciseId;
  name: string;
  archived: boolean;
}

export class FilterExercises {
  #archived = $state.raw<readonly Exercise[]>([]);
  #hasArchive = false;
  #seen = $state.raw<readonly FilterExercise[]>([]);

  constructor(
    readonly app: App,
    readonly athlete: UserId,
  ) {}

  readonly all = $derived.by((): FilterExercise[] => {
    const sessions = this.app.sessions.filter((session) => session.athlete.id === this.athlete);
    const done = [...this.#seen, ...sessions.flatMap(exercisesOf)];
    // What the library says of one comes last, and counts.
    const known = [...done, ...this.#archived, ...this.app.exercises].map(
      ({ id, name, archived }) => [id, { id, name, archived }] as const,
    );
    return byName(Object.values<FilterExercise>(Object.fromEntries(known)));
  });

  /** Asks for what is archived, where there is a library. A failure is not reported: the others can be looked for. */
  async load(): Promise<void> {
    if (this.app.role !== 'trainer' || this.#hasArchive) return;
    const archived = await this.app.call('archived_exercises', {}).catch(() => null);
    this.#hasArchive = archived !== null;
    if (archived) this.#archived = archived;
  }

  /** Offers what was done in a session that was read. */
  see(session: Session): void {
    const isNew = ({ id }: FilterExercise) => !this.#seen.some((one) => one.id === id);
    const found = exercisesOf(session).filter(isNew);
    if (found.length > 0) this.#seen = [...this.#seen, ...found];
  }
}

function exercisesOf({ rounds }: Session): FilterExercise[] {
  return rounds.flatMap(({ exercises }) =>
    exercises.map(({ exercise_id, name }) => ({ id: exercise_id, name, archived: false })),
  );
}
