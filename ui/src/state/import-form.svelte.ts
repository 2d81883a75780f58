/**
 * A file of another tracker, from the choice of it to its sessions: handed to the core, read by the server, shown, assigned
 * to the library's exercises, committed. Which file it is and what was assigned are kept on this device until it is
 * committed or discarded; what the file holds is asked of the server again.
 */
import {
  asFailure,
  type Import,
  type ImportId,
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
import { type ImportDraft, importDrafts } from './import-draft';
import { ImportMapping } from './import-mapping.svelte';

/** What the window finds wrong with what was chosen. */
export type FileProblem = 'several' | 'empty' | 'large' | 'unreadable' | 'forgotten';
export type ImportStep = 'choose' | 'reading' | 'shown' | 'committing' | 'done';

/** The server is asked how far it is at most once in so many milliseconds. */
const LOOK_EVERY_MS = 1_000;

export class ImportForm {
  /** What the file holds; nothing until it was read. */
  import = $state.raw<Import | null>(null);
  problem = $state<FileProblem | null>(null);
  /** What the file is called that was read, and the one that is being read. */
  name = $state('');
  reading = $state('');
  size_bytes = $state(0);
  /** How many sessions the server has stored, as it said last. */
  stored = $state(0);
  /** Whether it is on screen. */
  isShown = false;
  /** The athlete's past has changed. */
  changed: () => void = () => undefined;
  readonly mapping: ImportMapping;
  readonly #owner: UserId | undefined;
  /** Raised when another file becomes the one this is about: answers about the one before are dropped. */
  #generation = 0;
  /** The file as the core has it. Once the core was started again it has none, and says so. */
  #file: StagedFileId | null = null;
  #lookedAt = 0;
  #isLooking = false;
  /** Asks what a file holds that was read before. Each file has its own, so that none waits for another's answer. */
  resume = $state.raw(this.#newResume());
  /** Has the same file read with another unit or time zone; what was assigned stays. */
  readAgain = $state.raw(this.#newReadAgain());

  constructor(
    readonly app: App,
    readonly athlete: UserId,
  ) {
    this.#owner = app.me?.id;
    this.mapping = new ImportMapping(
      app,
      () => this.import?.exercises ?? [],
      () => {
        this.#keep();
      },
    );
    this.goOn();
  }

  /** Goes on with the file that was read before, if there is one. */
  goOn(): void {
    const kept = importDrafts(this.app).get(this.athlete);
    if (!kept || this.app.me?.id !== this.#owner) return;
    this.#supersede();
    void this.resume.run(kept);
  }

  readonly step = $derived.by((): ImportStep => {
    if (this.read.busy || this.resume.busy) return 'reading';
    if (!this.import) return 'choose';
    if (this.commit.busy || this.import.state === 'committing') return 'committing';
    return this.import.state === 'committed' ? 'done' : 'shown';
  });

  /** Whether something is on its way that it would be wrong to do twice. */
  get isWorking(): boolean {
    return this.readAgain.busy || this.step === 'reading' || this.step === 'committing';
  }

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
    this.size_bytes = file.size;
    this.problem = problemOf(file, others.length);
    if (!this.problem) void this.#begin(file);
  }

  async #begin(file: File): Promise<void> {
    this.#supersede();
    await this.read.run(file);
    // What was not shown yet, because this one came in between.
    if (!this.import) this.goOn();
  }

  /** Hands a file over and has it read. */
  readonly read = new Action(async (file: File) => {
    const isCurrent = this.#current();
    this.reading = file.name;
    let staged: StagedFileId | null = null;
    try {
      staged = (await this.app.call('stage_import', { size_bytes: file.size })).id;
      const isReadable = await handOver(this.app, staged, file, isCurrent);
      if (!isReadable) this.problem = 'unreadable';
      if (!isReadable || !isCurrent()) return;
      const shown = await this.#ask(staged, null, null);
      if (!isCurrent()) return;
      this.name = file.name;
      // The one before is not needed any more.
      [this.#file, staged] = [staged, this.#file];
      this.#take(shown);
      void this.mapping.load();
    } finally {
      if (staged) this.#discard(staged);
    }
  });

  #newReadAgain() {
    return new Action(async (unit: WeightUnit | null, timezone: string) => {
      if (!this.#file) return;
      const isCurrent = this.#current();
      const shown = await this.#ask(this.#file, unit, timezone);
      if (isCurrent()) this.#take(shown);
    });
  }

  #newResume() {
    return new Action(async ({ id, name, file, chosen }: ImportDraft) => {
      const isCurrent = this.#current();
      this.reading = this.name = name;
      this.#file = file;
      this.mapping.chosen = chosen;
      await this.#show(id, isCurrent);
      if (isCurrent() && this.import) void this.mapping.load();
    });
  }

  /** Stores what was shown. Run again after a failure, it is done once. */
  readonly commit = new Action(async () => {
    if (!this.import) return;
    const isCurrent = this.#current();
    this.stored = 0;
    const { id, exercises } = this.import;
    const mapping = exercises.map(({ name }) => ({ name, exercise_id: this.mapping.exerciseOf(name) }));
    this.#keep(true);
    try {
      const done = await this.app.call('commit_import', { import_id: id, mapping });
      if (isCurrent()) this.#take(done);
    } catch (thrown) {
      if (isCurrent()) this.#keep();
      throw thrown;
    }
  });

  /** Asks how far the server is, unless it was asked just now. What fails is asked again. */
  async look(): Promise<void> {
    const { import: shown, app } = this;
    if (!shown || this.#isLooking || app.clock.at() - this.#lookedAt < LOOK_EVERY_MS) return;
    const isCurrent = this.#current();
    this.#isLooking = true;
    try {
      const listed = await app.call('list_imports', { athlete_id: this.athlete });
      if (!isCurrent()) return;
      const now = listed.find(({ id }) => id === shown.id);
      this.stored = now?.sessions ?? this.stored;
      // Nobody here waits for its end, and it has come: what it holds is large, so it is asked for once.
      if (!this.commit.busy && now?.state !== 'committing') await this.#show(shown.id, isCurrent);
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
    const file = this.#file;
    this.#file = null;
    this.#forget();
    // Whoever brings it back may have the file read again.
    const forgetFile = (): void => {
      if (file) this.#discard(file);
    };
    if (!draft) forgetFile();
    else
      offerDiscarded(
        this.app,
        () => {
          drafts.put(this.athlete, draft);
        },
        forgetFile,
      );
  }

  /** From the beginning. */
  #forget(): void {
    this.#supersede();
    importDrafts(this.app).drop(this.athlete);
    this.#discardFile();
    this.import = null;
    this.mapping.chosen = {};
    this.problem = null;
    this.commit.dismiss();
  }

  #supersede(): void {
    this.#generation += 1;
    this.resume = this.#newResume();
    this.readAgain = this.#newReadAgain();
  }

  /** Tells whether an answer is still about this file, and for the same person. */
  #current(): () => boolean {
    const generation = this.#generation;
    return () => generation === this.#generation && this.app.me?.id === this.#owner;
  }

  #ask(file: StagedFileId, unit: WeightUnit | null, timezone: string | null): Promise<Import> {
    return this.app.call('read_import', { athlete_id: this.athlete, file, unit, timezone });
  }

  /** Shows where an import stands. One that the server does not have, or is taking back, is no longer there. */
  async #show(id: ImportId, isCurrent: () => boolean): Promise<void> {
    let shown: Import | null;
    try {
      shown = await this.app.call('show_import', { import_id: id });
    } catch (thrown) {
      const failure = asFailure(thrown);
      if (failure.code !== 'not-found') throw failure;
      shown = null;
    }
    if (!isCurrent()) return;
    if (shown && shown.state !== 'taking_back') this.#take(shown);
    else {
      this.#forget();
      this.problem = 'forgotten';
    }
  }

  #take(shown: Import): void {
    this.import = shown;
    this.commit.dismiss();
    if (shown.state === 'committed') this.#finish(shown);
    else this.#keep(shown.state === 'committing');
  }

  #keep(committing = false): void {
    if (!this.import) return;
    const { chosen } = this.mapping;
    const draft = { id: this.import.id, name: this.name, file: this.#file, chosen, committing };
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
