/**
 * What the athlete has entered for one round and nobody else knows yet: which exercise they are at, values, feedback.
 * It belongs to the round's and the exercises' ids and is never made anew by an arriving event, so an edited, recalled
 * or cancelled round costs no typed word (behaviour 7). A reload of the window finds it again.
 */
import type {
  ExerciseReport,
  ItemId,
  Round,
  RoundExercise,
  RoundId,
  SessionId,
  Values,
} from '../bridge/bridge';
import { FeedbackForm, type FeedbackEntry } from './feedback';
import type { Kept } from './kept.svelte';

type Typed = Partial<Pick<Values, 'weight_kg' | 'reps' | 'distance_m' | 'time_s'>>;

export interface StoredEntries {
  session_id: SessionId;
  round_id: RoundId;
  stage: 'training' | 'feedback';
  at: ItemId | null;
  values: Readonly<Record<ItemId, Typed>>;
  feedback: Readonly<Record<ItemId, FeedbackEntry>>;
}

export class RoundEntries {
  readonly #round: Pick<Round, 'id' | 'session_id'>;
  readonly #kept: Kept<StoredEntries>;

  constructor(round: Pick<Round, 'id' | 'session_id'>, kept: Kept<StoredEntries>) {
    this.#round = round;
    this.#kept = kept;
  }

  get #stored(): StoredEntries {
    const { id: round_id, session_id } = this.#round;
    return (
      this.#kept.get(round_id) ?? {
        session_id,
        round_id,
        stage: 'training',
        at: null,
        values: {},
        feedback: {},
      }
    );
  }

  get stage(): StoredEntries['stage'] {
    return this.#stored.stage;
  }
  set stage(stage: StoredEntries['stage']) {
    this.#change({ stage });
  }

  /** The exercise the athlete is at: the chosen one while it is in the round, else the first one not ticked off. */
  current(round: Round): RoundExercise | undefined {
    return (
      round.exercises.find((exercise) => exercise.id === this.#stored.at) ??
      round.exercises.find((exercise) => exercise.actual === null) ??
      round.exercises[0]
    );
  }

  goTo(item: ItemId | null): void {
    this.#change({ at: item });
  }

  /** What was done, as it stands: typed, else ticked off before, else as planned. */
  values(exercise: RoundExercise): Values {
    const before = exercise.actual ?? { ...exercise.planned, effort: null };
    return { ...before, ...this.#stored.values[exercise.id] };
  }

  enter(item: ItemId, typed: Typed): void {
    const values = { ...this.#stored.values, [item]: { ...this.#stored.values[item], ...typed } };
    this.#change({ values });
  }

  form(item: ItemId): FeedbackForm {
    return new FeedbackForm(
      () => this.#stored.feedback[item],
      (entry) => {
        this.#change({ feedback: { ...this.#stored.feedback, [item]: entry } });
      },
    );
  }

  /** One report for each exercise; `null` while something is missing. */
  reports(round: Round): ExerciseReport[] | null {
    const reports = round.exercises.map((exercise) => {
      const report = this.form(exercise.id).report(exercise.id);
      // Values that were set count as done, also when nobody pressed the button below them.
      const wasSet = exercise.actual === null && this.#stored.values[exercise.id] !== undefined;
      return report && wasSet ? { ...report, actual: this.values(exercise) } : report;
    });
    return reports.every((report) => report !== null) ? reports : null;
  }

  #change(change: Partial<StoredEntries>): void {
    this.#kept.put(this.#round.id, { ...this.#stored, ...change });
  }
}

/** What was stored, if it has the shape of entries. */
export function asStored(kept: unknown): StoredEntries | undefined {
  const isStored =
    typeof kept === 'object' &&
    kept !== null &&
    'session_id' in kept &&
    'round_id' in kept &&
    'feedback' in kept &&
    'values' in kept &&
    typeof kept.feedback === 'object' &&
    typeof kept.values === 'object';
  return isStored ? (kept as StoredEntries) : undefined;
}
