/** What was done with an exercise, as texts in a form: kept as typed, read as the values they are. */
import type { Field, Values } from '../bridge/bridge';
import { LIMITS } from '../bridge/generated';
import { FIELD_OF, type ParsedValue, readValue, writeValue } from '../words/quantities';

export const DONE_FIELDS = ['weight_kg', 'reps', 'distance_m', 'time_s'] as const;
export type DoneValueField = (typeof DONE_FIELDS)[number];
export type DoneTexts = Readonly<Record<DoneValueField, string>>;

export class ValueForm {
  readonly fields: readonly DoneValueField[];
  texts = $state.raw<DoneTexts>({
    weight_kg: '',
    reps: '',
    distance_m: '',
    time_s: '',
  });

  /** For the fields of an exercise, and for what it has a value for anyway. */
  constructor(fields: readonly Field[], values: Values | null) {
    this.fields = DONE_FIELDS.filter(
      (field) => fields.includes(FIELD_OF[field]) || (values?.[field] ?? null) !== null,
    );
    if (values) {
      const text = (field: DoneValueField) =>
        values[field] === null ? '' : writeValue(field, values[field]);
      this.texts = {
        weight_kg: text('weight_kg'),
        reps: text('reps'),
        distance_m: text('distance_m'),
        time_s: text('time_s'),
      };
    }
  }

  enter(field: DoneValueField, text: string): void {
    this.texts = { ...this.texts, [field]: text };
  }

  parsed(field: DoneValueField): ParsedValue {
    return readValue(field, this.texts[field], LIMITS.actual[field]);
  }

  /** Goes on with what was typed before. */
  restore(stored: unknown): void {
    const typed = stored as Partial<Record<DoneValueField, unknown>> | null | undefined;
    for (const field of DONE_FIELDS) {
      const text = typed?.[field];
      if (typeof text === 'string') this.enter(field, text);
    }
  }

  /** The values, unless one of them can't be read. */
  get values(): Values | null {
    if (this.fields.some((field) => this.parsed(field).problem)) return null;
    const value = (field: DoneValueField) => (this.fields.includes(field) ? this.parsed(field).value : null);
    return {
      weight_kg: value('weight_kg'),
      reps: value('reps'),
      distance_m: value('distance_m'),
      time_s: value('time_s'),
      effort: null,
    };
  }
}
