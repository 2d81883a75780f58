/**
 * A file of another tracker, from the choice of it to its sessions: handed to the core, read by the server, shown, assigned
 * to the library's exercises, committed. Which file it is and what was assigned are kept on this device until it is
 * committed or discarded; what the file holds is asked of the server again.
 */
import {
  asFailure,
  type Exercise,
  type ExerciseId,
  type Failure,
  type Import,
  type MappedExercise,
  type StagedFileId,
  type UserId,
  type WeightUnit,
} from '../bridge/bridge';
import { LIMITS } from '../bridge/generated';
import { importedWords, newWeights } from '../words/imports';
import { Action } from './action.svelte';
import type { App } from './app.svelte';
import { offerDiscarded } from './discarded';
import { handOver } from './file-pieces';
import { type Chosen, type ImportDraft, importDrafts } from './import-draft';

/** What the window finds wrong with what was chosen. */
export type FileProblem = 'several' | 'empty' | 'large' | 'unreadable' | 'forgotten';
export type ImportStep = 'choose' | 'reading' | 'shown' | 'committing' | 'done';

/** The server is asked how far it is at most once in so many milliseconds. */
const LOOK_EVERY_MS = 1_000;

export class ImportForm {
  /** What the file holds; nothing until it was read. */
  import = $state.raw<Import | null>(null);
  /** The studio's exercises, archived ones as well; nothing until they were asked for. */
  exercises = $state.raw<readonly Exercise[] | null>(null);
  /** Why they could not be. */
  exercisesFailure = $state.raw<Failure | null>(null);
  problem = $state<FileProblem | null>(null);
  /** What the file is called that was read, and the one that is being read. */
  name = $state('');
  reading = $state('');
  size_bytes = $state(0);
  /** How many sessions the server has stored, as it said last. */
  stored = $state(0);
  /** Whether it is on screen. */
  isShown = false;
  #chosen = $state.raw<Chosen>({});
  /** The file as the core has it. Once the core was started again it has none, and says so. */
  #file: StagedFileId | null = null;
  #lookedAt = 0;
  #isLooking = false;

  constructor(
    readonly app: App,
    readonly athlete: UserId,
    /** The athlete's past has changed. */
    readonly changed: () => void,
  ) {
    this.goOn();
  }

  /** Goes on with the file that was read before, if there is one. */
  goOn(): void {
    const kept = importDrafts(this.app).get(this.athlete);
    if (kept) void this.resume.run(kept);
  }

  readonly step = $derived.by((): ImportStep => {
    if (this.read.busy || this.resume.busy) return 'reading';
    if (!this.import) return 'choose';
    if (this.commit.busy || this.import.state === 'committing') return 'committing';
    return this.import.state === 'committed' ? 'done' : 'shown';
  });

  /** How many of its sessions will be stored. */
  readonly toStore = $derived.by((): number => {
    if (!this.import) return 0;
    const { sessions, already_here, changed } = this.import;
    return sessions - already_here - changed.filter(({ replaced }) => !replaced).length;
  });

  /** How many of its sessions nobody has seen yet. */
  readonly added = $derived.by((): number => {
    const { sessions, already_here, changed } = this.import ?? { sessions: 0, already_here: 0, changed: [] };
    return sessions - already_here - changed.length;
  });

  /** Begins with the files that were chosen or dropped; one is read at a time. What was read before stays until then. */
  choose(files: readonly File[]): void {
    const [file, ...others] = files;
    if (!file || this.read.busy) return;
    this.read.dismiss();
    this.resume.dismiss();
    this.size_bytes = file.size;
    this.problem = problemOf(file, others.length);
    if (!this.problem) void this.read.run(file);
  }

