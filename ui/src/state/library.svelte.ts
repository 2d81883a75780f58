/**
 * The studio's library in the trainer's window: what is searched, which exercise is open, and every exercise that is half
 * typed. What is typed is kept beside the exercises, by their ids, and across a reload; neither an arriving event nor
 * closing the view can touch it.
 */
import type { Exercise, ExerciseDraft, ExerciseId, Failure, UsedIn } from '../bridge/bridge';
import { m } from '../paraglide/messages';
import {
  contentOf,
  draftOf,
  type ExerciseForm,
  formOf,
  groupsOf,
  NEW_EXERCISE,
} from '../trainer/exercise-form';
import { findExercises, offeredIn } from '../trainer/library';
import { byName } from '../words/names';
import { Action } from './action.svelte';
import type { App } from './app.svelte';
import { StoredMap } from './stored-map.svelte';

export const NEW = 'new';

/** Where somebody is in the library. */
interface Place {
  search: string;
  open: ExerciseId | typeof NEW | null;
}

export class Library {
  #place = $state.raw<Place>({ search: '', open: null });
  readonly #drafts: StoredMap<ExerciseForm>;
  /** What was sent last and of which exercise it is, so that a failure is shown with it and with no other. */
  #sent = $state.raw<{ of: string; draft: ExerciseDraft } | null>(null);
  /** What was archived here last: it can be brought back in the same place. */
  #lastArchived = $state.raw<Exercise | null>(null);
  #fetchedArchive = $state.raw<readonly Exercise[]>([]);
  #use = $state.raw<{ of: ExerciseId; usedIn: UsedIn } | null>(null);

  constructor(readonly app: App) {
    this.#drafts = new StoredMap(app.store, `${app.me?.id ?? ''}.exercise.`, asForm);
    this.#place = asPlace(app.store.get(this.#placeKey));
  }

