/** A weight as it is entered or corrected. What is typed is kept on this device until it is saved or discarded. */
import type { Weight, WeightDraft } from '../bridge/bridge';
import { LIMITS } from '../bridge/generated';
import { inputsOf, instantOf, timestamp } from '../words/local-time';
import { inputWords } from '../words/numbers';
import { type ParsedValue, readValue, stepped } from '../words/quantities';
import { isWithin } from '../words/text';
import { bodyWeightInUnit, inTypedUnit, weightUnit } from '../words/weight-unit.svelte';
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
    if (text !== undefined) return inTypedUnit(text, unit ?? '');
    return this.#offered === null ? '' : inputWords(bodyWeightInUnit(this.#offered));
  });
  /** What is in the field before somebody types in it, in kilograms: what is corrected, or what they weighed last. */
  readonly #offered = $derived.by(() => (this.known ?? this.weights.latest)?.weight_kg ?? null);
  readonly note = $derived.by(() => this.#typed.note ?? this.known?.note ?? '');
  /** When it was; `null`: now. */
  readonly when = $derived.by((): When | null => {
    if (this.#typed.when) return this.#typed.when;
    return this.known === null ? null : inputsOf(Date.parse(this.known.at));
  });
  readonly parsed: ParsedValue = $derived.by(() => readValue('weight_kg', this.text, LIMITS.body_weight_kg));
  /** What is saved, in kilograms. What is offered may have been rounded for the field; left as it is, it stays exact. */
  readonly value = $derived.by(() => (this.#typed.text === undefined ? this.#offered : this.parsed.value));
  /** Why there is no time; `null` if there is. */
  readonly whenProblem = $derived.by((): 'unreadable' | 'in-future' | null => {
    const { when } = this.#typed;
    if (!when) return null;
    const at = instantOf(when.day, when.time);
    if (at === null) return 'unreadable';
    return at > this.app.clock.at() ? 'in-future' : null;
  });
  readonly isReady = $derived.by(
    () => this.value !== null && this.whenProblem === null && isWithin(this.note, LIMITS.note_chars),
  );
  /** What another device has made of it since the correction began. */
  readonly elsewhere = $derived.by(() => {
    const { version } = this.#typed;
    const isOther = this.known !== null && version !== undefined && version < this.known.version;
    return isOther && !this.save.busy ? this.known : null;
  });

  enter(text: string): void {
    this.#change({ text, unit: weightUnit.current });
  }

  /** To the next step from what the field says; from what can't be read there is none, and none beyond the bounds. */
  step(direction: 1 | -1): void {
    const { value, problem } = this.parsed;
    if (problem) return;
    const next = value === null ? FIRST_KG : stepped('weight_kg', value, STEP, direction);
    const { min, max } = LIMITS.body_weight_kg;
    if (next >= min && next <= max) this.enter(inputWords(bodyWeightInUnit(next)));
  }

  /** Opens the time for a change, or goes back to now. */
  setWhen(when: When | null): void {
    if (when) this.#change({ when });
    else {
      const others = { ...this.#typed };
      delete others.when;
      if (Object.keys(others).length > 0) this.#drafts.put(this.#id, others);
      else this.#drafts.drop(this.#id);
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
    const sent = this.#typed;
    // Whoever is told what it says meanwhile, and saves, saves over that.
    const saved = this.known ? await this.weights.correct(this.known, draft) : null;
    if (!saved) await this.weights.enter(draft);
    this.#keepNewer(sent, saved?.version);
    this.wasTried = false;
  });

  /** Of what is typed, keeps what was typed while the rest was being saved. */
  #keepNewer(sent: Typed, version: number | undefined): void {
    const { text, unit, when, note } = this.#typed;
    const newer: Typed = {
      ...(text !== undefined && (text !== sent.text || unit !== sent.unit) && { text, unit }),
      ...(when !== undefined && when !== sent.when && { when }),
      ...(note !== undefined && note !== sent.note && { note }),
    };
    if (Object.keys(newer).length === 0) this.#drafts.drop(this.#id);
    else this.#drafts.put(this.#id, { ...newer, ...(version !== undefined && { version }) });
  }

  get #draft(): WeightDraft | null {
    const { value } = this;
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