  /** Hands a file over and has it read. */
  readonly read = new Action(async (file: File) => {
    this.reading = file.name;
    let staged: StagedFileId | null = null;
    try {
      staged = (await this.app.call('stage_import', { size_bytes: file.size })).id;
      if (await handOver(this.app, staged, file, () => true)) {
        await this.#ask(staged, null, null);
        this.name = file.name;
        // The one before is not needed any more.
        [this.#file, staged] = [staged, this.#file];
        this.#keep();
      } else this.problem = 'unreadable';
    } finally {
      if (staged) this.#discard(staged);
    }
  });

  /** Has the same file read with another unit or time zone; what was assigned stays. */
  readonly readAgain = new Action(async (unit: WeightUnit | null, timezone: string) => {
    if (!this.#file) return;
    await this.#ask(this.#file, unit, timezone);
    this.#keep();
  });

  /** Asks what a file holds that was read before. */
  readonly resume = new Action(async ({ id, name, file, chosen }: ImportDraft) => {
    this.reading = this.name = name;
    try {
      this.#take(await this.app.call('show_import', { import_id: id }));
    } catch (thrown) {
      const failure = asFailure(thrown);
      if (failure.code !== 'not-found') throw failure;
      this.problem = 'forgotten';
      importDrafts(this.app).drop(this.athlete);
      return;
    }
    this.#file = file;
    this.#chosen = chosen;
    if (this.import?.state === 'committed') this.#finish(this.import);
  });

  /** Stores what was shown. Run again after a failure, it is done once. */
  readonly commit = new Action(async () => {
    if (!this.import) return;
    this.stored = 0;
    const mapping = this.import.exercises.map(({ name }) => ({ name, exercise_id: this.exerciseOf(name) }));
    const done = await this.app.call('commit_import', { import_id: this.import.id, mapping });
    this.import = done;
    if (done.state === 'committed') this.#finish(done);
  });

  /** Which exercise a name of the file is; `null` for a new one. */
  exerciseOf(name: string): ExerciseId | null {
    const id = (Object.hasOwn(this.#chosen, name) ? this.#chosen : this.#found)[name];
    // One that was found may be gone by now.
    return id && (!this.exercises || this.exercises.some((exercise) => exercise.id === id)) ? id : null;
  }

  /** What the server found for the names of the file. */
  readonly #found = $derived.by((): Chosen => {
    const named = this.import?.exercises.map(({ name, exercise_id }) => [name, exercise_id] as const);
    return Object.fromEntries(named ?? []);
  });

  /** The names of the file that nothing was found for. */
  readonly unknown = $derived.by((): readonly MappedExercise[] =>
    (this.import?.exercises ?? []).filter(({ exercise_id }) => exercise_id === null),
  );
  readonly recognised = $derived.by((): readonly MappedExercise[] =>
    (this.import?.exercises ?? []).filter(({ exercise_id }) => exercise_id !== null),
  );

  assign(name: string, exercise: ExerciseId | null): void {
    this.#chosen = { ...this.#chosen, [name]: exercise };
    this.#keep();
  }

  async loadExercises(): Promise<void> {
    this.exercisesFailure = null;
    try {
      this.exercises = await this.app.call('import_exercises', {});
    } catch (thrown) {
      this.exercisesFailure = asFailure(thrown);
    }
  }

  /** Asks how far the server is, unless it was asked just now. What fails is asked again. */
  async look(): Promise<void> {
    const { import: shown, app } = this;
    if (!shown || this.#isLooking || app.clock.at() - this.#lookedAt < LOOK_EVERY_MS) return;
    this.#isLooking = true;
    try {
      const listed = await app.call('list_imports', { athlete_id: this.athlete });
      this.stored = listed.find(({ id }) => id === shown.id)?.sessions ?? this.stored;
      if (!this.commit.busy) {
        // Somebody else waits for its end: this window before it was left, or the server alone.
        const now = await app.call('show_import', { import_id: shown.id });
        this.import = now;
        if (now.state === 'committed') this.#finish(now);
      }
    } catch {
      // The next look tells.
    } finally {
      this.#isLooking = false;
      this.#lookedAt = app.clock.at();
    }
  }

  /** Discards what was read, and offers to bring it back. The server forgets it by itself. */
  discard(): void {
    const drafts = importDrafts(this.app);
    const draft = drafts.get(this.athlete);
    this.#forget();
    if (draft)
      offerDiscarded(this.app, () => {
        drafts.put(this.athlete, draft);
      });
  }

  /** From the beginning. */
  #forget(): void {
    importDrafts(this.app).drop(this.athlete);
    this.#discardFile();
    this.import = null;
    this.#chosen = {};
    this.problem = null;
    this.commit.dismiss();
    this.readAgain.dismiss();
  }

  async #ask(file: StagedFileId, unit: WeightUnit | null, timezone: string | null): Promise<void> {
    const asked = { athlete_id: this.athlete, file, unit, timezone };
    this.#take(await this.app.call('read_import', asked));
  }

  #take(shown: Import): void {
    this.import = shown;
    this.problem = null;
    this.commit.dismiss();
    if (!this.exercises) void this.loadExercises();
  }

  #keep(): void {
    if (!this.import) return;
    const draft = { id: this.import.id, name: this.name, file: this.#file, chosen: this.#chosen };
    importDrafts(this.app).put(this.athlete, draft);
  }

  /** It is stored: nothing of it has to be kept here. */
  #finish(done: Import): void {
    importDrafts(this.app).drop(this.athlete);
    this.#discardFile();
    const words = () => importedWords(this.toStore, newWeights(done));
    // Whoever looks at it reads it there.
    if (this.isShown) this.app.announcements.speak(words());
    else this.app.announcements.show(words);
    this.changed();
  }

  #discardFile(): void {
    if (this.#file) this.#discard(this.#file);
    this.#file = null;
  }

  /** What can't be discarded the core discards when it starts the next time. */
  #discard(file: StagedFileId): void {
    this.app.call('discard_file', { file }).catch(() => undefined);
  }
}

function problemOf(file: File, others: number): FileProblem | null {
  if (others > 0) return 'several';
  if (file.size === 0) return 'empty';
  return file.size > LIMITS.import_bytes ? 'large' : null;
}
