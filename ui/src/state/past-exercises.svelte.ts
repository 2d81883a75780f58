/**
 * The exercises of an athlete's past: those by which sessions can be looked for, and those with which one can be entered
 * afterwards. Both are the studio's. An athlete's window has no library, so it asks for it when it is wanted; until that is
 * there, and without a network, it offers those of the sessions that were seen here.
 */
import { asFailure, type Exercise, type Failure, type Session, type UserId } from '../bridge/bridge';
import { byName } from '../words/names';
import type { App } from './app.svelte';
import type { Choice } from './record-form.svelte';

/** An exercise to look for, or to enter. */
export type PastExercise = Choice & { archived: boolean };

export class PastExercises {
  /** Why the others could not be asked for. */
  failure = $state.raw<Failure | null>(null);
  isAsking = $state(false);
  #asked = $state.raw<readonly Exercise[]>([]);
  #hasAnswer = false;
  #seen = $state.raw<readonly PastExercise[]>([]);

  constructor(
    readonly app: App,
    readonly athlete: UserId,
  ) {}

  /** All by which sessions can be looked for, also archived ones. */
  readonly all = $derived.by((): PastExercise[] => {
    const sessions = this.app.sessions.filter((session) => session.athlete.id === this.athlete);
    const done = [...this.#seen, ...sessions.flatMap(exercisesOf)];
    // What the library says of one comes last, and counts.
    const known = [...done, ...this.#asked, ...this.app.exercises].map(
      ({ id, name, fields, archived }) => [id, { id, name, fields, archived }] as const,
    );
    return byName(Object.values<PastExercise>(Object.fromEntries(known)));
  });

  /** Those with which a session can be entered. */
  readonly offered = $derived.by((): readonly Choice[] => {
    const library = [...this.app.exercises, ...this.#asked];
    return this.all.filter(
      ({ id, archived }) => !archived && (library.length === 0 || library.some((one) => one.id === id)),
    );
  });

  /** Asks for what is not known here: for a trainer what is archived, for an athlete all. */
  async load(): Promise<void> {
    if (this.#hasAnswer || this.isAsking) return;
    this.isAsking = true;
    try {
      const call = this.app.role === 'trainer' ? 'archived_exercises' : 'import_exercises';
      this.#asked = await this.app.call(call, {});
      this.#hasAnswer = true;
      this.failure = null;
    } catch (thrown) {
      this.failure = asFailure(thrown);
    } finally {
      this.isAsking = false;
    }
  }

  /** Offers what was done in a session that was read. */
  see(session: Session): void {
    const isNew = ({ id }: PastExercise) => !this.#seen.some((one) => one.id === id);
    const found = exercisesOf(session).filter(isNew);
    if (found.length > 0) this.#seen = [...this.#seen, ...found];
  }
}

function exercisesOf({ rounds }: Session): PastExercise[] {
  return rounds.flatMap(({ exercises }) =>
    exercises.map(({ exercise_id, name, fields }) => ({ id: exercise_id, name, fields, archived: false })),
  );
}
