/** A session that happened without Ringside, as it is entered afterwards. */
import { untrack } from 'svelte';

import type { Exercise, Session, SessionRecord, UserId } from '../bridge/bridge';
import { inputsOf, instantOf, timestamp } from '../words/local-time';
import { readNumber } from '../words/numbers';
import { Action } from './action.svelte';
import type { App } from './app.svelte';
import { Drafts } from './drafts';
import { type DoneTexts, ValueForm } from './value-form.svelte';

/** What an exercise has to say of itself to be chosen. */
export type Choice = Pick<Exercise, 'id' | 'name' | 'fields'>;

/** How many sets of one exercise may be entered at once. */
export const MOST_SETS = 20;
/** How long it may have been: a day, in minutes. */
export const MOST_MINUTES = 1440;

/** An exercise of it, with as many sets of the same. */
export class RecordLine {
  readonly key = crypto.randomUUID();
  readonly form: ValueForm;
  sets = $state('1');
  effort = $state<number | null>(null);

  constructor(
    readonly exercise: Choice,
    kept?: StoredLine,
  ) {
    this.form = new ValueForm(exercise.fields, null);
    this.form.restore(kept?.texts);
    this.sets = kept?.sets ?? '1';
    this.effort = kept?.effort ?? null;
  }

  get stored(): StoredLine {
    const { id, name, fields } = this.exercise;
    return { exercise: { id, name, fields }, sets: this.sets, effort: this.effort, texts: this.form.texts };
  }

  /** How many sets; `null` if that can't be read. */
  get count(): number | null {
    const reading = readNumber(this.sets);
    if (reading.kind !== 'number') return null;
    const isCount = Number.isInteger(reading.value) && reading.value >= 1 && reading.value <= MOST_SETS;
    return isCount ? reading.value : null;
  }
}

interface StoredLine {
  exercise: Choice;
  sets: string;
  effort: number | null;
  texts: DoneTexts;
}

/** A record as it is half entered. */
interface StoredRecord {
  day: string;
  time: string;
  minutes: string;
  lines: readonly StoredLine[];
}

/** What is half entered, by athlete. */
export function recordDrafts(app: App): Drafts<StoredRecord> {
  return new Drafts(app, 'record', asRecord);
}

export class RecordForm {
  readonly #untouched: string;
  day: string;
  time: string;
  minutes = $state('60');
  lines = $state.raw<readonly RecordLine[]>([]);
  wasTried = $state(false);
  /** What has become of it. */
  saved: Session | null = null;

  constructor(
    readonly app: App,
    readonly athlete: UserId,
  ) {
    const anHourAgo = inputsOf(app.clock.at() - 3_600_000);
    const kept = recordDrafts(app).get(athlete);
    this.day = $state(kept?.day ?? anHourAgo.day);
    this.time = $state(kept?.time ?? anHourAgo.time);
    this.minutes = kept?.minutes ?? '60';
    this.lines = kept?.lines.map((line) => new RecordLine(line.exercise, line)) ?? [];
    this.#untouched = kept ? '' : JSON.stringify(this.#stored);
  }

  /** Keeps what is entered on this device, until it is saved or discarded. */
  keep(): void {
    const stored = this.#stored;
    const isUntouched = JSON.stringify(stored) === this.#untouched;
    untrack(() => {
      if (isUntouched) this.discard();
      else recordDrafts(this.app).put(this.athlete, stored);
    });
  }

  /** Discards what is entered; returns how to get it back, or nothing if nothing was entered. */
  discard(): (() => void) | null {
    const drafts = recordDrafts(this.app);
    const draft = drafts.get(this.athlete);
    if (!draft) return null;
    drafts.drop(this.athlete);
    return () => {
      drafts.put(this.athlete, draft);
    };
  }

  get #stored(): StoredRecord {
    const { day, time, minutes, lines } = this;
    return { day, time, minutes, lines: lines.map((line) => line.stored) };
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
    if (from === null || length.kind !== 'number' || length.value < 1 || length.value > MOST_MINUTES)
      return null;
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
    if (session) this.saved = await this.app.call('record_session', { athlete_id: this.athlete, session });
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

function asRecord(stored: unknown): StoredRecord | undefined {
  const record = stored as Partial<StoredRecord> | null;
  const texts = [record?.day, record?.time, record?.minutes];
  const isWhole = texts.every((text) => typeof text === 'string') && Array.isArray(record?.lines);
  return isWhole ? (record as StoredRecord) : undefined;
}
