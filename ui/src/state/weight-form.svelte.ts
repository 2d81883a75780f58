/** A weight as it is entered or corrected. What is typed is kept on this device until it is saved or discarded. */
import type { Weight, WeightDraft } from '../bridge/bridge';
import { LIMITS } from '../bridge/generated';
import { inputsOf, instantOf, timestamp } from '../words/local-time';
import { inputWords } from '../words/numbers';
import { type ParsedValue, readValue, stepped, writeValue } from '../words/quantities';
import { isWithin } from '../words/text';
import { bodyWeightInUnit, weightUnit } from '../words/weight-unit.svelte';
import { Action } from './action.svelte';
import type { App } from './app.svelte';
import { Drafts } from './drafts';
import type { Weights } from './weights.svelte';

/** A step of the person's unit. */
const STEP = 0.1;
/** Where steps begin for somebody of whom no weight is known, in kilograms. */
const FIRST_KG = 70;

interface When {
  day: string;
  time: string;
}

/** What was touched; the rest is as it is known. */
interface Typed {
  text?: string;
  /** The unit the text was typed in. */
  unit?: string;
  when?: When;
  note?: string;
  /** The version that a correction is based on. */
  version?: number;
}

export class WeightForm {
  wasTried = $state(false);
  readonly #drafts: Drafts<Typed>;

  /** Of a new weight, or of one that is corrected. */
  constructor(
    readonly app: App,
    readonly weights: Weights,
    readonly weight: Weight | null,
  ) {
    this.#drafts = new Drafts(app, 'weight', asTyped);
  }

  readonly #id = $derived.by(() => this.weight?.id ?? 'new');
  readonly #typed = $derived.by(() => this.#drafts.get(this.#id) ?? {});
  /** The weight as it is known now: another device may have corrected it meanwhile. */
  readonly known = $derived.by(
    () => this.weights.all.find(({ id }) => id === this.weight?.id) ?? this.weight,
  );
  readonly isUnsaved = $derived.by(() => Object.keys(this.#typed).length > 0);
  readonly text = $derived.by(() => {
    const { text, unit } = this.#typed;
    if (text !== undefined) return unit === weightUnit.current ? text : `${text} ${unit ?? ''}`.trim();
    if (this.known) return writeValue('weight_kg', this.known.weight_kg);
    const last = this.weights.latest;
    return last ? inputWords(bodyWeightInUnit(last.weight_kg)) : '';
  });
  readonly note = $derived.by(() => this.#typed.note ?? this.known?.note ?? '');
  /** When it was; `null`: now. */
  readonly when = $derived.by((): When | null => {
    if (this.#typed.when) return this.#typed.when;
    return this.known === null ? null : inputsOf(Date.parse(this.known.at));
  });
  readonly parsed: ParsedValue = $derived.by(() => readValue('weight_kg', this.text, LIMITS.body_weight_kg));
  /** Why there is no time; `null` if there is. */
  readonly whenProblem = $derived.by((): 'unreadable' | 'in-future' | null => {
    const { when } = this.#typed;
    if (!when) return null;
    const at = instantOf(when.day, when.time);
    if (at === null) return 'unreadable';
    return at > this.app.clock.at() ? 'in-future' : null;
  });
  readonly isReady = $derived.by(
    () => this.parsed.value !== null && this.whenProblem === null && isWithin(this.note, LIMITS.note_chars),
  );
  /** What another device has made of it since the correction began. */
  readonly elsewhere = $derived.by(() => {
    const { version } = this.#typed;
    const isOther = this.known !== null && version !== undefined && version !== this.known.version;
    return isOther && !this.save.busy ? this.known : null;
  });

  enter(text: string): void {
    this.#change({ text, unit: weightUnit.current });
  }

  /** To the next step; from what can't be read there is none. */
  step(direction: 1 | -1): void {
    if (this.parsed.problem) return;
    const { min, max } = LIMITS.body_weight_kg;
    const { value } = this.parsed;
    const next = value === null ? FIRST_KG : stepped('weight_kg', value, STEP, direction);
    this.enter(writeValue('weight_kg', Math.min(max, Math.max(min, next))));
  }

  /** Opens the time for a change, or goes back to now. */
  setWhen(when: When | null): void {
    if (when) this.#change({ when });
    else {
      const { when: _, ...others } = this.#typed;
      this.#drafts.put(this.#id, others);
    }
  }

  /** The time as it would be now, to be changed. */
  get now(): When {
    return inputsOf(this.app.clock.at());
  }

  setNote(note: string): void {
    this.#change({ note });
  }

  /** Discards what is typed; returns how to get it back, or nothing if nothing was typed. */
  discard(): (() => void) | null {
    if (!this.isUnsaved) return null;
    const typed = this.#typed;
    this.#drafts.drop(this.#id);
    return () => {
      this.#drafts.put(this.#id, typed);
    };
  }

  readonly save = new Action(async () => {
    const draft = this.#draft;
    if (!draft) return;
    // Whoever is told what it says meanwhile, and saves, saves over that.
    if (this.known) await this.weights.correct(this.known, draft);
    else await this.weights.enter(draft);
    this.#drafts.drop(this.#id);
    this.wasTried = false;
  });

  get #draft(): WeightDraft | null {
    const { value } = this.parsed;
    if (value === null || !this.isReady) return null;
    const { when } = this.#typed;
    const at = when ? instantOf(when.day, when.time) : null;
    const unchanged = this.known?.at ?? null;
    return { weight_kg: value, at: at === null ? unchanged : timestamp(at), note: this.note.trim() || null };
  }

  #change(change: Typed): void {
    const version = this.#typed.version ?? this.known?.version;
    this.#drafts.put(this.#id, { ...(version === undefined ? {} : { version }), ...this.#typed, ...change });
  }
}

function asTyped(stored: unknown): Typed | undefined {
  return typeof stored === 'object' && stored !== null ? stored : undefined;
}
