/**
 * The feedback for one exercise while it is being given. There is no preset: not chosen is different from 0, and not
 * answered is different from no. The server decides what is complete; this says early, and where, what is missing.
 */
import type { ExerciseReport, ItemId, Region } from '../bridge/bridge';
import { LIMITS } from '../bridge/generated';
import { isWithin } from '../words/text';

export interface FeedbackEntry {
  effort: number | null;
  pain: boolean | null;
  regions: readonly Region[];
  note: string;
}

export type Missing = 'effort' | 'pain' | 'regions' | 'note-too-long';

const EMPTY: FeedbackEntry = { effort: null, pain: null, regions: [], note: '' };

export class FeedbackForm {
  readonly #read: () => FeedbackEntry | undefined;
  readonly #keep: (entry: FeedbackEntry) => void;

  /** A form over an entry that lives elsewhere: `read` finds it, `keep` takes every change. */
  constructor(read: () => FeedbackEntry | undefined, keep: (entry: FeedbackEntry) => void) {
    this.#read = read;
    this.#keep = keep;
  }

  get #entry(): FeedbackEntry {
    return this.#read() ?? EMPTY;
  }

  get effort(): number | null {
    return this.#entry.effort;
  }
  set effort(effort: number | null) {
    this.#change({ effort });
  }

  get pain(): boolean | null {
    return this.#entry.pain;
  }
  /** Turning pain back to "no" clears the regions. */
  set pain(pain: boolean | null) {
    this.#change(pain === true ? { pain } : { pain, regions: [] });
  }

  get regions(): readonly Region[] {
    return this.#entry.regions;
  }

  get note(): string {
    return this.#entry.note;
  }
  set note(note: string) {
    this.#change({ note });
  }

  toggle(region: Region): void {
    const without = this.regions.filter((chosen) => chosen !== region);
    this.#change({ regions: without.length < this.regions.length ? without : [...without, region] });
  }

  /** What keeps it from being sent, in the order it is asked. */
  get missing(): Missing[] {
    const missing: Missing[] = [];
    if (this.effort === null) missing.push('effort');
    if (this.pain === null) missing.push('pain');
    if (this.pain === true && this.regions.length === 0) missing.push('regions');
    if (!isWithin(this.note, LIMITS.note_chars)) missing.push('note-too-long');
    return missing;
  }

  /** Whether anything was entered at all. */
  get isEmpty(): boolean {
    return this.effort === null && this.pain === null && this.note.trim() === '';
  }

  /** The answer for the server; `null` while something is missing. */
  report(id: ItemId): ExerciseReport | null {
    const { effort, pain, regions, note } = this.#entry;
    if (effort === null || pain === null || this.missing.length > 0) return null;
    return { id, effort, pain, pain_regions: [...regions], note: note.trim() || null, actual: null };
  }

  #change(change: Partial<FeedbackEntry>): void {
    this.#keep({ ...this.#entry, ...change });
  }
}
