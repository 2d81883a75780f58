/**
 * A correction of what was noted of an exercise. It is based on what was known when it was begun. A newer correction by
 * somebody else is shown, and replaced only by whoever has seen it.
 */
import { untrack } from 'svelte';

import {
  asFailure,
  type Round,
  type RoundExercise,
  type Session,
  type SessionId,
  type Values,
} from '../bridge/bridge';
import { Action } from './action.svelte';
import type { App } from './app.svelte';
import { Drafts } from './drafts';
import type { OpenedSession } from './opened-session.svelte';
import { type DoneTexts, ValueForm } from './value-form.svelte';

/** A correction as it is half typed. */
interface StoredCorrection {
  /** Whose round it is. */
  session: SessionId;
  texts: DoneTexts;
  reason: string;
  /** The version of the round that the person has seen, and what it says. */
  based: number;
  before: Values | null;
}

/** What is half typed, by round and exercise. */
export function correctionDrafts(app: App): Drafts<StoredCorrection> {
  return new Drafts(app, 'correction', asCorrection);
}

export const correctionId = (round: Round, exercise: RoundExercise): string => `${round.id}.${exercise.id}`;

export class CorrectionForm {
  readonly form: ValueForm;
  reason = $state('');
  /** Whether somebody tried to save it: then what can't be read is said. */
  wasTried = $state(false);
  /** The version of the round that the person has seen, and what it says. */
  #based: number;
  #before: Values | null;
  /** What is in the form when nothing is typed. */
  #untouched: string;

  constructor(
    readonly app: App,
    readonly opened: OpenedSession,
    readonly round: Round,
    readonly exercise: RoundExercise,
  ) {
    this.form = new ValueForm(exercise.fields, exercise.actual ?? exercise.planned);
    this.#untouched = JSON.stringify(this.#typed);
    const kept = correctionDrafts(app).get(correctionId(round, exercise));
    this.form.restore(kept?.texts);
    this.reason = kept?.reason ?? '';
    this.#based = kept?.based ?? round.version;
    this.#before = kept ? kept.before : exercise.actual;
  }

  /** Keeps what is typed on this device, until it is saved or discarded. */
  keep(): void {
    const typed = this.#typed;
    untrack(() => {
      if (JSON.stringify(typed) === this.#untouched) this.discard();
      else {
        const { session_id: session } = this.round;
        this.#drafts.put(this.#id, { session, ...typed, based: this.#based, before: this.#before });
      }
    });
  }

  /** Discards what is typed; returns how to get it back, or nothing if nothing was typed. */
  discard(): (() => void) | null {
    const draft = this.#drafts.get(this.#id);
    if (!draft) return null;
    this.#drafts.drop(this.#id);
    return () => {
      this.#drafts.put(this.#id, draft);
    };
  }

  /** Whether something is typed that is not saved. */
  get isUnsaved(): boolean {
    return this.#drafts.get(this.#id) !== undefined;
  }

  get #typed(): Pick<StoredCorrection, 'texts' | 'reason'> {
    return { texts: this.form.texts, reason: this.reason };
  }

  get #drafts(): Drafts<StoredCorrection> {
    return correctionDrafts(this.app);
  }

  get #id(): string {
    return correctionId(this.round, this.exercise);
  }

  readonly #current = $derived.by(() => this.#roundOf(this.opened.session));
  /** What somebody else noted meanwhile. */
  readonly theirs = $derived.by(() => {
    if (!this.#current || this.#current.version === this.#based) return null;
    const theirs = this.#current.exercises.find(({ id }) => id === this.exercise.id);
    return JSON.stringify(theirs?.actual) === JSON.stringify(this.#before) ? null : (theirs?.actual ?? null);
  });

  readonly save = new Action(async () => {
    const actual = this.form.values;
    if (!actual) return;
    const sent = JSON.stringify(this.#typed);
    const based = this.#seen();
    try {
      await this.app.call('correct_exercise', {
        session_id: this.round.session_id,
        round_id: this.round.id,
        item_id: this.exercise.id,
        version: based,
        actual,
        reason: this.reason.trim() || null,
      });
    } catch (thrown) {
      const failure = asFailure(thrown);
      // What is there now is shown before anything is replaced.
      if (failure.code === 'version-mismatch') await this.opened.load();
      throw failure;
    }
    this.#untouched = sent;
    this.#before = actual;
    // What was typed meanwhile stays.
    this.keep();
    await this.opened.load();
  });

  /** The version to base it on: what was shown since counts as seen. */
  #seen(): number {
    if (this.#current) this.#based = this.#current.version;
    return this.#based;
  }

  #roundOf(session: Session | null): Round | undefined {
    return session?.rounds.find(({ id }) => id === this.round.id);
  }
}

function asCorrection(stored: unknown): StoredCorrection | undefined {
  const correction = stored as Partial<StoredCorrection> | null;
  const isWhole = typeof correction?.reason === 'string' && typeof correction.based === 'number';
  return isWhole && correction.before !== undefined ? (correction as StoredCorrection) : undefined;
}
