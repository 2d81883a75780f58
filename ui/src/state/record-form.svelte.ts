/** A session that happened without Ringside, as it is entered afterwards. */
import type { Exercise, SessionRecord, UserId } from '../bridge/bridge';
import { inputsOf, instantOf, timestamp } from '../words/local-time';
import { readNumber } from '../words/numbers';
import { Action } from './action.svelte';
import type { App } from './app.svelte';
import { ValueForm } from './value-form.svelte';

/** What an exercise has to say of itself to be chosen. */
export type Choice = Pick<Exercise, 'id' | 'name' | 'fields'>;

/** How many sets of one exercise may be entered at once. */
const MOST_SETS = 20;

/** An exercise of it, with as many sets of the same. */
export class RecordLine {
  readonly key = crypto.randomUUID();
  readonly form: ValueForm;
  sets = $state('1');
  effort = $state<number | null>(null);

  constructor(readonly exercise: Choice) {
    this.form = new ValueForm(exercise.fields, null);
  }

  /** How many sets; `null` if that can't be read. */
  get count(): number | null {
    const reading = readNumber(this.sets);
    if (reading.kind !== 'number') return null;
    const isCount = Number.isInteger(reading.value) && reading.value >= 1 && reading.value <= MOST_SETS;
    return isCount ? reading.value : null;
  }
}

export class RecordForm {
  day: string;
  time: string;
  minutes = $state('60');
  lines = $state.raw<readonly RecordLine[]>([]);
  wasTried = $state(false);

  constructor(
    readonly app: App,
    readonly athlete: UserId,
  ) {
    const anHourAgo = inputsOf(app.clock.at() - 3_600_000);
    this.day = $state(anHourAgo.day);
    this.time = $state(anHourAgo.time);
  }

  add(exercise: Choice): void {
    this.lines = [...this.lines, new RecordLine(exercise)];
  }

  remove(line: RecordLine): void {
    this.lines = this.lines.filter((one) => one !== line);
  }

  /** When it began and ended, in milliseconds; `null` if the day, the time or the length can't be read. */
  get span(): { from: number; to: number } | null {
    const from = instantOf(this.day, this.time);
    const length = readNumber(this.minutes);
    if (from === null || length.kind !== 'number' || length.value < 1 || length.value > 1440) return null;
    return { from, to: from + length.value * 60_000 };
  }

  /** Whether it would end after now. */
  get isInFuture(): boolean {
    return this.span !== null && this.span.to > this.app.clock.at();
  }

  get isReady(): boolean {
    const isWhole = this.lines.every(({ form, count }) => form.values !== null && count !== null);
    return this.span !== null && !this.isInFuture && this.lines.length > 0 && isWhole;
  }

  readonly save = new Action(async () => {
    const session = this.#record();
    if (session) await this.app.call('record_session', { athlete_id: this.athlete, session });
  });

  /** Its rounds: the first sets of every exercise, then the second ones, and so on. */
  #record(): SessionRecord | null {
    const { span } = this;
    if (!span || !this.isReady) return null;
    const most = Math.max(...this.lines.map(({ count }) => count ?? 0));
    const rounds = Array.from({ length: most }, (_, set) => ({
      exercises: this.lines.flatMap(({ exercise, form, count, effort }) => {
        const actual = form.values;
        if (!actual || set >= (count ?? 0)) return [];
        const feedback = effort === null ? null : { effort, pain: false, pain_regions: [], note: null };
        return [{ exercise_id: exercise.id, planned: NOTHING, actual, feedback }];
      }),
    }));
    return { started_at: timestamp(span.from), ended_at: timestamp(span.to), rounds };
  }
}

const NOTHING = { weight_kg: null, reps: null, distance_m: null, time_s: null, effort: null };