  /** What is offered for planning. */
  readonly offered = $derived.by(() => offeredIn(this.app.exercises));
  readonly groups = $derived.by(() => groupsOf(findExercises(this.offered, this.search, Infinity)));
  /** What is archived, as far as it is known here. */
  readonly archived = $derived.by(() => {
    const last = this.#lastArchived ? [this.#lastArchived] : [];
    const all = [...this.app.exercises, ...last, ...this.#fetchedArchive];
    const first = all.filter((one, i) => all.findIndex(({ id }) => id === one.id) === i);
    return byName(first.filter(({ archived }) => archived));
  });
  /** The exercise in the editor as it is now. `null` for a new one, or one that is gone. */
  readonly exercise = $derived.by(() => {
    const isOpen = ({ id }: Exercise) => id === this.#place.open;
    return this.app.exercises.find(isOpen) ?? this.archived.find(isOpen) ?? null;
  });
  /** What is in the editor; none: nothing, or what was there is gone with nothing typed in it. */
  readonly open = $derived.by(() => {
    const { open } = this.#place;
    return open === null || open === NEW || this.exercise || this.hasDraft(open) ? open : null;
  });
  readonly form = $derived.by(() =>
    this.open === null ? null : (this.#drafts.get(this.open) ?? this.#untouched()),
  );
  /** Whether somebody changed the exercise since what is typed was taken from it. */
  readonly isChanged = $derived.by(() => {
    const draft = this.open === null ? undefined : this.#drafts.get(this.open);
    return draft !== undefined && this.exercise !== null && draft.base !== formOf(this.exercise).base;
  });
  /** Whether what is typed is about an exercise that is no longer there. */
  readonly isGone = $derived.by(() => this.open !== null && this.open !== NEW && this.exercise === null);
  /** What was saved, until its row is in sight. */
  savedLast = $state<ExerciseId | null>(null);
  /** Why what is in the editor could not be saved. */
  readonly failure = $derived.by((): Failure | null =>
    this.#sent !== null && this.#sent.of === this.open ? this.save.failure : null,
  );

  /** How often the exercise in the editor is used; `null` until the server has said so, and without a network. */
  readonly usedIn = $derived.by(() => (this.#use?.of === this.open ? this.#use.usedIn : null));

  get search(): string {
    return this.#place.search;
  }
  set search(search: string) {
    this.#go({ search });
  }

  /** What was sent last: a finding names a place in it. */
  get sent(): ExerciseDraft | null {
    return this.#sent?.draft ?? null;
  }

  /** Whether something is typed for it that is not saved. */
  hasDraft(id: ExerciseId | typeof NEW): boolean {
    return this.#drafts.get(id) !== undefined;
  }

  /** Opens an exercise, or a new one, with what was typed for it before. */
  edit(id: ExerciseId | typeof NEW): void {
    this.archive.dismiss();
    this.restore.dismiss();
    this.#go({ open: id });
  }

  /** Back to the list; what was typed is there when it is opened again. */
  close(): void {
    this.#go({ open: null });
  }

  /** Throws away what was typed; can be undone for ten seconds. */
  discard(): void {
    const { open, form } = this;
    if (open === null) return;
    this.save.dismiss();
    this.#drafts.drop(open);
    this.close();
    if (!form) return;
    this.app.announcements.offerUndo(m.library_discarded, () => {
      const since = this.#drafts.get(open);
      this.#show(open, form);
      if (!since) return;
      this.app.announcements.offerUndo(m.draft_restored, () => {
        this.#show(open, since);
      });
    });
  }

  #show(open: ExerciseId | typeof NEW, form: ExerciseForm): void {
    this.#drafts.put(open, form);
    this.#go({ open });
  }

  change(change: Partial<ExerciseForm>): void {
    if (this.open === null || this.form === null) return;
    const form = { ...this.form, ...change };
    if (contentOf(form) === contentOf(this.#untouched())) this.#drafts.drop(this.open);
    else this.#drafts.put(this.open, form);
  }

  readonly save = new Action(async () => {
    const { open, form, exercise } = this;
    if (open === null || form === null) return;
    if (exercise && !this.hasDraft(open)) {
      this.close();
      return;
    }
    const draft = draftOf(form, exercise);
    this.#sent = { of: open, draft };
    // The newest version: what somebody else changed since was said before it is saved over (`isChanged`), and what has
    // not arrived here the server refuses.
    const saved = exercise
      ? await this.app.call('edit_exercise', {
          exercise_id: exercise.id,
          version: exercise.version,
          draft,
        })
      : await this.app.call('create_exercise', { draft });
    this.#saved(open, form, saved);
  });

  readonly archive = new Action(async (exercise: Exercise) => {
    await this.app.call('archive_exercise', { exercise_id: exercise.id, version: exercise.version });
    this.#lastArchived = { ...exercise, archived: true };
  });

  readonly restore = new Action(async (exercise: Exercise) => {
    await this.app.call('restore_exercise', { exercise });
    const isOther = ({ id }: Exercise) => id !== exercise.id;
    this.#fetchedArchive = this.#fetchedArchive.filter(isOther);
    if (this.#lastArchived && !isOther(this.#lastArchived)) this.#lastArchived = null;
  });

  /** Asks the server how often an exercise is used. A failure is not reported: the exercise can be edited without. */
  async askUse(id: ExerciseId): Promise<void> {
    const usedIn = await this.app.call('exercise_use', { exercise_id: id }).catch(() => null);
    if (usedIn && this.open === id) this.#use = { of: id, usedIn };
  }

  /** Asks the server for everything that is archived. */
  readonly fetchArchived = new Action(async () => {
    this.#fetchedArchive = await this.app.call('archived_exercises', {});
  });

  /** Closes what was saved. What was typed during the call becomes an edit of the saved exercise. */
  #saved(open: ExerciseId | typeof NEW, sent: ExerciseForm, saved: Exercise): void {
    const now = this.#drafts.get(open);
    this.#drafts.drop(open);
    const goesOn = now !== undefined && contentOf(now) !== contentOf(sent);
    if (goesOn) this.#drafts.put(saved.id, { ...now, base: formOf(saved).base });
    this.savedLast = saved.id;
    if (this.#place.open === open) this.#go({ open: goesOn ? saved.id : null });
  }

  #untouched(): ExerciseForm {
    return this.exercise ? formOf(this.exercise) : NEW_EXERCISE;
  }

  #go(place: Partial<Place>): void {
    this.#place = { ...this.#place, ...place };
    this.app.store.put(this.#placeKey, this.#place);
  }

  get #placeKey(): string {
    return `${this.app.me?.id ?? ''}.library`;
  }
}

/** What was stored, if it has the shape of a form. */
function asForm(stored: unknown): ExerciseForm | undefined {
  const form = stored as Partial<Record<keyof ExerciseForm, unknown>> | null;
  const texts = [form?.name, form?.category, form?.aliases, form?.muscles, form?.cue, form?.base];
  const isForm = Array.isArray(form?.fields) && texts.every((text) => typeof text === 'string');
  return isForm ? (form as ExerciseForm) : undefined;
}

function asPlace(stored: unknown): Place {
  const place = stored as Partial<Record<keyof Place, unknown>> | undefined;
  return {
    search: typeof place?.search === 'string' ? place.search : '',
    open: typeof place?.open === 'string' ? place.open : null,
  };
}
