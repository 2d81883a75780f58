/**
 * What the athlete has entered for one round and nobody else knows yet: which exercise they are at, values, feedback.
 * It belongs to the round's and the exercises' ids and is never replaced by an arriving event, so an edited, recalled
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
import { LIMITS } from '../bridge/generated';
import { type Problem, readValue, VALUE_FIELDS, type ValueField, writeValue } from '../words/quantities';
import { FeedbackForm, type FeedbackEntry } from './feedback';
import type { StoredMap } from './stored-map.svelte';

/** Effort is asked for with the feedback. */
export type DoneField = Exclude<ValueField, 'effort'>;
/** Values as they were typed: a text that can't be read yet is one that is still being typed. */
type Typed = Partial<Record<DoneField, string>>;

/** What was done as far as it can be read, and what keeps the rest from being. */
export interface DoneValues {
  values: Values;
  problems: Partial<Record<DoneField, Problem>>;
}

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
  readonly #map: StoredMap<StoredEntries>;

  constructor(round: Pick<Round, 'id' | 'session_id'>, map: StoredMap<StoredEntries>) {
    this.#round = round;
    this.#map = map;
  }

  get #stored(): StoredEntries {
    const { id: round_id, session_id } = this.#round;
    return (
      this.#map.get(round_id) ?? {
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

  /** What was done: as typed, else as ticked off, else as planned. What can't be read is no value. */
  done(exercise: RoundExercise): DoneValues {
    const values = initialValues(exercise);
    const problems: DoneValues['problems'] = {};
    for (const field of DONE_FIELDS) {
      const typed = this.#stored.values[exercise.id]?.[field];
      if (typed === undefined) continue;
      const { value, problem } = readValue(field, typed, LIMITS.actual[field]);
      values[field] = value;
      if (problem) problems[field] = problem;
    }
    return { values, problems };
  }

  values(exercise: RoundExercise): Values {
    return this.done(exercise).values;
  }

  /** The text in the input of a value. */
  text(exercise: RoundExercise, field: DoneField): string {
    const typed = this.#stored.values[exercise.id]?.[field];
    const value = initialValues(exercise)[field];
    return typed ?? (value === null ? '' : writeValue(field, value));
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

  /** The first exercise with a value that can't be read and that nothing else is known of. */
  unreadable(round: Round): RoundExercise | undefined {
    return round.exercises.find(
      (exercise) => exercise.actual === null && Object.keys(this.done(exercise).problems).length > 0,
    );
  }

  /** What is neither ticked off nor has values of its own: done as planned or not at all, only the athlete knows. */
  unticked(round: Round): RoundExercise[] {
    return round.exercises.filter(
      ({ actual, id }) => actual === null && this.#stored.values[id] === undefined,
    );
  }

  /** One report for each exercise; `null` while something is missing. What is not ticked off was done as planned, or not. */
  reports(round: Round, untickedIsDone: boolean): ExerciseReport[] | null {
    if (this.unreadable(round)) return null;
    const reports = round.exercises.map((exercise) => {
      const report = this.form(exercise.id).report(exercise.id);
      // Values that were set count as done, also when nobody pressed the button below them.
      const wasSet = this.#stored.values[exercise.id] !== undefined;
      const isDone = exercise.actual === null && (wasSet || untickedIsDone);
      return report && isDone ? { ...report, actual: this.values(exercise) } : report;
    });
    return reports.every((report) => report !== null) ? reports : null;
  }

  #change(change: Partial<StoredEntries>): void {
    this.#map.put(this.#round.id, { ...this.#stored, ...change });
  }
}

const DONE_FIELDS = VALUE_FIELDS.filter((field) => field !== 'effort');

/** What is known of an exercise apart from what is typed. Of a range, the least is what was asked for. */
function initialValues({ actual, planned }: RoundExercise): Values {
  const { weight_kg, reps, distance_m, time_s } = actual ?? planned;
  return { weight_kg, reps, distance_m, time_s, effort: actual?.effort ?? null };
}

/** What was stored, if it has the shape of entries. */
export function asStoredEntries(stored: unknown): StoredEntries | undefined {
  const isStored =
    typeof stored === 'object' &&
    stored !== null &&
    'session_id' in stored &&
    'round_id' in stored &&
    'feedback' in stored &&
    'values' in stored &&
    typeof stored.feedback === 'object' &&
    typeof stored.values === 'object';
  return isStored ? (stored as StoredEntries) : undefined;
}
